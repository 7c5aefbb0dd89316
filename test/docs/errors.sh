#!/bin/sh
# docs/errors.md has one row for each problem of src/web/problem.c and no other, with its code and its texts in both languages;
# and a running server knows each by that name.
. "$(dirname "$0")/demo.sh"
start_demo
node test/docs/errors.mjs "$base"
