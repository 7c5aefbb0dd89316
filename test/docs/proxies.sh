#!/bin/sh
# The samples of packaging/ on loopback, in front of a demo server: the shapes that the HTTP library hides are refused or written
# anew, and ordinary requests pass (the tables of SECURITY.md).
. "$(dirname "$0")/demo.sh"
start_demo
inside=${base#http://}
port=${LACHAN_PROXY_PORT:-18490}
sed -e "s|bind :80\$|bind 127.0.0.1:$port|" -e '/bind :443/d' -e '/redirect scheme/d' -e '/^    log /d' -e 's/maxconn 20000/maxconn 500/' \
  -e "s/127.0.0.1:8080/$inside/" packaging/haproxy.cfg >"$work/haproxy.cfg"
sed -e "s|^help.example.org|http://127.0.0.1:$((port + 1))|" -e "s/127.0.0.1:8080/$inside/" packaging/Caddyfile >"$work/Caddyfile"
haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
haproxy=$!
HOME=$work XDG_DATA_HOME=$work XDG_CONFIG_HOME=$work caddy run --adapter caddyfile --config "$work/Caddyfile" >"$work/caddy.log" 2>&1 &
caddy=$!
trap 'kill -KILL $haproxy $caddy $server 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
for at in $port $((port + 1)); do
  for _ in $(seq 100); do curl -s -o "$work/page" "http://127.0.0.1:$at/" && break; sleep 0.1; done
done
node test/docs/proxies.mjs "${inside##*:}" "$port" "$((port + 1))" || { cat "$work/haproxy.log" "$work/caddy.log"; exit 1; }
