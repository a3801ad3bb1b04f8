const express = require('express');
console.log(typeof express());
