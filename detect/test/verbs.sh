#!/bin/sh
# The verbs hash, bank and match as people and scripts use them, on good input and bad.
# usage: verbs.sh LACHAN_DETECT LACHAN_DECODE
detect=$(realpath "$1")
LACHAN_DECODE=$(realpath "$2")
export LACHAN_DECODE
. "$(dirname "$0")/shared.sh"
images=$(realpath "$shared/data/pdq/images")
lists=$(realpath "$shared/data/pdq")
media=$(realpath "$here/../../decode/test/media")
work=$(mktemp -d -p .)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
checks=0 failed=0

# expect STATUS COMMAND...: runs it, keeps out and err
expect() {
	wanted=$1
	shift
	"$@" >out 2>err
	got=$?
	checks=$((checks + 1))
	[ $got -eq "$wanted" ] && return
	failed=$((failed + 1))
	echo "exit $got, not $wanted: $*" >&2
	head -5 err >&2
}

# holds FILE PATTERN: a line of the file matches
holds() {
	checks=$((checks + 1))
	grep -Eq -- "$2" "$1" && return
	failed=$((failed + 1))
	echo "$1 lacks: $2" >&2
	head -5 "$1" >&2
}

# same FILE FILE
same() {
	checks=$((checks + 1))
	cmp -s "$1" "$2" && return
	failed=$((failed + 1))
	echo "$1 and $2 differ" >&2
}

query() { # BANK LIST OPTION...
	bank=$1 list=$2
	shift 2
	"$detect" bank query "$bank" "$@" <"$list"
}

# ---- help and usage
for verb in hash match bank "bank build" "bank query" "bank add" "bank remove" "bank compact" "bank verify" "bank info" "bank floods"; do
	expect 0 "$detect" $verb --help
	holds out '^usage:'
	expect 0 "$detect" $verb --version
	expect 2 "$detect" $verb --no-such-option
done
expect 2 "$detect" hash
expect 2 "$detect" hash --family big x
expect 2 "$detect" bank query
expect 2 "$detect" bank nothing
expect 2 "$detect" bank build list
expect 2 "$detect" bank query x --radius 300
expect 2 "$detect" match only-a-bank

# ---- bank
expect 0 "$detect" bank build "$lists/haystack.txt" -o h.bank --threads 2
expect 0 "$detect" bank info h.bank
holds out '^hashes 1350$'
expect 0 "$detect" bank verify h.bank
expect 0 query h.bank "$lists/needles.txt" --radius 32 --threads 2
mv out two
expect 0 query h.bank "$lists/needles.txt" --threads=1 --radius=32
same out two
holds two '^1 1001 0$'
checks=$((checks + 1))
[ "$(wc -l <two)" -eq 250 ] || failed=$((failed + 1))
expect 0 query h.bank "$lists/needles.txt" --radius 32 --count
holds out '^250$'
sort -s -k1,1n -k3,3n -k2,2n two >sorted
same two sorted
tr a-f A-F <"$lists/needles.txt" | sed 's/$/ q/' >upper
expect 0 query h.bank upper
holds out '^q 1001 0$'
: >empty
expect 0 query h.bank empty
expect 0 "$detect" bank build -o e.bank empty
expect 0 query e.bank "$lists/needles.txt" --count
holds out '^0$'

head -1 "$lists/needles.txt" >good
printf '%s,id-1\r\n\n%s\tid-2\n%s  id-3\nnonsense\n%sff id-4\n' "$(cat good)" "$(cat good)" "$(cat good)" "$(cat good)" >mixed
head -c 5000 /dev/zero | tr '\0' a >>mixed
expect 1 "$detect" bank build -o m.bank mixed
holds err '^mixed:5: '
holds err '^mixed:6: '
holds err '^mixed:7: .*too long'
expect 0 query m.bank good
printf '1 id-1 0\n1 id-2 0\n1 id-3 0\n' >three
same out three
expect 1 query m.bank mixed --count
holds err '^standard input:5: '
holds out '^9$'
expect 1 "$detect" bank build -o x.bank no-such-list

# ---- a list's line with an id that is none: named, the rest taken
hex=$(head -1 "$lists/needles.txt" | cut -c1-64)
printf '%s two words\n%s good\n' "$hex" "$hex" >ids
expect 1 "$detect" bank build -o ids.bank ids
holds err '^ids:1: an id must be'
expect 0 "$detect" bank info ids.bank
holds out '^hashes 1$'

# ---- a bank takes no device's place; a full disk is told
mkfifo pipe
expect 1 "$detect" bank build -o pipe empty
holds err 'pipe is not a regular file'
[ -p pipe ] || { failed=$((failed + 1)); echo "the pipe is gone" >&2; }
if [ -w /dev/full ]; then
	expect 1 sh -c '"$1" hash --json "$2" >/dev/full' - "$detect" "$images/pytx__rgb.jpeg"
	holds err '^standard output: '
	expect 1 sh -c 'echo x | "$1" text >/dev/full' - "$detect"
	holds err '^standard output: '
fi
expect 1 "$detect" bank info x.bank
expect 1 "$detect" bank info mixed
holds err 'not a bank|too short'

printf '%s id-9\n' "$(cat good)" >nine
expect 0 "$detect" bank add m.bank nine
expect 0 query m.bank good
holds out '^1 id-9 0$'
expect 0 "$detect" bank remove m.bank nine
expect 1 "$detect" bank remove m.bank nine
expect 0 "$detect" bank compact m.bank
expect 0 query m.bank good
same out three
expect 0 "$detect" bank floods m.bank --least 3
holds out " 3 id-1$"

for i in 9 11 4000 9000 20000; do
	cp m.bank flipped
	printf '\125' | dd of=flipped bs=1 seek=$i conv=notrunc 2>/dev/null
	cmp -s m.bank flipped || expect 1 query flipped good
done

# ---- hash
mkdir -p tree/inner
cp "$images/pytx__rgb.jpeg" tree/inner/a.jpg
ln -s .. tree/inner/loop
: >tree/zero.jpg
head -c 2000 "$images/bridge-mods__aaa-orig.jpg" >tree/cut.jpg
cp "$lists/README.md" tree/text.png
mkfifo tree/pipe
expect 1 "$detect" hash tree
holds out '^fb4eed46cb8a6c78819ca06b756c541f7b07ef6d02c82fccd00f862166272cda [0-9]+ tree/inner/a.jpg$'
for name in zero.jpg text.png pipe inner/loop; do
	holds err "^tree/$name: "
done
expect 1 "$detect" hash no-such-file "$images/pytx__rgb.jpeg"
holds out '^fb4eed46'
expect 0 "$detect" hash --json -- "$images/pytx__rgb.jpeg"
holds out '^\{"pdq":"fb4eed46cb8a6c78819ca06b756c541f7b07ef6d02c82fccd00f862166272cda","quality":[0-9]+,"family":"full",'
expect 2 "$detect" hash --file-hashes "$images/pytx__rgb.jpeg"
expect 0 "$detect" hash --json --file-hashes "$images/pytx__rgb.jpeg"
for tool in md5 sha1 sha256; do
	holds out "\"$tool\":\"$(${tool}sum <"$images/pytx__rgb.jpeg" | cut -d' ' -f1)\""
done
expect 0 "$detect" hash --threads 1 "$images"
mv out one
expect 0 "$detect" hash --threads 4 "$images"
same out one

# ---- match: the bridge, and the bridge turned by other means
awk '{ print $1, "b" NR }' one >known
expect 0 "$detect" bank build -o p.bank known
expect 0 "$detect" match p.bank "$images/reg-test-input__dih__bridge-3-rotate-180.jpg" --json
holds out '"id":"b1","distance":[0-9]+,"turn":"rotate-180"'
expect 0 "$detect" match p.bank "$images/reg-test-input__dih__bridge-3-rotate-180.jpg" --no-dihedral
holds out 'bridge-3-rotate-180.jpg b[0-9]+ 0$'
checks=$((checks + 1))
grep -q ' b1 ' out && failed=$((failed + 1))

# ---- films
film=$media/h264.mp4
expect 0 "$detect" hash --video "$film"
holds out '^0 [0-9]+ [0-9a-f]{64} 0\.000 .*h264.mp4$'
cut -d' ' -f1-4 out >frames
expect 0 "$detect" hash --video --vpdq "$film"
mv out film.vpdq
awk -F, '{ print $1, $2, $3, $4 }' film.vpdq >listed
same frames listed
expect 0 "$detect" match --video film.vpdq "$film" --strict
holds out ' 100.0 100.0$'
expect 0 "$detect" hash --video --tmk film.tmk "$film"
expect 0 "$detect" match --video film.tmk film.tmk
holds out ' 1.0000 (1.0000|0.99[0-9]+)$'
expect 1 "$detect" match --video film.tmk film.vpdq "$lists/README.md"
holds err 'another kind of hash'
holds err 'README.md: '
expect 2 "$detect" hash --video --tmk x a b
expect 2 "$detect" hash --vpdq "$film"

echo "$checks checks, $failed failed" >&2
[ $failed -eq 0 ]
