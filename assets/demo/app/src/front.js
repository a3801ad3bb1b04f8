fetch('/products')
  .then((answer) => answer.json())
  .then((products) => {
    const groups = _.groupBy(products, 'category');
    document.getElementById('shop').innerHTML = _.map(groups, (list, name) =>
      `<h2>${_.escape(name)}</h2><ul>${list.map((p) => `<li>${_.escape(p.title)}</li>`).join('')}</ul>`).join('');
  });
