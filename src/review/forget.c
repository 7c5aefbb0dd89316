/* The words of messages are kept for the days of content/review/rules.txt; the reasons, scores and verdicts stay. */
#include "words.h"

#include "../base/log.h"

#include "review.sql.h"

/* Ids of partners' things begin with their time (UUIDv7, RFC 9562): all before this one came before `ms`. */
static struct id id_at(i64 ms)
{
    struct id id = { 0 };

    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    return id;
}

/* One row that another hand altered (it is alarmed) does not keep the words of all that came after it. */
static status forget_one(struct ledger *l, struct id id, i64 now)
{
    status s = seen_forget_words(l, id, now);

    if (s != BROKEN)
        return s;
    act_abort(l);
    log_warn("review", "the words of a message could not be taken out: %s", fail_message());
    fail_clear();
    return OK;
}

static status forget_some(struct ledger *l, i64 now, size_t *n)
{
    struct sql_review_seen_between in = { .after = id_zero(), .before = id_at(now - review_figures()->words_days * DAY_MS) };
    struct review_seen_between_rows rows;
    struct review_after_row after;
    status s = sql_review_after(l->db, &after);

    if (s != OK && s != NOT_FOUND)
        return s;
    if (s == OK)
        in.after = after.after;
    TRY(sql_review_seen_between(l->db, in, &rows));
    *n = rows.n;
    for (size_t i = 0; i < rows.n; i++)
        TRY(forget_one(l, rows.at[i].id, now));
    if (rows.n == 0)
        return OK;
    TRY(tx_begin(l->db));
    TRY(sql_review_after_put(l->db, (struct sql_review_after_put){ .after = rows.at[rows.n - 1].id }));
    return tx_commit(l->db);
}

status review_forget(struct ledger *l, const struct app *app, i64 now)
{
    size_t n;

    (void)app;
    do
        TRY(forget_some(l, now, &n));
    while (n > 0);
    return OK;
}
