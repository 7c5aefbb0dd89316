#!/bin/sh
# docs/openapi.json against the program: its routes both ways, and the answers of a running demo server.
. "$(dirname "$0")/demo.sh"
start_demo --manage 127.0.0.1:0
"$LACHAN" routes --json >"$work/routes.json"
node test/docs/openapi.mjs docs/openapi.json "$work/routes.json" "$base" "$work/data/demo-tokens.json"
