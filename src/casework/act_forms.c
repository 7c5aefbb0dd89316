/* Acts and papers: an act waits for its forms, and submits, approves or returns their papers in one go, so that neither says
   something that the other does not. */
#include "act_forms.h"

static bool next_form(struct str *rest, struct str *form)
{
    while (str_cut(rest, ' ', form))
        if (form->n)
            return true;
    return false;
}

static bool finished(struct str state)
{
    return str_is(state, "done") || str_is(state, "submitted") || str_is(state, "approved");
}

/* What a paper has to be for an act, and what it may be already since somebody decided it on its own page. */
static const struct { const char *from, *already; enum paper_act act; } steps[] = {
    [WANT_DONE] = { "done", "submitted", PAPER_SUBMIT }, [WANT_SUBMITTED] = { "submitted", "approved", PAPER_APPROVE },
    [WANT_TO_RETURN] = { "submitted", "returned", PAPER_RETURN },
};

static bool counts(const struct papers_row *row, enum paper_want want, i64 since)
{
    if (want == WANT_FINISHED)
        return finished(row->state);
    if (want == WANT_FRESH)
        return finished(row->state) && row->finished.has && row->finished.v >= since;
    return str_is(row->state, steps[want].from) || str_is(row->state, steps[want].already);
}

/* Of papers that go along, only the newest counts: an approved plan stands for no later one. */
static status newest(struct ctx *c, const struct casefile *f, struct str form, struct papers_row *row)
{
    struct papers_rows rows;

    TRY(sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = f->row.id, .form = form }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && !str_is(rows.at[i].state, "void")) {
            *row = rows.at[i];
            return OK;
        }
    return NOT_FOUND;
}

static status any_counts(struct ctx *c, const struct casefile *f, struct str form, enum paper_want want, i64 since, bool *there)
{
    struct papers_rows rows;

    *there = false;
    TRY(sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = f->row.id, .form = form }, &rows));
    for (size_t i = 0; i < rows.n && !(want > WANT_FRESH && i > 0 && !str_is(rows.at[i - 1].state, "void")); i++)
        *there |= !rows.at[i].altered && counts(&rows.at[i], want, since);
    return OK;
}

/* Nobody approves or returns what they finished themselves. */
static bool is_own(const struct ctx *c, const struct papers_row *row, enum paper_want want)
{
    return want > WANT_DONE && str_is(row->state, "submitted") && row->finished_by.has && id_eq(row->finished_by.v, c->actor.user);
}

static struct str title_of(struct ctx *c, const struct casefile *f, struct str form)
{
    struct case_forms list;

    if (papers_forms(c, f, &list) == OK)
        for (size_t i = 0; i < list.n; i++)
            if (str_eq(list.at[i].name, form) && list.at[i].form != NULL)
                return paper_form_title(c, list.at[i].form);
    return form;
}

static status look(struct ctx *c, const struct casefile *f, struct str forms, enum paper_want want, i64 since,
                   struct form_missing *missing)
{
    struct str form;

    while (missing->title.n == 0 && next_form(&forms, &form)) {
        struct papers_row row;
        bool there, own;

        TRY(any_counts(c, f, form, want, since, &there));
        own = there && want > WANT_DONE && newest(c, f, form, &row) == OK && is_own(c, &row, want);
        if (!there || own)
            *missing = (struct form_missing){ form, title_of(c, f, form), own ? WANT_OTHER_PERSON : want };
    }
    return OK;
}

/* Since when the track stands where it stands; 0 where it never moved. */
static status since_of(struct ctx *c, const struct casefile *f, size_t track, i64 *since)
{
    struct case_states_rows rows;

    *since = 0;
    TRY(sql_states_open(c->ledger, (struct sql_states_open){ .case_id = f->row.id }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && str_eq(rows.at[i].track, f->process->tracks[track].code))
            *since = rows.at[i].since;
    return OK;
}

status act_form_missing(struct ctx *c, const struct casefile *f, const struct process_act *act, struct form_missing *missing)
{
    i64 since;

    *missing = (struct form_missing){ .title = STR_NULL };
    if (act->form.n + act->submits.n + act->approves.n + act->returns.n == 0)
        return OK;
    TRY(since_of(c, f, act->track, &since));
    TRY(look(c, f, act->form, act->fresh ? WANT_FRESH : WANT_FINISHED, since, missing));
    TRY(look(c, f, act->submits, WANT_DONE, since, missing));
    TRY(look(c, f, act->approves, WANT_SUBMITTED, since, missing));
    return look(c, f, act->returns, WANT_TO_RETURN, since, missing);
}

static status follow(struct ctx *c, struct casefile *f, struct str forms, enum paper_want want, struct str words)
{
    struct str form;

    while (next_form(&forms, &form)) {
        struct papers_row row;

        TRY(newest(c, f, form, &row));
        if (str_is(row.state, steps[want].from))
            TRY(paper_follow(c, f, form, steps[want].act, words));
    }
    return OK;
}

status act_papers_go_along(struct ctx *c, struct casefile *f, const struct process_act *act, struct str words)
{
    TRY(follow(c, f, act->submits, WANT_DONE, words));
    TRY(follow(c, f, act->approves, WANT_SUBMITTED, words));
    return follow(c, f, act->returns, WANT_TO_RETURN, words);
}
