console.log(require('lib').hi(), require('date-fns').format(new Date(0), 'yyyy'));
