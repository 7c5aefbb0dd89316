/* The house's key was turned: marks on records of banks and of the lists that go out. */
#include "bank_store.h"
#include "exchange.h"
#include "matches.h"
#include "seen_kept.h"

#include "../ledger/turn.h"

enum { MARK_BYTES = 16, PLACE_BYTES = 24 };

/* -- a place: two numbers, or a number and an id ---------------------------------------------------------------------------------- */

static i64 number_at(struct str place, size_t at)
{
    uint64_t n = 0;

    for (size_t i = 8; place.n >= at + 8 && i-- > 0;)
        n = n << 8 | (uint8_t)place.at[at + i];
    return (i64)n;
}

static struct str place_of(struct arena *a, i64 number, struct str rest)
{
    struct le64 n = vault_le64(number);
    char *at = arena_alloc(a, sizeof n.b + rest.n);

    memcpy(at, n.b, sizeof n.b);
    memcpy(at + sizeof n.b, rest.at, rest.n);
    return str_of(at, sizeof n.b + rest.n);
}

/* -- records of banks ---------------------------------------------------------------------------------------------------------------- */

/* Those of one bank share a version, so a page is of one bank. */
static size_t of_first_bank(const struct bank_hashes_rows *rows)
{
    size_t n = 0;

    while (n < rows->n && rows->at[n].bank == rows->at[0].bank)
        n++;
    return n;
}

static bool is_old(struct key_turn *t, const struct bank_hashes_row *r)
{
    return r->gen != house_now(t->l->house)->kgen && record_check(t->l->house, r) == OK;
}

static status mark_anew(struct key_turn *t, const struct bank_hashes_rows *rows, size_t n)
{
    struct record_pen pen;

    TRY(act_begin(t->l, (struct act_info){ .act = "key.seal", .now = t->now }));
    TRY(record_begin(t->l, rows->at[0].bank, t->now, &pen));
    for (size_t i = 0; i < n; i++)
        if (is_old(t, &rows->at[i]))
            TRY(record_mark_anew(&pen, &rows->at[i]));
    TRY(record_marks_end(&pen));
    return act_commit(t->l);
}

static status bank_page(struct key_turn *t)
{
    struct bank_hashes_rows rows;
    struct id after = id_zero();
    size_t n, old = 0;

    if (t->after.n == PLACE_BYTES)
        (void)id_of_bytes(str_from(t->after, 8), &after);
    TRY(sql_bank_hashes_after(t->l->db, (struct sql_bank_hashes_after){ .bank = number_at(t->after, 0), .after = after }, &rows));
    n = of_first_bank(&rows);
    t->end = n == 0;
    if (t->end)
        return OK;
    for (size_t i = 0; i < n; i++) {
        key_count_line(t, KEY_HASHES, rows.at[i].gen, 1);
        old += is_old(t, &rows.at[i]);
    }
    fail_clear();
    if (t->move && old > 0)
        TRY(mark_anew(t, &rows, n));
    t->after = place_of(t->l->arena, rows.at[n - 1].bank, id_bytes(&rows.at[n - 1].id));
    return OK;
}

/* -- records of the lists that go out ------------------------------------------------------------------------------------------------- */

static const struct house_keys *line_of(const struct house *h, const struct exchange_records_row *r)
{
    struct key mark;

    for (size_t i = h->n; i-- > 0;) {
        exchange_mark(&h->gen[i], r, &mark);
        if (r->mark.n == MARK_BYTES && vault_same(r->mark.at, mark.b, MARK_BYTES))
            return &h->gen[i];
    }
    return NULL;
}

static status list_record(struct key_turn *t, const struct exchange_records_row *r)
{
    const struct house_keys *line = line_of(t->l->house, r), *now = house_now(t->l->house);
    struct key mark;

    if (line == NULL) {
        t->other[KEY_HASHES]++;
        return OK;
    }
    key_count_line(t, KEY_HASHES, line->kgen, 1);
    if (!t->move || line == now)
        return OK;
    exchange_mark(now, r, &mark);
    return sql_exchange_record_mark(t->l->db, (struct sql_exchange_record_mark){ .list = r->list, .no = r->no,
                                    .mark = str_of(mark.b, MARK_BYTES), .was = r->mark }, &(i64){ 0 });
}

static status list_page(struct key_turn *t)
{
    struct exchange_records_rows rows;
    const struct exchange_records_row *last;
    struct le64 no;

    TRY(sql_exchange_records_after(t->l->db, (struct sql_exchange_records_after){ .list = t->after.n ? number_at(t->after, 0) : -1,
                                                                                 .after = number_at(t->after, 8) }, &rows));
    t->end = rows.n == 0;
    if (t->end)
        return OK;
    if (t->move)
        TRY(tx_begin(t->l->db));
    for (size_t i = 0; i < rows.n; i++)
        TRY(list_record(t, &rows.at[i]));
    last = &rows.at[rows.n - 1];
    no = vault_le64(last->no);
    t->after = place_of(t->l->arena, last->list, le64_str(&no));
    return t->move ? tx_commit(t->l->db) : OK;
}

const struct key_step match_steps[] = {
    { "bank_hashes", bank_page },
    { "exchange_records", list_page },
    { "seen_hashes", seen_later_turn },
    { 0 }
};
