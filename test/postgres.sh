#!/bin/sh
# Runs a command with a PostgreSQL database of its own: test/postgres.sh COMMAND [ARGUMENT...]
# The command finds its address in LACHAN_TEST_POSTGRES. Without a command: prints the address, ends when its input does.
# The server lives in a temporary folder, listens on a socket there only, and is gone when this script is. Inside another
# run of this script the server is shared and only the database is new.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "1..0 # SKIP no PostgreSQL here"; exit 0; }

# initdb refuses root
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

owner() {
  if [ "$(id -u)" = 0 ]; then echo postgres; else id -un; fi
}

stop_server() {
  kill -CONT "$LACHAN_TEST_POSTMASTER" 2>/dev/null || true
  as_owner "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}

start_server() {
  folder=$(mktemp -d)
  [ "$(id -u)" = 0 ] && chown postgres "$folder"
  cd "$folder"
  as_owner "$bin/initdb" -D "$folder/data" -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 ||
    { cat "$folder/initdb.log" >&2; rm -rf "$folder"; exit 1; }
  as_owner "$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/server.log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off -c max_connections=100" \
    start >/dev/null || { cat "$folder/server.log" >&2; rm -rf "$folder"; exit 1; }
  LACHAN_TEST_SERVER=$folder
  LACHAN_TEST_POSTMASTER=$(head -n 1 "$folder/data/postmaster.pid")
  export LACHAN_TEST_SERVER LACHAN_TEST_POSTMASTER
  trap stop_server EXIT
  trap 'exit 130' INT TERM HUP
  cd "$OLDPWD"
}

[ -n "${LACHAN_TEST_SERVER:-}" ] || start_server
name=t$$
"$bin/createdb" -h "$LACHAN_TEST_SERVER" -U "$(owner)" -T template0 -E UTF8 "$name"
LACHAN_TEST_POSTGRES="postgres:///$name?host=$LACHAN_TEST_SERVER&user=$(owner)"
export LACHAN_TEST_POSTGRES

if [ $# -gt 0 ]; then
  "$@"
else
  echo "$LACHAN_TEST_POSTGRES"
  cat >/dev/null
fi
