#!/bin/sh
# docs/tour.md and docs/tour.vi.md are walked step by step on a demo of their own: every button that a step names stands on the
# page that it names, in both languages, and does what the step says. A step whose page is not built yet carries a line that
# says so; `tour.sh --write` sets and takes away those lines by what `lachan routes` knows.
set -eu
cd "$(dirname "$0")/../.."
command -v node >/dev/null || { echo "node is missing"; exit 1; }
command -v sqlite3 >/dev/null || { echo "sqlite3 is missing"; exit 1; }
exec node test/docs/tour.mjs "$(realpath "${LACHAN:-build/lachan}")" "$@"
