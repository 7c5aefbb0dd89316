/* What the ids in the log stand for. Rows are checked like all others: of an altered one not even the name is shown. */
#include "log_words.h"

#include "people.sql.h"
#include "tables.sql.h"
#include "texts.h"

static status name_user(struct ctx *c, struct id id, struct log_name *name)
{
    struct users_row row = { .id = id };

    TRY(row_get(c->ledger, &table_users, &row));
    *name = (struct log_name){ .id = id, .org = row.org, .name = row.name, .ref = row.login, .person = true };
    return OK;
}

static status name_case(struct ctx *c, struct id id, struct log_name *name)
{
    struct casefiles_row file = { .case_id = id };
    struct cases_row row = { .id = id };
    struct units_row unit;
    status s;

    TRY(row_get(c->ledger, &table_cases, &row));
    unit = (struct units_row){ .id = row.owner_unit };
    TRY(row_get(c->ledger, &table_units, &unit));
    s = row_get(c->ledger, &table_casefiles, &file);
    if (s == OK)
        row.ref = arena_f(c->arena, "TH-%04lld-%04lld", (long long)file.year, (long long)file.no);
    *name = (struct log_name){ .id = id, .org = unit.org, .name = row.ref, .ref = row.ref };
    return s == NOT_FOUND ? OK : s;
}

static status name_unit(struct ctx *c, struct id id, struct log_name *name)
{
    struct units_row row = { .id = id };

    TRY(row_get(c->ledger, &table_units, &row));
    *name = (struct log_name){ .id = id, .org = row.org, .name = row.name };
    return OK;
}

static status name_org(struct ctx *c, struct id id, struct log_name *name)
{
    struct organisations_row row = { .id = id };

    TRY(row_get(c->ledger, &table_organisations, &row));
    *name = (struct log_name){ .id = id, .org = id, .name = row.name };
    return OK;
}

static status name_export(struct ctx *c, struct id id, struct log_name *name)
{
    struct exports_row row = { .id = id };
    struct units_row unit;
    char text[ID_TEXT + 1];

    TRY(row_get(c->ledger, &table_exports, &row));
    unit = (struct units_row){ .id = row.unit };
    TRY(row_get(c->ledger, &table_units, &unit));
    id_text(id, text);
    *name = (struct log_name){ .id = id, .org = unit.org, .name = arena_f(c->arena, "XK-%s", text + ID_TEXT - 8) };
    return OK;
}

static status look_up(struct ctx *c, struct id id, struct log_name *name)
{
    static status (*const kinds[])(struct ctx *, struct id, struct log_name *) = { name_user, name_case, name_unit, name_org, name_export };
    char text[ID_TEXT + 1];

    id_text(id, text);
    *name = (struct log_name){ .id = id };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        status s = kinds[i](c, id, name);

        if (s == BROKEN)
            name->name = text_of(c, T_LOG_ALTERED);
        if (s != OK && s != NOT_FOUND && s != BROKEN)
            return s;
        if (s != NOT_FOUND)
            break;
    }
    if (name->ref.n == 0)
        name->ref = arena_copy(c->arena, str_c(text));
    return OK;
}

status log_name(struct ctx *c, struct log_names *names, struct id id, struct log_name *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (id_eq(names->at[i].id, id)) {
            *name = names->at[i];
            return OK;
        }
    TRY(look_up(c, id, name));
    if (names->n < names->max)
        names->at[names->n++] = *name;
    return OK;
}

status log_find_person(struct ctx *c, struct str typed, struct id *id)
{
    struct user_id_row row;

    TRY(sql_user_id(c->ledger->db, (struct sql_user_id){ .login = typed }, &row));
    *id = row.id;
    return OK;
}

/* TH-YYYY-NNNN: the number of a case's file. */
static bool case_number(struct str typed, struct sql_case_of_number *number)
{
    struct str year;

    if (!str_starts(typed, STR("TH-")))
        return false;
    typed = str_from(typed, 3);
    return str_cut(&typed, '-', &year) && str_i64(year, &number->year) && str_i64(typed, &number->no);
}

static status find_case(struct ctx *c, struct str typed, struct id *id)
{
    struct sql_case_of_number number;
    struct case_of_number_row file;
    struct case_of_ref_row row;

    if (case_number(typed, &number)) {
        TRY(sql_case_of_number(c->ledger->db, number, &file));
        *id = file.id;
        return OK;
    }
    TRY(sql_case_of_ref(c->ledger->db, (struct sql_case_of_ref){ .ref = typed }, &row));
    *id = row.id;
    return OK;
}

status log_find_object(struct ctx *c, struct str typed, struct id *id)
{
    status s;

    if (id_of_text(typed, id))
        return OK;
    s = find_case(c, typed, id);
    return s == NOT_FOUND ? log_find_person(c, typed, id) : s;
}
