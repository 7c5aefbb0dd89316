/* Verdicts: one act each, and what follows for the thing that was seen. */
#include "words.h"

#include "../people/rights.h"

#include "review.sql.h"
#include "tables.sql.h"

static struct key words_ctx(struct id seen, i64 no)
{
    return vault_ctx("verdict", PARTS(id_bytes(&seen), str_of(&no, sizeof no)));
}

static struct key words_ctx_of(const void *row)
{
    const struct verdicts_row *v = row;

    return words_ctx(v->seen, v->no);
}

const struct key_box verdict_boxes[] = {
    { &table_verdicts, "words", words_ctx_of },
    { 0 }
};

/* A reason may tell of a child: it lies under the house's key, tried with each line of it. */
static struct str words_open(struct ctx *c, const struct verdicts_row *row)
{
    const struct house *h = c->ledger->house;
    struct str words;

    for (size_t i = h->n; row->words.n && i-- > 0;)
        if (vault_unbox(c->arena, &h->gen[i].job, words_ctx(row->seen, row->no), row->words, &words) == OK)
            return words;
    fail_clear();
    return STR("");
}

status verdicts_said(struct ctx *c, struct id seen, struct verdicts_said *list)
{
    struct verdicts_rows rows;

    TRY(sql_verdicts_of(c->ledger, (struct sql_verdicts_of){ .seen = seen }, &rows));
    *list = (struct verdicts_said){ .at = NEW_N(c->arena, struct verdict_said, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++) {
        const struct verdicts_row *row = &rows.at[i];

        if (row->altered || verdict_of(row->verdict) == VERDICTS)
            return fail(BROKEN, "a verdict was altered");
        list->at[list->n++] = (struct verdict_said){ .verdict = verdict_of(row->verdict), .by = row->by, .reason = row->reason,
                                                     .words = words_open(c, row), .at = row->at, .blind = row->blind };
    }
    return OK;
}

/* Which things go to a second person without the first verdict is drawn from the id by the house's key: nobody can tell beforehand. */
static bool drawn_blind(struct ctx *c, struct id seen)
{
    struct key mark;
    uint32_t n;

    vault_hash(&mark, &house_now(c->ledger->house)->job, "review-blind", PARTS(id_bytes(&seen)));
    memcpy(&n, mark.b, sizeof n);
    return review_figures()->blind > 0 && n % (uint32_t)review_figures()->blind == 0;
}

struct review_standing review_standing(struct ctx *c, const struct seen_item *item, const struct verdicts_said *list)
{
    struct review_standing s = { .state = item->state, .n = list->n, .reviewer = may(c, MAY_REVIEW_LISTS) };

    s.blind = list->n ? list->at[0].blind : drawn_blind(c, item->id);
    s.first = list->n ? list->at[0].verdict : VERDICTS;
    for (size_t i = 0; i < list->n; i++)
        s.mine = s.mine || id_eq(list->at[i].by, c->actor.user);
    return s;
}

static struct act_info act_of(struct ctx *c, const char *name, struct id seen)
{
    return (struct act_info){ .act = name, .now = c->now, .actor = c->actor.user, .object = seen };
}

status verdict_give(struct ctx *c, const struct verdict_new *v, const char **state)
{
    struct seen_detail d;
    struct verdicts_said list;
    struct review_standing s;
    struct verdicts_row row = { .seen = v->seen, .by = c->actor.user, .verdict = str_c(verdict_code(v->verdict)), .reason = v->reason,
                                .words = STR(""), .at = c->now };

    TRY(act_begin(c->ledger, act_of(c, "review.verdict", v->seen)));
    TRY(seen_get(c->ledger, v->seen, &d));
    TRY(verdicts_said(c, v->seen, &list));
    s = review_standing(c, &d.item, &list);
    if (review_bar(&s) != REVIEW_FINE || !str_eq(d.item.state, v->was))
        return fail(CONFLICT, "not this reader's to decide, or decided meanwhile");
    row.no = (i64)list.n + 1;
    row.blind = s.blind;
    if (v->words.n)
        row.words = vault_box(c->arena, &house_now(c->ledger->house)->job, words_ctx(v->seen, row.no), v->words);
    *state = review_next(&s, v->verdict);
    TRY(row_insert(c->ledger, &table_verdicts, &row));
    TRY(seen_decide(c->ledger, &(struct seen_verdict){ .id = v->seen, .by = c->actor.user, .was = v->was, .state = str_c(*state), .now = c->now }));
    return act_commit(c->ledger);
}

status verdicts_today(struct ctx *c, i64 *n)
{
    struct verdicts_today_row row;

    TRY(sql_verdicts_today(c->ledger->db, (struct sql_verdicts_today){ .by = c->actor.user, .since = clock_local_day(c->now) }, &row));
    *n = row.n;
    return OK;
}

enum { LOOK_AHEAD = 100 };

status review_next_id(struct ctx *c, bool sandbox, struct id *id)
{
    struct seen_paging p = { .state = STR(""), .sandbox = sandbox, .limit = LOOK_AHEAD };
    struct seen_items items;
    struct verdicts_said list;

    TRY(seen_list(c->ledger, &p, &items));
    for (size_t i = 0; i < items.n; i++) {
        struct review_standing s;

        TRY(verdicts_said(c, items.at[i].id, &list));
        s = review_standing(c, &items.at[i], &list);
        *id = items.at[i].id;
        if (review_bar(&s) == REVIEW_FINE)
            return OK;
    }
    return NOT_FOUND;
}
