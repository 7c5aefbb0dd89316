#!/bin/sh
# docs/process.md, command by command: an official changes a deadline and a form, the checker takes both, refuses what would strand a
# case, and the new version is for cases that begin from its day on.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lachan=${LACHAN:-build/lachan}
mkdir "$work/data" "$work/bin"
ln -s "$(realpath "$lachan")" "$work/bin/lachan"

# The page's own commands: every block of sh, with the folder put in for DIR.
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' docs/process.md | sed "s#DIR#$work/data#g" >"$work/steps.sh"
[ "$(grep -c . "$work/steps.sh")" -gt 9 ] || { echo "docs/process.md has lost its commands"; exit 1; }
PATH="$work/bin:$PATH" sh -eu "$work/steps.sh" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }

process=$work/data/content/process
old=$(sed -n '/^code: plan$/,/^\[/p' content/process/vn-decree-56/2.txt)
new=$(sed -n '/^code: plan$/,/^\[/p' "$process/vn-decree-56/3.txt")
case $old in *'workdays: 5'*) ;; *) echo "the shipped term is another one than the page says"; exit 1;; esac
case $new in *'workdays: 4'*) ;; *) echo "the page's command changes no term"; exit 1;; esac
grep -q 'vn-decree-56/3' "$work/said" || { cat "$work/said"; exit 1; }
grep -q 'vn-decree-56/2.*new cases follow it\|vn-decree-56/3.*new cases follow it' "$work/said" || { cat "$work/said"; exit 1; }

refused() {     # WORDS, what was broken
  if "$lachan" process check --data "$work/data" >"$work/said" 2>&1; then echo "taken: $2"; exit 1; fi
  grep -q "$1" "$work/said" || { echo "$2 is refused in other words:"; cat "$work/said"; exit 1; }
}
cp "$process/vn-decree-56/3.txt" "$work/good"
sed 's/^workdays: 4$/workdays: four/' "$work/good" >"$process/vn-decree-56/3.txt"
refused '3.txt line' 'a term that is no number'
sed 's/^form: mau-06$/form: mau-99/' "$work/good" >"$process/vn-decree-56/3.txt"
refused 'mau-99' 'a form that is not there'
cp "$work/good" "$process/vn-decree-56/3.txt"
"$lachan" process check --data "$work/data" >/dev/null 2>&1

sed -i 's/^type: integer$/type: whole_number/' "$work/data/content/forms/mau-01.txt"
if "$lachan" form check "$work/data/content/forms/mau-01.txt" >"$work/said" 2>&1 && ! grep -q whole_number "$work/said"; then
  echo "a type that nobody knows goes unseen"; exit 1
fi
echo "an official changes a deadline and a form, and the checker guards both"
