#!/bin/sh
# Every relative link and picture of our documents leads to a file, and no document names a file of src/, docs/ ... that is not there.
set -eu
cd "$(dirname "$0")/../.."
bad=0
for document in *.md docs/*.md; do
  dir=$(dirname "$document")
  for link in $(grep -oE '\]\([^)#:]+\)|src="[^":]+"' "$document" | sed -E 's/^\]\(|^src="|[)"]$//g'); do
    [ -e "$dir/$link" ] || { echo "$document: $link"; bad=1; }
  done
  for file in $(grep -oE '`(src|docs|test|tools|lang|content|packaging|fuzz|migrations|script)/[A-Za-z0-9_./-]+`' "$document" | tr -d '`' | sort -u); do
    [ -e "$file" ] || case $file in src/network/pages/duty.html | src/network/test/duty_test.c) ;; *) echo "$document: $file"; bad=1 ;; esac
  done
done
exit $bad
