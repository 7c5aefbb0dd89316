/* Forms of a case on paper: questions and answers as they stand in the form, rated rows as a grid, and the decision (Mẫu số 05) set as
   a decision is set. */
#include "print.h"

#include "papers.h"

#include "texts.h"

enum { GRID_COLUMNS = 5 };

static bool finished(const struct papers_row *row)
{
    return str_is(row->state, "done") || str_is(row->state, "submitted") || str_is(row->state, "approved");
}

static int state_name(struct str state)
{
    return str_is(state, "approved") ? T_PRINT_PAPER_APPROVED : str_is(state, "submitted") ? T_PRINT_PAPER_SUBMITTED : T_PRINT_PAPER_DONE;
}

static struct str day_of(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_vi(ms, text);
    return arena_copy(c->arena, str_c(text));
}

/* One form that is being printed. */
struct sheet { struct ctx *c; struct doc *doc; struct case_paper *p; bool identity; int lang; };

static bool hidden(const struct sheet *s, const struct xform_item *item)
{
    return !s->identity && item != NULL && item->identity;
}

/* -- rated rows: questions whose choices are levels, one after the other, are one table ------------------------------------------------- */

static const char *const levels[] = { "high", "medium", "low", "unknown" };

static bool is_level(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (str_is(name, levels[i]))
            return true;
    return false;
}

static bool is_rated(const struct xform *form, const struct xform_item *item)
{
    const struct xform_list *list = item->list >= 0 ? &form->lists[item->list] : NULL;

    if (item->type != XFORM_SELECT_ONE || list == NULL || list->n < 3 || list->n > COUNT_OF(levels))
        return false;
    for (size_t i = 0; i < list->n; i++)
        if (!is_level(list->at[i].name))
            return false;
    return true;
}

static void rated_head(const struct sheet *s)
{
    struct ctx *c = s->c;
    const struct doc_column columns[GRID_COLUMNS] = {
        { text_of(c, T_PRINT_GRID_ROW), 8, false }, { text_of(c, T_PRINT_GRID_HIGH), 2, true }, { text_of(c, T_PRINT_GRID_MEDIUM), 2, true },
        { text_of(c, T_PRINT_GRID_LOW), 2, true }, { text_of(c, T_PRINT_GRID_UNKNOWN), 2, true } };

    doc_table(s->doc, columns, GRID_COLUMNS);
}

static void rated_row(const struct sheet *s, const struct xform_answer *a)
{
    struct str cells[GRID_COLUMNS] = { a->label }, name = xform_run_get(s->p->run, a->path);

    for (size_t i = 0; i < COUNT_OF(levels); i++)
        cells[i + 1] = str_is(name, levels[i]) ? STR("☒") : STR("☐");
    if (a->value.n)     /* what the chosen level says of this row */
        cells[0] = arena_f(s->c->arena, "%.*s\n%.*s", (int)a->label.n, a->label.at, (int)a->value.n, a->value.at);
    doc_row(s->doc, cells, GRID_COLUMNS);
}

/* -- questions ------------------------------------------------------------------------------------------------------------------------------ */

static bool chosen(struct str names, struct str name)
{
    struct str one;

    while (names.n && str_cut(&names, ' ', &one))
        if (str_eq(one, name))
            return true;
    return false;
}

/* All that could be chosen, with boxes: a reader sees also what was not. */
static void choices(const struct sheet *s, const struct xform_answer *a)
{
    const struct xform_list *list = &s->p->form->lists[a->item->list];
    struct str names = xform_run_get(s->p->run, a->path);

    doc_text(s->doc, a->label);
    for (size_t i = 0; i < list->n; i++)
        doc_choice(s->doc, xform_text(&list->at[i].label, s->lang), chosen(names, list->at[i].name));
}

enum { BOXES_MAX = 12 };

static bool as_boxes(const struct xform *form, const struct xform_item *item)
{
    bool select = item->type == XFORM_SELECT_ONE || item->type == XFORM_SELECT_MULTIPLE;

    return select && item->list >= 0 && item->choice_filter.n == 0 && form->lists[item->list].n <= BOXES_MAX;
}

static void question(const struct sheet *s, const struct xform_answer *a)
{
    if (a->label.n == 0)
        return;
    if (hidden(s, a->item))
        doc_sealed(s->doc, a->label);
    else if (a->item->type == XFORM_NOTE)
        doc_small(s->doc, a->label);
    else if (as_boxes(s->p->form, a->item))
        choices(s, a);
    else if (a->value.n > 120 || str_find_char(a->value, '\n') < a->value.n) {
        doc_text(s->doc, arena_f(s->c->arena, "%.*s:", (int)a->label.n, a->label.at));
        doc_text(s->doc, a->value);
    } else
        doc_pair(s->doc, a->label, a->value);
}

static bool rated_at(const struct sheet *s, const struct xform_answers *all, size_t i)
{
    return i < all->n && all->at[i].kind == XFORM_SHOW_QUESTION && is_rated(s->p->form, all->at[i].item) && !hidden(s, all->at[i].item);
}

/* Two or more rated rows are a table, one alone is a question with its boxes. Gives the last of them, `first` where there is none. */
static size_t grid(const struct sheet *s, const struct xform_answers *all, size_t first)
{
    size_t end = first;

    while (rated_at(s, all, end))
        end++;
    if (end - first < 2)
        return first;
    rated_head(s);
    for (size_t i = first; i < end; i++)
        rated_row(s, &all->at[i]);
    return end - 1;
}

static void body(const struct sheet *s)
{
    struct xform_answers all = xform_run_answers(s->p->run);

    for (size_t i = 0; i < all.n; i++) {
        const struct xform_answer *a = &all.at[i];
        size_t last = grid(s, &all, i);

        if (last > i)
            i = last;
        else if (a->kind == XFORM_SHOW_QUESTION)
            question(s, a);
        else if (a->label.n && a->kind != XFORM_SHOW_GROUP_END && a->kind != XFORM_SHOW_REPEAT_END && a->kind != XFORM_SHOW_INSTANCE_END)
            doc_heading(s->doc, a->depth > 0 ? 2 : 1, a->label);
    }
}

/* "Mẫu số 02: Đánh giá ..." is the mark at the top and the title. */
static void head(const struct sheet *s)
{
    struct str rest = s->p->title, mark = STR("");

    if (!str_cut(&rest, ':', &mark) || rest.n == 0) {
        rest = s->p->title;
        mark = STR("");
    }
    print_letterhead(s->c, &s->p->file, mark, s->doc);
    doc_title(s->doc, str_trim(rest), STR(""));
}

static void signers(const struct sheet *s)
{
    struct ctx *c = s->c;
    struct str by = s->p->row.finished_by.has ? desk_user_name(c, s->p->row.finished_by) : STR("");
    struct str chair = s->p->row.decided_by.has && str_is(s->p->row.state, "approved") ? desk_user_name(c, s->p->row.decided_by) : STR("");

    doc_signers(s->doc, (struct doc_signer[]){
        { text_of(c, T_PRINT_SIGN_CHAIR), text_of(c, T_PRINT_SIGN_SEAL), chair.n ? chair : STR("") },
        { text_of(c, T_PRINT_SIGN_MADE_BY), text_of(c, T_PRINT_SIGN_NAME), by.n ? by : STR("") } }, 2);
}

/* -- the decision ----------------------------------------------------------------------------------------------------------------------- */

static struct str said(const struct sheet *s, const char *name)
{
    const struct xform *form = s->p->form;

    for (size_t i = 0; i < form->n_items; i++)
        if (str_is(form->items[i].name, name))
            return hidden(s, &form->items[i]) ? text_of(s->c, T_PRINT_SEALED) : xform_run_get(s->p->run, form->items[i].path);
    return STR("");
}

static struct str dots(struct str text)
{
    return text.n ? text : STR("........................");
}

/* "Cần Thơ, ngày 29 tháng 11 năm 2026"; a draft leaves the day to the pen. */
static struct str place_and_day(const struct sheet *s)
{
    struct str place = said(s, "decision_place"), words = text_of(s->c, T_PRINT_DAY_OPEN);
    i64 day;

    if (clock_of_iso(said(s, "decision_on"), &day))
        words = print_day_words(s->c, day);
    place = dots(place);
    return arena_f(s->c->arena, "%.*s, %.*s", (int)place.n, place.at, (int)words.n, words.at);
}

static void decision_head(const struct sheet *s)
{
    struct ctx *c = s->c;
    struct str number = said(s, "decision_number"), place_date = place_and_day(s);

    doc_letterhead(s->doc, &(struct doc_head){
        .body = said(s, "issuing_body"), .country = text_of(c, T_PRINT_COUNTRY), .motto = text_of(c, T_PRINT_MOTTO),
        .number = text_fill(c->arena, (int)c->lang, T_PRINT_NUMBER, dots(number), STR("")), .place_date = place_date,
        .form = text_of(c, T_PRINT_FORM_05) });
    doc_title(s->doc, text_of(c, T_PRINT_DECISION_TITLE), text_of(c, T_PRINT_DECISION_ABOUT));
}

static void decision_bases(const struct sheet *s)
{
    static const char *const bases[] = { "basis_1", "basis_2", "basis_3", "basis_4" };
    struct ctx *c = s->c;
    struct str signer = said(s, "signer_title");

    doc_centred(s->doc, doc_capitals(s->doc, dots(signer)), true);
    for (size_t i = 0; i < COUNT_OF(bases); i++) {
        struct str basis = said(s, bases[i]);

        if (basis.n)
            doc_text(s->doc, text_fill(c->arena, (int)c->lang, T_PRINT_DECISION_BASIS, basis, STR("")));
    }
    doc_text(s->doc, text_of(c, T_PRINT_DECISION_PROPOSAL));
    doc_centred(s->doc, text_of(c, T_PRINT_DECISION_DECIDES), true);
}

static void decision_article(const struct sheet *s, int no, struct str text)
{
    if (text.n)
        doc_text(s->doc, text_fill(s->c->arena, (int)s->c->lang, T_PRINT_DECISION_ARTICLE, desk_number(s->c, no), text));
}

static void decision_articles(const struct sheet *s)
{
    struct ctx *c = s->c;
    struct str first = said(s, "article_1"), name = said(s, "child_name"), address = said(s, "child_address");

    decision_article(s, 1, first);
    doc_pair(s->doc, text_of(c, T_PRINT_DECISION_CHILD), name);
    doc_pair(s->doc, text_of(c, T_PRINT_DECISION_LIVES), address);
    doc_pair(s->doc, text_of(c, T_PRINT_DECISION_CASE), said(s, "case_number"));
    decision_article(s, 2, said(s, "article_2"));
    decision_article(s, 3, said(s, "article_3"));
}

/* Who carries it out: the rows of the repeat, and at the foot of the page who receives it. */
static void decision_executors(const struct sheet *s)
{
    struct ctx *c = s->c;
    const struct doc_column columns[] = { { text_of(c, T_PRINT_DECISION_EXECUTOR), 1, false }, { text_of(c, T_PRINT_DECISION_TASK), 2, false } };
    struct xform_answers all = xform_run_answers(s->p->run);
    struct str name = STR("");
    bool any = false;

    for (size_t i = 0; i < all.n; i++) {
        const struct xform_answer *a = &all.at[i];

        if (a->kind != XFORM_SHOW_QUESTION || !str_starts(a->item->name, STR("executor_")))
            continue;
        if (str_is(a->item->name, "executor_name")) {
            name = hidden(s, a->item) ? text_of(c, T_PRINT_SEALED) : a->value;
            continue;
        }
        if (!any)
            doc_table(s->doc, columns, COUNT_OF(columns));
        any = true;
        doc_row(s->doc, (struct str[]){ name, a->value }, 2);
    }
}

static void decision(const struct sheet *s)
{
    struct ctx *c = s->c;
    struct str signer = said(s, "signer_title"), name = said(s, "signer_name");

    decision_head(s);
    if (!str_is(s->p->row.state, "approved"))
        doc_centred(s->doc, text_of(c, T_PRINT_DECISION_DRAFT), true);
    decision_bases(s);
    decision_articles(s);
    decision_executors(s);
    doc_signers(s->doc, (struct doc_signer[]){ { text_of(c, T_PRINT_DECISION_TO), text_of(c, T_PRINT_DECISION_TO_WHOM), STR("") },
                                               { doc_capitals(s->doc, dots(signer)), text_of(c, T_PRINT_SIGN_SEAL), name } }, 2);
}

/* -- one form, all forms ------------------------------------------------------------------------------------------------------------------- */

static void form_sheet(const struct sheet *s)
{
    if (str_is(s->p->row.form, "mau-05")) {
        decision(s);
        return;
    }
    head(s);
    body(s);
    signers(s);
}

/* Where it comes from, so that nobody takes a draft of the wording for the official sheet. */
static void source_note(const struct sheet *s)
{
    const struct papers_row *row = &s->p->row;

    doc_space(s->doc);
    doc_small(s->doc, text_fill(s->c->arena, (int)s->c->lang, T_PRINT_PAPER_FROM, row->version,
                                row->finished.has ? day_of(s->c, row->finished.v) : STR("")));
}

status print_paper(struct ctx *c, struct casefile *f, const struct print_ask *ask, struct doc *doc, struct str *name)
{
    struct case_paper p;
    struct sheet s = { .c = c, .doc = doc, .p = &p };

    TRY(paper_open(c, f->row.id, ask->paper, &p));
    if (!finished(&p.row))
        return NOT_FOUND;
    s.identity = ask->identity && !p.closed;
    if (!s.identity)
        TRY(paper_run_nameless(c, &p, &p.run));     /* a label or a calculation may say a name, too */
    s.lang = xform_lang(p.form, c->page.lang_code);
    *name = p.title;
    if (doc != NULL) {
        form_sheet(&s);
        source_note(&s);
    }
    return OK;
}

status print_choices(struct ctx *c, const struct casefile *f, struct choices *list)
{
    struct papers_rows rows;

    TRY(sql_papers_of_case(c->ledger, (struct sql_papers_of_case){ .case_id = f->row.id }, &rows));
    *list = (struct choices){ NEW_N(c->arena, struct choice, rows.n + 1), 0 };
    for (size_t i = 0; i < rows.n; i++) {
        const struct papers_row *row = &rows.at[i];
        const struct xform *form;
        char id[ID_TEXT + 1];
        struct str title, state;

        if (row->altered || !finished(row) || papers_definition(c, row->digest, &form) != OK)
            continue;
        id_text(row->id, id);
        title = paper_form_title(c, form);
        state = text_of(c, state_name(row->state));
        list->at[list->n++] = (struct choice){ arena_copy(c->arena, str_c(id)),
            arena_f(c->arena, "%.*s (%.*s)", (int)title.n, title.at, (int)state.n, state.at), false };
    }
    return OK;
}

status print_papers(struct ctx *c, struct casefile *f, bool identity, struct doc *doc)
{
    struct choices list;

    TRY(print_choices(c, f, &list));
    for (size_t i = 0; i < list.n; i++) {
        struct print_ask ask = { .what = PRINT_PAPER, .identity = identity };
        struct str name;

        (void)id_of_text(list.at[i].code, &ask.paper);
        doc_section(doc, list.at[i].name);
        if (print_paper(c, f, &ask, doc, &name) != OK) {
            fail_clear();
            doc_text(doc, text_of(c, T_PRINT_ALTERED));
        }
    }
    return OK;
}
