/* What a page of a feed becomes: records for the bank, and the place where the next page is. */
#include "exchange_fetch.h"

#include "matches.sql.h"

#include <assert.h>

/* -- what a page becomes ----------------------------------------------------------------------------------------------------------------- */

/* Twice as many places as records: a value's is found by its id, which is a hash already. */
enum { PLACES = 65536 };
static_assert(PLACES > 2 * BANK_BATCH && (PLACES & (PLACES - 1)) == 0, "places for a whole batch");

static uint32_t *place_of(struct feed_page *p, struct id id)
{
    uint32_t at;

    memcpy(&at, id.b, sizeof at);
    for (at &= PLACES - 1; p->places[at] != 0 && !id_eq(p->ids[p->places[at] - 1], id);)
        at = (at + 1) & (PLACES - 1);
    return &p->places[at];
}

/* The later word on a value is the one that counts. */
static status add(struct feed_page *p, const struct hash_new *h)
{
    struct id id = hash_id(h->kind, FAMILY_NONE, h->value);
    uint32_t *place = place_of(p, id);

    if (*place != 0) {
        p->at[*place - 1] = *h;
        return OK;
    }
    if (p->n == BANK_BATCH)
        return fail(INVALID, "a page with more than %d hashes", BANK_BATCH);
    p->ids[p->n] = id;
    p->at[p->n] = *h;
    *place = (uint32_t)++p->n;
    return OK;
}

static struct hash_new hash_of(enum hash_kind kind, struct str value, bool video, enum hash_status how)
{
    return (struct hash_new){ .kind = kind, .value = value, .quality = QUALITY_UNKNOWN, .status = how, .video = video, .source_id = STR("") };
}

static status take_stopncii(struct feed_page *p)
{
    const struct fed_page in = p->stopncii;

    for (size_t i = 0; i < in.n; i++) {
        struct hash_new h = hash_of(in.at[i].kind, in.at[i].value, in.at[i].video, in.at[i].status);

        h.source_id = in.at[i].source_id;
        TRY(add(p, &h));
    }
    return OK;
}

/* Fingerprints that an entry had and has no more leave the bank, unless another entry of the feed has them. */
static status drop_prints(struct ledger *l, struct feed_page *p, const struct ncmec_entry *e, const struct exchange_entries_rows *had)
{
    for (size_t i = 0; i < had->n; i++) {
        const struct exchange_entries_row *old = &had->at[i];
        struct exchange_entries_with_row others;
        struct hash_new gone = hash_of((enum hash_kind)old->kind, old->value, e->video, HASH_DELETED);
        bool kept = false;

        for (size_t k = 0; k < e->n_prints && !kept; k++)
            kept = id_eq(old->key, hash_id(e->prints[k].kind, FAMILY_NONE, e->prints[k].value));
        if (kept)
            continue;
        TRY(sql_exchange_entry_drop(l->db, (struct sql_exchange_entry_drop){ .source = p->f->id, .entry = e->name, .key = old->key }));
        TRY(sql_exchange_entries_with(l->db, (struct sql_exchange_entries_with){ .source = p->f->id, .key = old->key }, &others));
        gone.source_id = e->name;
        if (others.n == 0)
            TRY(add(p, &gone));
    }
    return OK;
}

/* In the transaction of the page, because it reads and writes what entries hold. */
static status take_entry(struct ledger *l, struct feed_page *p, const struct ncmec_entry *e)
{
    struct exchange_entries_rows had;

    TRY(sql_exchange_entry_keys(l->db, (struct sql_exchange_entry_keys){ .source = p->f->id, .entry = e->name }, &had));
    TRY(drop_prints(l, p, e, &had));
    for (size_t i = 0; i < e->n_prints; i++) {
        const struct ncmec_print *print = &e->prints[i];
        struct hash_new h = hash_of(print->kind, print->value, e->video, HASH_ACTIVE);

        h.source_id = e->name;
        TRY(sql_exchange_entry_add(l->db, (struct sql_exchange_entry_add){ .source = p->f->id, .entry = e->name,
            .key = hash_id(print->kind, FAMILY_NONE, print->value), .kind = (i64)print->kind, .value = print->value }));
        TRY(add(p, &h));
    }
    return OK;
}

static status take_ncmec(struct ledger *l, struct feed_page *p)
{
    const struct ncmec_page *in = &p->ncmec;

    for (size_t i = 0; i < in->n; i++)
        TRY(take_entry(l, p, &in->at[i]));
    return OK;
}

/* -- the next place: pure --------------------------------------------------------------------------------------------------------------- */

static status place_stopncii(struct feed_page *p)
{
    const struct fed_page in = p->stopncii;

    p->skipped = in.skipped;
    if (in.more && str_eq(in.next, p->after.next))
        return fail(INVALID, "the next page is the one that was just read");
    p->end = !in.more;
    p->after.next = in.more ? in.next : STR("");
    if (!in.more)
        p->after.since = in.since > 0 ? in.since : p->after.since;
    return OK;
}

/* Only once the last page is read does the next round begin where this one ended: entries do not come in the order of time. */
static bool plain_path(struct str path)
{
    for (size_t i = 0; i < path.n; i++)
        if (path.at[i] <= ' ' || path.at[i] > '~' || path.at[i] == '#')
            return false;
    return path.n < 2000;
}

static status place_ncmec(struct feed_page *p)
{
    const struct ncmec_page *in = &p->ncmec;

    p->skipped = in->skipped;
    p->end = in->next.n == 0;
    if (p->end) {
        p->after = (struct feed_place){ .since = p->after.until, .next = STR("") };
        return OK;
    }
    if (!str_starts(in->next, STR("/v2/entries?")) || !plain_path(in->next))
        return fail(INVALID, "the next page is not one of /v2/entries");
    if (str_eq(in->next, p->after.next))
        return fail(INVALID, "the next page is the one that was just read");
    p->after.next = in->next;
    return OK;
}

status feed_page_read(struct arena *a, struct feed_page *p, struct str text)
{
    if (str_is(p->f->kind, "ncmec")) {
        TRY(ncmec_read(a, text, &p->ncmec));
        return place_ncmec(p);
    }
    TRY(stopncii_read(a, text, &p->stopncii));
    return place_stopncii(p);
}

status feed_page_take(struct ledger *l, struct feed_page *p)
{
    p->n = 0;
    p->at = NEW_N(l->arena, struct hash_new, BANK_BATCH);
    p->ids = NEW_N(l->arena, struct id, BANK_BATCH);
    p->places = NEW_N(l->arena, uint32_t, PLACES);
    return str_is(p->f->kind, "ncmec") ? take_ncmec(l, p) : take_stopncii(p);
}
