#!/bin/sh
# lachan demo: twice on one folder makes its data once; it refuses a real instance, and a demo that was cut short while it was made.
. "$(dirname "$0")/demo.sh"
"$LACHAN" demo --data "$work/data" --no-serve >"$work/first" 2>"$work/err" || { cat "$work/err"; exit 1; }
before=$(sqlite3 "$work/data/lachan.db" 'SELECT count(*) FROM log')
"$LACHAN" demo --data "$work/data" --no-serve >"$work/second"
[ "$before" = "$(sqlite3 "$work/data/lachan.db" 'SELECT count(*) FROM log')" ] || { echo "the second start wrote something"; exit 1; }
diff "$work/first" "$work/second"       # the same table of accounts

grep -q 'DỮ LIỆU GIẢ' "$work/first"
for role in counsellor caseworker supervisor chair focal_point coordinator org_admin auditor system_admin analyst reviewer; do
  grep -q "^  $role " "$work/first" || { echo "no account is a $role"; exit 1; }
done

refused() {
  if "$LACHAN" demo --data "$1" --no-serve >"$work/out" 2>"$work/err"; then echo "$2 was not refused"; exit 1; fi
  grep -q "$3" "$work/err" || { cat "$work/err"; exit 1; }
}
rm "$work/data/demo-accounts.json"
refused "$work/data" "a demo that was cut short" "cut short"
"$LACHAN" init --data "$work/real" >"$work/out" 2>"$work/err"
refused "$work/real" "a real instance" "no demo"
[ "$(sqlite3 "$work/real/lachan.db" 'SELECT count(*) FROM organisations')" = 1 ]
echo "the demo is made once"
