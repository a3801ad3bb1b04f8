exports.hi = () => 'hello';
