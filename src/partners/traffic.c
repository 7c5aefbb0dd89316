/* What partners' programs ask for, counted in the memory of each process and added up in the database every few seconds: a call
   buys no write. A process that is killed forgets its last seconds. */
#include "quotas.h"

#include "../base/log.h"

#include "partners.sql.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WRITE_MS = 5000,
    METERS = 4096, CELLS = 8192, ERRORS = 2048,
    ERRORS_EACH = 100,          /* of one partner between two writes: a broken loop does not push out the others' */
    READ_AGAIN_MS = 30 * SECOND_MS,
    CODE_BYTES = 61
};

/* -- in memory --------------------------------------------------------------------------------------------------------------- */

enum what { NOTHING, TRAFFIC, DAY, TOKEN };
struct cell {
    enum what what;
    struct id of;               /* organisation, or token */
    bool sandbox;
    i64 when;                   /* hour or day */
    const char *kind;           /* path of a route, or a scope: both live as long as the program */
    i64 calls, refused, bytes, us;
};
struct cells { struct cell at[CELLS]; size_t n; };

struct waiting_error { struct id org; bool sandbox; i64 at; const char *kind; int status; char code[CODE_BYTES]; };
struct waiting_errors { struct waiting_error at[ERRORS]; size_t n; };

/* How much of its quota a partner has left. */
struct meter { bool used; struct id org; bool sandbox; int scope; struct bucket bucket; struct quota quota; i64 read, day, calls; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct cells live, taken;        /* taken: on its way into the database; of the thread that writes alone */
static struct waiting_errors live_errors, taken_errors;
static struct meter meters[METERS];
static i64 written;

static size_t place_of(struct id id, size_t n, size_t more)
{
    uint64_t number;

    memcpy(&number, id.b + 8, sizeof number);
    return (size_t)(number + more * 0x9e3779b97f4a7c15) % n;
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->what == b->what && id_eq(a->of, b->of) && a->sandbox == b->sandbox && a->when == b->when && a->kind == b->kind;
}

/* The table is never full enough to run round: what does not fit is not counted, and said. */
static void add(struct cells *to, const struct cell *c)
{
    size_t i = place_of(c->of, CELLS, (size_t)c->what + (size_t)c->when + (size_t)(uintptr_t)c->kind);

    while (to->at[i].what != NOTHING && !same_cell(&to->at[i], c))
        i = (i + 1) % CELLS;
    if (to->at[i].what == NOTHING) {
        if (to->n >= CELLS * 3 / 4) {
            log_warn("partners", "more kinds of calls than can be counted at once");
            return;
        }
        to->n++;
        to->at[i] = *c;
        return;
    }
    to->at[i].calls += c->calls;
    to->at[i].refused += c->refused;
    to->at[i].bytes += c->bytes;
    to->at[i].us += c->us;
}

static void add_error(struct waiting_errors *to, const struct waiting_error *e)
{
    size_t same = 0;

    for (size_t i = 0; i < to->n; i++)
        same += id_eq(to->at[i].org, e->org) && to->at[i].sandbox == e->sandbox;
    if (to->n < ERRORS && same < ERRORS_EACH)
        to->at[to->n++] = *e;
}

void traffic_count(const struct call *call)
{
    struct cell c = { .what = TRAFFIC, .of = call->org, .sandbox = call->sandbox, .when = clock_hour_floor(call->now), .kind = call->kind,
                      .calls = 1, .refused = call->status >= 400, .bytes = call->bytes, .us = call->us };
    struct cell used = { .what = TOKEN, .of = call->token, .when = clock_local_day(call->now) };
    struct waiting_error e = { .org = call->org, .sandbox = call->sandbox, .at = call->now, .kind = call->kind, .status = call->status };

    pthread_mutex_lock(&lock);
    add(&live, &c);
    add(&live, &used);
    if (call->status >= 400) {
        snprintf(e.code, sizeof e.code, "%s", call->code ? call->code : "");
        add_error(&live_errors, &e);
    }
    pthread_mutex_unlock(&lock);
}

/* -- quotas --------------------------------------------------------------------------------------------------------------------- */

static struct meter *meter_of(struct id org, bool sandbox, int scope)
{
    size_t first = place_of(org, METERS, (size_t)scope * 2 + sandbox), i = first;

    do {
        struct meter *m = &meters[i];

        if (!m->used)
            *m = (struct meter){ .used = true, .org = org, .sandbox = sandbox, .scope = scope };
        if (id_eq(m->org, org) && m->sandbox == sandbox && m->scope == scope)
            return m;
        i = (i + 1) % METERS;
    } while (i != first);
    return NULL;
}

static i64 waiting_day(const struct meter *m)
{
    struct cell c = { .what = DAY, .of = m->org, .sandbox = m->sandbox, .when = m->day, .kind = quota_scopes[m->scope] };
    i64 n = 0;

    for (size_t i = 0; i < CELLS; i++)
        n += (same_cell(&live.at[i], &c) ? live.at[i].calls : 0);
    return n;
}

static status day_total(struct ledger *l, const struct cell *c, i64 *n)
{
    struct partner_day_row row = { 0 };
    status s = sql_partner_day(l->db, (struct sql_partner_day){ .org = c->of, .sandbox = c->sandbox, .scope = str_c(c->kind), .day = c->when }, &row);

    *n = row.calls;
    return s == NOT_FOUND ? OK : s;
}

/* Read now and then, outside the lock: so a quota that the operator changed counts within half a minute. */
static status read_again(struct ctx *c, bool sandbox, int scope)
{
    struct cell day = { .what = DAY, .of = c->actor.org, .sandbox = sandbox, .when = clock_local_day(c->now), .kind = quota_scopes[scope] };
    struct quota q;
    struct meter *m;
    i64 n;

    TRY(quota_of(c->ledger, c->actor.org, sandbox, scope, &q));
    TRY(day_total(c->ledger, &day, &n));
    pthread_mutex_lock(&lock);
    m = meter_of(c->actor.org, sandbox, scope);
    if (m != NULL) {
        m->quota = q;
        m->read = c->now;
        if (m->day != day.when) {
            m->day = day.when;
            m->calls = n + waiting_day(m);
        }
    }
    pthread_mutex_unlock(&lock);
    return OK;
}

status quota_used(struct ledger *l, struct id org, bool sandbox, int scope, i64 now, i64 *calls)
{
    struct cell day = { .what = DAY, .of = org, .sandbox = sandbox, .when = clock_local_day(now), .kind = quota_scopes[scope] };

    TRY(day_total(l, &day, calls));
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < CELLS; i++)
        *calls += same_cell(&live.at[i], &day) ? live.at[i].calls : 0;
    pthread_mutex_unlock(&lock);
    return OK;
}

/* 0: taken; else the seconds to wait. */
static int take(struct meter *m, i64 now)
{
    struct cell day = { .what = DAY, .of = m->org, .sandbox = m->sandbox, .when = m->day, .kind = quota_scopes[m->scope], .calls = 1 };
    i64 wait = 0;

    if (m->calls >= m->quota.per_day)
        wait = clock_local_day(m->day + DAY_MS + DAY_MS / 2) - now;
    else if (bucket_take(&m->bucket, &m->quota, now, &wait)) {
        m->calls++;
        add(&live, &day);
        return 0;
    }
    return wait <= SECOND_MS ? 1 : (int)((wait + SECOND_MS - 1) / SECOND_MS);
}

static bool is_fresh(const struct meter *m, i64 now)
{
    return m->read != 0 && now - m->read < READ_AGAIN_MS && now >= m->read && m->day == clock_local_day(now);
}

status quota_take(struct ctx *c, int scope, int *wait_s)
{
    bool sandbox = c->actor.token->sandbox, fresh;
    struct meter *m;

    pthread_mutex_lock(&lock);
    m = meter_of(c->actor.org, sandbox, scope);
    fresh = m == NULL || is_fresh(m, c->now);
    pthread_mutex_unlock(&lock);
    if (m == NULL)
        return fail(BUSY, "more partners than can be counted");
    if (!fresh)
        TRY(read_again(c, sandbox, scope));
    pthread_mutex_lock(&lock);
    *wait_s = take(m, c->now);
    pthread_mutex_unlock(&lock);
    return OK;
}

/* -- into the database -------------------------------------------------------------------------------------------------------------- */

static void take_all(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < CELLS; i++)
        if (live.at[i].what != NOTHING)
            add(&taken, &live.at[i]);
    for (size_t i = 0; i < live_errors.n; i++)
        add_error(&taken_errors, &live_errors.at[i]);
    memset(&live, 0, sizeof live);
    live_errors.n = 0;
    pthread_mutex_unlock(&lock);
}

static status write_cell(struct ledger *l, const struct cell *c)
{
    if (c->what == TOKEN)
        return sql_token_day_set(l->db, (struct sql_token_day_set){ .token = c->of, .day = c->when });
    if (c->what == DAY)
        return sql_partner_day_add(l->db, (struct sql_partner_day_add){ .org = c->of, .sandbox = c->sandbox, .scope = str_c(c->kind),
                                                                        .day = c->when, .calls = c->calls });
    return sql_traffic_add(l->db, (struct sql_traffic_add){ .org = c->of, .sandbox = c->sandbox, .hour = c->when, .kind = str_c(c->kind),
                                                            .calls = c->calls, .refused = c->refused, .bytes = c->bytes, .us = c->us });
}

static status write_errors(struct ledger *l)
{
    for (size_t i = 0; i < taken_errors.n; i++) {
        const struct waiting_error *e = &taken_errors.at[i];

        TRY(sql_partner_error_add(l->db, (struct sql_partner_error_add){ .id = id_timed(e->at), .org = e->org, .sandbox = e->sandbox,
            .at = e->at, .kind = str_c(e->kind), .status = e->status, .code = str_c(e->code) }));
    }
    for (size_t i = 0; i < taken_errors.n; i++)
        if (i == 0 || !id_eq(taken_errors.at[i].org, taken_errors.at[i - 1].org) || taken_errors.at[i].sandbox != taken_errors.at[i - 1].sandbox)
            TRY(sql_partner_errors_cut(l->db, (struct sql_partner_errors_cut){ .org = taken_errors.at[i].org, .sandbox = taken_errors.at[i].sandbox }));
    return OK;
}

/* Rows in the order of the table, so that two processes that write at once wait for each other and do not cross. */
static int by_key(const void *a, const void *b)
{
    const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;
    int order = x->what != y->what ? (x->what < y->what ? -1 : 1) : memcmp(x->of.b, y->of.b, sizeof x->of.b);

    if (order == 0 && x->sandbox != y->sandbox)
        order = x->sandbox ? 1 : -1;
    if (order == 0 && x->when != y->when)
        order = x->when < y->when ? -1 : 1;
    return order || x->kind == NULL ? order : strcmp(x->kind, y->kind);
}

static status write_all(struct ledger *l)
{
    const struct cell **order = NEW_N(l->arena, const struct cell *, taken.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < CELLS; i++)
        if (taken.at[i].what != NOTHING)
            order[n++] = &taken.at[i];
    qsort(order, n, sizeof order[0], by_key);
    TRY(tx_begin(l->db));
    for (size_t i = 0; i < n; i++)
        TRY(write_cell(l, order[i]));
    TRY(write_errors(l));
    return tx_commit(l->db);
}

/* What other processes counted of the day is known from here on. */
static status learn_days(struct ledger *l)
{
    for (size_t i = 0; i < CELLS; i++) {
        struct meter *m;
        i64 n;

        if (taken.at[i].what != DAY)
            continue;
        TRY(day_total(l, &taken.at[i], &n));
        pthread_mutex_lock(&lock);
        m = meter_of(taken.at[i].of, taken.at[i].sandbox, quota_scope_of(str_c(taken.at[i].kind)));
        if (m != NULL && m->day == taken.at[i].when)
            m->calls = n + waiting_day(m);
        pthread_mutex_unlock(&lock);
    }
    return OK;
}

status traffic_write(struct ledger *l, const struct app *app, i64 now)
{
    status s;

    (void)app;
    if (now != 0 && written != 0 && now - written < WRITE_MS && now >= written)       /* 0: the last time */
        return OK;
    written = now;
    take_all();
    if (taken.n == 0 && taken_errors.n == 0)
        return OK;
    s = write_all(l);
    if (s != OK) {
        tx_rollback(l->db);
        return s;               /* kept for the next time */
    }
    s = learn_days(l);
    memset(&taken, 0, sizeof taken);
    taken_errors.n = 0;
    return s;
}

void traffic_forget(void)
{
    pthread_mutex_lock(&lock);
    memset(&live, 0, sizeof live);
    memset(meters, 0, sizeof meters);
    live_errors.n = 0;
    written = 0;
    pthread_mutex_unlock(&lock);
    memset(&taken, 0, sizeof taken);
    taken_errors.n = 0;
}
