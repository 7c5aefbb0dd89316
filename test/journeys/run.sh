#!/bin/sh
# Runs one journey with Node, or says "skipped" where there is none. Usage: run.sh PROGRAM JOURNEY.mjs
command -v node >/dev/null || { echo "1..0 # SKIP Node is not installed"; exit 0; }
exec node "$(dirname "$0")/$2" "$(realpath "$1")"
