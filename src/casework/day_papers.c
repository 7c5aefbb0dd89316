/* Forms in the caseworker's day: what the next step of a case demands and nobody has finished yet. */
#include "day.h"

#include "papers.h"

#include <stdlib.h>

static int by_case(const void *a, const void *b)
{
    const struct papers_row *x = a, *y = b;

    return memcmp(x->case_id.b, y->case_id.b, sizeof x->case_id.b);
}

status day_papers(struct ctx *c, struct papers_rows *papers)
{
    TRY(sql_papers_carried(c->ledger, (struct sql_papers_carried){ .worker = c->actor.user, .now = c->now }, papers));
    if (papers->n)
        qsort(papers->at, papers->n, sizeof *papers->at, by_case);
    return OK;
}

/* The papers of one case among those sorted by case. */
static struct papers_rows of_case(const struct papers_rows *all, struct id case_id)
{
    struct papers_rows own = { 0 };
    size_t from = 0, to = all->n;

    if (all->n == 0)
        return own;
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (memcmp(all->at[middle].case_id.b, case_id.b, sizeof case_id.b) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    own.at = all->at + from;
    while (from + own.n < all->n && id_eq(own.at[own.n].case_id, case_id))
        own.n++;
    return own;
}

static bool is_known(const struct due_forms *due, struct str name)
{
    for (size_t i = 0; i < due->n; i++)
        if (str_eq(due->at[i].name, name))
            return true;
    return false;
}

struct str day_form_title(struct ctx *c, struct str name)
{
    struct case_form form;

    if (papers_newest(c, name, &form) == OK)
        return paper_form_title(c, form.form);
    fail_clear();
    return name;
}

/* Due unless a paper serves; begun or sent back, it goes on there. */
static void add_form(struct ctx *c, const struct papers_rows *own, struct demand demand, struct due_forms *due)
{
    struct due_form form = { .name = demand.form };

    if (demand.form.n == 0 || is_known(due, demand.form) || due->n == COUNT_OF(due->at))
        return;
    for (size_t i = 0; i < own->n; i++) {
        const struct papers_row *row = &own->at[i];

        if (!str_eq(row->form, demand.form) || row->altered)
            continue;
        if (paper_serves(row, demand.act, demand.since))
            return;
        if (!str_is(row->state, "draft") && !str_is(row->state, "returned"))
            continue;
        form.paper = (struct opt_id){ true, row->id };
        form.returned = str_is(row->state, "returned");
    }
    form.title = day_form_title(c, form.name);
    due->at[due->n++] = form;
}

status day_due_forms(struct ctx *c, const struct papers_rows *papers, const struct day_step *step, struct due_forms *due)
{
    static const struct process_act fill_in = { .fresh = false };
    struct papers_rows own = of_case(papers, step->file->case_id);
    struct str rest = step->act ? step->act->form : STR(""), name;
    bool asked = false;
    i64 since = 0;

    *due = (struct due_forms){ .n = 0 };
    if (step->act != NULL && step->act->fresh)
        TRY(stands_since(c, step->file->case_id, step->process->tracks[step->act->track].code, &since));
    while (str_cut(&rest, ' ', &name)) {
        add_form(c, &own, (struct demand){ name, step->act, since }, due);
        asked |= str_eq(name, step->state->form);
    }
    due->demanded = due->n;
    if (!asked)
        add_form(c, &own, (struct demand){ step->state->form, &fill_in, 0 }, due);
    return OK;
}
