/* The tab "forms" of a case, and a whole paper to read and print. */
#include "paper_pages.h"

#include "casework_pages.h"
#include "texts.h"

#include <stdio.h>

/* -- what pages of papers share ---------------------------------------------------------------------------------------------------- */

enum paper_look paper_look(struct str state)
{
    static const char *const names[] = { "draft", "done", "submitted", "approved", "returned", "void" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(state, names[i]))
            return (enum paper_look)i;
    return PAPER_GONE;
}

struct str paper_when(struct ctx *c, i64 ms)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(ms, day);
    clock_time(ms, time);
    return arena_f(c->arena, "%s, %s", time, day);
}

struct str paper_version(struct ctx *c, struct str version)
{
    i64 n, of_day;

    if (version.n != 10 || !str_i64(version, &n) || n < 2000010100 || n > 2999123199 || n / 10000 % 100 > 12 || n / 100 % 100 > 31)
        return version;
    of_day = n % 100;
    return arena_f(c->arena, of_day > 1 ? "%02lld/%02lld/%lld (%lld)" : "%02lld/%02lld/%lld", (long long)(n / 100 % 100),
                   (long long)(n / 10000 % 100), (long long)(n / 1000000), (long long)of_day);
}

struct str paper_user(struct ctx *c, struct id user)
{
    struct str name = desk_user_name(c, (struct opt_id){ true, user });

    return name.n ? name : text_of(c, T_CASES_NOBODY_NAME);
}

/* what: "" the paper itself, else a page of it. */
static struct url paper_url(struct ctx *c, struct id case_id, struct id paper, const char *what)
{
    char a[ID_TEXT + 1], b[ID_TEXT + 1];
    struct url to;

    id_text(case_id, a);
    id_text(paper, b);
    to = *what ? url_f(c->arena, "/cases/%s/papers/%s/%s", a, b, what) : url_f(c->arena, "/cases/%s/papers/%s", a, b);
    return url_lang(c->arena, to, c->page.lang_query);
}

static struct url act_url(struct ctx *c, struct id case_id, struct id paper, const char *act)
{
    char a[ID_TEXT + 1], b[ID_TEXT + 1];

    id_text(case_id, a);
    id_text(paper, b);
    return url_lang(c->arena, url_f(c->arena, "/cases/%s/papers/%s/do/%s", a, b, act), c->page.lang_query);
}

static bool has_newer(struct ctx *c, const struct papers_row *row)
{
    struct case_form newest;

    if (!str_is(row->state, "draft") && !str_is(row->state, "returned"))
        return false;
    if (papers_newest(c, row->form, &newest) != OK) {
        fail_clear();
        return false;
    }
    return !str_eq(newest.digest, row->digest);
}

/* Who mends a form reads there what is wrong with it; who decides on it, what nobody has checked. The timeline has both from the
   act itself. */
static status fill_words(struct ctx *c, const struct case_paper *p, struct paper_head *head)
{
    bool back = str_is(p->row.state, "returned");
    struct opt_i64 when = back ? p->row.decided : p->row.finished;
    struct moments moments;

    if (!when.has || paper_may_write(p) != back)
        return OK;
    TRY(case_moments(c, &p->file.comps, &moments));
    for (size_t i = 0; i < moments.n; i++) {
        const struct moment *m = &moments.at[i];

        if (m->altered || m->time != when.v || !str_is(m->what, back ? "paper_returned" : "paper_done"))
            continue;
        *(back ? &head->why_back : &head->unchecked) = m->words;
        head->back_by = paper_user(c, m->author);
        return OK;
    }
    return OK;
}

static status fill_flags(struct ctx *c, const struct case_paper *p, struct paper_head *head)
{
    struct paper_hints hints;

    if (!may(c, MAY_WRITE_CASES) || !p->file.file.open || str_is(p->row.state, "void"))
        return OK;
    TRY(paper_hints(c, p, &hints));
    head->flags.at = NEW_N(c->arena, struct paper_flag, hints.n + 1);
    for (size_t i = 0; i < hints.n; i++)
        head->flags.at[head->flags.n++] = (struct paper_flag){
            hints.at[i].flag, list_name(c, "flag", hints.at[i].flag), hints.at[i].question };
    return OK;
}

status paper_of_path(struct ctx *c, struct case_paper *p, struct paper_head *head)
{
    struct id case_id, paper;

    TRY(path_id(c, "id", &case_id));
    TRY(path_id(c, "paper", &paper));
    TRY(paper_open(c, case_id, paper, p));
    *head = (struct paper_head){
        .case_id = case_id, .id = paper, .ref = p->file.ref, .title = p->title, .version = paper_version(c, p->row.version),
        .saved = paper_when(c, p->row.saved), .saved_by = paper_user(c, p->row.saved_by), .look = paper_look(p->row.state),
        .here = paper_url(c, case_id, paper, ""), .read = paper_url(c, case_id, paper, "read"), .closed = p->closed,
        .list = url_lang(c->arena, url_id(c->arena, "/cases/", case_id, "/papers"), c->page.lang_query), .newer = has_newer(c, &p->row) };
    TRY(fill_flags(c, p, head));
    return fill_words(c, p, head);
}

status paper_go(struct ctx *c, struct id case_id, struct id paper, const char *tail, int flash)
{
    char a[ID_TEXT + 1], b[ID_TEXT + 1];

    id_text(case_id, a);
    id_text(paper, b);
    if (flash)
        session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "/cases/%s/papers/%s%s", a, b, tail);
}

status paper_go_page(struct ctx *c, const struct case_paper *p, size_t page, int check)
{
    char tail[64];

    if (check)
        (void)snprintf(tail, sizeof tail, "?page=%zu&check=%d", page + 1, check);
    else
        (void)snprintf(tail, sizeof tail, "?page=%zu", page + 1);
    return paper_go(c, p->file.row.id, p->row.id, tail, 0);
}

/* -- the list -------------------------------------------------------------------------------------------------------------------------- */

static struct str row_title(struct ctx *c, const struct papers_row *row)
{
    const struct xform *form;

    if (papers_definition(c, row->digest, &form) == OK)
        return paper_form_title(c, form);
    fail_clear();
    return row->form;
}

static status row_view(struct ctx *c, const struct papers_row *row, struct paper_row_view *v)
{
    bool writing = (str_is(row->state, "draft") || str_is(row->state, "returned")) && may(c, MAY_WRITE_CASES);
    struct paper_drafts drafts;

    TRY(paper_drafts(c, row->id, &drafts));
    *v = (struct paper_row_view){
        .to = paper_url(c, row->case_id, row->id, writing ? "" : "read"), .title = row_title(c, row), .version = paper_version(c, row->version),
        .when = paper_when(c, row->saved), .who = paper_user(c, row->saved_by), .look = paper_look(row->state), .writing = writing,
        .decided = row->decided_by.has ? paper_user(c, row->decided_by.v) : STR_NULL, .draft = writing && drafts.n > 0 };
    return OK;
}

static bool is_begun(const struct papers_rows *rows, struct str form)
{
    for (size_t i = 0; i < rows->n; i++)
        if (str_eq(rows->at[i].form, form) && !str_is(rows->at[i].state, "void"))
            return true;
    return false;
}

/* In the order of the process; what is void stands last. */
static status fill_rows(struct ctx *c, const struct papers_rows *rows, const struct case_forms *forms, struct paper_list *v)
{
    bool *seen = NEW_N(c->arena, bool, rows->n + 1);

    v->at = NEW_N(c->arena, struct paper_row_view, rows->n + 1);
    for (size_t k = 0; k <= forms->n; k++)
        for (size_t i = 0; i < rows->n; i++) {
            const struct papers_row *row = &rows->at[i];
            bool turn = k == forms->n || (str_eq(row->form, forms->at[k].name) && !str_is(row->state, "void"));

            if (seen[i] || row->altered || !turn)
                continue;
            seen[i] = true;
            TRY(row_view(c, row, &v->at[v->n++]));
        }
    return OK;
}

static status papers_show(struct ctx *c)
{
    struct case_papers_view v = { 0 };
    struct papers_rows rows;
    struct case_forms forms;
    struct casefile f;

    TRY(case_page_open(c, TAB_PAPERS, &f, &v.head));
    TRY(papers_forms(c, &f, &forms));
    TRY(sql_papers_of_case(c->ledger, (struct sql_papers_of_case){ .case_id = f.row.id }, &rows));
    TRY(fill_rows(c, &rows, &forms, &v.rows));
    v.offers.at = NEW_N(c->arena, struct paper_offer, forms.n + 1);
    for (size_t i = 0; i < forms.n; i++)
        v.offers.at[v.offers.n++] = (struct paper_offer){ forms.at[i].name, paper_form_title(c, forms.at[i].form),
                                                          paper_version(c, forms.at[i].form->version), is_begun(&rows, forms.at[i].name) };
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_papers, &v);
}

static status papers_begin(struct ctx *c)
{
    struct id id, paper;
    status s;

    TRY(path_id(c, "id", &id));
    s = paper_begin(c, id, form_text(c, "form"), &paper);
    if (s == INVALID) {
        fail_clear();
        return case_back(c, id, "/papers", T_PAPERS_FLASH_NO_FORM);
    }
    TRY(s);
    return paper_go(c, id, paper, "", T_PAPERS_FLASH_BEGUN);
}

/* -- a whole paper ------------------------------------------------------------------------------------------------------------------------ */

static bool is_long(struct str value)
{
    return value.n > 60 || str_find_char(value, '\n') < value.n;
}

static void fill_answers(struct ctx *c, const struct case_paper *p, struct xform_run *run, struct paper_answers *v)
{
    struct xform_answers all = xform_run_answers(run);

    v->at = NEW_N(c->arena, struct paper_answer, all.n + 1);
    for (size_t i = 0; i < all.n; i++) {
        const struct xform_answer *a = &all.at[i];
        bool head = a->kind != XFORM_SHOW_QUESTION;

        if (a->kind == XFORM_SHOW_GROUP_END || a->kind == XFORM_SHOW_INSTANCE_END || a->kind == XFORM_SHOW_REPEAT_END)
            continue;
        if ((p->closed && a->item->identity) || a->label.n == 0)
            continue;
        v->at[v->n++] = (struct paper_answer){ a->label, a->value, a->depth > 1 ? 3 : 2, head, is_long(a->value) };
    }
}

static const struct { const char *code; int name, say; } acts[PAPER_ACTS] = {
    [PAPER_FINISH] = { "finish", T_PAPERS_FILL_FINISH, 0 },
    [PAPER_REOPEN] = { "reopen", T_PAPERS_ACT_REOPEN, 0 },
    [PAPER_SUBMIT] = { "submit", T_PAPERS_ACT_SUBMIT, 0 },
    [PAPER_APPROVE] = { "approve", T_PAPERS_ACT_APPROVE, 0 },
    [PAPER_RETURN] = { "return", T_PAPERS_ACT_RETURN, T_PAPERS_ACT_RETURN_SAY },
    [PAPER_VOID] = { "void", T_PAPERS_ACT_VOID, T_PAPERS_ACT_VOID_SAY },
};

static void fill_buttons(struct ctx *c, const struct case_paper *p, struct paper_buttons *v)
{
    v->at = NEW_N(c->arena, struct paper_button, PAPER_ACTS + 1);
    if (!p->file.file.open)
        return;
    if (paper_may_write(p) && may(c, MAY_WRITE_CASES))
        v->at[v->n++] = (struct paper_button){ paper_url(c, p->file.row.id, p->row.id, ""), text_of(c, T_PAPERS_LIST_GO_ON), true };
    for (enum paper_act act = PAPER_REOPEN; act < PAPER_ACTS; act++)
        if (paper_allows(c, &p->row, act) && !papers_ruled(&p->file, p->row.form, act))
            v->at[v->n++] = (struct paper_button){
                act_url(c, p->file.row.id, p->row.id, acts[act].code), text_of(c, acts[act].name),
                paper_act_asks(act), act == PAPER_SUBMIT || act == PAPER_APPROVE };
}

static status fill_past(struct ctx *c, const struct case_paper *p, i64 shown, struct paper_pasts *v)
{
    struct paper_revisions list;

    TRY(paper_history(c, p, &list));
    v->at = NEW_N(c->arena, struct paper_past, list.n + 1);
    for (size_t i = 0; i < list.n; i++) {
        const struct paper_revision *r = &list.at[i];
        struct url to = url_query(c->arena, paper_url(c, p->file.row.id, p->row.id, "read"), "save",
                                  arena_f(c->arena, "%lld", (long long)r->no));

        v->at[v->n++] = (struct paper_past){ to, r->no, r->altered ? STR("") : paper_when(c, r->time),
                                             r->altered ? STR("") : paper_user(c, r->author), r->no == shown, r->altered };
    }
    return OK;
}

static struct str level_name(struct ctx *c, struct str level)
{
    return level.n ? list_name(c, "risk", level) : STR_NULL;
}

static void fill_levels(struct ctx *c, struct case_paper *p, struct paper_read_view *v)
{
    struct paper_conclusion made;

    paper_conclusion(p->run, &made);
    v->computed = level_name(c, made.computed);
    v->concluded = level_name(c, made.concluded);
    v->risk = level_name(c, p->file.file.risk);
    v->take_over = made.concluded.n > 0 && !str_eq(made.concluded, p->file.file.risk) && p->file.file.open && v->revision == 0 &&
                   may(c, MAY_WRITE_CASES) && (v->head.look == PAPER_DONE || v->head.look == PAPER_SUBMITTED || v->head.look == PAPER_APPROVED);
    v->risk_to = paper_url(c, p->file.row.id, p->row.id, "risk");
}

static void fill_who(struct ctx *c, const struct papers_row *row, struct paper_read_view *v)
{
    v->begun = paper_when(c, row->begun);
    v->begun_by = paper_user(c, row->begun_by);
    if (row->finished.has) {
        v->finished = paper_when(c, row->finished.v);
        v->finished_by = row->finished_by.has ? paper_user(c, row->finished_by.v) : STR("");
    }
    if (row->decided.has) {
        v->decided = paper_when(c, row->decided.v);
        v->decided_by = row->decided_by.has ? paper_user(c, row->decided_by.v) : STR("");
    }
    v->own = str_is(row->state, "submitted") && row->finished_by.has && id_eq(row->finished_by.v, c->actor.user) &&
             (may(c, MAY_SUPERVISE) || may(c, MAY_APPROVE_PLANS));
}

static status read_show(struct ctx *c)
{
    struct paper_read_view v = { 0 };
    struct xform_run *run;
    struct case_paper p;
    i64 no;

    TRY(paper_of_path(c, &p, &v.head));
    run = p.run;
    if (str_i64(query_text(c, "save"), &no) && no != p.row.revision) {
        TRY(paper_run_at(c, &p, no, &run));
        v.revision = no;
    }
    fill_answers(c, &p, run, &v.answers);
    fill_buttons(c, &p, &v.buttons);
    fill_who(c, &p.row, &v);
    fill_levels(c, &p, &v);
    TRY(fill_past(c, &p, v.revision ? v.revision : p.row.revision, &v.past));
    TRY(act_note(c->ledger, case_act_info(c, "paper.read", p.file.row.id)));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_paper_read, &v);
}

/* -- acts on a paper -------------------------------------------------------------------------------------------------------------------------- */

static status act_of_path(struct ctx *c, enum paper_act *act)
{
    struct str code = path_text(c, "act");

    for (*act = PAPER_REOPEN; *act < PAPER_ACTS; (*act)++)
        if (str_is(code, acts[*act].code))
            return OK;
    return NOT_FOUND;
}

status paper_step_show(struct ctx *c)
{
    struct paper_ask_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words") };
    enum paper_act act;
    struct case_paper p;

    TRY(act_of_path(c, &act));
    TRY(paper_of_path(c, &p, &v.head));
    if (!p.file.file.open || !paper_allows(c, &p.row, act) || !paper_act_asks(act) || papers_ruled(&p.file, p.row.form, act))
        return paper_go(c, p.file.row.id, p.row.id, "/read", T_PAPERS_FLASH_MOVED);
    v.action = act_url(c, p.file.row.id, p.row.id, acts[act].code);
    v.title = text_of(c, acts[act].name);
    v.say = text_of(c, acts[act].say);
    TRY(act_note(c->ledger, case_act_info(c, "paper.read", p.file.row.id)));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_paper_ask, &v);
}

status paper_step_do(struct ctx *c)
{
    static const int flashes[PAPER_ACTS] = { T_PAPERS_FLASH_FINISHED, T_PAPERS_FLASH_REOPENED, T_PAPERS_FLASH_SUBMITTED,
                                             T_PAPERS_FLASH_APPROVED, T_PAPERS_FLASH_RETURNED, T_PAPERS_FLASH_VOID };
    struct paper_step step = { .words = str_trim(form_text(c, "words")) };
    struct id case_id;
    status s;

    TRY(path_id(c, "id", &case_id));
    TRY(path_id(c, "paper", &step.paper));
    TRY(act_of_path(c, &step.act));
    if (paper_act_asks(step.act) && step.words.n == 0)
        return form_refuse(c, "words", text_of(c, T_CASES_ASK_WORDS_NONE));
    s = paper_step(c, case_id, &step);
    if (s == INVALID) {
        fail_clear();
        return paper_go(c, case_id, step.paper, "/read", T_PAPERS_FLASH_MOVED);
    }
    TRY(s);
    return paper_go(c, case_id, step.paper, step.act == PAPER_REOPEN ? "" : "/read", flashes[step.act]);
}

#define WORDS { .name = "words", .max = 10000 }, { .name = "token", .max = 100 }
#define EMPTY FORM({ .name = "token", .max = 100 })
#define ANSWERS { .name = "q.", .max = 20000, .starts = true }, { .name = "token", .max = 100 }
#define DRAFT_OF { .name = "tab", .max = 40 }, { .name = "from", .max = 80 }
#define FILL_FORM FORM({ .name = "base", .max = 20 }, DRAFT_OF, { .name = "page", .max = 10 }, { .name = "go", .max = 500 }, ANSWERS)
#define RISK_FORM FORM({ .name = "risk", .max = 20 }, { .name = "lower", .max = 10000 }, WORDS)

const struct route paper_routes[] = {
    ROUTE(GET,  "/cases/:id/papers",               MAY_READ_CASES,  NO_FORM,   papers_show),
    ROUTE(POST, "/cases/:id/papers",               MAY_WRITE_CASES, FORM({ .name = "form", .max = 100 }, { .name = "token", .max = 100 }),
          papers_begin, .once = true),
    ROUTE(GET,  "/cases/:id/papers/:paper",        MAY_WRITE_CASES, NO_FORM,   paper_fill_show),
    ROUTE(POST, "/cases/:id/papers/:paper",        MAY_WRITE_CASES, FILL_FORM, paper_fill_do),
    ROUTE(POST, "/cases/:id/papers/:paper/draft",  MAY_WRITE_CASES, FILL_FORM, paper_draft_do, .quiet = true),
    ROUTE(GET,  "/cases/:id/papers/:paper/merge",  MAY_WRITE_CASES, NO_FORM,   paper_merge_show),
    ROUTE(POST, "/cases/:id/papers/:paper/merge",  MAY_WRITE_CASES, FORM({ .name = "newest", .max = 20 }, DRAFT_OF, ANSWERS), paper_merge_do),
    ROUTE(GET,  "/cases/:id/papers/:paper/read",   MAY_READ_CASES,  NO_FORM,   read_show),
    ROUTE(GET,  "/cases/:id/papers/:paper/move",   MAY_WRITE_CASES, NO_FORM,   paper_move_show),
    ROUTE(POST, "/cases/:id/papers/:paper/move",   MAY_WRITE_CASES, EMPTY,     paper_move_do),
    ROUTE(GET,  "/cases/:id/papers/:paper/risk",   MAY_WRITE_CASES, NO_FORM,   paper_risk_show),
    ROUTE(POST, "/cases/:id/papers/:paper/risk",   MAY_WRITE_CASES, RISK_FORM, paper_risk_do, .once = true),
    ROUTE(GET,  "/cases/:id/papers/:paper/do/:act", MAY_READ_CASES, NO_FORM,   paper_step_show),
    ROUTE(POST, "/cases/:id/papers/:paper/do/:act", MAY_READ_CASES, FORM(WORDS), paper_step_do),
    ROUTES_END
};
