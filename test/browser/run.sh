#!/bin/sh
# Fills a folder with the child pages and runs a test of this folder over it. Says "skipped" where a browser, Node or the
# two packages of the lock file cannot be had. Usage: run.sh RENDER TEST.mjs, from the root of the sources.
render=$(realpath "$1")
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

command -v node >/dev/null || skip "Node is not installed"
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || skip "Chromium is not installed"
"$render" "$pages" >/dev/null || exit 1
cd test/browser || exit 1
if [ ! -d node_modules/playwright-core ]; then
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1 || skip "no package registry"
fi
node "$2" "$pages"
