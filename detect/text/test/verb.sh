#!/bin/sh
# One line of answer for each line, whatever the line is.
set -eu
verb=$1
count=$(printf 'xin chào\n\n\377\376 hỏng\n\000\nkhông có xuống dòng' | "$verb" text --json | grep -c '^{"score":{"grooming":.*"signals":\[.*"urgent":\(true\|false\)}$')
test "$count" = 5 || { echo "5 lines in, $count out" >&2; exit 1; }
test -z "$("$verb" text </dev/null)"
printf 'A\tem học lớp mấy rồi\nA\tanh mua cho em điện thoại mới nhé\nA\tđừng nói với mẹ em nha\n' |
	"$verb" text --json --conversation | tail -n 1 | grep -q '"messages":3' || { echo 'no talk' >&2; exit 1; }
if "$verb" text extra </dev/null 2>/dev/null; then exit 1; fi
"$verb" text --help | grep -q conversation
