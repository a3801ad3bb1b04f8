const express = require("express");
const app: { listen(port: number): { close(): void } } = express();
app.listen(0).close();
console.log("ok");
