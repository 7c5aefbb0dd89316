#!/bin/sh
# The library as others meet it: one header for C and C++, no names of ours but detect_*, a program that uses it.
# usage: library.sh SHARED_LIBRARY HEADER_FOLDER CC [CXX]
lib=$1 include=$2 cc=$3 cxx=$4
work=$(mktemp -d -p .)
trap 'rm -rf "$work"' EXIT
failed=0

strange=$(nm -D --defined-only "$lib" | awk '{ sub(/@.*/, "", $3); if ($3 !~ /^detect_/) print $3 }')
[ -z "$strange" ] || { echo "exported beyond detect_*: $strange" >&2; failed=1; }
declared=$(grep -o 'detect_[a-z0-9_]*(' "$include/lachan/detect.h" | tr -d '(' | grep -v '_fn$' | sort -u)
for name in $declared; do
	nm -D --defined-only "$lib" | grep -q " $name$" || { echo "declared but not exported: $name" >&2; failed=1; }
done

cat >"$work/use.c" <<'EOF'
#include <lachan/detect.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	static unsigned char pixels[90 * 70 * 3];
	struct detect_image image = { pixels, 0, 90, 70, 3, DETECT_INTERLEAVED, { NULL, NULL }, 0 };
	struct detect_pdq hash, again;
	struct detect_error error;
	char hex[65];
	size_t i;
	for (i = 0; i < sizeof pixels; i++)
		pixels[i] = (unsigned char)(i * i / 97);
	if (detect_pdq_hash(&image, DETECT_FULL, &hash, &error))
		return 1;
	detect_pdq_to_hex(&hash, hex);
	if (detect_pdq_from_hex(hex, strlen(hex), &again) || detect_pdq_distance(&hash, &again))
		return 1;
	image.channels = 7;
	return detect_pdq_hash(&image, DETECT_FULL, &hash, &error) != DETECT_INVALID || !*error.text;
}
EOF
for std in c99 c11 gnu2x; do
	$cc -std=$std -Wall -Wextra -Werror -I"$include" "$work/use.c" -o "$work/use" "$lib" && LD_LIBRARY_PATH=$(dirname "$lib") "$work/use" ||
		{ echo "fails as $std" >&2; failed=1; }
done
if [ -n "$cxx" ]; then
	cp "$work/use.c" "$work/use.cc"
	$cxx -Wall -Wextra -Werror -I"$include" "$work/use.cc" -o "$work/use" "$lib" && LD_LIBRARY_PATH=$(dirname "$lib") "$work/use" ||
		{ echo "fails as C++" >&2; failed=1; }
fi
exit $failed
