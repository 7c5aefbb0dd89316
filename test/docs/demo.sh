# Sourced by the tests of this folder: a demo server of its own on a free port of loopback, gone when the test ends.
set -eu
cd "$(dirname "$0")/../.."      # both folders that source this lie as deep
: "${LACHAN:=build/lachan}"
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill -KILL "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# start_demo [OPTION...]: sets $base.
start_demo() {
  : >"$work/out"
  "$LACHAN" demo --data "$work/data" --listen 127.0.0.1:0 "$@" >>"$work/out" 2>"$work/err" &
  server=$!
  for _ in $(seq 1800); do
    base=$(sed -n 's/^ready //p' "$work/out")
    [ -z "$base" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/err" >&2
  exit 1
}
