/* PostgreSQL: one connection, and how a query is waited for with a deadline of our own. */
#pragma once

#include "driver.h"

#include <libpq-fe.h>

enum { HELD_MAX = 4 };

struct wire {
    struct db *db;
    PGconn *pg;                     /* NULL: lost, or not connected yet */
    bool prepared[SLOTS_MAX];       /* by slot */
    PGresult *held[HELD_MAX];       /* results in use, so that they can be freed after a jump */
    int n_held;
};

/* Connects, unless connected and alive. BUSY if no server answers. Only between transactions. */
status wire_ready(struct wire *w);
void wire_close(struct wire *w);

/* After a PQsend...: waits until `ms` from now for all results. Gives the first that failed, else the last, and holds
   it: wire_release frees it. The call's own `sent` is what PQsend... returned. BUSY: the connection is gone. */
status wire_result(struct wire *w, int sent, i64 ms, PGresult **result);
void wire_release(struct wire *w);              /* the newest held result */
void wire_release_all(struct wire *w);
/* Simple query without parameters or rows. */
status wire_exec(struct wire *w, const char *sql, i64 ms);
/* OK, or the status of the error that a result carries. */
status wire_status(struct wire *w, const PGresult *r, const char *what);
