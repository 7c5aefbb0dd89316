/* The timed work that looks for new records among what was seen lately. Whoever asked before a record came is found by this. */
#include "bank_maps.h"
#include "seen_kept.h"

#include "../base/log.h"

enum { FEW = 4096, SEEN_PAGE = 1000, RECORD_PAGE = 5000 };

/* Records since the pass before the last one: what was asked while that pass ran is looked at again. */
struct later {
    struct ledger *l;
    const struct app *app;
    i64 now, from, to;
    struct news { uint64_t words[4]; struct id id; bool pdq, sandbox; } *at;
    size_t n;                   /* FEW + 1: too many to compare one by one; then the banks themselves are asked */
};

static status cursor(struct ledger *l, const char *name, i64 *seq)
{
    struct bank_cursor_get_row row;
    status s = sql_bank_cursor_get(l->db, (struct sql_bank_cursor_get){ .name = str_c(name) }, &row);

    *seq = s == OK ? row.seq : 0;
    return s == NOT_FOUND ? OK : s;
}

static bool in_force(const struct hash_record *r)
{
    return record_in_force(&(struct bank_hashes_row){ .kind = r->kind, .status = r->status, .hold = r->hold, .quality = r->quality });
}

static void take(struct later *t, const struct hash_record *r, bool sandbox)
{
    struct news *one = &t->at[t->n];

    if (t->n > FEW || !in_force(r))
        return;
    *one = (struct news){ .id = r->id, .pdq = r->kind == HASH_PDQ, .sandbox = sandbox };
    if (one->pdq)
        memcpy(one->words, r->value.at, sizeof one->words);
    t->n++;
}

static status read_news(struct later *t, bool sandbox)
{
    struct hash_paging p = { .sandbox = sandbox, .after = t->from, .to = t->to, .limit = RECORD_PAGE };
    struct hash_records page;

    do {
        struct arena_mark mark = arena_mark(t->l->arena);

        TRY(banks_changed_since(t->l, &p, &page));
        for (size_t i = 0; i < page.n; i++) {
            take(t, &page.at[i], sandbox);
            p.after = page.at[i].seq;
        }
        arena_back(t->l->arena, mark);
    } while (page.n == RECORD_PAGE && t->n <= FEW);
    return OK;
}

static bool near(const struct news *n, const struct query_pdq *q)
{
    uint64_t words[4];
    int d = 0;

    memcpy(words, q->bits, sizeof words);
    for (size_t i = 0; i < 4; i++)
        d += __builtin_popcountll(words[i] ^ n->words[i]);
    return d <= RADIUS_MAX;
}

static bool among(const struct news *n, const struct query_exact *q)
{
    struct detect_expression all[DETECT_EXPRESSIONS_MAX];
    size_t count = 0;

    if (q->kind != HASH_URL)
        return id_eq(n->id, hash_id(q->kind, FAMILY_NONE, q->value));
    if (detect_address_expressions(q->value.at, q->value.n, all, &count) != DETECT_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        if (id_eq(n->id, hash_id_of_key(HASH_URL, FAMILY_NONE, str_of(all[i].sha256, 32))))
            return true;
    return false;
}

static bool may_match(const struct later *t, const struct bank_query *q)
{
    if (t->n > FEW)
        return true;
    for (size_t i = 0; i < t->n; i++) {
        const struct news *n = &t->at[i];

        for (size_t k = 0; n->sandbox == q->sandbox && n->pdq && k < q->n_pdq; k++)
            if (near(n, &q->pdq[k]))
                return true;
        for (size_t k = 0; n->sandbox == q->sandbox && !n->pdq && k < q->n_exact; k++)
            if (among(n, &q->exact[k]))
                return true;
    }
    return false;
}

static struct str class_of(const struct bank_hits *hits)
{
    for (size_t i = 0; i < hits->n; i++)
        if (bank_hit_live(&hits->at[i]))
            return hits->at[i].class;
    return STR("");
}

/* The row for the analyst comes and the kept hashes go in one act: a crash between them would show it twice. */
static status found(struct later *t, struct id kept, struct seen_kept *k, const struct bank_hits *hits)
{
    struct id id = k->anonymous ? id_random() : id_timed(t->now);

    k->source = SEEN_LATER;
    TRY(act_begin(t->l, (struct act_info){ .act = "seen.later", .now = t->now, .object = id }));
    TRY(seen_row_add(t->l, id, k, hits, class_of(hits), k->anonymous ? clock_local_day(t->now) : t->now));
    TRY(sql_seen_hash_end(t->l->db, (struct sql_seen_hash_end){ .id = kept }));
    return act_commit(t->l);
}

static status look_at(struct later *t, struct id id, struct str sealed)
{
    struct ctx c = { .arena = t->l->arena, .ledger = t->l, .app = t->app, .now = t->now };
    struct seen_kept k;
    struct bank_query q;
    struct bank_hits hits;

    if (seen_open(t->l, id, sealed, &k) != OK) {        /* another hand's: it goes after its days, and stops nobody else's */
        log_warn("seen", "kept hashes cannot be opened: %s", fail_message());
        fail_clear();
        return OK;
    }
    q = seen_query(t->l->arena, &k);
    if (!may_match(t, &q))
        return OK;
    TRY(banks_find(&c, &q, &hits));
    return hits.live > 0 ? found(t, id, &k, &hits) : OK;
}

static status look_at_all(struct later *t)
{
    struct sql_seen_hashes_after in = { .most = SEEN_PAGE };
    size_t n;

    do {
        struct arena_mark mark = arena_mark(t->l->arena);
        struct seen_hashes_after_rows rows;

        TRY(sql_seen_hashes_after(t->l->db, in, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            struct arena_mark inner = arena_mark(t->l->arena);

            in.after = rows.at[i].id;
            TRY(look_at(t, rows.at[i].id, rows.at[i].sealed));
            arena_back(t->l->arena, inner);
        }
        n = rows.n;
        arena_back(t->l->arena, mark);
    } while (n == SEEN_PAGE);
    return OK;
}

/* Records that no search finds yet, because their file is still being built, would be passed over. */
static status covered(struct later *t, bool *all)
{
    struct ctx c = { .arena = t->l->arena, .ledger = t->l, .app = t->app, .now = t->now };
    struct bank_set *set;

    TRY(set_take(&c, &set));
    *all = true;
    for (size_t i = 0; i < set->n; i++) {
        struct bank_versions_row v = { 0 };
        status s = version_newest(t->l, set->at[i].bank.no, &v);

        if ((s != OK && s != NOT_FOUND) || set->at[i].covered < v.last_seq)
            *all = false;
    }
    set_drop(set);
    return OK;
}

static status move_on(struct later *t, i64 before)
{
    TRY(tx_begin(t->l->db));
    TRY(sql_bank_cursor_put(t->l->db, (struct sql_bank_cursor_put){ .name = STR("later-before"), .seq = before }));
    TRY(sql_bank_cursor_put(t->l->db, (struct sql_bank_cursor_put){ .name = STR("later"), .seq = t->to }));
    return tx_commit(t->l->db);
}

status seen_later(struct ledger *l, const struct app *app, i64 now)
{
    struct later t = { .l = l, .app = app, .now = now };
    bool all;
    i64 last;

    TRY(sql_seen_hashes_forget(l->db, (struct sql_seen_hashes_forget){ .now = now }));
    TRY(sql_bank_hits_forget(l->db, (struct sql_bank_hits_forget){ .day = clock_local_day(now) - 30 * DAY_MS }));
    TRY(cursor(l, "later", &last));
    TRY(cursor(l, "later-before", &t.from));
    TRY(banks_last_seq(l, &t.to));
    if (t.to == t.from)
        return OK;
    TRY(covered(&t, &all));
    if (!all)
        return OK;
    t.at = NEW_N(l->arena, struct news, FEW + 2);
    TRY(read_news(&t, false));
    TRY(read_news(&t, true));
    if (t.n > 0)
        TRY(look_at_all(&t));
    return move_on(&t, last);
}
