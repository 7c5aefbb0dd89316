#!/bin/sh
# Tests of tplc and langc: what they make of a page is what the golden files say, and what is unsafe or misspelt is
# refused with its file and line. Usage: generators_test.sh TPLC LANGC SOURCE_ROOT [new]; "new" rewrites the golden files.
set -u
tplc=$1 langc=$2 root=$3 new=${4:-}
here=$root/tools/test
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 bad=0

say() {         # say RESULT SENTENCE
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; bad=1; fi
}

compiler="${CC:-cc} -std=gnu2x -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow -Werror"
compiler="$compiler -I$work -I$root/src -I$here/root/src"

page() {        # page FILE: the page as demo_pages.c
    "$tplc" --root "$here/root" --header "$work/demo_pages.h" --code "$work/demo_pages.c" --depfile "$work/demo.d" "$1" 2>&1
}

"$langc" --header "$work/texts.h" --code "$work/texts.c" "$here/lang/vi/demo.po" "$here/lang/en/demo.po" 2>"$work/missing"
say $? "langc makes tables of two languages"
grep -q 'en lacks 1 of 5 texts' "$work/missing"
say $? "a text that English lacks is counted, and a fuzzy one counts as lacking"

page "$here/root/src/demo/pages/all.html"
say $? "tplc makes C of a page with everything"
$compiler -o "$work/demo" "$here/demo_main.c" "$work/demo_pages.c" "$work/texts.c" "$root/src/web/html.c" \
    "$root/src/base/str.c" "$root/src/base/memory.c" "$root/src/base/id.c" -lsodium
say $? "what it made compiles without a warning"
for language in vi en; do
    "$work/demo" $language >"$work/$language.html"
    [ -n "$new" ] && cp "$work/$language.html" "$here/golden.$language.html"
    diff "$here/golden.$language.html" "$work/$language.html" | sed 's/^/# /'
    cmp -s "$here/golden.$language.html" "$work/$language.html"
    say $? "the page in $language is the golden file"
done
want=$(sed -n 's/.*<style>\(.*\)<\/style>.*/\1/p' "$work/vi.html" | tr -d '\n' | openssl dgst -sha256 -binary | base64)
[ "$want" = "$(tail -n 1 "$work/vi.html")" ]
say $? "the hash is the one that a browser computes of the style"
! grep -q '<script' "$work/vi.html"
say $? "a value never becomes markup"
grep -q 'tokens.css' "$work/demo.d" && grep -q '_part.html' "$work/demo.d" && grep -q 'leaf.svg' "$work/demo.d"
say $? "the depfile names style, part and icon"

for error in "$here"/refused/*.error; do
    name=$(basename "$error" .error)
    said=$(page "$here/refused/demo/pages/$name.html" && $compiler -fsyntax-only "$work/demo_pages.c" 2>&1)
    echo "$said" | grep -qF "$(cat "$error")"
    say $? "refused with its line: $name"
done
for folder in "$here"/lang_refused/*; do
    said=$("$langc" --header "$work/x.h" --code "$work/x.c" "$folder/vi/m.po" "$folder/en/m.po" 2>&1)
    echo "$said" | grep -qF "$(cat "$folder/error")"
    say $? "texts refused with their line: $(basename "$folder")"
done
echo "1..$number"
exit $bad
