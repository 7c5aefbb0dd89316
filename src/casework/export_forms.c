/* Coded answers in an export: of each form that was chosen, its questions with codes, numbers and days, never its free text, and never
   what is answered in compartment I or worked out of that. */
#include "export.h"

#include "papers.h"

static bool is_coded(const struct xform_item *item)
{
    static const enum xform_type types[] = { XFORM_SELECT_ONE, XFORM_SELECT_MULTIPLE, XFORM_RANK, XFORM_INTEGER, XFORM_DECIMAL, XFORM_RANGE,
                                             XFORM_DATE, XFORM_TIME, XFORM_DATETIME, XFORM_CALCULATE, XFORM_ACKNOWLEDGE };

    if (item->repeat >= 0 || item->identity)
        return false;           /* a row for each case has no place for rows of a repeat */
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (item->type == types[i])
            return true;
    return false;
}

/* "mau-02" of ".../forms/mau-02.txt". */
static struct str form_name(const struct xform *form)
{
    struct str name = form->file;

    for (size_t at = name.n; at-- > 0;)
        if (name.at[at] == '/') {
            name = str_from(name, at + 1);
            break;
        }
    return str_upto(name, str_find_char(name, '.'));
}

struct str export_form_code(struct ctx *c, const struct xform *form)
{
    struct str name = form_name(form);

    return arena_f(c->arena, "form:%.*s", (int)name.n, name.at);
}

static bool is_chosen(struct ctx *c, struct str list, const struct xform *form)
{
    return export_has(list, export_form_code(c, form));
}

bool export_asks_forms(struct str list)
{
    struct str one;

    while (list.n && str_cut(&list, ',', &one))
        if (str_starts(one, STR("form:")))
            return true;
    return false;
}

/* To open a case's keys and papers takes some milliseconds. */
i64 export_most(struct str list)
{
    return export_names(list) || export_asks_forms(list) ? EXPORT_NAMED_MAX : EXPORT_CASES_MAX;
}

/* "mau-02/harm_degree": what programs of ODK call it, behind the form's name. */
size_t export_form_heads(struct ctx *c, struct str list, struct sheet_cell *cells, size_t n)
{
    for (size_t f = 0; f < forms_count(); f++) {
        const struct xform *form = forms_at(f);
        struct str name = form_name(form);

        if (!is_chosen(c, list, form))
            continue;
        for (size_t i = 0; i < form->n_items && n < EXPORT_COLUMNS_MAX; i++)
            if (is_coded(&form->items[i]))
                cells[n++] = (struct sheet_cell){ .text = arena_f(c->arena, "%.*s/%.*s", (int)name.n, name.at,
                                                                  (int)form->items[i].name.n, form->items[i].name.at) };
    }
    return n;
}

/* The newest finished paper of a form; its run is NULL where the case has none. */
static status newest_paper(struct ctx *c, struct id case_id, struct str form, struct case_paper *p)
{
    struct papers_rows rows;

    *p = (struct case_paper){ 0 };
    TRY(sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = case_id, .form = form }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct papers_row *row = &rows.at[i];

        if (!row->altered && !str_is(row->state, "draft") && !str_is(row->state, "returned") && !str_is(row->state, "void"))
            return paper_open(c, case_id, row->id, p);
    }
    return OK;
}

/* An answer of the paper to a question of the form as it is today: by its path, also where the paper began under another version. */
static struct sheet_cell cell_of(struct ctx *c, const struct case_paper *p, const struct xform_item *item)
{
    struct str value = p->run ? xform_run_get(p->run, item->path) : STR("");
    struct sheet_cell cell = { .text = arena_copy(c->arena, value) };

    cell.number = item->type == XFORM_INTEGER && str_i64(value, &cell.n);
    return cell;
}

status export_form_cells(struct ctx *c, struct id case_id, struct str list, struct sheet_cell *cells, size_t n)
{
    for (size_t f = 0; f < forms_count(); f++) {
        const struct xform *form = forms_at(f);
        struct case_paper p;
        status s;

        if (!is_chosen(c, list, form))
            continue;
        s = newest_paper(c, case_id, form_name(form), &p);
        if (s != OK)
            p.run = NULL;           /* not the reader's, or altered: its cells stay empty */
        fail_clear();
        for (size_t i = 0; i < form->n_items && n < EXPORT_COLUMNS_MAX; i++)
            if (is_coded(&form->items[i]))
                cells[n++] = cell_of(c, &p, &form->items[i]);
        if (p.run != NULL)
            xform_run_free(p.run);
    }
    return OK;
}
