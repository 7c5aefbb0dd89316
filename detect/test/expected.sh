#!/bin/sh
# Every hash, quality and dihedral hash of the reference table, both families, through the command line.
# usage: expected.sh LACHAN_DETECT LACHAN_DECODE
. "$(dirname "$0")/shared.sh"
LACHAN_DECODE=$2
export LACHAN_DECODE
work=$(mktemp -d -p .)
trap 'rm -rf "$work"' EXIT
images=$shared/data/pdq/images
"$1" hash "$images" >"$work/full" || echo "hash failed" >"$work/wrong"
"$1" hash --family cpp512 "$images" >"$work/cpp512" 2>"$work/refused"
"$1" hash --family cpp512 --dihedral "$images" >"$work/dihedral" 2>/dev/null
awk -v images="$images/" -v work="$work" '
	function load(name, into, count, line, part) {
		while ((getline line < (work "/" name)) > 0) {
			split(line, part, " ")
			sub(images, "", part[3])
			into[part[3]] = into[part[3]] (into[part[3]] == "" ? "" : " ") (name == "dihedral" ? part[1] : part[1] " " part[2])
		}
	}
	function check(what, expected, got) {
		checks++
		if (expected != got) { failed++; printf "%s of %s: %s, not %s\n", what, $1, got, expected }
	}
	BEGIN { FS = ","; load("full", full); load("cpp512", cpp512); load("dihedral", dihedral) }
	{ sub(/\r$/, "") }
	NR > 1 && $6 != "" { check("full", $6 " " ($7 == "" ? quality(full[$1]) : $7), full[$1]) }
	NR > 1 && $4 != "" { check("cpp512", $4 " " $5, cpp512[$1]) }
	NR > 1 && $9 != "" { check("dihedral", $9, dihedral[$1]) }
	function quality(line, part) { split(line, part, " "); return part[2] }
	END { printf "%d checks, %d failed\n", checks, failed; exit failed || checks < 40 }
' "$shared/data/pdq/expected.csv" >>"$work/wrong"
status=$?
cat "$work/wrong" >&2
# The two files with alpha have no hash in family cpp512, and are named.
[ "$(wc -l <"$work/refused")" -eq 2 ] || { echo "cpp512 must refuse two files:" >&2; cat "$work/refused" >&2; exit 1; }
! grep -q "hash failed" "$work/wrong" && exit $status
exit 1
