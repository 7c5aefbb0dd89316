#!/bin/sh
# Tests of sqlc: what it makes is the golden files and compiles; what is wrong is refused with its file and line.
# Usage: sqlc_test.sh SQLC SOURCE_ROOT [new]; "new" rewrites the golden files.
set -u
sqlc=$1 root=$2 new=${3:-}
here=$root/tools/test/sqlc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/m"
number=0 bad=0

say() {         # say RESULT SENTENCE
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; bad=1; fi
}

# refused LINE MESSAGE WHAT: standard input is a store.sql
refused() {
  cat >"$work/m/store.sql"
  said=$("$sqlc" module "$work/m/store.sql" "$work/x.h" "$work/x.c" "$here"/000?_*.sql 2>&1) && said="it was taken"
  case $said in
    "$work/m/store.sql:$1: error: $2"*) say 0 "$3" ;;
    *) echo "# $said"; say 1 "$3" ;;
  esac
}

# migration_refused LINE MESSAGE WHAT: standard input is a migration
migration_refused() {
  cat >"$work/0001_bad.sql"
  said=$("$sqlc" tables "$work/x.h" "$work/x.c" "$work/0001_bad.sql" 2>&1) && said="it was taken"
  case $said in
    "$work/0001_bad.sql:$1: error: $2"* | "sqlc:$1: error: $2"*) say 0 "$3" ;;
    *) echo "# $said"; say 1 "$3" ;;
  esac
}

"$sqlc" tables "$work/tables.sql.h" "$work/tables.sql.c" "$here"/000?_*.sql
say $? "tables become C"
"$sqlc" module "$here/small/store.sql" "$work/small.sql.h" "$work/small.sql.c" "$here"/000?_*.sql
say $? "statements become C"
for file in tables.sql.h tables.sql.c small.sql.h small.sql.c; do
  [ -n "$new" ] && cp "$work/$file" "$here/golden.$file"
  diff "$here/golden.$file" "$work/$file" | sed 's/^/# /'
  cmp -s "$here/golden.$file" "$work/$file"
  say $? "$file is the golden file"
done
for file in tables.sql.c small.sql.c; do
  ${CC:-cc} -std=gnu2x -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow -Werror -fsyntax-only \
    -I"$work" -I"$root/src" "$work/$file"
  say $? "$file compiles without a warning"
done

refused 2 'table cases is logged' "an INSERT into a logged table" <<'SQL'
-- name: a (id id) -> done
INSERT INTO cases (id, "default", kgen, mac) VALUES (:id, 1, 1, x'00');
SQL
refused 3 'table cases is logged' "an UPDATE of a logged table, hidden behind a comment and case" <<'SQL'
-- name: a (id id) -> done

uPdAtE /* visits */ cases SET note = 'x' WHERE id = :id;
SQL
refused 2 'table cases is logged' "a DELETE from a logged table, quoted, with RETURNING" <<'SQL'
-- name: a () -> (id id)
DELETE FROM "cases" RETURNING id;
SQL
refused 2 'table cases is logged' "a REPLACE and an upsert of a logged table" <<'SQL'
-- name: a (id id) -> done
REPLACE INTO cases (id, "default", kgen, mac) VALUES (:id, 1, 1, x'00');
SQL
refused 4 'table cases is logged' "a logged table written in the text of PostgreSQL alone" <<'SQL'
-- name: a () -> done
DELETE FROM visits;
-- name: a (postgres)
WITH gone AS (DELETE FROM ONLY public . cases RETURNING id) DELETE FROM visits;
SQL
refused 3 'no such table: nowhere' "an unknown table, at its line" <<'SQL'
-- name: a () -> (id id)
SELECT id
FROM nowhere;
SQL
refused 4 'no such column: c.none' "an unknown column, at its line" <<'SQL'
-- name: a () -> (id id)
SELECT c.id
FROM cases c
WHERE c.none = 1;
SQL
refused 3 ':other is not declared' "a parameter that is not declared" <<'SQL'
-- name: a (id id) -> (id id)
SELECT id FROM cases WHERE id = :id
  AND "user" = :other;
SQL
refused 2 'a does not use its parameter other' "a parameter that is not used" <<'SQL'
-- name: a (id id, other text) -> (id id)
SELECT id FROM cases WHERE id = :id;
SQL
refused 2 'a gives 2 columns, 1 are declared' "a column too many" <<'SQL'
-- name: a () -> (id id)
SELECT id, note FROM cases;
SQL
refused 2 'column 2 is "note", declared as "default"' "columns in another order" <<'SQL'
-- name: a () -> (id id, default bigint, note text?)
SELECT id, note, "default" FROM cases;
SQL
refused 2 'column note is text in table cases, not bytea' "a column of another type" <<'SQL'
-- name: a () -> (note bytea?)
SELECT note FROM cases;
SQL
refused 2 'column id is id in table cases, not bytea' "an id that is declared as bytes" <<'SQL'
-- name: a () -> (id bytea)
SELECT id FROM cases;
SQL
refused 2 'column note may be NULL in table cases' "a column that may be NULL, declared as if not" <<'SQL'
-- name: a () -> (note text)
SELECT note FROM cases;
SQL
refused 2 'column day comes from table cases' "a row that is put together from another table" <<'SQL'
-- name: a () -> visits
SELECT v.case_id, c."default" AS day, v.seal FROM visits v JOIN cases c ON c.id = v.case_id;
SQL
refused 1 'no type "int"' "an unknown type" <<'SQL'
-- name: a (n int) -> done
DELETE FROM visits WHERE day = :n;
SQL
refused 3 'a is there twice' "a name that is there twice" <<'SQL'
-- name: a () -> done
DELETE FROM visits;
-- name: a () -> done
DELETE FROM visits;
SQL
refused 1 '"visit" is no table, and no result' "an unknown result" <<'SQL'
-- name: a () -> visit
SELECT 1;
SQL
refused 1 'rows of a logged table, one by one' "logged rows one by one, which nobody would check" <<'SQL'
-- name: a () -> each cases
SELECT {c.*} FROM cases c;
SQL
refused 1 'SQL before the first' "SQL outside a block" <<'SQL'
DELETE FROM visits;
SQL
refused 2 'one block is one statement' "two statements in a block" <<'SQL'
-- name: a () -> done
DELETE FROM visits; DELETE FROM visits;
SQL
refused 1 'a block begins' "a header without a result" <<'SQL'
-- name: a (id id)
SELECT 1;
SQL
refused 1 'a (postgres) needs one block' "a text for PostgreSQL without one for both" <<'SQL'
-- name: a (postgres)
DELETE FROM visits;
SQL
refused 2 'a gives 1 columns, 0 are declared' "rows that nobody takes" <<'SQL'
-- name: a (day bigint) -> done
DELETE FROM visits WHERE day = :day RETURNING day;
SQL
refused 2 'no such column: cases' "a text in double quotes" <<'SQL'
-- name: a () -> (id id)
SELECT id FROM cases WHERE note = "cases";
SQL

migration_refused 2 'unrecognized token' "a migration that is no SQL, at its line" <<'SQL'
CREATE TABLE a (id BYTEA NOT NULL PRIMARY KEY);
CREATE TABLE b (id BYTEA NOT NULL PRIMARY KEY #);
SQL
migration_refused 1 'unknown datatype for a.n: "INT8"' "a type that is not of the dialect" <<'SQL'
CREATE TABLE a (id BYTEA NOT NULL PRIMARY KEY, n INT8);
SQL
migration_refused 1 'PRIMARY KEY missing' "a table without a key" <<'SQL'
CREATE TABLE a (n BIGINT);
SQL
"$sqlc" tables "$work/x.h" "$work/x.c" "$here/0002_later.sql" 2>&1 | grep -q '0002_later.sql:1: error: is number 2: after 0 comes 1'
say $? "a gap in the numbers of migrations"
echo "1..$number"
exit $bad
