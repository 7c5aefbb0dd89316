/* Reading the lists that go out, page by page. */
#include "exchange.h"

#include "../base/log.h"

#include "matches.sql.h"

/* -- windows ------------------------------------------------------------------------------------------------------------------------ */

static status no_before(struct ledger *l, i64 list, i64 at, i64 *no)
{
    struct exchange_no_before_row row;
    status s = sql_exchange_no_before(l->db, (struct sql_exchange_no_before){ .list = list, .at = at }, &row);

    *no = s == OK ? row.no : 0;
    return s == NOT_FOUND ? OK : s;
}

static status head_of(struct ledger *l, i64 list, struct exchange_heads_row *head)
{
    status s = sql_exchange_head(l->db, (struct sql_exchange_head){ .list = list }, head);

    if (s == NOT_FOUND)
        *head = (struct exchange_heads_row){ .list = list };
    return s == NOT_FOUND ? OK : s;
}

status exchange_since(struct ledger *l, i64 list, i64 since, struct exchange_window *w)
{
    struct exchange_heads_row head;

    TRY(head_of(l, list, &head));
    *w = (struct exchange_window){ .list = list, .upto = head.no, .head = head.at };
    return no_before(l, list, since, &w->after);
}

status exchange_between(struct ledger *l, i64 list, i64 from, i64 to, struct exchange_window *w)
{
    struct exchange_heads_row head;
    i64 raised;

    TRY(head_of(l, list, &head));
    if (head.at < to - 1) {
        TRY(tx_begin(l->db));
        TRY(sql_exchange_head_add(l->db, (struct sql_exchange_head_add){ .list = list }));
        TRY(sql_exchange_head_raise(l->db, (struct sql_exchange_head_raise){ .list = list, .at = to - 1 }, &raised));
        TRY(tx_commit(l->db));
    }
    *w = (struct exchange_window){ .list = list, .head = to - 1 };
    TRY(no_before(l, list, from, &w->after));
    return no_before(l, list, to, &w->upto);
}

/* -- records ------------------------------------------------------------------------------------------------------------------------- */

struct reading {
    const struct exchange_reader *reader;
    struct exchange_page *page;
    i64 most;
};

/* CONFLICT ends the page: nothing is wrong, only full. */
static status see(void *to, const void *row)
{
    struct reading *r = to;
    const struct exchange_records_row *record = row;

    if (r->page->n == r->most) {
        r->page->more = true;
        return CONFLICT;
    }
    r->page->last = record->no;
    r->page->last_at = record->at;
    if (!exchange_mark_right(r->reader->house, record)) {
        log_error("exchange", "ALARM record %lld of list %lld is not ours: it is not given out", (long long)record->no, (long long)record->list);
        return OK;
    }
    r->page->n++;
    if (r->reader->each(r->reader->to, record))
        return OK;
    r->page->more = true;
    return CONFLICT;
}

static status run(struct ledger *l, const struct exchange_window *w, struct reading *r)
{
    i64 after = w->after, upto = w->upto, most = r->most + 1;

    switch (r->reader->kind) {
    case KIND_STOPNCII:
        return sql_exchange_page_stopncii(l->db, (struct sql_exchange_page_stopncii){ w->list, after, upto, most }, see, r);
    case KIND_NCMEC:
        return sql_exchange_page_ncmec(l->db, (struct sql_exchange_page_ncmec){ w->list, after, upto, most }, see, r);
    default:
        return sql_exchange_page_all(l->db, (struct sql_exchange_page_all){ w->list, after, upto, most }, see, r);
    }
}

status exchange_read(struct ledger *l, const struct exchange_window *w, i64 most, struct exchange_reader reader, struct exchange_page *page)
{
    struct reading r = { .reader = &reader, .page = page, .most = most };
    status s;

    *page = (struct exchange_page){ .last = w->after };
    s = run(l, w, &r);
    if (s == CONFLICT && page->more)
        s = OK;
    if (s == OK && !page->more)
        page->last = w->upto;
    return s;
}

status exchange_record(struct ledger *l, i64 list, struct id key, struct exchange_records_row *r)
{
    TRY(sql_exchange_record_of(l->db, (struct sql_exchange_record_of){ .list = list, .key = key }, r));
    return exchange_mark_right(l->house, r) ? OK : fail(NOT_FOUND, "the record was put there by another hand");
}

/* -- tokens ----------------------------------------------------------------------------------------------------------------------------- */

enum { TOKEN_NUMBERS = 5, TOKEN_MARK = 16, TOKEN_BYTES = TOKEN_NUMBERS * 8 + TOKEN_MARK };

static void token_mark(const struct house_keys *keys, const struct partner *p, const uint8_t *numbers, struct key *mark)
{
    vault_hash(mark, &keys->mac, "exchange-page", PARTS(id_bytes(&p->org), str_of(p->sandbox ? "s" : "p", 1), str_of(numbers, TOKEN_NUMBERS * 8)));
}

struct str exchange_token_text(struct ctx *c, const struct partner *p, const struct exchange_token *t)
{
    const i64 numbers[TOKEN_NUMBERS] = { t->since, t->at.list, t->at.after, t->at.upto, t->at.head };
    uint8_t bytes[TOKEN_BYTES];
    struct key mark;

    for (size_t i = 0; i < TOKEN_NUMBERS; i++)
        memcpy(bytes + i * 8, vault_le64(numbers[i]).b, 8);
    token_mark(house_now(c->ledger->house), p, bytes, &mark);
    memcpy(bytes + TOKEN_NUMBERS * 8, mark.b, TOKEN_MARK);
    return vault_base64url(c->arena, str_of(bytes, sizeof bytes));
}

static i64 number_at(const uint8_t *bytes)
{
    uint64_t n = 0;

    for (int i = 8; i-- > 0;)
        n = n << 8 | bytes[i];
    return (i64)n;
}

bool exchange_token_read(struct ctx *c, const struct partner *p, struct str text, struct exchange_token *t)
{
    const struct house *house = c->ledger->house;
    uint8_t bytes[TOKEN_BYTES];
    bool right = false;
    struct key mark;

    if (!vault_base64url_read(text, bytes, sizeof bytes))
        return false;
    for (size_t i = 0; i < house->n; i++) {
        token_mark(&house->gen[i], p, bytes, &mark);
        right |= vault_same(mark.b, bytes + TOKEN_NUMBERS * 8, TOKEN_MARK);
    }
    *t = (struct exchange_token){ .since = number_at(bytes), .at = { number_at(bytes + 8), number_at(bytes + 16), number_at(bytes + 24),
                                                                    number_at(bytes + 32) } };
    return right && t->at.list == exchange_list(p->sandbox);
}
