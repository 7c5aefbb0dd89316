/* What db.c and the two drivers share. Nobody outside src/db includes this. */
#pragma once

#include "../base/clock.h"
#include "../base/log.h"
#include "db.h"

#include <stdatomic.h>

enum { LISTS_MAX = 32, SLOTS_MAX = 2048, STATEMENT_MS = 5000, SCRIPT_MS = 10 * MINUTE_MS };

/* One value on its way between a C struct and a database: a number, or bytes that are NULL where `at` is. */
struct cell {
    bool null;
    i64 number;
    struct str bytes;
};

/* Where the rows of a statement go. The driver asks for the place of the next row, fills its cells, says it is done. */
struct sink {
    struct conn *conn;
    const struct stmt *stmt;
    size_t max;                 /* rows */
    char *rows;                 /* an array in the arena, or with `each` the place of one row */
    size_t n, room;
    db_each_row *each;          /* NULL: all rows are kept */
    void *to;
    i64 changed;                /* rows that the statement wrote */
};

status sink_row(struct sink *to, void **row);           /* TOO_LARGE over the maximum */
status sink_cell(struct sink *to, void *row, size_t column, struct cell cell);
status sink_done(struct sink *to, void *row);

/* The value of parameter i. INVALID: text with NUL or broken UTF-8. BROKEN: NULL where it is not allowed. */
status cell_of_param(const struct stmt *s, size_t i, const void *in, struct cell *cell);

/* One database. Every call may assume what db.c checked: transactions are never nested, statements are registered. */
struct driver {
    status (*open)(struct db *db);
    void (*close)(struct db *db);
    status (*conn_open)(struct conn *conn);
    void (*conn_close)(struct conn *conn);
    status (*begin)(struct conn *conn);
    status (*begin_read)(struct conn *conn);
    status (*commit)(struct conn *conn);
    void (*rollback)(struct conn *conn);        /* of the open transaction */
    void (*settle)(struct conn *conn);          /* ends what a jump out of a call left open */
    bool (*writes)(struct conn *conn, const struct stmt *s);    /* needs a transaction of ours around it */
    status (*run)(struct conn *conn, const struct stmt *s, const void *in, struct sink *to);
    status (*script)(struct conn *conn, const char *sql);       /* inside the open transaction */
    status (*prepare)(struct conn *conn, const struct stmt *s);
    void (*cache)(struct conn *conn, int kilobytes);            /* NULL: nothing to do */
};

extern const struct driver sqlite_driver, postgres_driver;

struct db {
    const struct driver *driver;
    struct db_config config;
    char *address;
    enum db_kind kind;
    const struct stmt *const *lists[LISTS_MAX];
    size_t n_lists;
    atomic_bool broken;         /* a disk failed to keep what it was told to keep */
    atomic_bool shipped;        /* wal.c makes the checkpoints */
    atomic_bool forget;         /* and owes one that empties the log */
    atomic_bool keep_log;       /* whoever closes the last connection leaves the log as it is */
    void *own;                  /* the driver's */
};

struct conn {
    struct db *db;
    struct arena *arena;
    bool in_tx, reading;        /* reading: it is one of tx_begin_read */
    status tx_status;           /* first failure inside the transaction: it can only be rolled back then */
    struct arena scratch;       /* values of one row of db_each */
    bool each_open;
    bool missed;                /* a statement was BUSY since conn_missed */
    void *own;
};
