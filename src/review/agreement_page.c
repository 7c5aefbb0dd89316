/* /review/agreement: how far two people agree where the second did not know the first verdict. */
#include "words.h"

#include "review.sql.h"
#include "review_pages.h"
#include "texts.h"

enum { MONTHS_DAYS = 365, FEW = 30 };

static status read_table(struct ctx *c, i64 table[VERDICTS][VERDICTS])
{
    struct verdict_pairs_rows rows;

    TRY(sql_verdict_pairs(c->ledger->db, (struct sql_verdict_pairs){ .since = c->now - MONTHS_DAYS * DAY_MS }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        enum verdict a = verdict_of(rows.at[i].first), b = verdict_of(rows.at[i].second);

        if (a < VERDICTS && b < VERDICTS)
            table[a][b] = rows.at[i].n;
    }
    return OK;
}

static struct str number(struct ctx *c, double value)
{
    struct str text = arena_f(c->arena, "%.2f", value);
    char *comma = memchr((char *)(uintptr_t)text.at, '.', text.n);

    if (comma != NULL && c->lang == LANG_VI)
        *comma = ',';
    return text;
}

static struct review_measure measure_view(struct ctx *c, int name, const struct measure *m)
{
    if (!m->known)
        return (struct review_measure){ .name = name };
    return (struct review_measure){ name, number(c, m->value), number(c, m->low), number(c, m->high) };
}

static void fill_table(struct ctx *c, i64 table[VERDICTS][VERDICTS], struct review_agreement_view *v)
{
    v->rows.at = NEW_N(c->arena, struct review_row, VERDICTS);
    for (v->rows.n = 0; v->rows.n < VERDICTS; v->rows.n++) {
        struct review_row *row = &v->rows.at[v->rows.n];

        row->verdict = verdict_text((enum verdict)v->rows.n);
        for (size_t k = 0; k < VERDICTS; k++)
            row->cell[k] = (struct review_cell){ table[v->rows.n][k], k == v->rows.n };
    }
}

status review_agreement_show(struct ctx *c)
{
    struct review_agreement_view v = { .one_in = review_figures()->blind };
    i64 table[VERDICTS][VERDICTS] = { 0 };
    struct agreement a;

    TRY(read_table(c, table));
    a = review_agreement(table);
    v.pairs = a.pairs;
    v.same = a.same;
    v.few = a.pairs < FEW;
    fill_table(c, table, &v);
    v.measures.at = NEW_N(c->arena, struct review_measure, 2);
    v.measures.at[v.measures.n++] = measure_view(c, T_REVIEW_AGREEMENT_AC1, &a.ac1);
    v.measures.at[v.measures.n++] = measure_view(c, T_REVIEW_AGREEMENT_KAPPA, &a.kappa);
    TRY(people_nav(c, &v.nav, STAFF_REVIEW));
    return page(c, tpl_review_agreement, &v);
}
