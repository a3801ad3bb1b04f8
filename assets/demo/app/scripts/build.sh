#!/bin/sh
# Put the shop front together: one script that holds everything, and the page that loads it.
set -eu
{
	echo "/* shop 1.4.0 */"
	cat node_modules/lodash/lodash.js
	cat src/prices.js src/front.js
} >dist/shop.js
cat >dist/index.html <<'PAGE'
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Shop</title>
<main id="shop"></main>
<script src="shop.js"></script>
</html>
PAGE
