/* Timed work, once over all processes: a job is claimed by one UPDATE under a lease, so of several servers on one database
   one does it, and another takes over where that one was killed. Jobs hold the house's keys alone and can read no report. */
#pragma once

#include "../web/web.h"

/* One kind of timed work. May run twice after a crash and must bear it. */
struct job {
    const char *name;
    i64 every_ms;
    bool later;                 /* the first time one period after the start, not at once */
    status (*run)(struct ledger *l, const struct app *app, i64 now);
};

struct jobs;
/* A thread of its own with its own connection; the list is app->jobs, ended by { 0 }. */
status jobs_start(const struct app *app, struct jobs **jobs);
void jobs_stop(struct jobs *jobs);

/* Runs what is due, once; tells how many ran. For tests. */
status jobs_run_due(struct ledger *l, const struct app *app, i64 now, int *ran);
