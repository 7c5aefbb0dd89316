/* What other units sealed to the reader's: the police unit finds it here, since the report itself stays with who helps the child. */
#include "evidence.h"

#include "casework_pages.h"
#include "texts.h"

#include <stdlib.h>

enum { ROWS = 50 };

static status receives(struct ctx *c, struct id unit, bool *yes)
{
    struct sealed_place_row row;

    TRY(sql_sealed_place(c->ledger->db, (struct sql_sealed_place){ .unit = unit }, &row));
    *yes = row.n > 0;
    return OK;
}

status evidence_sealed_any(struct ctx *c, bool *any)
{
    *any = false;
    for (size_t i = 0; i < c->actor.n_units && !*any; i++)
        TRY(receives(c, c->actor.units[i], any));
    return OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct cases_row *x = a, *y = b;

    return x->day != y->day ? (x->day < y->day ? 1 : -1) : memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

static bool is_there(const struct cases_row *rows, size_t n, struct id id)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(rows[i].id, id))
            return true;
    return false;
}

/* Of all the reader's units in one order, each report once. */
static status rows_behind(struct ctx *c, i64 day, struct id id, struct cases_row **all, size_t *n)
{
    *all = NEW_N(c->arena, struct cases_row, (ROWS + 1) * (c->actor.n_units + 1));
    *n = 0;
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct cases_rows rows;
        bool police;

        TRY(receives(c, c->actor.units[u], &police));
        if (!police)
            continue;
        TRY(sql_sealed_to(c->ledger, (struct sql_sealed_to){ .unit = c->actor.units[u], .day = day, .id = id }, &rows));
        for (size_t i = 0; i < rows.n; i++)
            if (!is_there(*all, *n, rows.at[i].id))
                (*all)[(*n)++] = rows.at[i];
    }
    qsort(*all, *n, sizeof **all, newest_first);
    return OK;
}

static struct sealed_row row_view(struct ctx *c, const struct cases_row *row)
{
    char day[CLOCK_TEXT];

    clock_day_vi(row->day, day);
    return (struct sealed_row){ .id = row->id, .ref = row->ref, .day = arena_copy(c->arena, str_c(day)), .altered = row->altered,
                                .place = desk_place(c, row->province), .harms = desk_harms(c, row->harm) };
}

status sealed_show(struct ctx *c)
{
    struct sealed_view v = { .start = { STR_NULL }, .next = { STR_NULL } };
    struct url here = url_lang(c->arena, url_path("/desk/sealed"), c->page.lang_query);
    struct cases_row *rows;
    struct id id = id_zero();
    i64 day = INT64_MAX;
    size_t n;

    if (!str_i64(query_text(c, "day"), &day) || !id_of_text(query_text(c, "id"), &id))
        day = INT64_MAX;
    else
        v.start = here;
    TRY(rows_behind(c, day, id, &rows, &n));
    v.rows.at = NEW_N(c->arena, struct sealed_row, n + 1);
    for (; v.rows.n < n && v.rows.n < ROWS; v.rows.n++)
        v.rows.at[v.rows.n] = row_view(c, &rows[v.rows.n]);
    if (n > ROWS) {
        char last[ID_TEXT + 1];

        id_text(rows[ROWS - 1].id, last);
        v.next = url_query(c->arena, url_query(c->arena, here, "day", desk_number(c, rows[ROWS - 1].day)), "id",
                           arena_copy(c->arena, str_c(last)));
    }
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_casework_sealed, &v);
}
