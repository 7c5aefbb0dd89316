#!/bin/sh
# packaging/lachan.1 is formatted without a warning, and says of every verb what `lachan VERB --help` says, word for word.
# `man.sh --write` makes the second so.
set -eu
cd "$(dirname "$0")/../.."
file=packaging/lachan.1
lachan=${LACHAN:-build/lachan}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Text as it stands, for roff: no hyphen of its own, no command at the start of a line.
plain() { sed 's/\\/\\e/g; s/-/\\-/g; s/^\([.'"'"']\)/\\\&\1/'; }

verbs=$("$lachan" --help | sed -n 's/^  \([a-z][a-z]*\)  *[^ ].*/\1/p')
[ "$(echo "$verbs" | wc -l)" -ge 10 ] || { echo "lachan --help names too few verbs"; exit 1; }
{
  printf '.PP\n.EX\n'
  "$lachan" --help | plain
  printf '.EE\n'
  for verb in $verbs; do
    printf '.SS "lachan %s"\n.EX\n' "$verb"
    "$lachan" "$verb" --help | plain
    printf '.EE\n'
  done
} >"$work/verbs"

begin='.\\" The rest of this section is written by test/docs/man.sh --write'
end='.\\" Here ends what it writes'
if [ "${1:-}" = --write ]; then
  awk -v begin="$begin" -v end="$end" -v verbs="$work/verbs" '
    $0 == end { inside = 0 }
    !inside { print }
    $0 == begin { inside = 1; while ((getline line <verbs) > 0) print line }' "$file" >"$work/new"
  cat "$work/new" >"$file"
fi
awk -v begin="$begin" -v end="$end" '$0 == end { inside = 0 } inside { print } $0 == begin { inside = 1 }' "$file" >"$work/there"
diff -u "$work/there" "$work/verbs" || {
  echo "packaging/lachan.1 (-) and the program (+) differ: read it, then run $0 --write"
  exit 1
}

man --warnings=w -E UTF-8 -l "$file" >"$work/text" 2>"$work/warnings"
[ ! -s "$work/warnings" ] || { cat "$work/warnings"; exit 1; }
if command -v mandoc >/dev/null; then
  mandoc -Tlint -Wwarning "$file"
fi
grep -q 'EXIT STATUS' "$work/text"
echo "$(echo "$verbs" | wc -l) verbs agree with packaging/lachan.1"
