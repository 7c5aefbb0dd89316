#!/bin/sh
# Every act that the program writes into the log has words on the log's pages, in both languages. An act's code is a text of
# the form "thing.what" ("report.read"), or stands as `.act = "..."`.
set -eu
cd "$(dirname "$0")/../.."
codes=$(mktemp)
trap 'rm -f "$codes"' EXIT
# names of files, of timed work, of scopes of tokens and types of notices have the same form
find src -name '*.c' ! -path '*/test/*' ! -name log_words.c -exec cat {} + |
  grep -v '^#include\|asset_url(\|_MS, \(true\|false\), \|\.type = STR(' |
  grep -oE '\.act = "[a-z.-]+"|"[a-z]+\.[a-z]+(-[a-z]+)*"' | sed 's/^[^"]*"//; s/"$//' |
  grep -vE '\.(db|conf|json|txt|csv|key|html|css|svg|js|mjs|wasm|org|vn|gov|com|mau)$|^lachan\.|^(hashes|stopncii|ncmec|incident|ispws)\.' | sort -u >"$codes"
[ "$(wc -l <"$codes")" -ge 20 ] || { echo "too few act codes were found in src/"; exit 1; }

bad=0
while read -r code; do
  id=log.act.$(echo "$code" | tr '.-' '__')
  grep -q "{ \"$code\", T_" src/people/log_words.c || { echo "act $code has no row in src/people/log_words.c"; bad=1; }
  for language in vi en; do
    grep -qF "msgid \"$id\"" "lang/$language/log.po" || { echo "act $code has no words ($id) in lang/$language/log.po"; bad=1; }
  done
done <"$codes"
[ $bad = 0 ] && echo "$(wc -l <"$codes") acts have words"
exit $bad
