/* /numbers/cases: the dashboard of those who supervise and coordinate, and its tables as CSV. Every number on it may be shown:
   stats_figures.c has covered the others before a word is made of them. */
#include "stats_words.h"

#include "casework_pages.h"
#include "tables.sql.h"
#include "texts.h"

enum { YEARS_MAX = 12 };

struct asked { struct stats_figures f; bool national; };

/* Of the reader's organisation; of all for a ministry, which coordinates. */
static status read_figures(struct ctx *c, struct asked **asked)
{
    struct organisations_row org = { .id = c->actor.org };
    struct asked *a = NEW(c->arena, struct asked);

    TRY(row_get(c->ledger, &table_organisations, &org));
    a->national = str_is(org.kind, "ministry");
    *asked = a;
    return stats_read(c, a->national, &a->f);
}

/* -- the page ------------------------------------------------------------------------------------------------------------------------ */
static struct choices period_choices(struct ctx *c, const struct stats_figures *f)
{
    i64 year = stats_month(c->now) / YEAR_MONTHS, last = f->first_year > year - YEARS_MAX ? f->first_year : year - YEARS_MAX + 1;
    struct str chosen = stats_period_code(c->arena, &f->period);
    struct choices list = { .at = NEW_N(c->arena, struct choice, YEAR_PERIODS * YEARS_MAX) };
    struct stats_period p;

    for (; year >= last; year--)
        for (size_t i = 0; i < YEAR_PERIODS; i++)
            if (stats_period_at(year, i, c->now, &p)) {
                struct str code = stats_period_code(c->arena, &p);

                list.at[list.n++] = (struct choice){ code, stats_period_name(c, &p), str_eq(code, chosen) };
            }
    return list;
}

static struct url csv_url(struct ctx *c, const struct stats_figures *f, const char *table)
{
    struct url url = url_query(c->arena, url_path("/numbers/cases.csv"), "table", str_c(table));

    url = url_query(c->arena, url, "period", stats_period_code(c->arena, &f->period));
    if (!str_is(f->area, STATS_ALL))
        url = url_query(c->arena, url, "area", f->area);
    return url_query(c->arena, url, "lang", c->page.lang_query.n ? c->page.lang_code : STR(""));
}

static const struct { const char *id; int title, note; size_t table; bool sorted; } parts[] = {
    { "state", T_STATS_BY_STATE, 0, offsetof(struct stats_figures, state), true },
    { "age", T_STATS_BY_AGE, 0, offsetof(struct stats_figures, age), false },
    { "harm", T_STATS_BY_HARM, T_STATS_HARM_NOTE, offsetof(struct stats_figures, harm), false },
    { "risk", T_STATS_BY_RISK, 0, offsetof(struct stats_figures, risk), false },
    { "place", T_STATS_BY_PLACE, 0, offsetof(struct stats_figures, place), true },
};
enum { PLACE_PART = COUNT_OF(parts) - 1 };

static void fill_part(struct ctx *c, const struct stats_figures *f, size_t i, struct stats_part *part)
{
    const struct stats_table *t = (const void *)((const char *)f + parts[i].table);

    *part = (struct stats_part){ .id = parts[i].id, .title = parts[i].title, .note = parts[i].note, .csv = csv_url(c, f, parts[i].id) };
    stats_part_fill(c, t, parts[i].sorted, part);
}

static void fill_help(struct ctx *c, const struct stats_figures *f, struct stats_view *v)
{
    struct stats_share share = stats_share(&f->help, 0);

    v->help = stats_share_words(c, share);
    v->help_covered = share.kind == SHARE_COVERED || share.kind == SHARE_NONE;
    v->help_bar = share.percent;
    v->help_of = stats_total_covered(&f->help) ? text_of(c, T_STATS_COVERED) : stats_number(c, stats_total(&f->help));
}

static void fill_view(struct ctx *c, const struct stats_figures *f, struct stats_view *v)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(f->counted, day);
    clock_time(f->counted, time);
    v->counted = f->counted ? arena_f(c->arena, "%s, %s", time, day) : STR("");
    v->periods = period_choices(c, f);
    v->areas = network_province_choices(c, f->area);
    v->mapped = str_is(f->area, STATS_ALL);
    v->place = v->mapped ? text_of(c, T_STATS_EVERYWHERE) : network_province_name(f->area, c->lang == LANG_EN);
    v->few = f->few;
    v->total = f->few ? text_of(c, T_STATS_COVERED) : stats_number(c, f->totals.n[f->period.column]);
    fill_help(c, f, v);
    v->parts.at = NEW_N(c->arena, struct stats_part, PLACE_PART);
    for (size_t i = 0; i < PLACE_PART && !f->few; i++)
        fill_part(c, f, i, &v->parts.at[v->parts.n++]);
    if (v->mapped && !f->few) {
        fill_part(c, f, PLACE_PART, &v->places);
        stats_part_fold(c, &v->places);
        stats_map_fill(c, f, &v->map);
    }
    stats_steps_fill(c, f, &v->steps);
    stats_measures_fill(c, f, &v->measures);
    v->steps_csv = csv_url(c, f, "steps");
    v->measures_csv = csv_url(c, f, "measures");
    v->reports = url_lang(c->arena, url_path("/numbers"), c->page.lang_query);
}

static status stats_show(struct ctx *c)
{
    struct stats_view v = { 0 };
    struct asked *asked;

    TRY(people_nav(c, &v.nav, STAFF_NUMBERS));
    TRY(read_figures(c, &asked));
    v.national = asked->national;
    fill_view(c, &asked->f, &v);
    return page(c, tpl_casework_stats, &v);
}

/* -- CSV ---------------------------------------------------------------------------------------------------------------------------------- */
/* RFC 4180. What a spreadsheet would take for a formula begins with an apostrophe. */
static void put_cell(struct out *o, struct str text)
{
    out_char(o, '"');
    if (text.n && strchr("=+-@\t\r", text.at[0]) != NULL)
        out_char(o, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] == '"')
            out_char(o, '"');
        out_char(o, text.at[i]);
    }
    out_char(o, '"');
}

static void put_row(struct out *o, const struct str *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            out_char(o, ',');
        put_cell(o, cells[i]);
    }
    out_c(o, "\r\n");
}
#define PUT_ROW(o, ...) put_row(o, (const struct str[]){ __VA_ARGS__ }, sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

static void put_part(struct ctx *c, const struct stats_figures *f, size_t i)
{
    struct stats_part part;

    PUT_ROW(c->out, text_of(c, T_STATS_COLUMN_NAME), text_of(c, T_STATS_COLUMN_COUNT));
    if (f->few)
        return;
    fill_part(c, f, i, &part);
    for (size_t k = 0; k < part.lines.n; k++)
        PUT_ROW(c->out, part.lines.at[k].name, part.lines.at[k].value);
}

static void put_steps(struct ctx *c, const struct stats_figures *f)
{
    struct stats_step_lines lines = { 0 };

    PUT_ROW(c->out, text_of(c, T_STATS_STEP), text_of(c, T_STATS_SOURCE), text_of(c, T_STATS_TERM), text_of(c, T_STATS_ENDED),
            text_of(c, T_STATS_SHARE), text_of(c, T_STATS_MEDIAN), text_of(c, T_STATS_NINETIETH), text_of(c, T_STATS_OVER));
    stats_steps_fill(c, f, &lines);
    for (size_t i = 0; i < lines.n; i++) {
        const struct stats_step_line *l = &lines.at[i];

        PUT_ROW(c->out, l->name, l->source, l->term, l->ended, l->share, l->median, l->ninetieth, l->over);
    }
}

static void put_measures(struct ctx *c, const struct stats_figures *f)
{
    struct stats_measures m = { 0 };

    PUT_ROW(c->out, text_of(c, T_STATS_COLUMN_MEASURE), text_of(c, T_STATS_COLUMN_VALUE), text_of(c, T_STATS_COLUMN_WHAT));
    PUT_ROW(c->out, text_of(c, T_STATS_HELP), stats_share_words(c, stats_share(&f->help, 0)), text_of(c, T_STATS_HELP_WHAT));
    stats_measures_fill(c, f, &m);
    for (size_t i = 0; i < m.n; i++)
        PUT_ROW(c->out, text_of(c, m.at[i].name), m.at[i].value, text_of(c, m.at[i].what));
}

static status stats_csv(struct ctx *c)
{
    struct str asked_for = query_text(c, "table"), table = asked_for.n ? asked_for : STR("measures"), name;
    struct asked *asked;
    size_t i = 0;

    TRY(read_figures(c, &asked));
    while (i < COUNT_OF(parts) && !str_is(table, parts[i].id))
        i++;
    out_c(c->out, "\xef\xbb\xbf");              /* spreadsheets take it for UTF-8 by this alone */
    if (str_is(table, "steps"))
        put_steps(c, &asked->f);
    else if (str_is(table, "measures"))
        put_measures(c, &asked->f);
    else if (i < COUNT_OF(parts) && (i != PLACE_PART || str_is(asked->f.area, STATS_ALL)))
        put_part(c, &asked->f, i);
    else
        return NOT_FOUND;
    name = arena_f(c->arena, "lachan-%.*s-%s.csv", (int)table.n, table.at, stats_period_code(c->arena, &asked->f.period).at);
    return answer_download(c, name, "text/csv; charset=utf-8");
}

const struct route stats_routes[] = {
    ROUTE(GET, "/numbers/cases",     MAY_READ_NUMBERS, NO_FORM, stats_show),
    ROUTE(GET, "/numbers/cases.csv", MAY_READ_NUMBERS, NO_FORM, stats_csv),
    ROUTES_END
};
