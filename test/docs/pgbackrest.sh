#!/bin/sh
# The recipe of docs/operations.md, "PostgreSQL: pgBackRest", tried: a demo on PostgreSQL, a full backup, more reports, the machine is
# gone, restore to the last archived moment, and the log and all rows must prove themselves.
# Usage: pgbackrest.sh PROGRAM, as root or as the user of a PostgreSQL. PGBACKREST names the program where it is not installed.
set -eu
program=$(realpath "$1")
backrest=${PGBACKREST:-$(command -v pgbackrest || true)}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$backrest" ] && [ -n "$bin" ] || { echo "1..0 # SKIP pgBackRest or PostgreSQL is not installed"; exit 0; }
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
owner=$(if [ "$(id -u)" = 0 ]; then echo postgres; else id -un; fi)
top=$(mktemp -d)
cd "$top"
bad=0
stop() { as "$bin/pg_ctl" -D "$top/pg" -m immediate -w stop >/dev/null 2>&1 || true; rm -rf "$top"; }
trap stop EXIT
cp "$backrest" "$top/pgbackrest"
mkdir repo log lock spool house
[ "$(id -u)" = 0 ] && chown -R postgres "$top" && chown root house
cat >pgbackrest.conf <<END
[global]
repo1-path=$top/repo
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=only-for-this-test
repo1-retention-full-type=time
repo1-retention-full=35
log-path=$top/log
lock-path=$top/lock
spool-path=$top/spool
start-fast=y
[lachan]
pg1-path=$top/pg
pg1-socket-path=$top
pg1-user=$owner
END
chmod 644 pgbackrest.conf
backrest() { as "$top/pgbackrest" --config="$top/pgbackrest.conf" --stanza=lachan "$@"; }
as "$bin/initdb" -D "$top/pg" -A trust -E UTF8 --locale=C >/dev/null
as tee -a pg/postgresql.conf >/dev/null <<END
listen_addresses = ''
unix_socket_directories = '$top'
archive_mode = on
archive_timeout = 60
archive_command = '$top/pgbackrest --config=$top/pgbackrest.conf --stanza=lachan archive-push %p'
END
start() { as "$bin/pg_ctl" -D "$top/pg" -w -t 60 -l "$top/log/server.log" start >/dev/null; }
start
db="postgres:///lachan?host=$top&user=$owner"
as "$bin/createdb" -h "$top" -U "$owner" -T template0 -E UTF8 lachan
"$program" demo --data "$top/house" --db "$db" --no-serve >/dev/null
backrest stanza-create
backrest --type=full backup
count() { as "$bin/psql" -h "$top" -U "$owner" -d lachan -Atc 'SELECT count(*) FROM log'; }
before=$(count)
"$program" audit verify --data "$top/house" --db "$db" >/dev/null
as "$bin/psql" -h "$top" -U "$owner" -d lachan -qc "CREATE TABLE marker AS SELECT 42 AS n"
as "$bin/psql" -h "$top" -U "$owner" -d lachan -Atqc 'SELECT pg_switch_wal()' >/dev/null
backrest check
as "$bin/pg_ctl" -D "$top/pg" -m immediate -w stop >/dev/null
rm -rf "$top/pg"; as mkdir -m 700 "$top/pg"
backrest restore
start
for i in $(seq 60); do [ "$(as "$bin/psql" -h "$top" -U "$owner" -d lachan -Atc 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ] && break; sleep 1; done
ok() { if [ "$1" = "$2" ]; then echo "ok $3 - $4"; else echo "not ok $3 - $4 ($1, not $2)"; bad=1; fi; }
ok "$(count)" "$before" 1 "the log is as long as it was"
ok "$(as "$bin/psql" -h "$top" -U "$owner" -d lachan -Atc 'SELECT n FROM marker')" 42 2 "what came after the backup is there"
"$program" audit verify --data "$top/house" --db "$db" >"$top/verify" 2>&1 && s=0 || s=$?
ok $s 0 3 "log and rows prove themselves"
echo 1..3
exit $bad
