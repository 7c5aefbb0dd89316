/* Pages of a paper that ask: what two people changed, a newer version of the form, the conclusion that becomes the case's. */
#include "paper_pages.h"

#include "../forms/render.h"

#include "casework_pages.h"
#include "texts.h"

/* -- two people ------------------------------------------------------------------------------------------------------------------------- */

struct meeting { struct case_paper p; struct paper_draft draft; struct xform_run *mine; struct answers my; struct merged merged; };

/* The draft that the page was about, else the newest that somebody's save has overtaken. */
static status overtaken(struct ctx *c, struct meeting *m)
{
    struct paper_drafts drafts;
    const struct paper_draft *asked;

    TRY(paper_drafts(c, m->p.row.id, &drafts));
    asked = form_text(c, "newest").n ? paper_draft_of(&drafts, form_text(c, "tab")) : NULL;
    if (asked != NULL)
        m->draft = *asked;
    for (size_t i = 0; asked == NULL && i < drafts.n && m->draft.base == 0; i++)
        if (drafts.at[i].base < m->p.row.revision)
            m->draft = drafts.at[i];
    return OK;
}

/* CONFLICT: there is nothing to decide (any more). */
static status meet(struct ctx *c, struct meeting *m)
{
    struct xform_run *base;

    TRY(overtaken(c, m));
    if (m->draft.base < 1 || m->draft.base >= m->p.row.revision || !paper_may_write(&m->p))
        return CONFLICT;
    TRY(paper_run_draft(c, &m->p, &m->draft, &m->mine));
    TRY(paper_run_like(c, &m->p, m->draft.base, &base));
    m->my = answers_of(m->mine, c->arena);
    answers_merge(c->arena, answers_of(base, c->arena), answers_of(m->p.run, c->arena), m->my, &m->merged);
    return OK;
}

/* An answer as people read it: the label of a choice, not its code. */
static struct str in_words(struct xform_run *run, struct str path, struct str value)
{
    struct xform_answers all = xform_run_answers(run);

    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].path, path) && all.at[i].kind == XFORM_SHOW_QUESTION)
            return all.at[i].value;
    return value;
}

/* All of a repeat as people read it: one answer in a line. */
static struct str whole_words(struct ctx *c, struct xform_run *run, struct str repeat)
{
    struct xform_answers all = xform_run_answers(run);
    struct out o = { .max = 1 << 20 };
    struct str text;

    for (size_t i = 0; i < all.n; i++) {
        struct str path = all.at[i].path;

        if (path.n <= repeat.n || !str_starts(path, repeat) || path.at[repeat.n] != '[' || all.at[i].kind == XFORM_SHOW_GROUP_END ||
            all.at[i].kind == XFORM_SHOW_INSTANCE_END)
            continue;
        out_str(&o, all.at[i].label);
        if (all.at[i].kind == XFORM_SHOW_QUESTION) {
            out_c(&o, ": ");
            out_str(&o, all.at[i].value);
        }
        out_char(&o, '\n');
    }
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static struct str side_words(struct ctx *c, struct xform_run *run, const struct clash *k, struct str value)
{
    return k->whole ? whole_words(c, run, k->path) : in_words(run, k->path, value);
}

static struct str label_of(struct xform_run *run, struct xform_run *other, struct str path)
{
    struct str label = xform_run_label(run, path);

    return label.n ? label : xform_run_label(other, path).n ? xform_run_label(other, path) : path;
}

/* What was sent for a clash: "mine", "theirs", or "" where nothing was chosen. */
static struct str chosen(struct ctx *c, struct str path)
{
    struct form_pairs sent = form_each(c, "q.");

    for (size_t i = 0; i < sent.n; i++)
        if (str_eq(sent.at[i].name, path))
            return sent.at[i].text;
    return STR("");
}

status paper_merge_show(struct ctx *c)
{
    struct paper_merge_view v = { .error = form_failed(c) };
    struct meeting m = { 0 };
    status s;

    TRY(paper_of_path(c, &m.p, &v.head));
    s = meet(c, &m);
    if (s == CONFLICT || (s == OK && m.merged.clashes.n == 0)) {
        fail_clear();
        return paper_go(c, m.p.file.row.id, m.p.row.id, "", 0);
    }
    TRY(s);
    v.clashes.at = NEW_N(c->arena, struct paper_clash, m.merged.clashes.n);
    for (size_t i = 0; i < m.merged.clashes.n; i++) {
        const struct clash *k = &m.merged.clashes.at[i];

        v.clashes.at[v.clashes.n++] = (struct paper_clash){
            k->path, label_of(m.p.run, m.mine, k->path), side_words(c, m.p.run, k, k->theirs), side_words(c, m.mine, k, k->mine),
            k->whole, str_is(chosen(c, k->path), "mine") };
    }
    v.newest = m.p.row.revision;
    v.tab = m.draft.tab;
    v.own = id_eq(m.p.row.saved_by, c->actor.user);
    v.other = paper_user(c, m.p.row.saved_by);
    TRY(act_note(c->ledger, case_act_info(c, "paper.read", m.p.file.row.id)));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_paper_merge, &v);
}

/* The answers that were decided on, as a run on top of the newest revision. False where one was not chosen. */
static bool decide(struct ctx *c, struct meeting *m)
{
    for (size_t i = 0; i < m->merged.clashes.n; i++) {
        struct str choice = chosen(c, m->merged.clashes.at[i].path);

        if (str_is(choice, "mine"))
            answers_take(c->arena, &m->merged.answers, m->merged.clashes.at[i].path, m->my);
        else if (!str_is(choice, "theirs"))
            return false;
    }
    return true;
}

status paper_merge_do(struct ctx *c)
{
    struct meeting m = { 0 };
    struct paper_head head;
    struct paper_save save;
    i64 newest = 0;
    status s;

    TRY(paper_of_path(c, &m.p, &head));
    s = meet(c, &m);
    if (s == CONFLICT || (s == OK && (!str_i64(form_text(c, "newest"), &newest) || newest != m.p.row.revision))) {
        fail_clear();           /* somebody saved once more: the page shows what that changed */
        return paper_go(c, m.p.file.row.id, m.p.row.id, "/merge", T_PAPERS_FLASH_AGAIN);
    }
    TRY(s);
    if (!decide(c, &m))
        return form_refuse(c, "newest", text_of(c, T_PAPERS_MERGE_ERROR));
    TRY(answers_put(m.p.run, m.merged.answers));
    TRY(xform_run_recompute(m.p.run));
    save = (struct paper_save){ .paper = m.p.row.id, .base = m.p.row.revision, .run = m.p.run };
    s = paper_save(c, m.p.file.row.id, &save);
    if (s == INVALID) {
        fail_clear();
        return paper_go(c, m.p.file.row.id, m.p.row.id, "/merge", T_PAPERS_FLASH_AGAIN);
    }
    TRY(s);
    TRY(paper_draft_end(c, m.p.row.id, m.draft.tab));
    return paper_go(c, m.p.file.row.id, m.p.row.id, "", T_PAPERS_FLASH_MERGED);
}

/* -- a newer version ---------------------------------------------------------------------------------------------------------------------- */

static void fill_changes(struct ctx *c, struct xform_changes changes, struct paper_changes *v)
{
    v->at = NEW_N(c->arena, struct paper_change, changes.n + 1);
    for (size_t i = 0; i < changes.n; i++) {
        struct out o = { .max = 1 << 16 };

        xform_change_write(&o, (int)c->lang, &changes.at[i]);
        v->at[v->n++] = (struct paper_change){ arena_copy(c->arena, out_done(&o)) };
        out_free(&o);
    }
}

status paper_move_show(struct ctx *c)
{
    struct paper_move_view v = { 0 };
    struct xform_setup setup = { .now = c->now, .lang = c->page.lang_code };
    struct xform_mapping map;
    struct case_form to;
    struct case_paper p;

    TRY(paper_of_path(c, &p, &v.head));
    setup.nameless = p.closed;
    if (!v.head.newer)
        return paper_go(c, p.file.row.id, p.row.id, "/read", 0);
    TRY(papers_newest(c, p.row.form, &to));
    map = xform_map(c->arena, p.run, to.form, &setup);
    v.newer = paper_version(c, to.form->version);
    v.carried = (i64)map.carried;
    fill_changes(c, xform_diff(c->arena, p.form, to.form), &v.changes);
    v.lost.at = NEW_N(c->arena, struct paper_answer, map.n_lost + 1);
    for (size_t i = 0; i < map.n_lost; i++)
        v.lost.at[v.lost.n++] = (struct paper_answer){ .label = map.lost[i].label, .value = map.lost[i].value };
    TRY(act_note(c->ledger, case_act_info(c, "paper.read", p.file.row.id)));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_paper_move, &v);
}

status paper_move_do(struct ctx *c)
{
    struct id case_id, paper;
    status s;

    TRY(path_id(c, "id", &case_id));
    TRY(path_id(c, "paper", &paper));
    s = paper_move(c, case_id, paper);
    if (s == INVALID) {
        fail_clear();
        return paper_go(c, case_id, paper, "/read", T_PAPERS_FLASH_MOVED);
    }
    TRY(s);
    return paper_go(c, case_id, paper, "", T_PAPERS_FLASH_NEWER);
}

/* -- the conclusion becomes the case's ------------------------------------------------------------------------------------------------------ */

static struct str name_or_null(struct ctx *c, struct str level)
{
    return level.n ? list_name(c, "risk", level) : STR_NULL;
}

static struct str or_typed(struct ctx *c, const char *field, struct str known)
{
    return form_failed(c) ? form_text(c, field) : known;
}

status paper_risk_show(struct ctx *c)
{
    struct paper_risk_view v = { .risk_error = form_error(c, "risk"), .words_error = form_error(c, "words"),
                                 .lower_error = form_error(c, "lower") };
    struct paper_conclusion made;
    struct case_paper p;

    TRY(paper_of_path(c, &p, &v.head));
    paper_conclusion(p.run, &made);
    v.computed = name_or_null(c, made.computed);
    v.now = name_or_null(c, p.file.file.risk);
    v.risks = list_choices(c, "risk", or_typed(c, "risk", made.concluded));
    v.words = or_typed(c, "words", made.reason);
    v.lower = or_typed(c, "lower", made.lower_reason);
    v.ask_lower = risk_rank(made.concluded) < risk_rank(made.computed);
    TRY(act_note(c->ledger, case_act_info(c, "paper.read", p.file.row.id)));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_paper_risk, &v);
}

/* A level below the computed one stands only with a reason of its own; no paper lowers anything by itself. */
static status risk_check(struct ctx *c, struct str risk, const struct paper_conclusion *made)
{
    if (!list_has("risk", risk))
        (void)!form_refuse(c, "risk", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (str_trim(form_text(c, "words")).n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_CASES_ASK_WORDS_NONE));
    if (risk_rank(risk) > 0 && risk_rank(risk) < risk_rank(made->computed) && str_trim(form_text(c, "lower")).n == 0)
        (void)!form_refuse(c, "lower", text_of(c, T_PAPERS_RISK_LOWER_NONE));
    return form_failed(c) ? fail(INVALID, "a level of risk without its reason") : OK;
}

status paper_risk_do(struct ctx *c)
{
    struct str risk = form_text(c, "risk"), words = str_trim(form_text(c, "words")), lower = str_trim(form_text(c, "lower"));
    struct paper_conclusion made;
    struct paper_head head;
    struct case_paper p;

    TRY(paper_of_path(c, &p, &head));
    paper_conclusion(p.run, &made);
    TRY(risk_check(c, risk, &made));
    if (lower.n)
        words = arena_f(c->arena, "%.*s\n%.*s", (int)words.n, words.at, (int)lower.n, lower.at);
    TRY(case_conclude_risk(c, p.file.row.id, risk, words));
    return paper_go(c, p.file.row.id, p.row.id, "/read", T_CASES_FLASH_RISK);
}
