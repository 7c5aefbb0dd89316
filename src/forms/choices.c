/* The lists of choices. */
#include "compile.h"

int choices_list(const struct xform *form, struct str name)
{
    for (size_t i = 0; i < form->n_lists; i++)
        if (str_eq(form->lists[i].name, name))
            return (int)i;
    return -1;
}

static void find(struct maker *m, bool error, int text, const struct book_row *r, const char *column, struct str a)
{
    book_find(m->b, error, text, &m->b->choices, r, column, a, STR(""));
}

/* Columns that a filter may ask for: all that are not of XLSForm itself. */
static void read_extra(struct maker *m, const struct book_row *r, struct xform_choice *c)
{
    const struct book_table *t = &m->b->choices;

    c->extra = NEW_N(m->a, struct xform_extra, t->n_columns + 1);
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].n && r->cells[i].n && !str_is(t->columns[i], "list_name") && !str_is(t->columns[i], "name") &&
            !str_starts(t->columns[i], STR("label")))
            c->extra[c->n_extra++] = (struct xform_extra){ t->columns[i], r->cells[i] };
}

static bool has_blank(struct str s)
{
    return str_find_char(s, ' ') < s.n || str_find_char(s, '\n') < s.n || str_find_char(s, '\t') < s.n;
}

static void check_choice(struct maker *m, const struct book_row *r, const struct xform_list *l, struct str name)
{
    if (has_blank(name))
        find(m, true, T_FORMS_FIND_CHOICE_BLANK, r, "name", name);
    for (size_t i = 0; i < l->n && !m->choice_twice; i++)
        if (str_eq(l->at[i].name, name)) {
            find(m, true, T_FORMS_FIND_CHOICE_TWICE, r, "name", name);
            return;
        }
}

static bool any_text(const struct xform_text *t)
{
    return xform_text(t, 0).n > 0;
}

static void read_choice(struct maker *m, const struct book_row *r, struct xform_list *l)
{
    struct xform_choice *c = &l->at[l->n];

    *c = (struct xform_choice){ .name = book_cell(&m->b->choices, r, "name"), .row = r->row };
    if (c->name.n == 0) {
        find(m, true, T_FORMS_FIND_CHOICE_NAME, r, "name", l->name);
        return;
    }
    check_choice(m, r, l, c->name);
    c->label = text_read(m, &m->b->choices, r, "label");
    if (!any_text(&c->label))
        find(m, false, T_FORMS_FIND_CHOICE_LABEL, r, "label", c->name);
    read_extra(m, r, c);
    l->n++;
}

static bool empty_row(const struct book_table *t, const struct book_row *r)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (r->cells[i].n)
            return false;
    return true;
}

/* Room for the choices of a list, and for "other". */
static void make_room(struct maker *m, struct xform_list *l)
{
    size_t n = 1;

    for (size_t i = 0; i < m->b->choices.n_rows; i++)
        n += str_eq(book_cell(&m->b->choices, &m->b->choices.rows[i], "list_name"), l->name);
    l->at = NEW_N(m->a, struct xform_choice, n);
}

void choices_read(struct maker *m)
{
    struct book_table *t = &m->b->choices;
    struct xform *form = m->form;

    m->choice_twice = str_eq_nocase(xform_setting(form, "allow_choice_duplicates"), STR("yes"));
    form->lists = NEW_N(m->a, struct xform_list, t->n_rows + 1);
    if (t->n_rows && book_place(t, "list_name") < 0) {
        find(m, true, T_FORMS_FIND_NO_COLUMN, NULL, NULL, STR("list_name"));
        return;
    }
    for (size_t i = 0; i < t->n_rows; i++) {
        struct str name = book_cell(t, &t->rows[i], "list_name");
        int list = choices_list(form, name);

        if (empty_row(t, &t->rows[i]))
            continue;
        if (name.n == 0) {
            find(m, true, T_FORMS_FIND_CHOICE_LIST, &t->rows[i], "list_name", STR(""));
            continue;
        }
        if ((list < 0 && form->n_lists == XFORM_LISTS) || i == XFORM_CHOICES) {
            find(m, true, T_FORMS_FIND_TOO_MANY_CHOICES, &t->rows[i], NULL, STR(""));
            return;
        }
        if (list < 0) {
            list = (int)form->n_lists++;
            form->lists[list].name = name;
            make_room(m, &form->lists[list]);
        }
        read_choice(m, &t->rows[i], &form->lists[list]);
    }
}

static bool in_vietnamese(struct str language)
{
    return str_ends(language, STR("(vi)")) || str_is(language, "vi") || str_starts(language, STR("Tiếng Việt"));
}

struct str other_label(struct str language)
{
    return in_vietnamese(language) ? STR("Khác") : STR("Other");
}

struct str specify_label(struct str language)
{
    return in_vietnamese(language) ? STR("Xin ghi rõ.") : STR("Specify other.");
}

void choices_add_other(struct maker *m, int list)
{
    struct xform_list *l = &m->form->lists[list];

    for (size_t i = 0; i < l->n; i++)
        if (str_is(l->at[i].name, "other"))
            return;
    l->at[l->n] = (struct xform_choice){ .name = STR("other") };
    for (size_t i = 0; i < m->form->n_langs; i++)
        l->at[l->n].label.at[i] = other_label(m->form->langs[i]);
    l->n++;
}
