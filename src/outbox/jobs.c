#include "jobs.h"

#include "../base/log.h"

#include "outbox.sql.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LEASE_MS = 60 * SECOND_MS, TICK_MS = 1000 };

struct jobs {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    const struct app *app;
    struct conn *conn;
    struct arena arena;
    struct ledger ledger;
    const char *head_file;
};

static status in_tx(struct conn *db, status s)
{
    if (s == OK)
        return tx_commit(db);
    tx_rollback(db);
    return s;
}

static status claim(struct conn *db, const struct job *job, i64 now, bool *mine)
{
    i64 changed = 0;

    TRY(tx_begin(db));
    TRY(in_tx(db, sql_job_claim(db, (struct sql_job_claim){ .id = str_c(job->name), .now = now, .until = now + LEASE_MS }, &changed)));
    *mine = changed == 1;
    return OK;
}

static status done(struct conn *db, const struct job *job, i64 now)
{
    TRY(tx_begin(db));
    return in_tx(db, sql_job_done(db, (struct sql_job_done){ .id = str_c(job->name), .due = now + job->every_ms }));
}

static status run_one(struct ledger *l, const struct app *app, const struct job *job, i64 now, bool *mine)
{
    status s;

    TRY(claim(l->db, job, now, mine));
    if (!*mine)
        return OK;
    s = job->run(l, app, now);
    if (s != OK) {
        log_error("job", "name=%s status=%s why=%s", job->name, status_name(s), fail_message());
        act_abort(l);
    }
    return done(l->db, job, now);
}

status jobs_run_due(struct ledger *l, const struct app *app, i64 now, int *ran)
{
    *ran = 0;
    for (const struct job *job = app->jobs; job->name != NULL; job++) {
        bool mine = false;
        status s = run_one(l, app, job, now, &mine);

        *ran += mine;
        act_abort(l);
        arena_reset(l->arena, true);
        secrets_wipe(l->secrets);
        if (s != OK)
            log_warn("job", "name=%s status=%s why=%s", job->name, status_name(s), fail_message());
    }
    return OK;
}

static status register_jobs(struct jobs *j)
{
    for (const struct job *job = j->app->jobs; job->name != NULL; job++) {
        i64 due = job->later ? clock_now_ms() + job->every_ms : 0;

        TRY(tx_begin(j->conn));
        TRY(in_tx(j->conn, sql_job_add(j->conn, (struct sql_job_add){ .id = str_c(job->name), .due = due })));
    }
    return OK;
}

/* Waits a tick, or for the end. */
static bool stopped(struct jobs *j)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (TICK_MS % 1000) * 1000000L;
    until.tv_sec += TICK_MS / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&j->lock);
    if (!j->stop)
        pthread_cond_timedwait(&j->wake, &j->lock, &until);
    stop = j->stop;
    pthread_mutex_unlock(&j->lock);
    return stop;
}

/* A write that did not reach the disk cannot be tried again: the process ends, and opens anew what is really there. */
static void end_if_broken(struct jobs *j)
{
    if (!db_broken(j->app->db))
        return;
    log_error("disk", "a write failed: ending, so that the database is opened anew");
    kill(getpid(), SIGTERM);
}

static void *work(void *argument)
{
    struct jobs *j = argument;
    int ran;

    do {
        end_if_broken(j);
        (void)jobs_run_due(&j->ledger, j->app, clock_now_ms(), &ran);
        if (ran > 0 && log_keep_head(&j->ledger, j->head_file) != OK)
            log_warn("head", "the last head of the log could not be kept: %s", fail_message());
    } while (!stopped(j));
    return NULL;
}

static void make_sync(struct jobs *j)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&j->wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

status jobs_start(const struct app *app, struct jobs **jobs)
{
    struct jobs *j = memory_new(sizeof *j);

    j->app = app;
    j->arena = arena_make(64 << 20);
    TRY(conn_open(app->db, &j->conn));
    conn_use(j->conn, &j->arena);
    j->ledger = (struct ledger){ .db = j->conn, .house = app->house, .arena = &j->arena, .secrets = secrets_make() };
    j->head_file = app->head_file;
    make_sync(j);
    TRY(register_jobs(j));
    if (pthread_create(&j->thread, NULL, work, j) != 0)
        return fail(BROKEN, "no thread for timed work");
    *jobs = j;
    return OK;
}

void jobs_stop(struct jobs *j)
{
    pthread_mutex_lock(&j->lock);
    j->stop = true;
    pthread_cond_signal(&j->wake);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->thread, NULL);
    conn_close(j->conn);
    secrets_free(j->ledger.secrets);
    arena_free(&j->arena);
    pthread_cond_destroy(&j->wake);
    pthread_mutex_destroy(&j->lock);
    free(j);
}
