/* What is decided on papers, and what papers conclude. */
#include "paper_work.h"

/* -- states --------------------------------------------------------------------------------------------------------------------------- */

/* who: bits of rights; other: not whoever finished it. */
enum { BY_WRITER = 1, BY_APPROVER = 2 };
static const struct rule {
    const char *act, *event, *from[3], *to;
    int who;
    bool other, words;
} rules[PAPER_ACTS] = {
    [PAPER_FINISH] = { "paper.finish", "paper_done", { "draft", "returned" }, "done", BY_WRITER, false, false },
    [PAPER_REOPEN] = { "paper.reopen", "paper_reopen", { "done" }, "draft", BY_WRITER, false, false },
    [PAPER_SUBMIT] = { "paper.submit", "paper_submitted", { "done" }, "submitted", BY_WRITER, false, false },
    [PAPER_APPROVE] = { "paper.approve", "paper_approved", { "submitted" }, "approved", BY_APPROVER, true, false },
    [PAPER_RETURN] = { "paper.return", "paper_returned", { "submitted" }, "returned", BY_APPROVER, true, true },
    [PAPER_VOID] = { "paper.void", "paper_void", { "draft", "done", "returned" }, "void", BY_WRITER, false, true },
};

static bool is_from(const struct rule *r, struct str state)
{
    for (size_t i = 0; i < COUNT_OF(r->from); i++)
        if (r->from[i] != NULL && str_is(state, r->from[i]))
            return true;
    return false;
}

static bool is_allowed(const struct ctx *c, const struct rule *r)
{
    if (r->who == BY_APPROVER)
        return may(c, MAY_SUPERVISE) || may(c, MAY_APPROVE_PLANS);
    return may(c, MAY_WRITE_CASES);
}

bool paper_allows(const struct ctx *c, const struct papers_row *row, enum paper_act act)
{
    const struct rule *r = &rules[act];
    bool own = row->finished_by.has && id_eq(row->finished_by.v, c->actor.user);

    return is_from(r, row->state) && is_allowed(c, r) && !(r->other && own);
}

bool paper_act_asks(enum paper_act act)
{
    return rules[act].words;
}

static void stamp(const struct ctx *c, struct papers_row *row, enum paper_act act)
{
    struct opt_i64 now = { true, c->now };
    struct opt_id me = { true, c->actor.user };

    if (act == PAPER_FINISH) {
        row->finished = now;
        row->finished_by = me;
    }
    if (act == PAPER_APPROVE || act == PAPER_RETURN) {
        row->decided = now;
        row->decided_by = me;
    }
}

/* A computed level moves a case up in the lists at once; what moves it down is a person's conclusion, with a reason. */
static status raise_level(struct ctx *c, struct case_paper *p)
{
    struct paper_conclusion made;
    i64 level;

    paper_conclusion(p->run, &made);
    level = made.emergency ? 4 : risk_rank(made.computed);
    if (level <= p->file.file.level || !p->file.file.open)
        return OK;
    p->file.file.level = level;
    p->file.file.raised = level;
    TRY(row_update(c->ledger, &table_casefiles, &p->file.file));
    return event_write(c, &p->file.comps, &(struct event){ .what = "raised", .from = p->title, .to = STR(""), .words = STR("") });
}

static status apply(struct ctx *c, struct case_paper *p, const struct paper_step *step)
{
    const struct rule *r = &rules[step->act];

    if (!paper_allows(c, &p->row, step->act))
        return fail(INVALID, "the paper is in another state, or it takes somebody else");
    p->row.state = str_c(r->to);
    stamp(c, &p->row, step->act);
    TRY(row_update(c->ledger, &table_papers, &p->row));
    return paper_tell(c, p, r->event, step->words);
}

/* Whoever finishes a paper without I says with it what nobody has checked: "name; age". */
static struct str unjudged(struct ctx *c, const struct case_paper *p)
{
    struct xform_labels labels = xform_run_unjudged(p->run);
    struct out o = { .max = 1 << 16 };
    struct str text;

    for (size_t i = 0; i < labels.n; i++) {
        out_c(&o, i ? "; " : "");
        out_str(&o, labels.at[i]);
    }
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text;
}

static status step_body(struct ctx *c, struct case_paper *p, void *what)
{
    struct paper_step *step = what;
    struct xform_problems bad;

    if (!p->file.file.open)
        return fail(INVALID, "the case is closed");
    if (papers_ruled(&p->file, p->row.form, step->act))
        return fail(INVALID, "an act of the process does this to the paper");
    if (step->act != PAPER_FINISH)
        return apply(c, p, step);
    TRY(paper_newest_run(c, p));
    bad = xform_run_problems(p->run);
    for (size_t i = 0; i < bad.n; i++)
        if (!(p->closed && str_is(xform_extra(bad.at[i].item, "lachan:compartment"), "I")))
            return fail(INVALID, "the paper has answers that are missing or wrong");
    xform_run_finish(p->run);
    step->words = unjudged(c, p);
    TRY(paper_write(c, p, p->run));
    TRY(apply(c, p, step));
    return raise_level(c, p);
}

status paper_step(struct ctx *c, struct id case_id, const struct paper_step *step)
{
    struct paper_step copy = *step;

    return paper_do(c, case_id, (struct paper_work){ rules[step->act].act, step->paper, step_body, &copy });
}

/* -- what the process asks ----------------------------------------------------------------------------------------------------------------- */

static status newest_in(struct ctx *c, struct id case_id, struct str form, const struct rule *r, struct papers_row *row)
{
    struct papers_rows rows;

    TRY(sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = case_id, .form = form }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && is_from(r, rows.at[i].state)) {
            *row = rows.at[i];
            return OK;
        }
    return NOT_FOUND;
}

status paper_fits(struct ctx *c, struct id case_id, struct str form, enum paper_act act, bool *fits)
{
    struct papers_row row;
    status s = newest_in(c, case_id, form, &rules[act], &row);

    *fits = s == OK;
    return s == NOT_FOUND ? OK : s;
}

status paper_follow(struct ctx *c, struct casefile *f, struct str form, enum paper_act act, struct str words)
{
    struct case_paper p = { .file = *f };
    struct papers_row row;
    status s = newest_in(c, f->row.id, form, &rules[act], &row);

    if (s == NOT_FOUND)
        return fail(INVALID, "there is no paper that is far enough");
    TRY(s);
    TRY(paper_open_row(c, row.id, &p));
    return apply(c, &p, &(struct paper_step){ row.id, act, words });
}

/* -- conclusions ------------------------------------------------------------------------------------------------------------------------------- */

int risk_rank(struct str level)
{
    static const char *const levels[] = { "low", "medium", "high" };

    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (str_is(level, levels[i]))
            return (int)i + 1;
    return 0;
}

static struct str meaning(struct xform_run *run, const char *wanted)
{
    const struct xform *form = xform_run_form(run);

    for (size_t i = 0; i < form->n_items; i++)
        if (str_is(xform_extra(&form->items[i], "lachan:meaning"), wanted))
            return xform_run_relevant(run, form->items[i].path) ? xform_run_get(run, form->items[i].path) : STR("");
    return STR("");
}

void paper_conclusion(struct xform_run *run, struct paper_conclusion *made)
{
    *made = (struct paper_conclusion){
        .computed = meaning(run, "computed_level"), .concluded = meaning(run, "concluded_level"),
        .reason = meaning(run, "concluded_reason"), .lower_reason = meaning(run, "lower_reason"),
        .emergency = str_is(meaning(run, "computed_emergency"), "yes"),
    };
}

static status hint(struct ctx *c, const struct case_paper *p, const struct xform_item *item, struct paper_hints *list)
{
    struct str flag = xform_extra(item, "lachan:meaning");
    struct flags_open_of_kind_row open;

    if (!str_starts(flag, STR("flag:")) || (p->closed && item->identity) || !xform_run_relevant(p->run, item->path) ||
        !str_is(xform_run_get(p->run, item->path), "yes"))
        return OK;
    flag = str_from(flag, 5);
    if (!list_has("flag", flag))
        return OK;
    TRY(sql_flags_open_of_kind(c->ledger->db, (struct sql_flags_open_of_kind){ .case_id = p->file.row.id, .kind = flag }, &open));
    if (open.n == 0)
        list->at[list->n++] = (struct paper_hint){ flag, xform_run_label(p->run, item->path) };
    return OK;
}

status paper_hints(struct ctx *c, const struct case_paper *p, struct paper_hints *list)
{
    *list = (struct paper_hints){ .at = NEW_N(c->arena, struct paper_hint, p->form->n_items + 1) };
    for (size_t i = 0; i < p->form->n_items; i++)
        TRY(hint(c, p, &p->form->items[i], list));
    return OK;
}

/* -- a newer version of the form --------------------------------------------------------------------------------------------------------------- */

static status move_body(struct ctx *c, struct case_paper *p, void *what)
{
    const struct case_form *to = what;
    struct xform_setup setup = { .now = c->now, .lang = c->page.lang_code, .nameless = p->closed };
    struct xform_mapping map;

    if (!paper_may_write(p) || str_eq(p->row.digest, to->digest))
        return fail(INVALID, "the paper cannot move to another version");
    TRY(paper_newest_run(c, p));
    map = xform_map(c->arena, p->run, to->form, &setup);
    p->form = to->form;
    p->row.digest = to->digest;
    p->row.version = to->form->version;
    paper_asks(p);
    TRY(xform_run_recompute(map.run));
    TRY(paper_write(c, p, map.run));
    TRY(row_update(c->ledger, &table_papers, &p->row));
    return paper_tell(c, p, "paper_moved", p->row.version);
}

status paper_move(struct ctx *c, struct id case_id, struct id paper)
{
    struct case_form to;
    struct case_paper p;

    TRY(paper_open(c, case_id, paper, &p));
    TRY(papers_newest(c, p.row.form, &to));
    TRY(papers_meet_one(c, to.name));
    return paper_do(c, case_id, (struct paper_work){ "paper.move", paper, move_body, &to });
}
