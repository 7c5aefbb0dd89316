#include "jobs.h"

#include "../base/log.h"

#include "outbox.sql.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LEASE_MS = 60 * SECOND_MS, SLOW_LEASE_MS = 30 * MINUTE_MS, TICK_MS = 1000, HEAD_MS = 60 * SECOND_MS };

#define FAR_MS (2 * DAY_MS)      /* longer than any period and any lease */

struct jobs {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop, slow;
    i64 head_kept;
    const struct app *app;
    struct conn *conn;
    struct arena arena;
    struct ledger ledger;
};

static status in_tx(struct conn *db, status s)
{
    if (s == OK)
        return tx_commit(db);
    tx_rollback(db);
    return s;
}

static i64 lease_end(const struct job *job, i64 now)
{
    return now + (job->lease_ms ? job->lease_ms : job->slow ? SLOW_LEASE_MS : LEASE_MS);
}

static status claim(struct conn *db, const struct job *job, i64 now, bool *mine)
{
    i64 changed = 0;

    TRY(tx_begin(db));
    TRY(in_tx(db, sql_job_claim(db, (struct sql_job_claim){ .id = str_c(job->name), .now = now, .until = lease_end(job, now),
                                                                     .far = now + FAR_MS }, &changed)));
    *mine = changed == 1;
    return OK;
}

static status done(struct conn *db, const struct job *job, i64 now)
{
    TRY(tx_begin(db));
    return in_tx(db, sql_job_done(db, (struct sql_job_done){ .id = str_c(job->name), .due = now + job->every_ms,
                                                               .lease = lease_end(job, now) }));
}

static void run_now(struct ledger *l, const struct app *app, const struct job *job, i64 now)
{
    status s = job->run(l, app, now);

    if (s == OK)
        return;
    log_error("job", "name=%s status=%s why=%s", job->name, status_name(s), fail_message());
    act_abort(l);
}

static status run_one(struct ledger *l, const struct app *app, const struct job *job, i64 now, bool *mine)
{
    if (job->everywhere) {
        *mine = true;
        run_now(l, app, job, now);
        return OK;
    }
    TRY(claim(l->db, job, now, mine));
    if (!*mine)
        return OK;
    run_now(l, app, job, now);
    return done(l->db, job, now);
}

status jobs_run_due(struct ledger *l, const struct app *app, struct jobs_due *due)
{
    due->ran = 0;
    for (const struct job *job = app->jobs; job->name != NULL; job++) {
        bool mine = false;
        status s = job->slow == due->slow ? run_one(l, app, job, due->now, &mine) : OK;

        due->ran += mine;
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

/* A log that was put back is said wherever alarms are read; one that is right again takes the alarm back. */
static status say_head(struct ledger *l, status s)
{
    struct audit found = { .bad = STR("") };
    struct audit_last last;

    if (s == BROKEN) {
        found.bad = arena_f(l->arena, "head: %s", fail_message());
        log_error("head", "ALARM the log does not extend the head that was kept: %s", fail_message());
        return audit_keep(l, AUDIT_HEAD, &found, clock_now_ms());
    }
    TRY(audit_last(l, &last));
    return str_starts(last.bad, STR("head: ")) ? audit_keep(l, AUDIT_HEAD, &found, clock_now_ms()) : OK;
}

/* The last head stands beside the key; a log that does not extend it was put back behind our back: that alarms, and the
   kept head stays as the witness of it. */
static void keep_head(struct jobs *j)
{
    i64 now = clock_mono_ms();
    status s;

    if (j->head_kept && now - j->head_kept < HEAD_MS)
        return;
    j->head_kept = now;
    s = log_check_head(&j->ledger, j->app->head_file);
    if ((s == OK || s == BROKEN) && say_head(&j->ledger, s) != OK)
        log_warn("head", "what the check of the head found could not be kept: %s", fail_message());
    if (s == OK && log_keep_head(&j->ledger, j->app->head_file) != OK)
        log_warn("head", "the last head of the log could not be kept: %s", fail_message());
    act_abort(&j->ledger);
    arena_reset(&j->arena, true);
}

/* At the end, once more what would be lost with the memory. */
static void run_last(struct jobs *j)
{
    for (const struct job *job = j->app->jobs; job->name != NULL; job++)
        if (job->everywhere)
            run_now(&j->ledger, j->app, job, 0);
}

static void *work(void *argument)
{
    struct jobs *j = argument;

    do {
        struct jobs_due due = { .slow = j->slow, .now = clock_now_ms() };

        end_if_broken(j);
        (void)jobs_run_due(&j->ledger, j->app, &due);
        if (!j->slow)
            keep_head(j);
    } while (!stopped(j));
    if (!j->slow)
        run_last(j);
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

status jobs_start(const struct app *app, bool slow, struct jobs **jobs)
{
    struct jobs *j = memory_new(sizeof *j);

    j->app = app;
    j->slow = slow;
    j->arena = arena_make(slow ? (size_t)1 << 30 : 64 << 20);       /* the audit holds about 150 bytes for each row ever named */
    TRY(conn_open(app->db, &j->conn));
    conn_use(j->conn, &j->arena);
    j->ledger = (struct ledger){ .db = j->conn, .house = app->house, .arena = &j->arena, .secrets = secrets_make() };
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
