#!/bin/sh
# docs/permissions.md is what `lachan routes` prints, row for row. `routes.sh --write` makes it so.
set -eu
cd "$(dirname "$0")/../.."
file=docs/permissions.md
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
"${LACHAN:-build/lachan}" routes | awk -F '\t' '{ printf "| %s | `%s` | %s |\n", $1, $2, $3 }' >"$lines"
[ "$(wc -l <"$lines")" -gt 20 ] || { echo "lachan routes printed too few rows"; exit 1; }

if [ "${1:-}" = --write ]; then
  { grep -v '^| \(GET\|POST\|PUT\) ' "$file"; cat "$lines"; } >"$file.new"
  mv "$file.new" "$file"
fi
grep '^| \(GET\|POST\|PUT\) ' "$file" | diff -u - "$lines" || {
  echo "docs/permissions.md (-) and the program (+) differ: read each change as a change of who may enter, then run $0 --write"
  exit 1
}
echo "$(wc -l <"$lines") routes agree"
