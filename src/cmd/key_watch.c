/* What a running process has to know of the key file. A line comes into it before it is current, so that a row under it is never met by
   a process that does not have it: `lachan key rotate` looks here who is ready (docs/operations.md). */
#include "cmd.h"

#include "../base/log.h"

#include "ledger.sql.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 500, SAY_MS = 5000, WATCH_ARENA = 4 << 20 };

struct key_watch {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    struct house *house;
    const char *path;
    struct house_file seen;
    struct id id;
    i64 said;
    struct conn *conn;
    struct arena arena;
};

static struct str lines_of(struct arena *a, const struct house *h)
{
    struct out o = { .max = 1024 };
    struct str text;

    out_char(&o, ' ');
    for (size_t i = 0; i < h->n; i++)
        out_f(&o, "%lld ", (long long)h->gen[i].kgen);
    text = arena_copy(a, out_done(&o));
    out_free(&o);
    return text;
}

static status say(struct key_watch *w)
{
    char host[128] = "?";

    gethostname(host, sizeof host - 1);
    TRY(tx_begin(w->conn));
    TRY(sql_key_holder_put(w->conn, (struct sql_key_holder_put){ .id = w->id, .gen = house_now(w->house)->kgen, .at = clock_now_ms(),
        .name = arena_f(&w->arena, "%s process %ld", host, (long)getpid()), .lines = lines_of(&w->arena, w->house) }));
    return tx_commit(w->conn);
}

static void forget(struct key_watch *w)
{
    tx_rollback(w->conn);
    arena_reset(&w->arena, false);
    fail_clear();
}

/* True where the process has other lines than before. A file that cannot be read changes nothing: what is known goes on. */
static bool look(struct key_watch *w)
{
    struct house_file now = house_file_now(w->path);
    bool changed = false;

    if (memcmp(&now, &w->seen, sizeof now) == 0)
        return false;
    w->seen = now;
    if (house_refresh(w->house, w->path, &changed) != OK)
        log_warn("key", "the key file changed and cannot be used: %s", fail_message());
    if (changed)
        log_info("key", "line %lld of the key file is current, %zu are known", (long long)house_now(w->house)->kgen, (size_t)w->house->n);
    return changed;
}

static void once(struct key_watch *w)
{
    bool changed = look(w);
    i64 now = clock_mono_ms();

    if (changed || w->said == 0 || now - w->said >= SAY_MS) {
        if (say(w) != OK)
            log_warn("key", "which lines this process has could not be said: %s", fail_message());
        w->said = now;
    }
    forget(w);
}

static bool stopped(struct key_watch *w)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&w->lock);
    if (!w->stop)
        pthread_cond_timedwait(&w->wake, &w->lock, &until);
    stop = w->stop;
    pthread_mutex_unlock(&w->lock);
    return stop;
}

static void *watch(void *argument)
{
    struct key_watch *w = argument;

    while (!stopped(w))
        once(w);
    return NULL;
}

static void make_sync(struct key_watch *w)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

status key_watch_start(struct verb *v, struct instance *in, struct key_watch **watch_)
{
    struct key_watch *w = memory_new(sizeof *w);

    w->house = in->house;
    w->path = instance_key_path(v);
    w->id = id_random();
    w->arena = arena_make(WATCH_ARENA);
    make_sync(w);
    if (conn_open(in->db, &w->conn) != OK) {
        arena_free(&w->arena);
        free(w);
        return BROKEN;
    }
    conn_use(w->conn, &w->arena);
    once(w);
    if (!thread_start(&w->thread, watch, w))
        return fail(BROKEN, "no thread for the key file");
    *watch_ = w;
    return OK;
}

void key_watch_stop(struct key_watch *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    if (tx_begin(w->conn) == OK && sql_key_holder_end(w->conn, (struct sql_key_holder_end){ .id = w->id, .before = clock_now_ms() - DAY_MS }) == OK)
        (void)tx_commit(w->conn);
    forget(w);
    conn_close(w->conn);
    arena_free(&w->arena);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
