/* Group commit. A worker takes the link, does its work in a savepoint, releases that, and waits. The last of those who
   stood in line commits for all, so that one fsync serves many; nobody is answered before it. While it runs, the next
   group gathers. Nobody leaves the line while the link is free, hence somebody always comes to commit. */
#include "sqlite.h"

#include <errno.h>
#include <time.h>

enum { GROUP_MAX = 256, GROUP_MS = 20 };

status writer_open(struct writer *w, struct db *db)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->free, &monotonic);
    pthread_cond_init(&w->settled, &monotonic);
    pthread_mutex_init(&w->lock, NULL);
    return link_open(&w->link, db, true);
}

void writer_close(struct writer *w)
{
    link_close(&w->link);
    pthread_cond_destroy(&w->free);
    pthread_cond_destroy(&w->settled);
    pthread_mutex_destroy(&w->lock);
}

static struct timespec timespec_of(i64 ms)
{
    return (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
}

/* Tells all that wait for the COMMIT how it went. Under the lock. */
static void settle(struct writer *w, struct member *members, status result)
{
    for (struct member *m = members, *next; m != NULL; m = next) {
        next = m->next;
        m->result = result;
        m->done = true;
    }
    pthread_cond_broadcast(&w->settled);
}

static status commit(struct writer *w)
{
    int code = link_exec(&w->link, "COMMIT");
    status s;

    if (code == SQLITE_OK)
        return OK;
    s = link_failed(&w->link, code, "commit");
    link_exec(&w->link, "ROLLBACK");
    return s;
}

/* Under the lock, with the link held: gives the lock up while the disk works. */
static void commit_group(struct writer *w)
{
    struct member *members = w->members;
    status s;

    w->members = NULL;
    w->n_members = 0;
    pthread_mutex_unlock(&w->lock);
    s = commit(w);
    pthread_mutex_lock(&w->lock);
    settle(w, members, s);
}

static bool group_is_due(const struct writer *w)
{
    return w->waiting == 0 || w->n_members >= GROUP_MAX || clock_mono_ms() - w->first_ms >= GROUP_MS;
}

/* Under the lock: commits if nobody comes after this worker, then frees the link. */
static void give_back(struct writer *w)
{
    if (w->members != NULL && group_is_due(w))
        commit_group(w);
    w->held = false;
    pthread_cond_signal(&w->free);
}

static bool take(struct writer *w)
{
    struct timespec until = timespec_of(clock_mono_ms() + w->link.db->config.statement_ms);
    int error = 0;
    bool taken;

    pthread_mutex_lock(&w->lock);
    w->waiting++;
    while (w->held && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&w->free, &w->lock, &until);
    w->waiting--;
    taken = !w->held;
    w->held = true;
    pthread_mutex_unlock(&w->lock);
    return taken;
}

static void leave(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    give_back(w);
    pthread_mutex_unlock(&w->lock);
}

/* The transaction of the group, if there is none yet, and this worker's savepoint in it. */
static int open_savepoint(struct link *link)
{
    int code = SQLITE_OK;

    if (sqlite3_get_autocommit(link->sqlite))
        code = link_exec(link, "BEGIN IMMEDIATE");
    return code == SQLITE_OK ? link_exec(link, "SAVEPOINT one") : code;
}

status writer_begin(struct writer *w)
{
    int code;
    status s;

    if (!take(w))
        return fail(BUSY, "no turn to write within the deadline");
    code = open_savepoint(&w->link);
    if (code == SQLITE_OK)
        return OK;
    s = link_failed(&w->link, code, "begin");
    writer_check_lost(w);
    leave(w);
    return s;
}

/* Under the lock: waits for the COMMIT of the group that `me` has joined. */
static status wait_settled(struct writer *w, struct member *me)
{
    while (!me->done)
        pthread_cond_wait(&w->settled, &w->lock);
    return me->result == OK ? OK : fail(me->result, "the shared commit failed");
}

status writer_commit(struct writer *w)
{
    struct member me = { 0 };
    int code = link_exec(&w->link, "RELEASE one");
    status s;

    if (code != SQLITE_OK) {
        s = link_failed(&w->link, code, "release");
        writer_rollback(w);
        return s;
    }
    pthread_mutex_lock(&w->lock);
    if (w->members == NULL)
        w->first_ms = clock_mono_ms();
    me.next = w->members;
    w->members = &me;
    w->n_members++;
    give_back(w);
    s = wait_settled(w, &me);
    pthread_mutex_unlock(&w->lock);
    return s;
}

/* A transaction that nobody has joined is not kept open: other processes of this database wait for it. */
static bool nobody_joined(struct writer *w)
{
    bool none;

    pthread_mutex_lock(&w->lock);
    none = w->members == NULL;
    pthread_mutex_unlock(&w->lock);
    return none;
}

void writer_rollback(struct writer *w)
{
    if (sqlite3_get_autocommit(w->link.sqlite)) {
        writer_check_lost(w);
    } else if (nobody_joined(w)) {
        link_exec(&w->link, "ROLLBACK");
    } else if (link_exec(&w->link, "ROLLBACK TO one; RELEASE one") != SQLITE_OK) {
        link_exec(&w->link, "ROLLBACK");
        writer_check_lost(w);
    }
    leave(w);
}

void writer_check_lost(struct writer *w)
{
    struct member *members;

    if (!sqlite3_get_autocommit(w->link.sqlite))
        return;
    pthread_mutex_lock(&w->lock);
    members = w->members;
    w->members = NULL;
    w->n_members = 0;
    settle(w, members, BUSY);
    pthread_mutex_unlock(&w->lock);
}

status writer_quiet(struct writer *w, void (*work)(void *to, struct link *link), void *to)
{
    if (!take(w))
        return fail(BUSY, "no turn to write within the deadline");
    pthread_mutex_lock(&w->lock);
    if (w->members != NULL)
        commit_group(w);
    pthread_mutex_unlock(&w->lock);
    work(to, &w->link);
    leave(w);
    return OK;
}
