/* audit verify with the database: entries, head, every logged row, short cuts. The first thing that is
   wrong ends it. */
#include "fold.h"
#include "head.h"
#include "row.h"

#include "ledger.sql.h"

#include <stdarg.h>
#include <stdio.h>

struct check {
    struct ledger *l;
    struct audit *audit;
    const struct table *const *list;       /* ends with NULL */
    const struct table *table;          /* whose rows are being compared */
    struct fold fold;
    struct merkle tree;
    struct out key;                     /* of the row in hand: a stream of millions must not fill the arena */
};

[[gnu::format(printf, 2, 3)]] static status bad(struct check *c, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    c->audit->bad = arena_copy(c->l->arena, str_c(text));
    return fail(BROKEN, "%s", text);
}

static status bad_row(struct check *c, const struct table *t, struct str key, const char *why)
{
    struct str name = row_name_of_key(c->l->arena, t, key);

    return bad(c, "row %.*s: %s", (int)name.n, name.at, why);
}

/* A table that is being compared, or NULL. */
static const struct table *table_named(const struct check *c, struct str name)
{
    for (const struct table *const *t = c->list; *t != NULL; t++)
        if ((*t)->logged && str_is(name, (*t)->name))
            return *t;
    return NULL;
}

/* -- entries ------------------------------------------------------------------------------------------- */

static status fold_entry(struct check *c, struct str bytes)
{
    struct entry_row row;
    struct entry e;
    status s;

    TRY(entry_read(bytes, &e));
    while ((s = entry_next_row(&e, &row)) == OK)
        if (table_named(c, row.table) != NULL)
            fold_add(&c->fold, &row);
    return s == NOT_FOUND ? OK : s;
}

/* What the log's pages list by: clear columns beside the entry, which must say what it says. */
struct filed {
    struct id id, object;
    i64 anonymous, at;
    struct opt_id actor, unit;
    struct str act;
};

static bool same_or_none(struct opt_id column, struct id id)
{
    return column.has ? id_eq(column.v, id) : id_is_zero(id);
}

/* An anonymous act's entry has a random id (version 4), every other one that of its time (version 7). */
static bool filed_right(struct str bytes, const struct filed *f)
{
    struct entry e;

    return entry_read(bytes, &e) == OK && e.time == f->at && id_eq(e.object, f->object) && str_eq(e.act, f->act) &&
        same_or_none(f->actor, e.actor) && same_or_none(f->unit, e.unit) && (f->id.b[6] >> 4 == 4) == (f->anonymous == 1);
}

#define FILED(r) (&(struct filed){ (r)->id, (r)->object, (r)->anonymous, (r)->at, (r)->actor, (r)->unit, (r)->act })

static status check_numbered(void *to, const void *row)
{
    const struct log_numbered_row *r = row;
    struct check *c = to;

    if (r->seq != c->tree.size)
        return bad(c, "entry %lld: missing", (long long)c->tree.size);
    if (!entry_mac_ok(c->l->house, r->entry, r->mac))
        return bad(c, "entry %lld: altered (its mark is wrong)", (long long)r->seq);
    if (!entry_is_of(r->entry, r->id))
        return bad(c, "entry %lld: stands under another id", (long long)r->seq);
    if (!filed_right(r->entry, FILED(r)))
        return bad(c, "entry %lld: listed under what it does not say", (long long)r->seq);
    if (fold_entry(c, r->entry) != OK)
        return bad(c, "entry %lld: %s", (long long)r->seq, fail_message());
    merkle_add(&c->tree, merkle_leaf(r->entry));
    return OK;
}

static status check_waiting(void *to, const void *row)
{
    const struct log_unnumbered_row *r = row;
    struct check *c = to;

    if (!entry_mac_ok(c->l->house, r->entry, r->mac) || fold_entry(c, r->entry) != OK)
        return bad(c, "waiting entry %lld: altered (its mark is wrong)", (long long)c->audit->waiting + 1);
    if (!entry_is_of(r->entry, r->id))
        return bad(c, "waiting entry %lld: stands under another id", (long long)c->audit->waiting + 1);
    if (!filed_right(r->entry, FILED(r)))
        return bad(c, "waiting entry %lld: listed under what it does not say", (long long)c->audit->waiting + 1);
    c->audit->waiting++;
    return OK;
}

static status check_head(struct check *c)
{
    struct digest is = merkle_root(&c->tree), said;
    struct log_head head;

    if (log_head_load(c->l, &head) != OK)
        return bad(c, "head: %s", fail_message());
    if (head.tree.size > c->tree.size)
        return bad(c, "entry %lld: missing", (long long)c->tree.size);
    if (head.tree.size < c->tree.size)
        return bad(c, "entry %lld: numbered, but behind the signed head", (long long)head.tree.size);
    said = merkle_root(&head.tree);
    if (memcmp(&is, &said, sizeof is) != 0)
        return bad(c, "head: its root is not that of the %lld entries", (long long)head.tree.size);
    c->audit->head = head.signed_head;
    memcpy(c->audit->log_pk, head.log_pk, sizeof head.log_pk);
    return OK;
}

static status check_entries(struct check *c)
{
    TRY(sql_log_numbered(c->l->db, (struct sql_log_numbered){ .after = -1 }, check_numbered, c));
    c->audit->entries = c->tree.size;
    TRY(check_head(c));
    return sql_log_unnumbered(c->l->db, check_waiting, c);
}

/* -- rows ---------------------------------------------------------------------------------------------- */

static status check_row(void *to, const void *row)
{
    struct check *c = to;
    uint8_t rh[ROW_HASH_BYTES];
    struct fold_slot *slot;
    struct str key;

    out_reset(&c->key);
    row_write_key(&c->key, c->table, row);
    key = out_done(&c->key);
    if (!row_mac_ok(c->l->house, c->table, row))
        return bad_row(c, c->table, key, "altered (its mark is wrong)");
    slot = fold_find(&c->fold, str_c(c->table->name), key);
    if (slot == NULL)
        return bad_row(c, c->table, key, "no entry names it");
    row_hash(c->table, row, rh);
    if (memcmp(slot->is, rh, sizeof rh) != 0)
        return bad_row(c, c->table, key, fold_gone(slot) ? "put back after its newest entry deleted it"
                                                         : "not what its newest entry says");
    slot->met = true;
    c->audit->rows++;
    return OK;
}

static status check_rows(struct check *c)
{
    for (const struct table *const *t = c->list; *t != NULL; t++) {
        c->table = *t;
        if ((*t)->logged)
            TRY(db_each(c->l->db, (*t)->all, NULL, check_row, c));
    }
    return OK;
}

static status check_short_cut(void *to, const void *row)
{
    const struct log_short_cuts_row *r = row;
    struct check *c = to;
    const struct table *t = table_named(c, r->tbl);
    struct fold_slot *slot = t ? fold_find(&c->fold, r->tbl, r->row_key) : NULL;
    struct entry_row said;

    if (t == NULL)
        return OK;
    if (slot == NULL)
        return bad_row(c, t, r->row_key, "listed, but no entry names it");
    if (r->entry.at == NULL || entry_find_row(r->entry, r->tbl, r->row_key, &said) != OK ||
        memcmp(said.is, slot->is, sizeof said.is) != 0)
        return bad_row(c, t, r->row_key, "the entry listed as its newest is missing or not the newest");
    slot->short_cut = true;
    return OK;
}

/* -- what is named by entries and not there ------------------------------------------------------------ */

static bool lost(const struct fold_slot *slot)
{
    return !slot->met && !fold_gone(slot);
}

static size_t count_wrong(const struct fold *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->size; i++)
        n += f->slots[i].used && (lost(&f->slots[i]) || !f->slots[i].short_cut);
    return n;
}

/* The map knows only hashes of names; the entries, read once more, have the names themselves. */
static status name_wrong(struct check *c, struct str bytes)
{
    struct entry_row row;
    struct entry e;

    TRY(entry_read(bytes, &e));
    while (entry_next_row(&e, &row) == OK) {
        const struct table *t = table_named(c, row.table);
        struct fold_slot *slot = t ? fold_find(&c->fold, row.table, row.key) : NULL;

        if (slot != NULL && lost(slot))
            return bad_row(c, t, row.key, "gone, but its newest entry did not delete it");
        if (slot != NULL && !slot->short_cut)
            return bad_row(c, t, row.key, "not listed with its newest entry");
    }
    return OK;
}

static status name_wrong_numbered(void *to, const void *row)
{
    return name_wrong(to, ((const struct log_numbered_row *)row)->entry);
}

static status name_wrong_waiting(void *to, const void *row)
{
    return name_wrong(to, ((const struct log_unnumbered_row *)row)->entry);
}

static status check_nothing_lost(struct check *c)
{
    if (count_wrong(&c->fold) == 0)
        return OK;
    TRY(sql_log_numbered(c->l->db, (struct sql_log_numbered){ .after = -1 }, name_wrong_numbered, c));
    return sql_log_unnumbered(c->l->db, name_wrong_waiting, c);
}

static status check_all(struct check *c)
{
    TRY(check_entries(c));
    TRY(check_rows(c));
    TRY(sql_log_short_cuts(c->l->db, check_short_cut, c));
    return check_nothing_lost(c);
}

/* Rows are read in the order of their keys, entries by their ids: with 2 MB each of them was read from the file anew. */
enum { CACHE_KILOBYTES = 128 << 10 };

status audit_verify(struct ledger *l, const struct table *const *list, struct audit *audit)
{
    struct check c = { .l = l, .audit = audit, .list = list, .key = { .max = ENTRY_MAX } };
    status s;

    *audit = (struct audit){ .head = STR(""), .bad = STR("") };
    TRY(tx_begin_read(l->db));
    conn_cache(l->db, CACHE_KILOBYTES);
    c.fold = fold_make();
    s = check_all(&c);
    fold_free(&c.fold);
    out_free(&c.key);
    tx_rollback(l->db);
    conn_cache(l->db, 0);
    return s;
}
