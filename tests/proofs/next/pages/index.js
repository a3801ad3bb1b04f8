const React = require('react');
module.exports = () => React.createElement('h1', null, 'shop');
