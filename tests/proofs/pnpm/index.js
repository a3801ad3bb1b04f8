console.log(require('date-fns').format(new Date(0), 'yyyy'));
