/* Rows of the survey sheet become items. */
#include "compile.h"
#include "run.h"
#include "../base/xml.h"

#include <libxml/tree.h>

void maker_find(struct maker *m, bool error, int text, int item, const char *column, struct str a, struct str b)
{
    book_find(m->b, error, text, &m->b->survey, item >= 0 ? m->rows[item] : NULL, column, a, b);
}

static struct str cell(const struct maker *m, const struct book_row *r, const char *column)
{
    return book_cell(&m->b->survey, r, column);
}

static void find(struct maker *m, int text, const struct book_row *r, const char *column, struct str a)
{
    book_find(m->b, true, text, &m->b->survey, r, column, a, STR(""));
}

/* -- items ------------------------------------------------------------------------------------------------- */

static void grow(struct maker *m)
{
    size_t size = m->size ? m->size * 2 : 64;
    struct xform_item *items = NEW_N(m->a, struct xform_item, size);
    const struct book_row **rows = NEW_N(m->a, const struct book_row *, size);

    if (m->size) {
        memcpy(items, m->form->items, m->size * sizeof *items);
        memcpy(rows, m->rows, m->size * sizeof *rows);
    }
    m->form->items = items;
    m->rows = rows;
    m->size = size;
}

static int nearest_repeat(const struct xform *form, int parent)
{
    while (parent >= 0 && form->items[parent].type != XFORM_REPEAT)
        parent = form->items[parent].parent;
    return parent;
}

/* Path of the nearest group around that has an element. */
static struct str path_around(const struct xform *form, int parent)
{
    while (parent >= 0 && form->items[parent].no_node)
        parent = form->items[parent].parent;
    return parent < 0 ? STR("/data") : form->items[parent].path;
}

static bool same_scope(const struct xform *form, const struct xform_item *a, const struct xform_item *b)
{
    return a->no_node || b->no_node ? a->parent == b->parent : str_eq(path_around(form, a->parent),
                                                                      path_around(form, b->parent));
}

static void check_name(struct maker *m, const struct xform_item *item, const struct book_row *r)
{
    struct xform *form = m->form;

    if (item->name.n == 0) {
        find(m, T_FORMS_FIND_NO_NAME, r, "name", item->type_name);
        return;
    }
    if (item->name.n > 200 || xmlValidateNCName((const xmlChar *)arena_copy(m->a, item->name).at, 0) != 0)
        find(m, T_FORMS_FIND_BAD_NAME, r, "name", item->name);
    if (str_is(item->name, "meta") && item->parent < 0)
        find(m, T_FORMS_FIND_NAME_TAKEN, r, "name", item->name);
    for (size_t i = 0; i < form->n_items; i++)
        if (str_eq_nocase(form->items[i].name, item->name) && same_scope(form, &form->items[i], item)) {
            find(m, T_FORMS_FIND_NAME_TWICE, r, "name", item->name);
            return;
        }
}

/* Adds an item with a name, not yet with what its row says. NULL beyond the limit. */
static struct xform_item *add_item(struct maker *m, enum xform_type type, struct str name, const struct book_row *r)
{
    struct xform *form = m->form;
    struct xform_item *item;
    struct str around;

    if (form->n_items == XFORM_ITEMS) {
        if (!m->stop)
            find(m, T_FORMS_FIND_TOO_MANY_ITEMS, r, NULL, STR(""));
        m->stop = true;
        return NULL;
    }
    if (form->n_items == m->size)
        grow(m);
    item = &form->items[form->n_items];
    *item = (struct xform_item){ .type = type, .name = name, .row = r->row, .list = -1, .depth = (int)m->depth,
                                .parent = m->depth ? m->open[m->depth - 1] : -1,
                                    .rules = NEW(m->a, struct xform_rules) };
    item->type_name = cell(m, r, "type");
    item->repeat = nearest_repeat(form, item->parent);
    item->no_node = type == XFORM_GROUP && m->flat;
    around = path_around(form, item->parent);
    item->path = arena_f(m->a, "%.*s/%.*s", (int)around.n, around.at, (int)name.n, name.at);
    check_name(m, item, r);
    m->rows[form->n_items++] = r;
    item->end = (int)form->n_items;
    return item;
}

/* -- what a row says --------------------------------------------------------------------------------------- */

/* %(label)s and %(name)s of a loop. */
static struct str in_loop(const struct maker *m, struct str s, struct str label)
{
    struct { const char *place; struct str value; } places[] = { { "%(label)s", label },
                                                                 { "%(name)s", m->loop ? m->loop->name : STR("") } };

    for (size_t i = 0; m->loop != NULL && i < COUNT_OF(places); i++) {
        size_t at = str_find(s, str_c(places[i].place));

        if (at < s.n) {
            struct str rest = str_from(s, at + strlen(places[i].place)), v = places[i].value;

            s = arena_f(m->a, "%.*s%.*s%.*s", (int)at, s.at, (int)v.n, v.at, (int)rest.n, rest.at);
        }
    }
    return s;
}

static struct xform_text text_of_row(struct maker *m, const struct book_row *r, const char *column)
{
    struct xform_text t = text_read(m, &m->b->survey, r, column);

    for (size_t i = 0; m->loop != NULL && i < m->form->n_langs; i++)
        t.at[i] = in_loop(m, t.at[i], xform_text(&m->loop->label, (int)i));
    return t;
}

static struct str rule(struct maker *m, const struct book_row *r, const char *column)
{
    return in_loop(m, cell(m, r, column), STR(""));
}

/* Officials write yes and no where an expression may stand. */
static struct str yes_no(struct str s)
{
    if (str_eq_nocase(s, STR("yes")) || str_eq_nocase(s, STR("true")) || str_is(s, "1") || str_is(s, "có"))
        return STR("true()");
    return str_eq_nocase(s, STR("no")) || str_eq_nocase(s, STR("false")) || str_is(s, "không") ? STR("false()") : s;
}

static bool has_prefix(struct str column)
{
    static const char *const prefixes[] = { "bind::", "body::", "instance::", "media::", "lachan::" };

    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (str_starts(column, str_c(prefixes[i])))
            return true;
    return false;
}

static void read_extra(struct maker *m, const struct book_row *r, struct xform_item *item)
{
    const struct book_table *t = &m->b->survey;

    item->extra = NEW_N(m->a, struct xform_extra, t->n_columns + 1);
    for (size_t i = 0; i < t->n_columns; i++)
        if (r->cells[i].n && has_prefix(t->columns[i]))
            item->extra[item->n_extra++] = (struct xform_extra){ t->columns[i], r->cells[i] };
}

static void fill_item(struct maker *m, const struct book_row *r, struct xform_item *item)
{
    item->label = text_of_row(m, r, "label");
    item->hint = text_of_row(m, r, "hint");
    item->guidance_hint = text_of_row(m, r, "guidance_hint");
    item->constraint_message = text_of_row(m, r, "constraint_message");
    item->required_message = text_of_row(m, r, "required_message");
    item->appearance = cell(m, r, "appearance");
    item->parameters = cell(m, r, "parameters");
    item->default_value = rule(m, r, "default");
    item->trigger = cell(m, r, "trigger");
    item->relevant = rule(m, r, "relevant");
    item->required = yes_no(rule(m, r, "required"));
    item->readonly = yes_no(rule(m, r, "readonly"));
    item->constraint = rule(m, r, "constraint");
    item->calculation = rule(m, r, "calculation");
    item->choice_filter = rule(m, r, "choice_filter");
    item->repeat_count = rule(m, r, "repeat_count");
    read_extra(m, r, item);
}

/* -- groups ------------------------------------------------------------------------------------------------ */

static bool open_item(struct maker *m, const struct book_row *r)
{
    if (m->depth == XFORM_DEPTH) {
        find(m, T_FORMS_FIND_TOO_DEEP, r, "type", STR(""));
        m->stop = true;
        return false;
    }
    m->open[m->depth] = (int)m->form->n_items - 1;
    m->open_row[m->depth++] = r;
    return true;
}

static void close_item(struct maker *m)
{
    m->form->items[m->open[--m->depth]].end = (int)m->form->n_items;
}

static bool is_one_ref(struct str s)
{
    size_t at = 0, begin;
    struct str name;

    return expr_next_ref(s, &at, &begin, &name) && begin == 0 && at == s.n;
}

/* A repeat_count that is more than ${x} is a calculation of its own before the repeat, as ODK's compiler makes it. */
static struct str counted(struct maker *m, const struct book_row *r)
{
    struct str count = rule(m, r, "repeat_count"), name = cell(m, r, "name");
    struct xform_item *item;

    if (count.n == 0 || is_one_ref(count))
        return count;
    name = arena_f(m->a, "%.*s_count", (int)name.n, name.at);
    item = add_item(m, XFORM_CALCULATE, name, r);
    if (item == NULL)
        return STR("");
    item->calculation = count;
    item->type_name = STR("calculate");
    return arena_f(m->a, "${%.*s}", (int)name.n, name.at);
}

static void begin_row(struct maker *m, const struct book_row *r, enum xform_type type)
{
    struct str count = type == XFORM_REPEAT ? counted(m, r) : STR("");
    struct xform_item *item = add_item(m, type, cell(m, r, "name"), r);

    if (item == NULL || !open_item(m, r))
        return;
    fill_item(m, r, item);
    item->repeat_count = count;
}

static void end_row(struct maker *m, const struct book_row *r, struct type_read t, size_t floor)
{
    if (m->depth == floor)
        find(m, T_FORMS_FIND_END_ALONE, r, "type", cell(m, r, "type"));
    else if (m->form->items[m->open[m->depth - 1]].type != t.type)
        find(m, T_FORMS_FIND_END_OTHER, r, "type", m->form->items[m->open[m->depth - 1]].name);
    if (m->depth > floor)
        close_item(m);
}

/* -- questions --------------------------------------------------------------------------------------------- */

static void add_other_question(struct maker *m, const struct book_row *r, int select)
{
    struct xform *form = m->form;
    struct str name = arena_f(m->a, "%.*s_other", (int)form->items[select].name.n, form->items[select].name.at);
    struct xform_item *item = add_item(m, XFORM_TEXT, name, r);
    struct str own = xform_extra(&form->items[select], "lachan:compartment");

    if (item == NULL)
        return;
    item->type_name = STR("text");
    if (own.n) {
        item->extra = NEW_N(m->a, struct xform_extra, 1);
        item->extra[item->n_extra++] = (struct xform_extra){ STR("bind::lachan:compartment"), own };
    }
    item->relevant = arena_f(m->a, "selected(../%.*s, 'other')", (int)form->items[select].name.n,
                             form->items[select].name.at);
    for (size_t i = 0; i < form->n_langs; i++)
        item->label.at[i] = specify_label(form->langs[i]);
}

static void question_row(struct maker *m, const struct book_row *r, struct type_read t)
{
    struct xform_item *item = add_item(m, t.file ? XFORM_NOT_SHOWN : t.type, cell(m, r, "name"), r);
    int place = (int)m->form->n_items - 1;

    if (item == NULL)
        return;
    fill_item(m, r, item);
    if (item->constraint.n == 0 && t.constraint)
        item->constraint = str_c(t.constraint);
    if (item->type == XFORM_NOT_SHOWN)
        maker_find(m, false, T_FORMS_FIND_NOT_SHOWN, place, "type", item->type_name, STR(""));
    if (t.list.n == 0 || t.file)
        return;
    item->list = choices_list(m->form, t.list);
    if (item->list < 0)
        find(m, T_FORMS_FIND_NO_LIST, r, "type", t.list);
    else if (t.other) {
        choices_add_other(m, item->list);
        add_other_question(m, r, place);
    }
}

/* -- rows -------------------------------------------------------------------------------------------------- */

static void read_rows(struct maker *m, size_t from, size_t to);

static struct type_read type_at(struct maker *m, size_t i)
{
    return type_read(m->a, cell(m, &m->b->survey.rows[i], "type"));
}

/* The row that ends what begins at `from`; `to` where nothing does. */
static size_t end_of(struct maker *m, size_t from, size_t to)
{
    int depth = 0;

    for (size_t i = from; i < to; i++) {
        enum type_kind kind = type_at(m, i).kind;

        depth += kind == TYPE_BEGIN || kind == TYPE_LOOP;
        depth -= kind == TYPE_END;
        if (depth == 0)
            return i;
    }
    return to;
}

/* A loop is a group for each choice of a list. */
static size_t loop_row(struct maker *m, size_t from, size_t to, struct str list_name)
{
    const struct book_row *r = &m->b->survey.rows[from];
    const struct xform_choice *before = m->loop;
    size_t end = end_of(m, from, to);
    int list = choices_list(m->form, list_name);

    if (list < 0)
        find(m, T_FORMS_FIND_NO_LIST, r, "type", list_name);
    if (end == to)
        find(m, T_FORMS_FIND_NOT_CLOSED, r, "type", cell(m, r, "name"));
    begin_row(m, r, XFORM_GROUP);
    if (list < 0 || end == to || m->stop)
        return end;
    for (size_t i = 0; i < m->form->lists[list].n && !m->stop; i++) {
        struct xform_item *item = add_item(m, XFORM_GROUP, m->form->lists[list].at[i].name, r);

        if (item == NULL || !open_item(m, r))
            break;
        item->label = m->form->lists[list].at[i].label;
        m->loop = &m->form->lists[list].at[i];
        read_rows(m, from + 1, end);
        m->loop = before;
        close_item(m);
    }
    close_item(m);
    return end;
}

static bool empty_row(const struct book_table *t, const struct book_row *r)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (r->cells[i].n)
            return false;
    return true;
}

static void read_rows(struct maker *m, size_t from, size_t to)
{
    size_t floor = m->depth;

    for (size_t i = from; i < to && !m->stop; i++) {
        const struct book_row *r = &m->b->survey.rows[i];
        struct type_read t = type_at(m, i);

        if (empty_row(&m->b->survey, r) || str_is(yes_no(cell(m, r, "disabled")), "true()"))
            continue;
        if (cell(m, r, "type").n == 0)
            find(m, T_FORMS_FIND_NO_TYPE, r, "type", STR(""));
        else if (t.kind == TYPE_UNKNOWN)
            find(m, T_FORMS_FIND_TYPE, r, "type", cell(m, r, "type"));
        else if (t.kind == TYPE_LOOP)
            i = loop_row(m, i, to, t.list);
        else if (t.kind == TYPE_BEGIN)
            begin_row(m, r, t.type);
        else if (t.kind == TYPE_END)
            end_row(m, r, t, floor);
        else
            question_row(m, r, t);
    }
    while (m->depth > floor) {
        if (!m->stop)
            find(m, T_FORMS_FIND_NOT_CLOSED, m->open_row[m->depth - 1], "type",
                 m->form->items[m->open[m->depth - 1]].name);
        close_item(m);
    }
}

/* -- the whole --------------------------------------------------------------------------------------------- */

static void read_settings(struct maker *m)
{
    const struct book_table *t = &m->b->settings;
    struct xform *form = m->form;
    size_t slash = 0, dot;
    struct str file = m->b->file;

    form->settings = NEW_N(m->a, struct xform_extra, t->n_columns + 1);
    for (size_t i = 0; t->n_rows && i < t->n_columns; i++)
        if (t->columns[i].n)
            form->settings[form->n_settings++] = (struct xform_extra){ t->columns[i], t->rows[0].cells[i] };
    for (size_t i = 0; i < file.n; i++)
        slash = file.at[i] == '/' ? i + 1 : slash;
    file = str_from(file, slash);
    dot = file.n;
    for (size_t i = 0; i < file.n; i++)
        dot = file.at[i] == '.' ? i : dot;
    form->id = xform_setting(form, "form_id");
    form->id = form->id.n ? form->id : str_upto(file, dot);
    form->title = xform_setting(form, "form_title");
    form->title = form->title.n ? form->title : form->id;
    form->version = xform_setting(form, "version");
    m->flat = str_is(yes_no(xform_setting(form, "flat")), "true()");
}

/* What only shows when it is done: an expression that fails, or answers that never come to rest. */
static void check_by_running(struct maker *m)
{
    static const char *const columns[] = { "relevant", "required", "readonly", "constraint", "calculation",
                                           "choice_filter", "default",
                                           "repeat_count" };
    struct arena_mark mark = arena_mark(m->a);
    struct xform_run *run = xform_run_new(m->a, m->form, &(struct xform_setup){ .lang = STR("vi") });
    bool rests = xform_run_recompute(run) == OK || run->failed_item >= 0;
    enum xform_expr kind = XFORM_RELEVANT;
    int item = -1;
    bool fine = run_check_rules(run, &item, &kind);

    arena_back(m->a, mark);
    fail_clear();
    if (!fine)
        maker_find(m, true, T_FORMS_FIND_EXPR_FAILS, item, columns[kind], STR(""), STR(""));
    else if (!rests)
        maker_find(m, true, T_FORMS_FIND_NO_REST, -1, NULL, STR(""), STR(""));
}

static void compile(struct maker *m)
{
    const char *const needed[] = { "type", "name" };

    read_settings(m);
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (book_place(&m->b->survey, needed[i]) < 0) {
            find(m, T_FORMS_FIND_NO_COLUMN, NULL, NULL, str_c(needed[i]));
            return;
        }
    languages_read(m);
    choices_read(m);
    read_rows(m, 0, m->b->survey.n_rows);
    if (m->form->n_items == 0 && m->b->found->errors == 0)
        find(m, T_FORMS_FIND_NO_ITEMS, NULL, NULL, STR(""));
    if (m->stop)
        return;
    tables_read(m);
    rules_read(m);
    if (m->b->found->errors == 0)
        cycles_check(m);
    languages_check(m);
    if (m->form->version.n == 0)
        book_find(m->b, false, T_FORMS_FIND_NO_VERSION, m->b->settings.name.n ? &m->b->settings : NULL, NULL,
                  NULL, STR(""), STR(""));
    pages_make(m);
    if (m->b->found->errors == 0)
        check_by_running(m);
}

struct tables_from { const char *dir; const struct xform_kept *kept; };

static status read_form(struct arena *a, const char *file, struct str bytes, struct tables_from from, struct xform **form,
                        struct xform_findings *found)
{
    struct book *b = NEW(a, struct book);
    struct maker *m = NEW(a, struct maker);

    xml_start();
    *form = NULL;
    *found = (struct xform_findings){ 0 };
    *b = (struct book){ .arena = a, .file = arena_copy(a, str_c(file)), .found = found };
    if (bytes.n > XFORM_FILE_BYTES) {
        book_find(b, true, T_FORMS_FIND_FILE_TOO_LARGE, NULL, NULL, NULL, STR(""), STR(""));
        return fail(TOO_LARGE, "%s is larger than a form may be", file);
    }
    TRY(book_is_xlsx(bytes) ? book_read_xlsx(b, bytes) : book_read_text(b, bytes));
    if (b->survey.columns == NULL || (b->text && b->survey.n_rows == 0)) {
        if (found->errors == 0)
            book_find(b, true, T_FORMS_FIND_NO_SURVEY, NULL, NULL, NULL, STR(""), STR(""));
        return fail(INVALID, "%s has no survey", file);
    }
    *m = (struct maker){ .b = b, .a = a, .form = NEW(a, struct xform), .dir = from.dir, .tables = from.kept };
    m->form->file = b->file;
    compile(m);
    *form = m->form;
    return OK;
}

status xform_read(struct arena *a, const char *file, struct str bytes, const char *dir, struct xform **form,
                  struct xform_findings *found)
{
    return read_form(a, file, bytes, (struct tables_from){ .dir = dir }, form, found);
}

status xform_read_kept(struct arena *a, const char *file, struct str bytes, const struct xform_kept *tables, struct xform **form,
                       struct xform_findings *found)
{
    return read_form(a, file, bytes, (struct tables_from){ .kept = tables }, form, found);
}
