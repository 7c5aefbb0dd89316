/* The base of a line: a backup that the segments behind it are applied to. A new one each day, so that a restore has not weeks of
   segments to go through, and so that what was erased leaves the repository with the segments before it. */
#include "ship.h"

#include "../base/log.h"
#include "../web/metrics.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOK_MS = 500, AGAIN_MS = 30 * SECOND_MS, OTHERS_MS = 30 * SECOND_MS, BASE_ARENA = 1 << 30 };

struct ship_base {
    struct ship *ship;
    pthread_t thread;
    char line[LINE_CHARS + 1];          /* of the newest base that is known */
    i64 made;
    struct ship_others others;
    i64 others_ms;                      /* of the last look at them */
};

/* -- an instance of this thread's own ------------------------------------------------------------------------------------------------ */

static status open_own(struct ship_base *b, struct verb *v, struct instance *in)
{
    const struct ship_facts *f = ship_facts(b->ship);

    *v = *f->v;
    v->arena = arena_make(BASE_ARENA);
    *in = (struct instance){ .db = f->in->db, .house = f->in->house, .arena = arena_make(BASE_ARENA), .secrets = secrets_make(), .lock_fd = -1 };
    TRY(conn_open(in->db, &in->conn));
    conn_use(in->conn, &in->arena);
    in->ledger = (struct ledger){ .db = in->conn, .house = in->house, .arena = &in->arena, .secrets = in->secrets };
    return OK;
}

static void close_own(struct verb *v, struct instance *in)
{
    in->db = NULL;              /* they are the process's */
    in->house = NULL;
    instance_close(in);
    arena_free(&v->arena);
}

/* -- one base ------------------------------------------------------------------------------------------------------------------------- */

/* The copy was made after `after`; whatever it holds is in segments up to `needs`. */
static status copied(struct making *m, void *to)
{
    struct ship_base *b = to;

    return ship_settle(b->ship, m->m.line, &m->m.needs);
}

static bool stops(void *to)
{
    struct ship_base *b = to;

    return ship_stops(b->ship, 0);
}

static status make(struct ship_base *b, struct making *m)
{
    const struct ship_facts *f = ship_facts(b->ship);
    struct str name;

    m->public = f->public;
    m->whole = true;
    m->copied = copied;
    m->stops = stops;
    m->to = b;
    if (!ship_at(b->ship, m->m.line, &m->m.after))
        return fail(BUSY, "there is no line of segments now");
    TRY(store_open(&m->store, f->to, f->s3_key, true));
    TRY(backup_make(m, &name));
    log_info("ship", "base %.*s of line %s: %zu pieces, %zu files, from segment %lld", (int)name.n, name.at, m->m.line, m->m.n_pieces,
             m->m.n_files, (long long)m->m.after + 1);
    memcpy(b->line, m->m.line, sizeof b->line);
    b->made = clock_now_ms();
    return OK;
}

static status make_base(struct ship_base *b)
{
    struct instance in;
    struct verb v;
    struct making m = { .v = &v, .in = &in };
    status done = open_own(b, &v, &in);

    if (done == OK)
        done = make(b, &m);
    if (done != OK)
        log_warn("ship", "no base was made: %s", fail_message());
    fail_clear();
    free(m.m.files);
    store_close(&m.store);
    close_own(&v, &in);
    return done;
}

/* -- when --------------------------------------------------------------------------------------------------------------------------------- */

/* What an earlier process left, so that a restart does not cost a base. */
static void look_back(struct ship_base *b, const char *line)
{
    const struct ship_facts *f = ship_facts(b->ship);
    struct arena a = arena_make(BASE_ARENA);
    struct manifest m;
    struct store s;

    if (store_open(&s, f->to, f->s3_key, true) == OK && shipped_base(&s, &a, line, &m) == OK) {
        memcpy(b->line, m.line, sizeof b->line);
        b->made = m.made;
    }
    fail_clear();
    store_close(&s);
    arena_free(&a);
}

static void look_for_others(struct ship_base *b)
{
    const struct ship_facts *f = ship_facts(b->ship);
    struct arena a = arena_make(BASE_ARENA);
    struct store s = { 0 };
    struct shipped *list;
    char line[LINE_CHARS + 1];
    size_t n;
    i64 no;

    b->others_ms = clock_mono_ms();
    if (ship_at(b->ship, line, &no) && store_open(&s, f->to, f->s3_key, true) == OK && shipped_list(&s, &a, &list, &n) == OK) {
        bool alive = ship_others_alive(&b->others, list, n, line);

        metrics_ship_others(alive);
        if (alive)
            log_error("ship", "ALARM another server ships into this repository, line %s: one of the two is a copy; a restore takes whichever made the newest base",
                      b->others.line);
    }
    fail_clear();
    store_close(&s);
    arena_free(&a);
}

static bool is_due(struct ship_base *b)
{
    char line[LINE_CHARS + 1];
    i64 no;

    return ship_at(b->ship, line, &no) && (strcmp(line, b->line) != 0 || clock_now_ms() - b->made >= DAY_MS);
}

static void *run(void *to)
{
    struct ship_base *b = to;
    char line[LINE_CHARS + 1];
    i64 no;

    if (ship_at(b->ship, line, &no))
        look_back(b, line);
    while (!ship_stops(b->ship, LOOK_MS)) {
        if (is_due(b) && make_base(b) != OK && ship_stops(b->ship, AGAIN_MS))
            break;
        if (clock_mono_ms() - b->others_ms >= OTHERS_MS)
            look_for_others(b);
    }
    return NULL;
}

status ship_base_start(struct ship *ship, struct ship_base **base)
{
    struct ship_base *b = memory_new(sizeof *b);

    b->ship = ship;
    if (!thread_start(&b->thread, run, b)) {
        free(b);
        return fail(BROKEN, "no thread for the base");
    }
    *base = b;
    return OK;
}

void ship_base_stop(struct ship_base *b)
{
    pthread_join(b->thread, NULL);
    free(b);
}
