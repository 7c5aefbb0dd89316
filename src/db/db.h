/* One database, SQLite or PostgreSQL, behind registered statements. Only db/ names sqlite3_* or PQ*.

   SQL lives in .sql files; tools/sqlc makes one C function and one row struct for each statement (see tools/sqlc.md).
   Each worker owns one `struct conn` for reading. On SQLite all conns of the process share one writing connection with
   group commit; on PostgreSQL a conn writes by itself. The calls are the same. */
#pragma once

#include "../base/id.h"
#include "../base/memory.h"
#include "../base/status.h"

enum db_kind { DB_SQLITE, DB_POSTGRES };
enum sql_type { SQL_ID, SQL_BYTEA, SQL_TEXT, SQL_BIGINT };

/* Values that may be NULL. A struct str is NULL when `at` is NULL. */
struct opt_id { bool has; struct id v; };
struct opt_i64 { bool has; i64 v; };

struct sql_column {             /* a parameter, or a column of a result or table: where it stands in its C struct */
    const char *name;
    enum sql_type type;
    bool nullable;
    size_t offset;
};

/* A statement as sqlc makes it. `slot` is its number in every connection's cache, given by db_register. */
struct stmt {
    const char *name;
    const char *sql[2];         /* by enum db_kind; parameters ?1.. and $1.. */
    const struct sql_column *params;
    size_t n_params;
    const struct sql_column *columns;
    size_t n_columns, row_size; /* 0: no result */
    int *slot;
};

/* A table as sqlc reads it from the migrations, in column order. */
enum { TABLE_PAGE = 200 };      /* as tools/sqlc_tables.c says */
struct table {
    const char *name;
    const struct sql_column *columns;   /* all, kgen and mac last in a logged table */
    size_t n_columns, n_key, row_size;
    const size_t *key;                  /* indexes of the primary key's columns */
    bool logged;
    /* Made by sqlc for ledger/ alone, with a row as parameters. remove compares the row's mac with that in the database;
       update compares the mac that was read, which stands behind the new row: a struct str at row_size. Both: changed
       is 0 where it differs. */
    const struct stmt *by_key, *insert, *update, *remove;
    const struct stmt *all;             /* every row in the order of the key: for db_each */
    const struct stmt *first, *after;   /* at most TABLE_PAGE of them: the first ones, or those behind the key of `in` */
};

struct db;                      /* of the process */
struct conn;                    /* of one thread */

struct db_config {
    const char *address;        /* "postgres://..." or the path of a SQLite file */
    int statement_ms;           /* our own deadline on every statement; 0: 5000 */
    bool read_only;
};

status db_open(const struct db_config *config, struct db **db);
void db_close(struct db *db);
enum db_kind db_kind(const struct db *db);

/* All statements of the program, before the first conn: an array ended by NULL for each module. */
void db_register(struct db *db, const struct stmt *const *list);
/* Applies what is missing of the migrations, each in one transaction. CONFLICT where the schema is newer than this
   program, or a migration was changed after it had been applied. */
struct migration { int n; const char *name, *sql, *sha256; };
status db_migrate(struct db *db, const struct migration *list, size_t n);
/* Number of the newest migration that was applied; 0 where there was none. */
status db_schema(struct db *db, i64 *n);
status db_ready(struct db *db);         /* for /readyz: a trivial statement, on a connection of its own */
/* True once a disk failed to keep what it was told to keep. Every transaction is BUSY from then on; the process has
   to end and open the database anew, because the kernel forgets pages whose fsync failed (never retry it). */
bool db_broken(const struct db *db);
/* The same from files beside the database: an fsync that failed may have been for pages of another file, too. */
void db_disk_failed(struct db *db, const char *what, int error);

/* A copy of a SQLite database as it stands now, while others write, into a new file; with these tables (ended by NULL)
   empty in the copy. INVALID on PostgreSQL. */
status db_snapshot(const struct db *db, const char *path, const char *const *emptied);

/* The same tables of a file that nobody has open. */
status db_empty(const char *path, const char *const *emptied);

/* What was deleted leaves the files of the database. SQLite overwrites it where it lay; but of rows that it once moved from page to page
   copies stay in the free part of pages, and the WAL holds what was: so the database is written anew and the WAL emptied. Writers
   wait meanwhile: a second for each 100 MB where the disk is idle and what is written fits into memory, ten times that where not (1 GB took
   85 s beside a compiler, and two of three reports were answered 503). A database over 256 MB is only written anew where `large` allows
   it. BUSY: call again. Where the log is shipped (wal.h) it is emptied as soon as it was read.
   On PostgreSQL the operator's VACUUM FULL does it. */
status db_forget(struct conn *conn, bool large);

/* A connection for one thread. Rows that it reads are made in `arena` (may be changed by conn_use). */
status conn_open(struct db *db, struct conn **conn);
void conn_close(struct conn *conn);
void conn_use(struct conn *conn, struct arena *arena);
struct arena *conn_arena(struct conn *conn);
enum db_kind conn_kind(const struct conn *conn);
/* How much of the database this connection may keep in memory while it reads (SQLite; 0: the usual 2 MB). For what reads all of it
   in another order than it lies. */
void conn_cache(struct conn *conn, int kilobytes);

/* True where a statement was BUSY since this was last asked. Whoever read on without it may not show or keep what came of that: a
   name that could not be read is no missing name. */
bool conn_missed(struct conn *conn);

/* A transaction of this conn. begin waits for the writer's lock (SQLite) within the deadline, else BUSY. commit returns
   only when the group's COMMIT is durable; anything but OK means that nothing of it is kept (on PostgreSQL a lost
   connection at COMMIT is BUSY: outcome unknown, retry by idempotency key). Between begin and commit, reads of this
   conn see its own writes. Never nested. After a statement failed, the rest of its transaction fails with the same
   status. Where an arena jumped out of a call, tx_rollback cleans up behind it. PostgreSQL's isolation is READ COMMITTED. */
status tx_begin(struct conn *conn);
status tx_commit(struct conn *conn);
void tx_rollback(struct conn *conn);    /* also right when no transaction is open */
/* After a CONFLICT and tx_rollback: waits until the transaction that was first has ended, so that reads see what it left.
   SQLite's group may still stand before its COMMIT: an empty transaction joins it. What is not OK says that it failed. */
status tx_wait_for_others(struct conn *conn);
/* One state of the database for several reads; never waits for a writer, may not write, and tx_rollback ends it. */
status tx_begin_read(struct conn *conn);
bool tx_open(const struct conn *conn);

/* Runs a statement: `in` is its parameter struct (NULL if none). The generated functions call these. A write outside a
   transaction is one of its own. A unique or foreign key that would break is CONFLICT, a deadline, a serialisation
   failure, memory or a disk that failed BUSY, text with NUL or broken UTF-8 INVALID, the rest BROKEN. The difference decides: many callers
   leave out a row that is BROKEN, because somebody altered it, and none may leave out what could not be read just now. */
status db_exec(struct conn *conn, const struct stmt *s, const void *in, i64 *changed);
/* All rows as an array of s->row_size bytes each, in the arena; more than DB_ROWS_MAX is TOO_LARGE: nothing is cut. */
enum { DB_ROWS_MAX = 20000 };
status db_rows(struct conn *conn, const struct stmt *s, const void *in, void **rows, size_t *n);
/* NOT_FOUND if none, BROKEN if more than one; *row is written on OK only. */
status db_one(struct conn *conn, const struct stmt *s, const void *in, void *row);
/* Calls `each` for every row without holding them all: for verify and export. Stops at the first status that is not
   OK. `each` may run other statements of this conn, but neither db_each nor a transaction; the row's values live until
   it returns. */
typedef status db_each_row(void *to, const void *row);
status db_each(struct conn *conn, const struct stmt *s, const void *in, db_each_row *each, void *to);

/* Raw SQL of tools and tests that is not registered (schema checks, EXPLAIN); never with outside input. */
status db_script(struct conn *conn, const char *sql);

/* Runs a query plan check of every registered statement: INVALID names the first that does not prepare. */
status db_prepare_all(struct conn *conn);
