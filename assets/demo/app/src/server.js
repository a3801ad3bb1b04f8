const polka = require('polka');
const fs = require('fs');
const { withTax } = require('./prices');

const read = (name) => fs.readFileSync(`${__dirname}/../data/${name}`, 'utf8');
const products = JSON.parse(read('catalogue.json'));
const regions = new Map(read('regions.idx').split('\n').map((line) => {
  const [postcode, warehouse, days] = line.split(',');
  return [postcode, { warehouse, days: Number(days) }];
}));

const send = (res, value) => {
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify(value));
};

polka()
  .get('/products', (req, res) => send(res, products.map(withTax)))
  .get('/products/:sku', (req, res) => send(res, products.find((p) => p.sku === req.params.sku) || null))
  .get('/regions/:postcode', (req, res) => send(res, regions.get(req.params.postcode) || null))
  .listen(process.env.PORT || 3000);
