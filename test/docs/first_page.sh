#!/bin/sh
# "Your first page" of CONTRIBUTING.md, step by step, on a copy of the tree: it builds, its test passes, the style holds, and
# the page answers in both languages.
. "$(dirname "$0")/demo.sh"
copy=$work/tree
mkdir "$copy"
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$copy"
node test/docs/first_page.mjs CONTRIBUTING.md "$copy"
cd "$copy"
meson setup build --buildtype=release >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
nice ninja -C build lachan test/test_network_duty tools/tidy >"$work/log" 2>&1 || { grep -A12 -E 'FAILED|error' "$work/log"; exit 1; }
build/test/test_network_duty | tee "$work/tap"
grep -q '^ok 1' "$work/tap"
build/tools/tidy ARCHITECTURE.md src/network/*.c src/network/*.h
LACHAN=build/lachan
start_demo
curl -sf "$base/duty" | grep -q 'Ngày và đêm'
curl -sf "$base/duty?lang=en" | grep -q 'day and night'
"$LACHAN" routes | grep -q '/duty'
echo "the first page answers"
