#include "bank_flood.h"

#include "../base/clock.h"
#include "../base/log.h"

#include <pthread.h>

enum { PLACES = 4096, WRITE_MS = MINUTE_MS };

struct counted { i64 bank, n, most; struct id hash; };
static struct { struct counted at[PLACES]; size_t n; bool over; i64 written; } counts;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Open addressing; a full table counts no new ones until it was written, which `over` brings about at once. */
static struct counted *place(i64 bank, struct id hash)
{
    size_t at = ((size_t)hash.b[0] << 8 | hash.b[1]) % PLACES;

    for (size_t i = 0; i < PLACES; i++, at = (at + 1) % PLACES) {
        struct counted *p = &counts.at[at];

        if (p->n == 0 || (p->bank == bank && id_eq(p->hash, hash)))
            return p;
    }
    return NULL;
}

void flood_count(const struct bank *bank, struct id hash)
{
    struct counted *p;

    pthread_mutex_lock(&lock);
    p = place(bank->no, hash);
    if (p == NULL) {
        counts.over = true;
    } else {
        if (p->n == 0)
            *p = (struct counted){ .bank = bank->no, .hash = hash, .most = bank->flood };
        counts.n += p->n == 0;
        p->n++;
        counts.over |= p->n > p->most || counts.n > PLACES / 2;
    }
    pthread_mutex_unlock(&lock);
}

/* What was counted, taken out; NULL where it is not time yet. */
static struct counted *take_counts(struct arena *a, size_t *n)
{
    struct counted *all = NEW_N(a, struct counted, PLACES);        /* before the lock: an arena may jump */
    i64 now = clock_mono_ms();

    *n = 0;
    pthread_mutex_lock(&lock);
    if (counts.n > 0 && (counts.over || now - counts.written >= WRITE_MS)) {
        for (size_t i = 0; i < PLACES; i++)
            if (counts.at[i].n > 0)
                all[(*n)++] = counts.at[i];
        memset(counts.at, 0, sizeof counts.at);
        counts.n = 0;
        counts.over = false;
        counts.written = now;
    }
    pthread_mutex_unlock(&lock);
    return all;
}

static bool due(void)
{
    bool yes;

    pthread_mutex_lock(&lock);
    yes = counts.n > 0 && (counts.over || clock_mono_ms() - counts.written >= WRITE_MS);
    pthread_mutex_unlock(&lock);
    return yes;
}

static status hold(struct ledger *l, const struct counted *p, i64 now)
{
    struct bank_hashes_row was, next;
    struct record_pen pen;

    TRY(act_begin(l, (struct act_info){ .act = "bank.flood", .now = now, .object = p->hash }));
    TRY(record_begin(l, p->bank, now, &pen));
    TRY(record_row(l, p->bank, p->hash, &was));
    next = was;
    next.hold = HOLD_FLOOD;
    if (was.hold == HOLD_NONE)
        TRY(record_change(&pen, &was, &next));
    TRY(record_end(&pen));
    return act_commit(l);
}

static status write_one(struct ledger *l, const struct counted *p, i64 now)
{
    struct bank_hits_count_row row;

    TRY(tx_begin(l->db));
    TRY(sql_bank_hits_count(l->db, (struct sql_bank_hits_count){ .day = clock_local_day(now), .bank = p->bank, .hash = p->hash, .n = p->n }, &row));
    TRY(tx_commit(l->db));
    return row.n > p->most ? hold(l, p, now) : OK;
}

/* A count that cannot be written now goes back, so that a busy database hides no flood. */
static void put_back(const struct counted *p)
{
    struct counted *to;

    pthread_mutex_lock(&lock);
    to = place(p->bank, p->hash);
    if (to != NULL) {
        i64 n = to->n;

        *to = *p;
        to->n = p->n + n;
        counts.n += n == 0;
    }
    pthread_mutex_unlock(&lock);
}

void flood_write(struct ctx *c)
{
    struct counted *all;
    size_t n;

    if (tx_open(c->ledger->db) || !due())
        return;
    all = take_counts(c->arena, &n);
    for (size_t i = 0; i < n; i++) {
        if (write_one(c->ledger, &all[i], c->now) == OK)
            continue;
        log_warn("bank", "matches could not be counted: %s", fail_message());
        act_abort(c->ledger);
        put_back(&all[i]);
    }
}
