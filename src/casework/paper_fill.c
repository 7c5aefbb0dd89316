/* A page of a paper to fill in. Whatever button is pressed, what was typed is kept first: as a revision, or where it is not fit for
   one, as a draft that only its writer opens. */
#include "paper_pages.h"

#include "../forms/render.h"

#include "casework_pages.h"
#include "texts.h"

/* -- the answers to work on ------------------------------------------------------------------------------------------------------------ */

/* What is on the screen: the newest answers, or the reader's own draft with the revision that it began from. before: what the page
   asked before the answers came in. */
struct filling {
    struct case_paper p;
    struct xform_run *run;
    i64 base;
    bool draft;
    struct str tab, from;           /* the page's own name; "TAB MARK" of the draft that it showed, or "" */
    struct paper_drafts drafts;
    struct xform_shown_list before;
};

static bool take_draft(struct ctx *c, struct filling *f, const struct paper_draft *d)
{
    struct xform_run *run;

    if (d == NULL || d->base > f->p.row.revision)
        return false;
    if (paper_run_draft(c, &f->p, d, &run) != OK) {
        fail_clear();           /* of a base that was altered */
        return false;
    }
    f->run = run;
    f->base = d->base;
    f->draft = true;
    return true;
}

/* The newest draft that holds something new; a page that shows it begins one of its own from there. */
static status draft_or_newest(struct ctx *c, struct filling *f)
{
    char tab[ID_TEXT + 1];

    TRY(paper_drafts(c, f->p.row.id, &f->drafts));
    for (size_t i = 0; i < f->drafts.n && !f->draft; i++) {
        const struct paper_draft *d = &f->drafts.at[i];

        f->from = arena_f(c->arena, "%.*s %.*s", (int)d->tab.n, d->tab.at, (int)d->mark.n, d->mark.at);
        f->draft = take_draft(c, f, d) && !paper_draft_stale(c, &f->p, d->base, f->run);
    }
    id_text(id_timed(c->now), tab);
    f->tab = arena_copy(c->arena, str_c(tab));
    if (f->draft)
        return OK;
    f->from = STR("");
    f->run = f->p.run;
    f->base = f->p.row.revision;
    return OK;
}

/* The draft that the page showed, where nobody has typed into it since. */
static const struct paper_draft *shown_draft(const struct filling *f)
{
    struct str mark = f->from, tab;
    const struct paper_draft *d = str_cut(&mark, ' ', &tab) ? paper_draft_of(&f->drafts, tab) : NULL;

    return d != NULL && str_eq(d->mark, mark) ? d : NULL;
}

/* The same for what was sent: from the page's own draft, else from the one that it showed, else from the revision that it showed. */
static status sent_from(struct ctx *c, struct filling *f)
{
    struct str from, tab;
    struct id is_tab;
    i64 base;

    f->tab = form_text(c, "tab");
    from = f->from = form_text(c, "from");
    if (f->tab.n && !id_of_text(f->tab, &is_tab))
        return fail(INVALID, "the page has no name of ours");
    TRY(paper_drafts(c, f->p.row.id, &f->drafts));
    if (!str_i64(form_text(c, "base"), &base) || base < 1 || base > f->p.row.revision)
        return fail(INVALID, "the page names no revision");
    if (take_draft(c, f, paper_draft_of(&f->drafts, f->tab)) && f->base == base)
        return OK;
    if (str_cut(&from, ' ', &tab) && take_draft(c, f, paper_draft_of(&f->drafts, tab)) && f->base == base)
        return OK;
    f->base = base;
    f->draft = false;
    if (base == f->p.row.revision) {
        f->run = f->p.run;
        return OK;
    }
    return paper_run_like(c, &f->p, base, &f->run);
}

/* The draft that the page showed lives on in its own. */
static status keep(struct ctx *c, const struct filling *f)
{
    const struct paper_draft *shown = shown_draft(f);

    TRY(paper_draft_keep(c, f->p.row.id, &(struct paper_draft){ .base = f->base, .tab = f->tab }, f->run));
    return shown == NULL || str_eq(shown->tab, f->tab) ? OK : paper_draft_end(c, f->p.row.id, shown->tab);
}

static status drop(struct ctx *c, const struct filling *f)
{
    const struct paper_draft *shown = shown_draft(f);

    if (shown != NULL)
        TRY(paper_draft_end(c, f->p.row.id, shown->tab));
    return paper_draft_end(c, f->p.row.id, f->tab);
}

static size_t page_number(struct str text)
{
    i64 n;

    return str_i64(text, &n) && n > 0 && n <= 1000 ? (size_t)n - 1 : 0;
}

/* -- showing --------------------------------------------------------------------------------------------------------------------------------- */

static struct url draft_url(struct ctx *c, const struct case_paper *p)
{
    char a[ID_TEXT + 1], b[ID_TEXT + 1];

    id_text(p->file.row.id, a);
    id_text(p->row.id, b);
    return url_lang(c->arena, url_f(c->arena, "/cases/%s/papers/%s/draft", a, b), c->page.lang_query);
}

/* A text that is too long was not taken over: it stands in its box as it was typed, with the reason. */
static void show_refused(struct ctx *c, struct form_page_view *v)
{
    struct form_pairs sent = form_each(c, "q.");

    for (size_t i = 0; i < v->lines.n; i++) {
        struct form_line *line = &v->lines.at[i];
        struct str error = form_error(c, arena_f(c->arena, "q.%.*s", (int)line->path.n, line->path.at).at);

        if (error.n == 0)
            continue;
        for (size_t k = 0; k < sent.n; k++)
            if (str_eq(sent.at[k].name, line->path))
                line->value = sent.at[k].text;
        line->error = error;
        v->faults.at[v->faults.n++] = (struct line_fault){ url_f(c->arena, "#q%lld", (long long)line->no), line->label, error };
    }
}

static enum form_check check_wanted(struct ctx *c)
{
    i64 n;

    if (form_failed(c))
        return CHECK_PAGE;
    return str_i64(query_text(c, "check"), &n) && n > 0 && n <= CHECK_ALL ? (enum form_check)n : CHECK_NONE;
}

status paper_fill_show(struct ctx *c)
{
    struct paper_fill_view v = { 0 };
    struct form_asking asking = { 0 };
    struct filling f = { 0 };

    TRY(paper_of_path(c, &f.p, &v.head));
    if (!paper_may_write(&f.p))
        return paper_go(c, f.p.file.row.id, f.p.row.id, "/read", 0);
    if (form_failed(c)) {
        TRY(sent_from(c, &f));
        (void)!form_take(f.run, c->arena, form_each(c, "q."));
        fail_clear();
    } else {
        TRY(draft_or_newest(c, &f));
    }
    asking = (struct form_asking){ .page = page_number(form_failed(c) ? form_text(c, "page") : query_text(c, "page")),
                                   .check = check_wanted(c), .here = v.head.here, .closed = paper_closed(&f.p) };
    form_page_fill(c, f.run, &asking, &v.page);
    if (form_failed(c))
        show_refused(c, &v.page);
    v.base = f.base;
    v.tab = f.tab;
    v.from = f.from;
    v.from_draft = f.draft;
    v.behind = f.base != f.p.row.revision;
    v.draft = draft_url(c, &f.p);
    TRY(act_note(c->ledger, case_act_info(c, "paper.read", f.p.file.row.id)));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_paper_fill, &v);
}

/* -- what a button asks ------------------------------------------------------------------------------------------------------------------------- */

enum go { GO_SAVE, GO_BACK, GO_NEXT, GO_FINISH, GO_DROP, GO_PAGE, GO_ADD, GO_REMOVE };
struct going { enum go go; struct str at; };

static struct going going_of(struct str text)
{
    static const struct { const char *word; enum go go; bool more; } words[] = {
        { "back", GO_BACK, false }, { "next", GO_NEXT, false }, { "finish", GO_FINISH, false }, { "drop", GO_DROP, false },
        { "page:", GO_PAGE, true }, { "add:", GO_ADD, true }, { "remove:", GO_REMOVE, true },
    };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].more ? str_starts(text, str_c(words[i].word)) : str_is(text, words[i].word))
            return (struct going){ words[i].go, str_from(text, strlen(words[i].word)) };
    return (struct going){ GO_SAVE, STR("") };
}

/* An entry more or less. What does not fit (a limit, an entry that is gone) changes nothing. */
static void change_entries(struct xform_run *run, const struct going *g)
{
    status s = OK;

    if (g->go == GO_ADD)
        s = xform_run_add(run, g->at);
    if (g->go == GO_REMOVE)
        s = xform_run_remove(run, g->at);
    if (s == OK)
        s = xform_run_recompute(run);
    if (s != OK)
        fail_clear();
}

/* -- saving -------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_new(struct ctx *c, const struct filling *f)
{
    struct answers was, now = answers_of(f->run, c->arena);
    struct xform_run *base = NULL;

    if (f->draft || f->base != f->p.row.revision || paper_run_like(c, &f->p, f->base, &base) != OK)
        return true;
    was = answers_of(base, c->arena);
    if (was.n != now.n)
        return true;
    for (size_t i = 0; i < now.n; i++)
        if (!str_eq(was.at[i].path, now.at[i].path) || !str_eq(was.at[i].value, now.at[i].value))
            return true;
    return false;
}

/* *clash: somebody changed the same answers meanwhile; what was typed waits in a draft for the page that shows both. */
static status save(struct ctx *c, struct filling *f, bool *clash)
{
    struct paper_save what = { .paper = f->p.row.id, .base = f->base, .run = f->run };
    status s;

    *clash = false;
    if (!is_new(c, f))
        return OK;
    s = paper_save(c, f->p.file.row.id, &what);
    if (s == INVALID) {
        fail_clear();
        *clash = true;
        return keep(c, f);
    }
    TRY(s);
    return drop(c, f);
}

static status finish(struct ctx *c, struct filling *f)
{
    struct xform_problems bad;
    struct paper_step step = { .paper = f->p.row.id, .act = PAPER_FINISH };
    size_t i = 0;
    status s;

    TRY(paper_open(c, f->p.file.row.id, f->p.row.id, &f->p));       /* with what others saved */
    bad = xform_run_problems(f->p.run);
    while (i < bad.n && f->p.closed && str_is(xform_extra(bad.at[i].item, "lachan:compartment"), "I"))
        i++;
    if (i < bad.n)
        return paper_go_page(c, &f->p, xform_run_page_of(f->p.run, bad.at[i].path), CHECK_ALL);
    s = paper_step(c, f->p.file.row.id, &step);
    if (s == INVALID) {
        fail_clear();
        return paper_go(c, f->p.file.row.id, f->p.row.id, "/read", T_PAPERS_FLASH_MOVED);
    }
    TRY(s);
    return paper_go(c, f->p.file.row.id, f->p.row.id, "/read", T_PAPERS_FLASH_FINISHED);
}

/* Where the reader is after the save. */
static status go_on(struct ctx *c, struct filling *f, const struct going *g, size_t page)
{
    if (g->go == GO_FINISH)
        return finish(c, f);
    if (g->go == GO_NEXT) {
        if (form_page_opened(f->run, page, f->before, form_each(c, "q."))) {
            session_put(c, "flash", text_of(c, T_PAPERS_FLASH_OPENED), 5);
            return paper_go_page(c, &f->p, page, CHECK_NONE);
        }
        return paper_go_page(c, &f->p, form_page_after(f->run, page), CHECK_NONE);
    }
    if (g->go == GO_BACK)
        return paper_go_page(c, &f->p, form_page_before(f->run, page), CHECK_NONE);
    if (g->go == GO_PAGE)
        return paper_go_page(c, &f->p, page_number(g->at), CHECK_NONE);
    if (g->go == GO_SAVE)
        session_put(c, "flash", text_of(c, T_PAPERS_FLASH_SAVED), 5);
    return paper_go_page(c, &f->p, page, CHECK_NONE);
}

static bool is_wrong(const struct filling *f, size_t page)
{
    struct xform_problems bad = xform_run_page_problems(f->run, page);

    for (size_t i = 0; i < bad.n; i++)
        if (!(f->p.closed && str_is(xform_extra(bad.at[i].item, "lachan:compartment"), "I")))
            return true;
    return false;
}

status paper_fill_do(struct ctx *c)
{
    struct going g = going_of(form_text(c, "go"));
    size_t page = page_number(form_text(c, "page"));
    struct filling f = { 0 };
    struct paper_head head;
    bool clash;

    TRY(paper_of_path(c, &f.p, &head));
    TRY(sent_from(c, &f));
    if (g.go == GO_DROP) {
        TRY(drop(c, &f));
        return paper_go(c, f.p.file.row.id, f.p.row.id, "", T_PAPERS_FLASH_DROPPED);
    }
    f.before = xform_run_page(f.run, page, false);
    if (form_take(f.run, c->arena, form_each(c, "q.")) != OK)
        return form_refuse(c, "page", text_of(c, T_PAPERS_FILL_TOO_MUCH));
    if (!paper_may_write(&f.p)) {           /* somebody finished it meanwhile: nothing of this page is lost */
        TRY(keep(c, &f));
        return paper_go(c, f.p.file.row.id, f.p.row.id, "/read", f.p.file.file.open ? T_PAPERS_FLASH_SHUT : T_PAPERS_FLASH_CASE_CLOSED);
    }
    change_entries(f.run, &g);
    if (g.go == GO_NEXT && is_wrong(&f, page) && !form_page_opened(f.run, page, f.before, form_each(c, "q."))) {
        TRY(keep(c, &f));
        return form_refuse(c, "page", STR(""));
    }
    TRY(save(c, &f, &clash));
    if (clash)
        return paper_go(c, f.p.file.row.id, f.p.row.id, "/merge", 0);
    return go_on(c, &f, &g, page);
}

/* -- the script's draft ----------------------------------------------------------------------------------------------------------------------------- */

static void json_list(struct ctx *c, struct xform_run *run, size_t page, bool hidden)
{
    struct xform_shown_list shown = xform_run_page(run, page, true);
    bool first = true;

    for (size_t i = 0; i < shown.n; i++) {
        const struct xform_shown *s = &shown.at[i];
        bool words = hidden ? !s->relevant : s->kind == XFORM_SHOW_QUESTION && s->relevant && (!answers_asked(s->item) || s->readonly);

        if (!words || s->kind == XFORM_SHOW_GROUP_END || s->kind == XFORM_SHOW_INSTANCE_END)
            continue;
        out_c(c->out, first ? "" : ",");
        first = false;
        out_json(c->out, s->path);
        if (hidden)
            continue;
        out_c(c->out, ":[");
        out_json(c->out, s->label);
        out_char(c->out, ',');
        out_json(c->out, s->value);
        out_char(c->out, ']');
    }
}

/* A script's request may come in after the button's: what that has saved is no draft. */
static bool is_saved(struct ctx *c, const struct filling *f)
{
    if (f->base == f->p.row.revision)
        return !f->draft && !is_new(c, f);
    return paper_draft_stale(c, &f->p, f->base, f->run);
}

/* Keeps what is typed, and says what the same evaluator as everywhere makes of it: which of the page's questions are not asked now,
   and what calculated lines say. */
status paper_draft_do(struct ctx *c)
{
    size_t page = page_number(form_text(c, "page"));
    struct filling f = { 0 };
    struct paper_head head;
    char time[CLOCK_TEXT];

    TRY(paper_of_path(c, &f.p, &head));
    TRY(sent_from(c, &f));
    if (form_take(f.run, c->arena, form_each(c, "q.")) != OK)
        return form_refuse(c, "page", text_of(c, T_PAPERS_FILL_TOO_MUCH));
    if (paper_may_write(&f.p) && !is_saved(c, &f))
        TRY(keep(c, &f));
    clock_time(c->now, time);
    out_c(c->out, "{\"kept\":");
    out_json(c->out, text_fill(c->arena, (int)c->lang, T_PAPERS_FILL_KEPT, str_c(time), STR("")));
    out_c(c->out, ",\"off\":[");
    json_list(c, f.run, page, true);
    out_c(c->out, "],\"says\":{");
    json_list(c, f.run, page, false);
    out_c(c->out, "}}");
    return answer_json(c, 200);
}
