/* Where papers and the process meet: an act may demand finished forms, and may submit, approve or return them. */
#include "paper_work.h"

/* -- what an act demands --------------------------------------------------------------------------------------------------------------- */

static struct str form_title(struct ctx *c, const struct casefile *f, struct str name)
{
    struct case_forms forms;

    if (papers_forms(c, f, &forms) != OK) {
        fail_clear();
        return name;
    }
    for (size_t i = 0; i < forms.n; i++)
        if (str_eq(forms.at[i].name, name))
            return paper_form_title(c, forms.at[i].form);
    return name;
}

status stands_since(struct ctx *c, struct id case_id, struct str track, i64 *since)
{
    struct case_states_rows rows;

    *since = 0;
    TRY(sql_states_open(c->ledger, (struct sql_states_open){ .case_id = case_id }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && str_eq(rows.at[i].track, track))
            *since = rows.at[i].since;
    return OK;
}

/* The act sends papers of this form to whoever approves: what was approved in an earlier round is no new plan. */
static bool submits(const struct process_act *act, struct str form)
{
    struct str rest = act->papers, word;

    if (!str_cut(&rest, ' ', &word) || !str_is(word, "submit"))
        return false;
    while (str_cut(&rest, ' ', &word))
        if (str_eq(word, form))
            return true;
    return false;
}

static bool is_finished(struct str state)
{
    return str_is(state, "done") || str_is(state, "submitted") || str_is(state, "approved");
}

/* A review that was written in an earlier round says nothing of this one. */
bool paper_serves(const struct papers_row *row, const struct process_act *act, i64 since)
{
    if (row->altered || !is_finished(row->state) || (submits(act, row->form) && str_is(row->state, "approved")))
        return false;
    return !act->fresh || (row->finished.has && row->finished.v >= since);
}

static status is_there(struct ctx *c, const struct casefile *f, const struct process_act *act, struct str form, bool *there)
{
    struct papers_rows rows;
    i64 since = 0;

    *there = false;
    if (act->fresh)
        TRY(stands_since(c, f->row.id, f->process->tracks[act->track].code, &since));
    TRY(sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = f->row.id, .form = form }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        *there |= paper_serves(&rows.at[i], act, since);
    return OK;
}

status papers_missing(struct ctx *c, const struct casefile *f, const struct process_act *act, struct strs *titles)
{
    struct str rest = act->form, name;

    *titles = (struct strs){ .at = NEW_N(c->arena, struct str, act->form.n + 1) };
    while (str_cut(&rest, ' ', &name)) {
        bool there = true;

        if (name.n)
            TRY(is_there(c, f, act, name, &there));
        if (!there)
            titles->at[titles->n++] = form_title(c, f, name);
    }
    return OK;
}

/* -- what it does with papers ------------------------------------------------------------------------------------------------------------ */

/* "submit mau-04 mau-05": the word, and the rest. False where the act does nothing with papers. */
static bool work_of(const struct process_act *act, enum paper_act *what, struct str *forms)
{
    static const struct { const char *word; enum paper_act act; } words[] = {
        { "submit", PAPER_SUBMIT }, { "approve", PAPER_APPROVE }, { "return", PAPER_RETURN },
    };
    struct str word;

    *forms = act->papers;
    if (!str_cut(forms, ' ', &word))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(word, words[i].word)) {
            *what = words[i].act;
            return true;
        }
    return false;
}

/* Where the process submits, approves or returns a form, that is the only way: else a supervisor decides in the chair's place, or a
   plan is approved whose paper went back meanwhile. */
bool papers_ruled(const struct casefile *f, struct str form, enum paper_act what)
{
    for (size_t i = 0; f->process != NULL && i < f->process->n_acts; i++) {
        enum paper_act of;
        struct str forms, name;

        if (!work_of(&f->process->acts[i], &of, &forms) || of != what)
            continue;
        while (str_cut(&forms, ' ', &name))
            if (str_eq(name, form))
                return true;
    }
    return false;
}

/* What is sent back and was never submitted is with its writer already; what is submitted or approved must be there to be. */
static bool may_lack(enum paper_act what)
{
    return what == PAPER_RETURN;
}

status papers_behind(struct ctx *c, const struct casefile *f, const struct process_act *act, struct strs *titles)
{
    enum paper_act what;
    struct str forms, name;

    *titles = (struct strs){ .at = NEW_N(c->arena, struct str, act->papers.n + 1) };
    if (!work_of(act, &what, &forms) || may_lack(what))
        return OK;
    while (str_cut(&forms, ' ', &name)) {
        bool fits = true;

        if (name.n)
            TRY(paper_fits(c, f->row.id, name, what, &fits));
        if (!fits)
            titles->at[titles->n++] = form_title(c, f, name);
    }
    return OK;
}

status papers_follow(struct ctx *c, struct casefile *f, const struct process_act *act, struct str words)
{
    enum paper_act what;
    struct str forms, name;

    if (!work_of(act, &what, &forms))
        return OK;
    while (str_cut(&forms, ' ', &name)) {
        bool fits = false;

        if (name.n)
            TRY(paper_fits(c, f->row.id, name, what, &fits));
        if (fits)
            TRY(paper_follow(c, f, name, what, words));
        else if (name.n && !may_lack(what))
            return fail(INVALID, "no paper of %.*s is far enough for this act", (int)name.n, name.at);
    }
    return OK;
}

status papers_own(struct ctx *c, const struct casefile *f, const struct process_act *act, bool *own)
{
    enum paper_act what;
    struct str forms, name;

    *own = false;
    if (!work_of(act, &what, &forms) || what == PAPER_SUBMIT)
        return OK;
    while (str_cut(&forms, ' ', &name)) {
        struct papers_rows rows;

        TRY(sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = f->row.id, .form = name }, &rows));
        for (size_t i = 0; i < rows.n; i++)
            *own |= !rows.at[i].altered && str_is(rows.at[i].state, "submitted") && rows.at[i].finished_by.has &&
                    id_eq(rows.at[i].finished_by.v, c->actor.user);
    }
    return OK;
}
