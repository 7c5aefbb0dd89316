#!/bin/sh
# A test of this folder that talks to a running server. Usage: walk.sh PROGRAM [TEST.mjs] [ARGUMENT], from the root of the sources.
program=$(realpath "$1")

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

command -v node >/dev/null || skip "Node is not installed"
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || skip "Chromium is not installed"
cd test/browser || exit 1
if [ ! -d node_modules/playwright-core ]; then
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1 || skip "no package registry"
fi
exec node "${2:-walk.mjs}" "$program" ${3:+"$3"}
