/* Columns of an export: clear facts of a case, and of its identity what a reader with the key chose and justified. */
#include "export.h"

#include "pages.h"

#include "texts.h"

static const struct export_field fields[] = {
    { "ref", T_EXPORT_FIELD_REF, false }, { "opened", T_EXPORT_FIELD_OPENED, false }, { "closed", T_EXPORT_FIELD_CLOSED, false },
    { "state", T_EXPORT_FIELD_STATE, false }, { "risk", T_EXPORT_FIELD_RISK, false }, { "level", T_EXPORT_FIELD_LEVEL, false },
    { "harm", T_EXPORT_FIELD_HARM, false }, { "danger", T_EXPORT_FIELD_DANGER, false }, { "age", T_EXPORT_FIELD_AGE, false },
    { "province", T_EXPORT_FIELD_PROVINCE, false }, { "worker", T_EXPORT_FIELD_WORKER, false },
    { "tasks", T_EXPORT_FIELD_TASKS, false }, { "referrals", T_EXPORT_FIELD_REFERRALS, false },
    { "name", T_EXPORT_FIELD_NAME, true }, { "born", T_EXPORT_FIELD_BORN, true }, { "phone", T_EXPORT_FIELD_PHONE, true },
    { "address", T_EXPORT_FIELD_ADDRESS, true },
};

size_t export_fields_count(void)
{
    return COUNT_OF(fields);
}

const struct export_field *export_field_at(size_t i)
{
    return &fields[i];
}

bool export_has(struct str list, struct str code)
{
    struct str one;

    while (list.n && str_cut(&list, ',', &one))
        if (str_eq(one, code))
            return true;
    return false;
}

bool export_names(struct str list)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i].identity && export_has(list, str_c(fields[i].code)))
            return true;
    return false;
}

/* -- clear facts --------------------------------------------------------------------------------------------------------------------- */

static struct sheet_cell words(struct str text)
{
    return (struct sheet_cell){ .text = text };
}

static struct sheet_cell number(i64 n)
{
    return (struct sheet_cell){ .number = true, .n = n };
}

/* 2026-11-24: every program sorts it rightly. */
static struct sheet_cell day(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_iso(ms, text);
    return words(arena_copy(c->arena, str_c(text)));
}

static struct str harm_words(struct ctx *c, struct str codes)
{
    struct desk_words list = desk_harms(c, codes);
    struct out o = { .max = 4096 };
    struct str all;

    for (size_t i = 0; i < list.n; i++) {
        out_c(&o, i ? ", " : "");
        out_str(&o, text_of(c, list.at[i].key));
    }
    all = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return all;
}

static i64 tasks_open(struct ctx *c, struct id id)
{
    struct tasks_open_count_row row = { 0 };

    return sql_tasks_open_count(c->ledger->db, (struct sql_tasks_open_count){ .case_id = id }, &row) == OK ? row.n : 0;
}

static i64 referrals(struct ctx *c, struct id id)
{
    struct referrals_of_case_count_row row = { 0 };

    return sql_referrals_of_case_count(c->ledger->db, (struct sql_referrals_of_case_count){ .case_id = id }, &row) == OK ? row.n : 0;
}

static struct str risk_name(const struct ctx *c, struct str risk)
{
    return risk.n ? list_name(c, "risk", risk) : STR("");
}

static struct sheet_cell of_report(struct ctx *c, const struct cases_row *row, struct str code)
{
    if (str_is(code, "harm"))
        return words(harm_words(c, row->harm));
    if (str_is(code, "danger"))
        return words(text_of(c, desk_word(DESK_DANGER, row->danger)));
    if (str_is(code, "age"))
        return words(text_of(c, desk_word(DESK_AGE, row->age_band)));
    return words(desk_place(c, row->province));
}

static struct sheet_cell of_file(struct ctx *c, const struct casefiles_row *file, struct str code)
{
    if (str_is(code, "ref"))
        return words(case_ref(c->arena, file->year, file->no));
    if (str_is(code, "opened"))
        return day(c, file->opened);
    if (str_is(code, "closed"))
        return file->closed.has ? day(c, file->closed.v) : words(STR(""));
    if (str_is(code, "state"))
        return words(case_state_name(c, file));
    if (str_is(code, "risk"))
        return words(risk_name(c, file->risk));
    if (str_is(code, "level"))
        return number(file->level);
    if (str_is(code, "worker"))
        return words(desk_user_name(c, file->worker));
    return number(str_is(code, "tasks") ? tasks_open(c, file->case_id) : referrals(c, file->case_id));
}

/* -- who it is ---------------------------------------------------------------------------------------------------------------------------- */

/* The first child of the case that nobody took out; false where I does not open, or names none. */
static status child_of(struct ctx *c, struct id id, struct person *child, bool *closed)
{
    const struct comp_open *identity;
    struct persons persons = { 0 };
    struct comps comps;

    TRY(comps_of_actor(c, id, &comps));
    identity = comp_newest(&comps, "I");
    *closed = identity == NULL || identity->keys == NULL;
    *child = (struct person){ .id = id_zero() };
    if (!*closed)
        TRY(case_persons(c, &comps, &persons));
    for (size_t i = 0; i < persons.n; i++)
        if (!persons.at[i].gone && str_is(persons.at[i].role, "child")) {
            *child = persons.at[i];
            return OK;
        }
    return OK;
}

static struct str of_child(const struct person *child, struct str code)
{
    return str_is(code, "name") ? child->name : str_is(code, "born") ? child->born : str_is(code, "phone") ? child->phone : child->address;
}

/* -- a row -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_report(const char *code)
{
    return strcmp(code, "harm") == 0 || strcmp(code, "danger") == 0 || strcmp(code, "age") == 0 || strcmp(code, "province") == 0;
}

size_t export_heads(struct ctx *c, struct str list, struct sheet_cell *cells)
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (export_has(list, str_c(fields[i].code)))
            cells[n++] = words(text_of(c, fields[i].name));
    return export_form_heads(c, list, cells, n);
}

status export_cells(struct ctx *c, const struct casefiles_row *file, struct str list, struct sheet_cell *cells, bool *named)
{
    struct cases_row row = { .id = file->case_id };
    struct person child = { 0 };
    bool closed = false;
    size_t n = 0;

    TRY(row_get(c->ledger, &table_cases, &row));
    *named = export_names(list);
    if (*named)
        TRY(child_of(c, file->case_id, &child, &closed));
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        struct str code = str_c(fields[i].code);

        if (!export_has(list, code))
            continue;
        if (fields[i].identity)
            cells[n++] = words(closed ? text_of(c, T_EXPORT_SEALED) : of_child(&child, code));
        else
            cells[n++] = is_report(fields[i].code) ? of_report(c, &row, code) : of_file(c, file, code);
    }
    *named &= !closed;
    return export_form_cells(c, file->case_id, list, cells, n);
}
