/* Asking the banks: the mapped files, the few records that came since, and then the rows of what was found, because they say the present
   status. Nothing here makes a request to anybody. */
#include "bank_flood.h"
#include "bank_maps.h"

#include <stdlib.h>

enum { RAW_MAX = 200000, LOOKED_AT = 16 * HITS_MAX };

/* Something found, before its row was looked at. */
struct raw { const struct set_bank *bank; struct id hash; uint32_t thing, query; int distance; enum hash_kind kind; bool from_file; };
struct raws { struct raw *at; size_t n, room; };

/* Outside the arena: a request that is near its limit must not jump away from what it holds. */
static void raw_push(struct raws *r, const struct raw *one)
{
    if (r->n == RAW_MAX)
        return;
    if (r->n == r->room) {
        size_t room = r->room * 2 + 64;

        r->at = memory_grow(r->at, r->room * sizeof *one, room * sizeof *one);
        r->room = room;
    }
    r->at[r->n++] = *one;
}

/* -- near matches ------------------------------------------------------------------------------------------------------------------- */

/* A hash is looked for in both families: they differ by a few bits of a picture, and a match within the radius is one either way. */
static status in_file(const struct set_bank *b, struct detect_bank *bank, const struct query_pdq *q, uint32_t number, struct raws *out)
{
    struct detect_pdq pdq = { .family = (uint8_t)(bank ? detect_bank_family(bank) : 0) }, found;
    struct detect_matches matches = { 0 };
    struct detect_error error;

    if (bank == NULL)
        return OK;
    memcpy(pdq.bits, q->bits, sizeof pdq.bits);
    if (detect_bank_query(bank, &pdq, (int)b->bank.radius, &matches, &error) != DETECT_OK) {
        detect_matches_free(&matches);
        return fail(BROKEN, "%s", error.text);
    }
    for (size_t i = 0; i < matches.n; i++) {
        detect_bank_hash(bank, matches.at[i].entry, &found);
        raw_push(out, &(struct raw){ b, hash_id(HASH_PDQ, detect_bank_family(bank) == DETECT_CPP512 ? FAMILY_CPP512 : FAMILY_FULL,
            str_of(found.bits, sizeof found.bits)), q->thing, number, (int)matches.at[i].distance, HASH_PDQ, true });
    }
    detect_matches_free(&matches);
    return OK;
}

static int distance(const uint64_t a[4], const uint64_t b[4], int most)
{
    int n = __builtin_popcountll(a[0] ^ b[0]);

    for (size_t i = 1; i < 4 && n <= most; i++)
        n += __builtin_popcountll(a[i] ^ b[i]);
    return n;
}

static const struct set_bank *bank_of(const struct bank_set *set, i64 no)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->at[i].bank.no == no)
            return &set->at[i];
    return NULL;
}

static void in_delta(const struct bank_set *set, const struct bank_query *q, const struct query_pdq *one, struct raws *out)
{
    uint64_t words[4];

    memcpy(words, one->bits, sizeof words);
    for (size_t i = 0; i < set->n_delta; i++) {
        const struct delta_entry *e = &set->delta[i];
        int d = e->kind == HASH_PDQ ? distance(words, e->words, RADIUS_MAX) : RADIUS_MAX + 1;
        const struct set_bank *b = d <= RADIUS_MAX ? bank_of(set, e->bank) : NULL;

        if (b != NULL && b->bank.sandbox == q->sandbox && d <= b->bank.radius)
            raw_push(out, &(struct raw){ b, e->id, one->thing, (uint32_t)(one - q->pdq), d, HASH_PDQ, false });
    }
}

static status find_pdq(const struct bank_set *set, const struct bank_query *q, const struct query_pdq *one, struct raws *out)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct set_bank *b = &set->at[i];

        if (b->bank.sandbox != q->sandbox || b->map == NULL)
            continue;
        TRY(in_file(b, b->map->files.full, one, (uint32_t)(one - q->pdq), out));
        TRY(in_file(b, b->map->files.cpp512, one, (uint32_t)(one - q->pdq), out));
    }
    in_delta(set, q, one, out);
    return OK;
}

/* -- exact matches ------------------------------------------------------------------------------------------------------------------- */

static void find_id(const struct bank_set *set, const struct bank_query *q, const struct query_exact *one, struct id id, struct raws *out)
{
    struct raw raw = { .hash = id, .thing = one->thing, .query = (uint32_t)(one - q->exact), .kind = one->kind, .from_file = true };

    for (size_t i = 0; i < set->n; i++) {
        const struct set_bank *b = &set->at[i];

        raw.bank = b;
        if (b->bank.sandbox == q->sandbox && b->map != NULL && b->map->files.exact != NULL && exact_has(b->map->files.exact, id))
            raw_push(out, &raw);
    }
    raw.from_file = false;
    for (size_t i = 0; i < set->n_delta; i++) {
        if (!id_eq(set->delta[i].id, id))
            continue;
        raw.bank = bank_of(set, set->delta[i].bank);
        if (raw.bank != NULL && raw.bank->bank.sandbox == q->sandbox)
            raw_push(out, &raw);
    }
}

/* An address is looked for with all that covers it: its host's parents and its folders. */
static void find_exact(const struct bank_set *set, const struct bank_query *q, const struct query_exact *one, struct raws *out)
{
    struct detect_expression all[DETECT_EXPRESSIONS_MAX];
    size_t n = 0;

    if (one->kind != HASH_URL) {
        find_id(set, q, one, hash_id(one->kind, FAMILY_NONE, one->value), out);
        return;
    }
    if (detect_address_expressions(one->value.at, one->value.n, all, &n) != DETECT_OK)
        return;
    for (size_t i = 0; i < n; i++)
        find_id(set, q, one, hash_id_of_key(HASH_URL, FAMILY_NONE, str_of(all[i].sha256, 32)), out);
}

/* -- from what was found to what is said ---------------------------------------------------------------------------------------------- */

static int by_nearness(const void *x, const void *y)
{
    const struct raw *a = x, *b = y;

    if (a->thing != b->thing)
        return a->thing < b->thing ? -1 : 1;
    if (a->distance != b->distance)
        return a->distance - b->distance;
    if (a->bank != b->bank)
        return a->bank->bank.no < b->bank->bank.no ? -1 : 1;
    return memcmp(a->hash.b, b->hash.b, sizeof a->hash.b);
}

/* The same record may be found by several turns of a picture, and in file and delta: the nearest is kept. */
static bool said_before(const struct raws *r, size_t i, const bool *out)
{
    for (size_t j = i; j-- > 0 && r->at[j].thing == r->at[i].thing;)
        if (out[j] && r->at[j].bank == r->at[i].bank && id_eq(r->at[j].hash, r->at[i].hash))
            return true;
    return false;
}

/* Fills the hit by its row; false where people took the record out since. A row that is gone or altered does not hide what the proven file
   says. */
static status row_says(struct ctx *c, const struct raw *raw, struct bank_hit *hit, bool *stands)
{
    struct bank_hashes_row row;
    status s = record_row(c->ledger, raw->bank->bank.no, raw->hash, &row);

    *stands = s == OK ? row.hold == HOLD_FLOOD || record_in_force(&row) : raw->from_file;
    if (s == OK) {
        hit->confirmed = row.confirms >= CONFIRMED_BY;
        hit->quarantined = row.hold == HOLD_FLOOD;
        hit->id = row.source_id;
        return OK;
    }
    if (s != NOT_FOUND && s != BROKEN)
        return s;
    bank_alarm(c, raw->bank->bank.no, true, s == BROKEN ? fail_message() : "a record that the bank's file holds is not in the table");
    fail_clear();
    return OK;
}

static status hit_of(struct ctx *c, const struct raw *raw, struct bank_hit *hit, bool *stands)
{
    const struct bank *b = &raw->bank->bank;

    *hit = (struct bank_hit){ .bank = b->id, .hash = raw->hash, .bank_name = arena_copy(c->arena, b->name), .class = arena_copy(c->arena, b->class),
        .basis = arena_copy(c->arena, b->basis), .id = STR(""), .kind = raw->kind, .thing = raw->thing, .query = raw->query,
        .distance = raw->distance, .negative = b->negative };
    return row_says(c, raw, hit, stands);
}

/* A hit of a negative bank hides those of its thing, but never one of a class that the law wants seen. */
static void suppress(struct bank_hits *hits)
{
    for (size_t i = 0; i < hits->n; i++) {
        if (!hits->at[i].negative || hits->at[i].quarantined)
            continue;
        for (size_t j = 0; j < hits->n; j++) {
            const struct bank_class *class = bank_class(hits->at[j].class);

            if (hits->at[j].thing == hits->at[i].thing && !hits->at[j].negative && class != NULL && !class->kept_in_view)
                hits->at[j].suppressed = true;
        }
    }
}

static status say(struct ctx *c, const struct raws *raws, struct bank_hits *out)
{
    bool *kept = NEW_N(c->arena, bool, raws->n + 1);

    out->at = NEW_N(c->arena, struct bank_hit, HITS_MAX + 1);
    for (size_t i = 0; i < raws->n; i++) {
        bool stands = false;

        if (out->n == HITS_MAX || i == LOOKED_AT) {
            out->more = raws->n - i;
            break;
        }
        if (said_before(raws, i, kept))
            continue;
        kept[i] = true;
        TRY(hit_of(c, &raws->at[i], &out->at[out->n], &stands));
        out->n += stands;
    }
    suppress(out);
    return OK;
}

static void count(const struct bank_set *set, struct bank_hits *out)
{
    for (size_t i = 0; i < out->n; i++) {
        if (!bank_hit_live(&out->at[i]))
            continue;
        out->live++;
        for (size_t b = 0; b < set->n; b++)
            if (id_eq(set->at[b].bank.id, out->at[i].bank))
                flood_count(&set->at[b].bank, out->at[i].hash);
    }
}

static status search(const struct bank_set *set, const struct bank_query *q, struct raws *raws, struct bank_hits *out)
{
    for (size_t i = 0; i < set->n; i++)
        out->stopped += set->at[i].stopped && set->at[i].bank.sandbox == q->sandbox;
    for (size_t i = 0; i < q->n_pdq; i++) {
        if (q->pdq[i].quality != QUALITY_UNKNOWN && q->pdq[i].quality < PDQ_QUALITY_MIN)
            out->flat++;
        else
            TRY(find_pdq(set, q, &q->pdq[i], raws));
    }
    for (size_t i = 0; i < q->n_exact; i++)
        find_exact(set, q, &q->exact[i], raws);
    if (raws->n > 1)
        qsort(raws->at, raws->n, sizeof *raws->at, by_nearness);
    return OK;
}

/* What a search holds; given back also where the request jumps out of it for want of memory. */
struct held { struct bank_set *set; struct raws raws; };

static void give_back(void *what)
{
    struct held *h = what;

    set_drop(h->set);
    memory_free(h->raws.at);
    *h = (struct held){ 0 };
}

status banks_find(struct ctx *c, const struct bank_query *q, struct bank_hits *out)
{
    struct held *h = NEW(c->arena, struct held);
    status s;

    *out = (struct bank_hits){ 0 };
    arena_at_end(c->arena, give_back, h);
    TRY(set_take(c, &h->set));
    s = search(h->set, q, &h->raws, out);
    if (s == OK)
        s = say(c, &h->raws, out);
    if (s == OK)
        count(h->set, out);
    give_back(h);
    if (s == OK)
        flood_write(c);
    return s;
}
