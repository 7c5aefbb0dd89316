/* What was seen: kept for the analyst where it hit something, and for a later match where it did not. */
#include "seen_kept.h"

#include <jansson.h>
#include <stdlib.h>

enum { SEEN_PAGE_MAX = 200 };

static struct str or_empty(struct str s)
{
    return s.at ? s : STR("");
}

static struct seen_hashes hashes_of(struct arena *a, const struct bank_query *q)
{
    struct seen_hashes h = { .at = NEW_N(a, struct seen_hash, (q ? q->n_pdq + q->n_exact : 0) + 1) };

    for (size_t i = 0; q != NULL && i < q->n_pdq; i++)
        h.at[h.n++] = (struct seen_hash){ HASH_PDQ, q->pdq[i].family ? q->pdq[i].family : FAMILY_FULL, q->pdq[i].quality,
                                          str_of(q->pdq[i].bits, PDQ_BYTES) };
    for (size_t i = 0; q != NULL && i < q->n_exact; i++)
        h.at[h.n++] = (struct seen_hash){ q->exact[i].kind, FAMILY_NONE, QUALITY_UNKNOWN, q->exact[i].value };
    return h;
}

/* An address is kept in the form in which it can be read again. */
static status canonical(struct arena *a, struct seen_hashes *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->at[i].kind == HASH_URL)
            TRY(hash_value_read(a, HASH_URL, h->at[i].value, &h->at[i].value));
    return OK;
}

static struct str nearest_class(const struct bank_hits *hits)
{
    for (size_t i = 0; hits != NULL && i < hits->n; i++)
        if (bank_hit_live(&hits->at[i]))
            return hits->at[i].class;
    return STR("");
}

/* Hashes of what nobody knows yet say what passed through a platform: sealed, and gone after the days of content/banks/classes.txt. */
static status keep_for_later(struct ctx *c, struct id id, const struct seen_kept *k)
{
    struct str sealed = seen_seal(c->ledger, id, k);
    bool own = !tx_open(c->ledger->db);
    i64 until = clock_local_day(c->now) + (bank_seen_days() + 1) * DAY_MS;

    if (bank_seen_days() == 0 || k->hashes.n == 0)
        return OK;
    if (sealed.at == NULL)
        return fail(TOO_LARGE, "too many hashes of one thing");
    if (own)
        TRY(tx_begin(c->ledger->db));
    TRY(sql_seen_hash_keep(c->ledger->db, (struct sql_seen_hash_keep){ .id = id, .until = until, .sealed = sealed }));
    return own ? tx_commit(c->ledger->db) : OK;
}

static status row_in_act(struct ctx *c, struct id id, const struct seen_new *s, const struct seen_kept *k)
{
    i64 at = s->anonymous ? clock_local_day(c->now) : c->now;
    struct str class = s->class.n ? s->class : nearest_class(s->hits);
    bool own = c->ledger->act == NULL;

    if (own)
        TRY(act_begin(c->ledger, (struct act_info){ .act = "seen.add", .now = c->now, .anonymous = s->anonymous, .actor = s->partner, .object = id }));
    TRY(seen_row_add(c->ledger, id, k, s->hits, class, at));
    return own ? act_commit(c->ledger) : OK;
}

status seen_add(struct ctx *c, const struct seen_new *s, struct id *id)
{
    struct id fresh = s->anonymous ? id_random() : id_timed(c->now);
    struct seen_kept k = { .ref = or_empty(s->ref), .context = or_empty(s->context), .hashes = hashes_of(c->arena, s->query), .source = s->source,
        .partner = s->partner, .object = s->object, .kind = or_empty(s->kind), .sandbox = s->sandbox, .anonymous = s->anonymous,
        .urgent = s->urgent };

    *id = id_zero();
    TRY(canonical(c->arena, &k.hashes));
    if ((s->hits == NULL || s->hits->live == 0) && s->class.n == 0)
        return keep_for_later(c, fresh, &k);
    TRY(row_in_act(c, fresh, s, &k));
    *id = fresh;
    return OK;
}

/* -- reading -------------------------------------------------------------------------------------------------------------------------- */

static status item_of(struct ledger *l, const struct seen_row *row, struct seen_item *item, struct seen_kept *k)
{
    *item = (struct seen_item){ .id = row->id, .source = (enum seen_source)row->source, .state = row->state, .kind = row->kind, .class = row->class,
        .at = row->at, .sandbox = row->sandbox, .urgent = row->urgent, .decided_by = row->decided_by, .second_by = row->second_by,
        .partner = row->partner.has ? row->partner.v : id_zero(), .object = row->object.has ? row->object.v : id_zero() };
    TRY(seen_open(l, row->id, row->sealed, k));
    item->ref = k->ref;
    item->context = k->context;
    return OK;
}

/* The place behind a row: what is sorted by. */
static status place_after(struct ledger *l, struct opt_id after, struct sql_seen_of_state *in)
{
    struct seen_row row = { .id = after.v };

    in->urgent = 2;
    if (!after.has)
        return OK;
    TRY(row_get(l, &table_seen, &row));
    in->urgent = row.urgent;
    in->at = row.at;
    in->id = row.id;
    return OK;
}

static status list_rows(struct ledger *l, const struct seen_paging *p, struct seen_rows *rows)
{
    struct sql_seen_of_state in = { .state = p->state, .sandbox = p->sandbox, .most = (i64)p->limit };

    if (p->limit == 0 || p->limit > SEEN_PAGE_MAX)
        return fail(INVALID, "a page has 1 to %d rows", SEEN_PAGE_MAX);
    TRY(place_after(l, p->after, &in));
    if (p->state.n > 0)
        return sql_seen_of_state(l, in, rows);
    return sql_seen_waiting_list(l, (struct sql_seen_waiting_list){ .sandbox = in.sandbox, .urgent = in.urgent, .at = in.at, .id = in.id,
                                                                     .most = in.most }, rows);
}

status seen_list(struct ledger *l, const struct seen_paging *p, struct seen_items *out)
{
    struct seen_rows rows;
    struct seen_kept k;

    TRY(list_rows(l, p, &rows));
    *out = (struct seen_items){ .at = NEW_N(l->arena, struct seen_item, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(item_of(l, &rows.at[i], &out->at[out->n++], &k));
    return OK;
}

/* What the bank says today: its name and class, and whether people confirmed or hold the record meanwhile. */
static status hit_now(struct ledger *l, const struct seen_hits_row *row, struct bank_hit *hit)
{
    struct bank_hashes_row record;
    struct banks_row bank;
    status s;

    TRY(sql_bank_by_no(l, (struct sql_bank_by_no){ .no = row->bank }, &bank));
    *hit = (struct bank_hit){ .bank = bank.id, .hash = row->hash, .bank_name = bank.name, .class = bank.class, .basis = bank.basis, .id = STR(""),
        .thing = (uint32_t)row->thing, .query = (uint32_t)row->query, .distance = (int)row->distance, .negative = row->negative,
        .suppressed = row->suppressed, .quarantined = row->quarantined, .confirmed = row->confirmed };
    s = record_row(l, row->bank, row->hash, &record);
    if (s == OK) {
        hit->kind = (enum hash_kind)record.kind;
        hit->id = record.source_id;
        hit->confirmed = record.confirms >= CONFIRMED_BY;
        hit->quarantined = record.hold != HOLD_NONE;
    }
    return s == NOT_FOUND ? OK : s;
}

static status read_hits(struct ledger *l, struct id id, struct bank_hits *hits)
{
    struct seen_hits_rows rows;

    TRY(sql_seen_hits_of(l, (struct sql_seen_hits_of){ .seen = id }, &rows));
    *hits = (struct bank_hits){ .at = NEW_N(l->arena, struct bank_hit, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            continue;
        TRY(hit_now(l, &rows.at[i], &hits->at[hits->n]));
        hits->live += bank_hit_live(&hits->at[hits->n++]);
    }
    return OK;
}

status seen_get(struct ledger *l, struct id id, struct seen_detail *out)
{
    struct seen_row row = { .id = id };
    struct seen_kept k;

    *out = (struct seen_detail){ 0 };
    TRY(row_get(l, &table_seen, &row));
    TRY(item_of(l, &row, &out->item, &k));
    out->hashes = k.hashes;
    return read_hits(l, id, &out->hits);
}

status seen_waiting(struct ledger *l, bool sandbox, i64 *n)
{
    struct seen_count_row row;

    TRY(sql_seen_count(l->db, (struct sql_seen_count){ .sandbox = sandbox }, &row));
    *n = row.n;
    return OK;
}

/* -- deciding -------------------------------------------------------------------------------------------------------------------------- */

static bool state_right(struct str state)
{
    return str_is(state, "new") || str_is(state, "confirmed") || str_is(state, "rejected") || str_is(state, "doubtful") || str_is(state, "second");
}

status seen_decide(struct ledger *l, const struct seen_verdict *v)
{
    struct seen_row row = { .id = v->id };
    struct opt_id who = { true, v->by };
    struct opt_i64 when = { true, v->now };

    if (!state_right(v->state))
        return fail(INVALID, "no such verdict");
    TRY(row_get(l, &table_seen, &row));
    if (!str_eq(row.state, v->was))
        return fail(CONFLICT, "somebody decided about it meanwhile");
    if (row.decided_by.has && !id_eq(row.decided_by.v, v->by)) {
        row.second_by = who;
        row.second_at = when;
    } else {
        row.decided_by = who;
        row.decided_at = when;
    }
    row.state = v->state;
    row.waits = !str_is(v->state, "confirmed") && !str_is(v->state, "rejected");
    return row_update(l, &table_seen, &row);
}

/* -- words whose days are over ----------------------------------------------------------------------------------------------------------- */

/* The same context without "words"; STR_NULL: it has none. */
static struct str without_words(struct arena *a, struct str context)
{
    json_t *o = context.n ? json_loadb(context.at, context.n, 0, NULL) : NULL;
    struct str left = STR_NULL;
    char *text;

    if (o != NULL && json_object_del(o, "words") == 0 && (text = json_dumps(o, JSON_COMPACT)) != NULL) {
        left = arena_copy(a, str_c(text));
        free(text);
    }
    json_decref(o);
    return left;
}

status seen_forget_words(struct ledger *l, struct id id, i64 now)
{
    struct seen_row row = { .id = id };
    struct seen_kept k;

    TRY(row_get(l, &table_seen, &row));
    TRY(seen_open(l, id, row.sealed, &k));
    k.context = without_words(l->arena, k.context);
    if (k.context.at == NULL)
        return OK;
    row.sealed = seen_seal(l, id, &k);
    TRY(act_begin(l, (struct act_info){ .act = "seen.forget-words", .now = now, .object = id }));
    TRY(row_update(l, &table_seen, &row));
    return act_commit(l);
}
