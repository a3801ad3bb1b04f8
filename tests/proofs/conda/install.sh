# what an installer leaves: the packages' archives, their trees, and a prefix that links to them
set -e
prefix=$1
tree=$prefix/pkgs/tables-1.0-0
mkdir -p "$tree/lib" "$tree/bin" "$prefix/lib" "$prefix/bin" "$prefix/conda-meta" "$prefix/envs"
head -c 12000000 /dev/urandom > "$tree/lib/libtables.so.1"
printf '#!/bin/sh\ntest -s "$(dirname "$0")/../lib/libtables.so.1" && echo tables 1.0\n' > "$tree/bin/tables"
chmod 755 "$tree/bin/tables"
head -c 9000000 /dev/urandom > "$prefix/pkgs/tables-1.0-0.conda"
ln "$tree/lib/libtables.so.1" "$prefix/lib/"
ln "$tree/bin/tables" "$prefix/bin/"
echo '{"name": "tables", "version": "1.0"}' > "$prefix/conda-meta/tables-1.0-0.json"
