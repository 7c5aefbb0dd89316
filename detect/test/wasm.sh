#!/bin/sh
# The WebAssembly build in Chromium gives the native hashes; and by how many bits canvas decoding differs.
# usage: wasm.sh LACHAN_DETECT LACHAN_DECODE WASM_EXPECTED WASM
detect=$1
LACHAN_DECODE=$2
export LACHAN_DECODE
. "$(dirname "$0")/shared.sh"
browser=$(command -v chromium || command -v chromium-browser)
if [ -z "$browser" ]; then
	echo "skipped: no chromium" >&2
	exit 77
fi
work=$(mktemp -d -p .)
trap 'rm -rf "$work"' EXIT
work=$(realpath "$work")
{
	echo '<!DOCTYPE html><meta charset="utf-8"><title>test</title><script type="module">'
	sed 's/^export //' "$here/../wasm/lachan-detect.mjs"
	"$3"
	echo "const wasmBase64 = '$(base64 -w0 "$4")';"
	echo 'const images = ['
	"$detect" hash "$shared/data/pdq/images" | while read -r pdq _ path; do
		case $path in *.png) type=image/png ;; *) type=image/jpeg ;; esac
		echo "{name:'$(basename "$path")',type:'$type',pdq:'$pdq',base64:'$(base64 -w0 "$path")'},"
	done
	echo '];'
	cat "$here/wasm_page.js"
	echo '</script>'
} >"$work/page.html"
# The page reports through its console, which the browser writes into its log.
"$browser" --headless --no-sandbox --disable-gpu --disable-extensions --no-first-run --user-data-dir="$work/profile" \
	--enable-logging=stderr --v=0 "file://$work/page.html" >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 600); do
	grep -q 'detect: \(ALL\|NOT\) GOOD' "$work/log" && break
	kill -0 $pid 2>/dev/null || break
	sleep 0.2
done
kill $pid 2>/dev/null
wait $pid 2>/dev/null
grep -q 'detect: ' "$work/log" || tail -5 "$work/log" >&2
sed -n 's/.*"\(detect: .*\)", source: .*/\1/p' "$work/log" >&2
grep -q 'detect: ALL GOOD' "$work/log"
