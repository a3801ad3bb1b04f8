console.log(require('fs').readFileSync('.next/server/pages/index.html', 'utf8'));
