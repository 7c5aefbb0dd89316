/* Languages, expressions, circles, tables and pages of a form. */
#include "compile.h"

#include <stdio.h>

/* -- languages --------------------------------------------------------------------------------------------- */

static const char *const spoken[] = { "label", "hint", "guidance_hint", "constraint_message", "required_message" };

static void add_language(struct maker *m, struct str language, const struct book_table *t, const char *column)
{
    struct xform *form = m->form;

    for (size_t i = 0; i < form->n_langs; i++)
        if (str_eq(form->langs[i], language))
            return;
    if (form->n_langs < XFORM_LANGS)
        form->langs[form->n_langs++] = language;
    else
        book_find(m->b, true, T_FORMS_FIND_TOO_MANY_LANGUAGES, t, NULL, column, language, STR(""));
}

static bool has_plain(const struct book_table *t)
{
    for (size_t i = 0; i < COUNT_OF(spoken); i++)
        if (book_place(t, spoken[i]) >= 0)
            return true;
    return false;
}

static void add_languages(struct maker *m, const struct book_table *t)
{
    for (size_t i = 0; i < t->n_columns; i++)
        for (size_t k = 0; k < COUNT_OF(spoken); k++) {
            struct str start = arena_f(m->a, "%s::", spoken[k]);

            if (str_starts(t->columns[i], start))
                add_language(m, str_from(t->columns[i], start.n), t, start.at);
        }
}

/* The default language comes first: the one named in the settings, else that of the columns without a language, else the first. */
void languages_read(struct maker *m)
{
    struct str named = xform_setting(m->form, "default_language");

    if (named.n)
        add_language(m, named, &m->b->settings, "default_language");
    else if (has_plain(&m->b->survey) || has_plain(&m->b->choices))
        add_language(m, STR(""), &m->b->survey, "label");
    add_languages(m, &m->b->survey);
    add_languages(m, &m->b->choices);
    if (m->form->n_langs == 0)
        add_language(m, STR(""), &m->b->survey, "label");
}

struct xform_text text_read(struct maker *m, const struct book_table *t, const struct book_row *r, const char *column)
{
    struct xform_text text = { 0 };
    size_t n = strlen(column);

    for (size_t i = 0; i < m->form->n_langs; i++)
        text.at[i] = STR("");
    text.at[0] = book_cell(t, r, column);
    for (size_t c = 0; c < t->n_columns; c++) {
        struct str name = t->columns[c];

        if (name.n < n + 2 || memcmp(name.at, column, n) != 0 || memcmp(name.at + n, "::", 2) != 0)
            continue;
        for (size_t i = 0; i < m->form->n_langs; i++)
            if (str_eq(m->form->langs[i], str_from(name, n + 2)) && r->cells[c].n)
                text.at[i] = r->cells[c];
    }
    return text;
}

/* How many rows of a table speak in another language under this column, and not in this one; the first of them. */
static size_t count_silent(struct maker *m, const struct book_table *t, const char *column, size_t lang,
                           const struct book_row **first)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n_rows; i++) {
        struct xform_text text = text_read(m, t, &t->rows[i], column);

        if (text.at[lang].n || xform_text(&text, 0).n == 0)
            continue;
        if (n++ == 0)
            *first = &t->rows[i];
    }
    return n;
}

static void check_table(struct maker *m, const struct book_table *t)
{
    for (size_t lang = 0; lang < m->form->n_langs; lang++)
        for (size_t i = 0; i < COUNT_OF(spoken); i++) {
            const struct book_row *first = NULL;
            struct str name = m->form->langs[lang];
            size_t n = count_silent(m, t, spoken[i], lang, &first);
            struct str column = arena_f(m->a, "%s::%.*s", spoken[i], (int)name.n, name.at);

            if (n > 0)
                book_find(m->b, false, T_FORMS_FIND_LANGUAGE_ROWS, t, first, name.n &&
                          book_place(t, column.at) >= 0 ? column.at : spoken[i],
                          name.n ? name : STR("default"), arena_f(m->a, "%zu", n));
        }
}

void languages_check(struct maker *m)
{
    static const char *const codes[] = { "vi", "en" };

    check_table(m, &m->b->survey);
    check_table(m, &m->b->choices);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        int lang = xform_lang(m->form, str_c(codes[i]));

        if (lang == 0 && !xform_speaks(m->form->langs[0], str_c(codes[i])))
            book_find(m->b, false, T_FORMS_FIND_LANGUAGE, &m->b->survey, NULL, NULL, str_c(codes[i]), STR(""));
    }
}

/* -- expressions ------------------------------------------------------------------------------------------- */

static bool is_dynamic(struct str s)
{
    size_t open = str_find_char(s, '(');

    if (str_find(s, STR("${")) < s.n)
        return true;
    if (open == 0 || open == s.n || !str_ends(s, STR(")")))
        return false;
    return expr_function(str_upto(s, open)) != NULL;
}

static void read_rule(struct maker *m, int item, enum xform_expr kind, struct str source, const char *column)
{
    struct xform_rules *rules = m->form->items[item].rules;
    struct expr e;

    if (source.n == 0)
        return;
    e = expr_translate(m->a, m->form, item, kind, source);
    if (e.error)
        maker_find(m, true, e.error, item, column, e.a, e.b);
    rules->xpath[kind] = e.xpath;
    rules->refs[kind] = e.refs;
    rules->n_refs[kind] = e.n_refs;
    rules->wide[kind] = e.wide;
    if (e.wide && e.error == 0)
        rules->n_paths[kind] = expr_paths(m->a, m->form, (struct expr_place){ item, kind }, source, &rules->paths[kind]);
}

static void check_refs(struct maker *m, int item, struct str text, const char *column)
{
    size_t at = 0, begin;
    struct str name;

    while (expr_next_ref(text, &at, &begin, &name)) {
        int to = expr_resolve(m->form, item, name);

        if (to < 0)
            maker_find(m, true, to == -2 ? T_FORMS_FIND_REF_TWICE : T_FORMS_FIND_REF, item, column, name, STR(""));
    }
}

static void check_texts(struct maker *m, int item, const struct xform_text *t, const char *column)
{
    for (size_t i = 0; i < m->form->n_langs; i++)
        check_refs(m, item, t->at[i], column);
}

static void read_triggers(struct maker *m, int place)
{
    struct xform_item *item = &m->form->items[place];
    size_t at = 0, begin;
    struct str name;

    item->rules->triggers = NEW_N(m->a, int, item->trigger.n / 3 + 1);
    while (expr_next_ref(item->trigger, &at, &begin, &name)) {
        int to = expr_resolve(m->form, place, name);

        if (to < 0)
            maker_find(m, true, to == -2 ? T_FORMS_FIND_REF_TWICE : T_FORMS_FIND_REF, place, "trigger", name, STR(""));
        else
            item->rules->triggers[item->rules->n_triggers++] = to;
    }
}

static void check_item(struct maker *m, int place)
{
    struct xform_item *item = &m->form->items[place];
    bool inner = item->type == XFORM_GROUP || item->type == XFORM_REPEAT;

    if (item->type == XFORM_CALCULATE && item->calculation.n == 0 && item->default_value.n == 0)
        maker_find(m, true, T_FORMS_FIND_NO_CALCULATION, place, "calculation", item->name, STR(""));
    if ((xform_asks(item->type) || item->type == XFORM_NOTE) && xform_text(&item->label, 0).n == 0 &&
        item->n_extra == 0 &&
        xform_text(&item->hint, 0).n == 0)
        maker_find(m, false, T_FORMS_FIND_NO_LABEL, place, "label", item->name, STR(""));
    if (inner && item->end == place + 1)
        maker_find(m, false, T_FORMS_FIND_EMPTY_GROUP, place, "type", item->name, STR(""));
}

static void read_rules(struct maker *m, int place)
{
    struct xform_item *item = &m->form->items[place];

    read_rule(m, place, XFORM_RELEVANT, item->relevant, "relevant");
    read_rule(m, place, XFORM_REQUIRED, item->required, "required");
    read_rule(m, place, XFORM_READONLY, item->readonly, "readonly");
    read_rule(m, place, XFORM_CONSTRAINT, item->constraint, "constraint");
    read_rule(m, place, XFORM_CALCULATION, item->calculation, "calculation");
    read_rule(m, place, XFORM_FILTER, item->choice_filter, "choice_filter");
    read_rule(m, place, XFORM_COUNT, item->repeat_count, "repeat_count");
    if (is_dynamic(item->default_value))
        read_rule(m, place, XFORM_DEFAULT, item->default_value, "default");
    read_triggers(m, place);
}

static void check_item_texts(struct maker *m, int place)
{
    const struct xform_item *item = &m->form->items[place];

    check_texts(m, place, &item->label, "label");
    check_texts(m, place, &item->hint, "hint");
    check_texts(m, place, &item->guidance_hint, "guidance_hint");
    check_texts(m, place, &item->constraint_message, "constraint_message");
    check_texts(m, place, &item->required_message, "required_message");
    for (size_t i = 0; item->list >= 0 && i < m->form->lists[item->list].n; i++)
        check_texts(m, place, &m->form->lists[item->list].at[i].label, "type");
}

void rules_read(struct maker *m)
{
    struct str name = xform_setting(m->form, "instance_name");

    for (int i = 0; i < (int)m->form->n_items; i++) {
        compartment_inherit(m, i);
        read_rules(m, i);
        check_item_texts(m, i);
        check_item(m, i);
    }
    compartments_check(m);
    if (name.n) {
        struct expr e = expr_translate(m->a, m->form, -1, XFORM_CALCULATION, name);

        if (e.error)
            book_find(m->b, true, e.error, &m->b->settings, m->b->settings.rows, "instance_name", e.a, e.b);
        m->form->instance_name = e.xpath;
    }
}

/* -- circles ----------------------------------------------------------------------------------------------- */

enum { TABLES_MAX = 16 };

struct walk { struct maker *m; uint8_t *seen; int *trail; size_t n; };

static bool visit(struct walk *w, int item);

/* In a repeat, indexed-repeat() may read the same question of another instance: a running total, say. */
static bool own_earlier(const struct walk *w, int item, int ref)
{
    struct str calculation = w->m->form->items[item].calculation;

    return item == ref && str_find(calculation, STR("indexed-repeat")) < calculation.n;
}

static bool visit_refs(struct walk *w, int item, enum xform_expr kind)
{
    const struct xform_rules *rules = w->m->form->items[item].rules;

    for (size_t i = 0; i < rules->n_refs[kind]; i++)
        if (!own_earlier(w, item, rules->refs[kind][i]) && !visit(w, rules->refs[kind][i]))
            return false;
    for (size_t i = 0; i < rules->n_paths[kind]; i++)
        if (!own_earlier(w, item, rules->paths[kind][i]) && !visit(w, rules->paths[kind][i]))
            return false;
    return true;
}

/* "a -> b -> a" */
static struct str trail(const struct walk *w, int again)
{
    struct out o = { .max = 2000 };
    size_t from = 0;
    struct str text;

    while (from < w->n && w->trail[from] != again)
        from++;
    for (size_t i = from; i < w->n; i++) {
        out_str(&o, w->m->form->items[w->trail[i]].name);
        out_c(&o, " → ");
    }
    out_str(&o, w->m->form->items[again].name);
    text = arena_copy(w->m->a, out_done(&o));
    out_free(&o);
    return text;
}

/* The value of an item hangs on what its calculation reads, and on its relevance with that of all around it. */
static bool visit(struct walk *w, int item)
{
    const struct xform *form = w->m->form;
    bool fine = true;

    if (w->seen[item] == 2)
        return true;
    if (w->seen[item] == 1) {
        maker_find(w->m, true, T_FORMS_FIND_CIRCLE, item,
                   form->items[item].calculation.n ? "calculation" : "relevant", trail(w, item), STR(""));
        return false;
    }
    w->seen[item] = 1;
    w->trail[w->n++] = item;
    if (form->items[item].rules->n_triggers == 0)
        fine = visit_refs(w, item, XFORM_CALCULATION);
    for (int i = item; i >= 0 && fine; i = form->items[i].parent)
        fine = visit_refs(w, i, XFORM_RELEVANT);
    if (fine && form->items[item].type == XFORM_REPEAT)
        fine = visit_refs(w, item, XFORM_COUNT);
    w->n--;
    w->seen[item] = 2;
    return fine;
}

void cycles_check(struct maker *m)
{
    struct walk w = { m, NEW_N(m->a, uint8_t, m->form->n_items + 1), NEW_N(m->a, int, m->form->n_items + 1), 0 };

    for (int i = 0; i < (int)m->form->n_items; i++)
        if (!visit(&w, i))
            return;
}

/* -- tables of pulldata ------------------------------------------------------------------------------------ */

static bool file_name_safe(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!((name.at[i] >= 'a' && name.at[i] <= 'z') || (name.at[i] >= 'A' && name.at[i] <= 'Z') ||
              (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '-' || name.at[i] == '_'))
            return false;
    return name.n > 0 && name.n < 100;
}

/* The first record names the columns. */
static void fill_table(struct maker *m, struct xform_table *t, struct str text)
{
    struct csv csv = { str_from(text, str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0), 0 };
    struct csv_record *r = NEW(m->a, struct csv_record);
    size_t lines = 1;

    for (size_t i = 0; i < text.n; i++)
        lines += text.at[i] == '\n';
    if (!csv_next(m->a, &csv, r))
        return;
    t->n_columns = r->n;
    t->columns = memcpy(NEW_N(m->a, struct str, r->n + 1), r->at, r->n * sizeof r->at[0]);
    t->cells = NEW_N(m->a, struct str, lines * (r->n + 1));
    while (t->n_rows < lines && csv_next(m->a, &csv, r)) {
        for (size_t i = 0; i < t->n_columns; i++)
            t->cells[t->n_rows * t->n_columns + i] = i < r->n ? r->at[i] : STR("");
        t->n_rows++;
    }
}

static bool table_text(struct maker *m, struct str name, struct str *text)
{
    const char *path;

    for (size_t i = 0; m->tables != NULL && i < m->tables->n; i++)
        if (str_eq(m->tables->at[i].name, name)) {
            *text = arena_copy(m->a, m->tables->at[i].text);
            return true;
        }
    if (!file_name_safe(name) || m->dir == NULL)
        return false;
    path = arena_f(m->a, "%s/%.*s.csv", m->dir, (int)name.n, name.at).at;
    return file_read(m->a, path, XFORM_FILE_BYTES, text) == OK;
}

static void read_table(struct maker *m, int item, const char *column, struct str name)
{
    struct xform *form = m->form;
    struct str text = STR("");

    for (size_t i = 0; i < form->n_tables; i++)
        if (str_eq(form->tables[i].name, name))
            return;
    if (form->n_tables == TABLES_MAX || choices_list(form, name) >= 0)
        return;
    if (!table_text(m, name, &text))
        maker_find(m, false, T_FORMS_FIND_NO_TABLE, item, column, name, STR(""));
    form->tables[form->n_tables].name = name;
    form->tables[form->n_tables].text = text;
    fill_table(m, &form->tables[form->n_tables++], text);
}

/* Names in pulldata('NAME' and instance('NAME'. */
static void find_tables(struct maker *m, int item, const char *column, struct str source)
{
    static const char *const calls[] = { "pulldata(", "instance(" };

    for (size_t k = 0; k < COUNT_OF(calls); k++)
        for (struct str rest = source; str_find(rest, str_c(calls[k])) < rest.n;) {
            struct str name;

            rest = str_trim(str_from(rest, str_find(rest, str_c(calls[k])) + strlen(calls[k])));
            if (rest.n < 2 || (rest.at[0] != '\'' && rest.at[0] != '"'))
                continue;
            name = str_upto(str_from(rest, 1), str_find_char(str_from(rest, 1), rest.at[0]));
            read_table(m, item, column, name);
        }
}

void tables_read(struct maker *m)
{
    m->form->tables = NEW_N(m->a, struct xform_table, TABLES_MAX);
    for (int i = 0; i < (int)m->form->n_items; i++) {
        const struct xform_item *item = &m->form->items[i];

        find_tables(m, i, "calculation", item->calculation);
        find_tables(m, i, "choice_filter", item->choice_filter);
        find_tables(m, i, "relevant", item->relevant);
        find_tables(m, i, "constraint", item->constraint);
        find_tables(m, i, "default", item->default_value);
    }
}

/* -- pages ------------------------------------------------------------------------------------------------- */

static bool one_page(const struct xform_item *item)
{
    return item->type == XFORM_REPEAT || xform_appearance(item, "field-list") || xform_appearance(item, "table-list");
}

/* A group whose inner groups are pages is no page itself. */
static bool is_divided(const struct xform *form, int place)
{
    const struct xform_item *item = &form->items[place];

    if (item->type != XFORM_GROUP || one_page(item))
        return false;
    for (int i = place + 1; i < item->end; i++)
        if (form->items[i].type == XFORM_GROUP && one_page(&form->items[i]) && form->items[i].repeat == item->repeat)
            return true;
    return false;
}

static void add_page(struct xform *form, int first, int end)
{
    form->pages[form->n_pages++] = (struct xform_page){ first, end };
}

static void make_pages(struct xform *form, int from, int to)
{
    int first = -1, asked = 0;

    for (int i = from; i < to; i = form->items[i].end) {
        const struct xform_item *item = &form->items[i];
        bool inner = item->type == XFORM_GROUP || item->type == XFORM_REPEAT;

        if (first >= 0 && (inner || asked == PAGE_QUESTIONS)) {
            add_page(form, first, i);
            first = -1;
        }
        if (inner && is_divided(form, i)) {
            make_pages(form, i + 1, item->end);
        } else if (inner) {
            add_page(form, i, item->end);
        } else if (xform_asks(item->type) || item->type == XFORM_NOTE) {
            asked = first < 0 ? 1 : asked + 1;
            first = first < 0 ? i : first;
        }
    }
    if (first >= 0)
        add_page(form, first, to);
}

void pages_make(struct maker *m)
{
    m->form->pages = NEW_N(m->a, struct xform_page, m->form->n_items + 1);
    make_pages(m->form, 0, (int)m->form->n_items);
}
