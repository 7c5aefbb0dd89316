/* What was sent and received, newest first, and what of it waits for the reader. */
#include "referral.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50 };

static int newest_first(const void *a, const void *b)
{
    const struct referrals_row *x = a, *y = b;

    if (x->sent != y->sent)
        return x->sent > y->sent ? -1 : 1;
    return memcmp(y->id.b, x->id.b, sizeof x->id.b);
}

static status of_unit(struct ctx *c, const struct referrals_query *q, struct id unit, struct referrals_rows *rows)
{
    i64 before = q->before ? q->before : INT64_MAX;

    if (q->sent)
        return sql_referrals_sent(c->ledger, (struct sql_referrals_sent){ .unit = unit, .state = q->state, .before = before,
                                                                          .id = q->id }, rows);
    return sql_referrals_received(c->ledger, (struct sql_referrals_received){ .unit = unit, .state = q->state, .before = before,
                                                                              .id = q->id }, rows);
}

status referrals_list(struct ctx *c, const struct referrals_query *q, struct referrals_page *page)
{
    *page = (struct referrals_page){ .at = NEW_N(c->arena, struct referrals_row, (PAGE_ROWS + 1) * ACTOR_UNITS) };
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct referrals_rows rows;

        TRY(of_unit(c, q, c->actor.units[u], &rows));
        for (size_t i = 0; i < rows.n; i++)
            if (!rows.at[i].altered)
                page->at[page->n++] = rows.at[i];
    }
    if (page->n)
        qsort(page->at, page->n, sizeof *page->at, newest_first);
    page->more = page->n > PAGE_ROWS;
    page->n = page->more ? PAGE_ROWS : page->n;
    return OK;
}

status referrals_count(struct ctx *c, i64 *n)
{
    *n = 0;
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct referrals_waiting_row waiting;
        struct referrals_asked_row asked = { 0 };

        TRY(sql_referrals_waiting(c->ledger->db, (struct sql_referrals_waiting){ .unit = c->actor.units[u] }, &waiting));
        if (may(c, MAY_SUPERVISE))
            TRY(sql_referrals_asked(c->ledger->db, (struct sql_referrals_asked){ .unit = c->actor.units[u],
                                                                               .user = c->actor.user }, &asked));
        *n += waiting.n + asked.n;
    }
    return OK;
}
