#!/bin/sh
# The forms shown in docs/forms.md and docs/forms.vi.md can be used as they stand, every function named there is one, and the spreadsheet
# and text examples of `form diff` and `form check` answer with the exit codes that the page promises.
set -eu
cd "$(dirname "$0")/../.."
lachan=${LACHAN:-build/lachan}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
wrong() { echo "$*"; bad=1; }

for page in docs/forms.md docs/forms.vi.md; do
  awk '/^```form$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >"$work/form.txt"
  [ -s "$work/form.txt" ] || wrong "$page shows no form"
  "$lachan" form check --lang en "$work/form.txt" >"$work/out" || { cat "$work/out"; wrong "$page: its form cannot be used"; }
  grep -q 'can be used, 0 warnings' "$work/out" || { cat "$work/out"; wrong "$page: its form has warnings"; }
  cp "$work/form.txt" "$work/$(basename "$page").txt"
done

# Each function of the list is called with too many arguments: known ones say so, unknown ones that they are none.
sed -n '/^Functions:/,/^$/p' docs/forms.md | grep -o '`[^`]*`' | tr -d '`' | sort -u >"$work/functions"
[ "$(wc -l <"$work/functions")" -ge 55 ] || wrong "docs/forms.md lists too few functions"
while read -r name; do
  printf '[survey]\ntype: calculate\nname: a\ncalculation: %s(%s1)\n' "$name" "$(printf '1, %.0s' $(seq 120))" >"$work/call.txt"
  "$lachan" form check --lang en "$work/call.txt" >"$work/out" && wrong "$name takes 121 arguments"
  grep -q "function $name() does not take" "$work/out" || wrong "docs/forms.md: $name is no function"
done <"$work/functions"

"$lachan" form diff "$work/forms.md.txt" "$work/forms.vi.md.txt" >"$work/out" || wrong "form diff fails"
grep -q '/data/visit' "$work/out" || wrong "form diff does not tell of the group that is gone"
"$lachan" form diff "$work/forms.md.txt" "$work/call.txt" >/dev/null 2>&1 && wrong "form diff takes a form with errors"
"$lachan" form check "$work/none.txt" >/dev/null 2>&1 && wrong "form check takes a file that is not there"
"$lachan" form check >/dev/null 2>&1 || [ $? = 2 ] || wrong "form check without a file is not a wrong usage"
"$lachan" form check --json "$work/call.txt" | grep -q '"level":"error","file":.*"sheet":"survey","line":4,"column":"calculation"' || wrong "--json does not place the error"
[ $bad = 0 ] && echo "the forms of the guide can be used, and its functions are there"
exit $bad
