/* Timed work, once over all processes: a job is claimed by one UPDATE under a lease, so of several servers on one database
   one does it, and another takes over where that one was killed. Jobs hold the house's keys alone and can read no report. */
#pragma once

#include "../ledger/turn.h"
#include "../web/web.h"

/* One kind of timed work. May run twice after a crash and must bear it. */
struct job {
    const char *name;
    i64 every_ms;
    bool later;                 /* the first time one period after the start, not at once */
    bool slow;                  /* may take minutes: on a thread of its own, so that nothing waits for it */
    status (*run)(struct ledger *l, const struct app *app, i64 now);
    bool everywhere;            /* in each process at each tick, without a lease: writes what that process alone holds in memory, or
                                   takes a lease for each thing by itself */
    i64 lease_ms;               /* how long after a kill another process takes over; 0: a minute, half an hour of a slow one */
};

struct jobs;
/* A thread of its own with its own connection, for the slow ones of app->jobs or for the others. */
status jobs_start(const struct app *app, bool slow, struct jobs **jobs);
void jobs_stop(struct jobs *jobs);

/* Runs what is due of one kind, once; tells how many ran. For tests. */
struct jobs_due { bool slow; i64 now; int ran; };
status jobs_run_due(struct ledger *l, const struct app *app, struct jobs_due *due);

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_step outbox_steps[];
