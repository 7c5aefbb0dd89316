/* SQLite: links (one sqlite3 with its statements) and the one writer that all conns of the process share. */
#pragma once

#include "driver.h"

#include <pthread.h>
#include <sqlite3.h>

struct link {
    struct db *db;
    sqlite3 *sqlite;
    i64 deadline;                       /* monotonic ms: the statement that runs ends by then */
    sqlite3_stmt *cache[SLOTS_MAX];     /* by slot */
};

status link_open(struct link *link, struct db *db, bool writes);
void link_close(struct link *link);
/* Runs one of BEGIN, SAVEPOINT, COMMIT ... */
int link_exec(struct link *link, const char *sql);
/* Status for the last error of the link; logs and marks the database broken where the disk failed. */
status link_failed(struct link *link, int code, const char *what);

/* A transaction that released its savepoint and waits for the COMMIT that it shares. Lives on its worker's stack. */
struct member {
    struct member *next;
    bool done;
    status result;
};

struct writer {
    struct link link;
    pthread_mutex_t lock;               /* of what follows; never held while SQLite works */
    pthread_cond_t free, settled;
    bool held;                          /* a worker, or the COMMIT, has the link */
    int waiting;                        /* workers that want it */
    struct member *members;
    int n_members;
    i64 first_ms;                       /* when the first of them began to wait */
};

status writer_open(struct writer *w, struct db *db);
void writer_close(struct writer *w);
status writer_begin(struct writer *w);
status writer_commit(struct writer *w);
void writer_rollback(struct writer *w);
/* Runs `work` with the link in its hand and no transaction open. */
status writer_quiet(struct writer *w, void (*work)(void *to, struct link *link), void *to);
/* After an error on the link: if SQLite rolled the whole transaction back, all that wait for it are told. */
void writer_check_lost(struct writer *w);
