/* /transparency: what was asked for, and how long it took. For everybody; small numbers are covered (base/suppress.h). */
#include "pages.h"

#include "../base/suppress.h"

#include "takedown_pages.h"
#include "texts.h"

enum { COLUMNS = 4, MEDIAN_LEAST = 5 };     /* in time, late, refused, waiting */

struct clear_table {
    struct figures_of_rows rows;
    struct suppress_cells cells;
    bool shown;                             /* false: some small cell could not be guarded */
};

static bool covered(const struct clear_table *t, size_t row, size_t column)
{
    return t->cells.at[row * (COLUMNS + 1) + column].covered;
}

static i64 count_at(const struct clear_table *t, size_t row, size_t column)
{
    return t->cells.at[row * (COLUMNS + 1) + column].n;
}

static status load_table(struct ctx *c, i64 quarter, struct clear_table *t)
{
    i64 *counts;

    TRY(sql_figures_of(c->ledger->db, (struct sql_figures_of){ .quarter = quarter }, &t->rows));
    counts = NEW_N(c->arena, i64, t->rows.n * COLUMNS + 1);
    for (size_t i = 0; i < t->rows.n; i++) {
        const struct figures_of_row *r = &t->rows.at[i];
        const i64 row[COLUMNS] = { r->in_time, r->late, r->refused, r->waiting };

        memcpy(counts + i * COLUMNS, row, sizeof row);
    }
    t->cells = suppress_grid(c->arena, counts, t->rows.n, COLUMNS);
    t->shown = suppress(c->arena, t->cells);
    return OK;
}

/* -- words ---------------------------------------------------------------------------------------------------------------------------------- */

static struct clear_cell cell(struct ctx *c, const struct clear_table *t, size_t row, size_t column)
{
    bool hide = covered(t, row, column);

    return (struct clear_cell){ hide ? STR("–") : arena_f(c->arena, "%lld", (long long)count_at(t, row, column)), hide };
}

/* Of what had an end; only where both numbers stand on the page. */
static struct clear_cell share(struct ctx *c, const struct clear_table *t, size_t row)
{
    i64 late = count_at(t, row, 1), all = count_at(t, row, 0) + late;

    if (covered(t, row, 0) || covered(t, row, 1) || all < MEDIAN_LEAST)
        return (struct clear_cell){ STR("–"), true };
    return (struct clear_cell){ arena_f(c->arena, "%lld %%", (long long)((late * 100 + all / 2) / all)), false };
}

/* A median of five removals or more, and of a row that is shown. Hours, to a tenth. */
static struct clear_cell median(struct ctx *c, const struct clear_table *t, size_t row)
{
    struct opt_i64 m = t->rows.at[row].median;
    i64 tenths = m.has ? (m.v * 10 + 30) / 60 : 0;

    if (!m.has || covered(t, row, 0) || count_at(t, row, 0) < MEDIAN_LEAST)
        return (struct clear_cell){ STR("–"), true };
    return (struct clear_cell){ arena_f(c->arena, c->lang == LANG_EN ? "%lld.%lld" : "%lld,%lld", (long long)(tenths / 10), (long long)(tenths % 10)),
                                false };
}

static struct clear_row row_of(struct ctx *c, const struct clear_table *t, size_t i, struct str name)
{
    bool total = i == t->rows.n;

    return (struct clear_row){ name, cell(c, t, i, COLUMNS), cell(c, t, i, 0), cell(c, t, i, 1), cell(c, t, i, 2), cell(c, t, i, 3),
                               total ? (struct clear_cell){ STR(""), true } : median(c, t, i), share(c, t, i) };
}

static void fill_rows(struct ctx *c, const struct clear_table *t, struct clear_view *v)
{
    v->rows.at = NEW_N(c->arena, struct clear_row, t->rows.n + 1);
    for (size_t i = 0; i < t->rows.n; i++)
        v->rows.at[v->rows.n++] = row_of(c, t, i, takedown_class_name(c, t->rows.at[i].class));
    v->total = (struct clear_rows){ NEW(c->arena, struct clear_row), 1 };
    v->total.at[0] = row_of(c, t, t->rows.n, text_of(c, T_TAKEDOWN_CLEAR_TOTAL));
}

static struct str quarter_code(struct ctx *c, i64 quarter)
{
    return arena_f(c->arena, "%lld-Q%lld", (long long)(quarter / 4), (long long)(quarter % 4 + 1));
}

static struct str quarter_name(struct ctx *c, i64 quarter)
{
    return text_fill(c->arena, (int)c->lang, T_TAKEDOWN_CLEAR_QUARTER, arena_f(c->arena, "%lld", (long long)(quarter % 4 + 1)),
                     arena_f(c->arena, "%lld", (long long)(quarter / 4)));
}

/* The one that was asked for, if something was counted in it; else the newest. -1: nothing was ever counted. */
static status find_quarter(struct ctx *c, struct str asked, i64 *quarter, struct choices *list)
{
    struct figure_quarters_all_rows rows;

    TRY(sql_figure_quarters_all(c->ledger->db, &rows));
    *quarter = rows.n ? rows.at[0].quarter : -1;
    *list = (struct choices){ .at = NEW_N(c->arena, struct choice, rows.n + 1), .n = rows.n };
    for (size_t i = 0; i < rows.n; i++) {
        struct str code = quarter_code(c, rows.at[i].quarter);

        if (str_eq(code, asked))
            *quarter = rows.at[i].quarter;
        list->at[i] = (struct choice){ code, quarter_name(c, rows.at[i].quarter), false };
    }
    for (size_t i = 0; i < rows.n; i++)
        list->at[i].on = rows.at[i].quarter == *quarter;
    return OK;
}

/* -- pages ---------------------------------------------------------------------------------------------------------------------------------- */

static status clear_show(struct ctx *c)
{
    const struct take_rules *rules = take_rules();
    struct clear_view v = { .hours = rules->hours_ms / HOUR_MS,
                            .source = c->lang == LANG_EN && rules->source_en.n ? rules->source_en : rules->source };
    struct clear_table t = { 0 };
    i64 quarter;

    TRY(find_quarter(c, query_text(c, "quarter"), &quarter, &v.quarters));
    v.none = quarter < 0;
    if (!v.none) {
        TRY(load_table(c, quarter, &t));
        v.hidden = !t.shown;
        v.quarter = quarter_name(c, quarter);
        v.csv = url_f(c->arena, "/transparency/%s.csv", quarter_code(c, quarter).at);
        if (t.shown)
            fill_rows(c, &t, &v);
    }
    return page_public(c, tpl_takedown_transparency, &v);
}

static void put_row(struct out *o, struct str code, const struct clear_row *r)
{
    const struct clear_cell *cells[] = { &r->asked, &r->in_time, &r->late, &r->refused, &r->waiting };

    out_str(o, code);
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        out_char(o, ',');
        if (!cells[i]->covered)
            out_str(o, cells[i]->text);
    }
    out_char(o, ',');
}

/* Codes and whole numbers, so that no spreadsheet takes a value for a formula; a covered cell is empty. */
static status clear_csv(struct ctx *c)
{
    struct str file = path_text(c, "file");
    struct choices list;
    struct clear_table t = { 0 };
    i64 quarter;

    if (!str_ends(file, STR(".csv")))
        return NOT_FOUND;
    TRY(find_quarter(c, str_upto(file, file.n - 4), &quarter, &list));
    out_c(c->out, "class,asked,in_time,late,refused,waiting,median_minutes\r\n");
    if (quarter >= 0)
        TRY(load_table(c, quarter, &t));
    for (size_t i = 0; t.shown && i <= t.rows.n; i++) {
        struct clear_row r = row_of(c, &t, i < t.rows.n ? i : t.rows.n, STR(""));

        put_row(c->out, i < t.rows.n ? t.rows.at[i].class : STR("total"), &r);
        if (i < t.rows.n && !median(c, &t, i).covered)
            out_i64(c->out, t.rows.at[i].median.v);
        out_c(c->out, "\r\n");
    }
    return answer_download(c, quarter >= 0 ? arena_f(c->arena, "lachan-takedown-%s.csv", quarter_code(c, quarter).at) : STR("lachan-takedown.csv"),
                           "text/csv; charset=utf-8");
}

const struct route transparency_routes[] = {
    ROUTE(GET, "/transparency",       PUBLIC, NO_FORM, clear_show),
    ROUTE(GET, "/transparency/:file", PUBLIC, NO_FORM, clear_csv),
    ROUTES_END
};
