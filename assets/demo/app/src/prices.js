const rates = { standard: 0.2, reduced: 0.07, none: 0 };

function withTax(product) {
  const rate = rates[product.tax] || 0;
  return Object.assign({}, product, { gross_cents: Math.round(product.price_cents * (1 + rate)) });
}

if (typeof module !== 'undefined') module.exports = { withTax };
