/* Records by their number, for the exchange. */
#include "bank_store.h"

status banks_last_seq(struct ledger *l, i64 *seq)
{
    struct bank_work_read_row work;
    status s = sql_bank_work_read(l->db, &work);

    *seq = s == OK ? work.seq : 0;
    return s == NOT_FOUND ? OK : s;
}

status banks_seq_at(struct ledger *l, i64 ms, i64 *seq)
{
    struct bank_version_at_rows rows;

    TRY(banks_last_seq(l, seq));        /* first: a version that comes meanwhile lies behind it */
    TRY(sql_bank_version_at(l->db, (struct sql_bank_version_at){ .at = ms }, &rows));
    *seq = rows.n ? rows.at[0].first_seq : *seq + 1;
    return OK;
}

/* One bank's next records, and how far they have been handed out. */
struct source { struct id bank; struct bank_hashes_rows rows; size_t next; };

static status fill(struct ledger *l, const struct hash_paging *p, const struct banks_row *bank, struct source *s)
{
    *s = (struct source){ .bank = bank->id };
    return sql_bank_hashes_since(l->db, (struct sql_bank_hashes_since){ .bank = bank->no, .after = p->after,
        .upto = p->to ? p->to : INT64_MAX, .most = (i64)p->limit }, &s->rows);
}

static struct source *lowest(struct source *all, size_t n)
{
    struct source *best = NULL;

    for (size_t i = 0; i < n; i++)
        if (all[i].next < all[i].rows.n && (best == NULL || all[i].rows.at[all[i].next].seq < best->rows.at[best->next].seq))
            best = &all[i];
    return best;
}

static status merge(struct ledger *l, const struct hash_paging *p, struct source *all, size_t n, struct hash_records *out)
{
    struct source *s;

    *out = (struct hash_records){ .at = NEW_N(l->arena, struct hash_record, p->limit + 1) };
    while (out->n < p->limit && (s = lowest(all, n)) != NULL) {
        const struct bank_hashes_row *row = &s->rows.at[s->next++];

        TRY(record_check(l->house, row));
        record_of_row(l, s->bank, row, &out->at[out->n++]);
    }
    return OK;
}

/* Several banks are read one after the other: an act between two of these reads must not put its number before one that is
   missing, so nothing beyond the last number known at the beginning is taken. */
static status bounded(struct ledger *l, const struct hash_paging *asked, struct hash_paging *p)
{
    i64 last;

    *p = *asked;
    if (p->limit == 0 || p->limit > BANK_BATCH)
        return fail(INVALID, "a page has 1 to %d records", BANK_BATCH);
    TRY(banks_last_seq(l, &last));
    if (p->to == 0 || p->to > last)
        p->to = last;
    return OK;
}

static status banks_asked(struct ledger *l, const struct hash_paging *p, struct banks_rows *rows)
{
    struct banks_row one = { .id = p->bank };

    if (id_is_zero(p->bank))
        return sql_banks_of(l, (struct sql_banks_of){ .sandbox = p->sandbox }, rows);
    TRY(row_get(l, &table_banks, &one));
    *rows = (struct banks_rows){ .at = NEW(l->arena, struct banks_row), .n = 1 };
    rows->at[0] = one;
    return OK;
}

status banks_changed_since(struct ledger *l, const struct hash_paging *asked, struct hash_records *out)
{
    struct hash_paging p;
    struct banks_rows banks;
    struct source *all;
    size_t n = 0;

    TRY(bounded(l, asked, &p));
    TRY(banks_asked(l, &p, &banks));
    all = NEW_N(l->arena, struct source, banks.n + 1);
    for (size_t i = 0; i < banks.n; i++)
        if (!banks.at[i].altered && !str_is(banks.at[i].state, "proposed"))
            TRY(fill(l, &p, &banks.at[i], &all[n++]));
    return merge(l, &p, all, n, out);
}
