require('express'); console.log('ok')
