/* Numbers for coordinators, supervisors and administrators: counted from clear columns alone, small ones covered. */
#include "numbers.h"

#include "../casework/process.h"
#include "../casework/words.h"
#include "desk.h"
#include "views.h"

#include "speakup.sql.h"
#include "speakup_pages.h"
#include "tables.sql.h"
#include "texts.h"

#include <stdio.h>

enum { STATES = 4, WAITS_N = 4, HARMS = 8, WEEKS_MAX = 52, PLACES_MAX = 64, FILE_STATES = 32, RISKS = 4, TABLES = 9 };

static const char *const states[STATES] = { "new", "claimed", "answered", "closed" };
static const char *const harms[HARMS] = { "bullying", "threat", "images", "contact", "scam", "hate", "self_harm", "other" };
static const char *const risks[RISKS] = { "high", "medium", "low", "" };

struct tally {
    struct ctx *c;
    i64 now, since, weeks;          /* since: the Monday on which the first week began */
    i64 total, files;
    struct number_cell state[STATES], level[LEVELS], wait[WAITS_N], harm[HARMS + 1], week[WEEKS_MAX], place[PLACES_MAX + 1],
        file_state[FILE_STATES], risk[RISKS];
    size_t n_places, n_file_states;
};

/* -- counting ------------------------------------------------------------------------------------------------------- */

static size_t index_of(const char *const *codes, size_t n, struct str code)
{
    size_t i = 0;

    while (i + 1 < n && !str_is(code, codes[i]))
        i++;
    return i;
}

/* Open ones by the clock that the desk shows; what was answered has none. */
static size_t wait_of(const struct numbers_reports_all_row *r, i64 now)
{
    if (!str_is(r->state, "new") && !str_is(r->state, "claimed"))
        return 3;
    return r->due >= now ? 0 : r->due >= now - DAY_MS ? 1 : 2;
}

/* A cell by its name; the last one takes what finds no room. */
static void count_named(struct number_cell *cells, size_t *n, size_t max, struct arena *a, struct str name)
{
    size_t i = 0;

    while (i < *n && !str_eq(cells[i].name, name))
        i++;
    i = i < max ? i : max - 1;
    if (i == *n) {
        cells[i].name = arena_copy(a, name);
        ++*n;
    }
    cells[i].n++;
}

static void count_harms(struct tally *t, struct str codes)
{
    struct str code;

    if (codes.n == 0)
        t->harm[HARMS].n++;
    while (codes.n && str_cut(&codes, ',', &code))
        t->harm[index_of(harms, HARMS, code)].n++;
}

static status count_report(void *to, const void *row)
{
    const struct numbers_reports_all_row *r = row;
    struct tally *t = to;
    i64 week = (r->day - t->since + 12 * (i64)HOUR_MS) / (7 * DAY_MS);
    bool english = t->c->lang == LANG_EN;
    struct str place = network_province_name(r->province, english);

    t->total++;
    t->state[index_of(states, STATES, r->state)].n++;
    t->level[r->urgency < 0 ? 0 : r->urgency >= LEVELS ? LEVELS - 1 : r->urgency].n++;
    t->wait[wait_of(r, t->now)].n++;
    t->week[week < 0 ? 0 : week >= t->weeks ? t->weeks - 1 : week].n++;
    count_harms(t, r->harm);
    count_named(t->place, &t->n_places, PLACES_MAX, t->c->arena, place.n ? place : text_of(t->c, T_NUMBERS_NO_PLACE));
    return OK;
}

static status count_file(void *to, const void *row)
{
    const struct numbers_files_all_row *r = row;
    struct tally *t = to;
    const struct process *p = process_of(r->process, r->version);
    const struct process_state *s = p ? process_state(p, r->state) : NULL;
    struct str name = s == NULL ? r->state : t->c->lang == LANG_EN && s->name_en.n ? s->name_en : s->name;

    t->files++;
    t->risk[index_of(risks, RISKS, r->risk)].n++;
    count_named(t->file_state, &t->n_file_states, FILE_STATES, t->c->arena, name);
    return OK;
}

/* -- what the cells are called --------------------------------------------------------------------------------------- */

static void name_cells(struct ctx *c, struct number_cell *cells, const int *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cells[i].name = text_of(c, keys[i]);
}

static void name_weeks(struct tally *t)
{
    for (i64 i = 0; i < t->weeks; i++) {
        char day[CLOCK_TEXT];

        clock_day_vi(t->since + i * 7 * DAY_MS + 12 * (i64)HOUR_MS, day);
        t->week[i].name = text_fill(t->c->arena, (int)t->c->lang, T_NUMBERS_WEEK, str_upto(arena_copy(t->c->arena, str_c(day)), 5), STR(""));
    }
}

static void name_all(struct tally *t)
{
    static const int levels[LEVELS] = { T_DESK_LEVEL_ODD, T_DESK_LEVEL_LOW, T_DESK_LEVEL_MIDDLE, T_DESK_LEVEL_HIGH, T_DESK_LEVEL_NOW };
    static const int waits[WAITS_N] = { T_NUMBERS_WAIT_IN_TIME, T_NUMBERS_WAIT_LATE, T_NUMBERS_WAIT_VERY_LATE, T_NUMBERS_WAIT_DONE };
    static const int risk_keys[RISKS] = { T_NUMBERS_RISK_HIGH, T_NUMBERS_RISK_MEDIUM, T_NUMBERS_RISK_LOW, T_NUMBERS_RISK_NONE };

    name_cells(t->c, t->level, levels, LEVELS);
    name_cells(t->c, t->wait, waits, WAITS_N);
    name_cells(t->c, t->risk, risk_keys, RISKS);
    for (size_t i = 0; i < STATES; i++)
        t->state[i].name = text_of(t->c, desk_word(DESK_STATE, str_c(states[i])));
    for (size_t i = 0; i < HARMS; i++)
        t->harm[i].name = text_of(t->c, desk_word(DESK_HARM, str_c(harms[i])));
    t->harm[HARMS].name = text_of(t->c, T_NUMBERS_NO_HARM);
    name_weeks(t);
}

/* -- tables ---------------------------------------------------------------------------------------------------------- */

static struct str number_text(struct ctx *c, i64 n)
{
    return n < 1000 ? arena_f(c->arena, "%lld", (long long)n)
        : arena_f(c->arena, "%lld%c%03lld", (long long)(n / 1000), c->lang == LANG_VI ? '.' : ',', (long long)(n % 1000));
}

/* The whole of a table is told by its own number, so that one goes with the small ones. */
static struct str total_text(struct ctx *c, i64 n)
{
    return n < NUMBERS_SMALL ? text_of(c, T_NUMBERS_UNDER) : number_text(c, n);
}

static i64 longest(const struct number_cells *cells)
{
    i64 most = 1;

    for (size_t i = 0; i < cells->n; i++)
        most = !cells->at[i].covered && cells->at[i].n > most ? cells->at[i].n : most;
    return most;
}

static void add_table(struct ctx *c, struct numbers_view *v, int title, struct number_cells cells, enum number_cover cover)
{
    struct numbers_table *t = &v->tables.at[v->tables.n++];
    i64 most = longest(&cells);
    int word = cover == NUMBERS_ALSO_OTHERS ? T_NUMBERS_COVERED : T_NUMBERS_UNDER;

    *t = (struct numbers_table){ .title = title, .few = cover == NUMBERS_TOO_FEW, .also = cover == NUMBERS_ALSO_OTHERS };
    if (t->few)
        return;
    t->lines.at = NEW_N(c->arena, struct numbers_line, cells.n + 1);
    for (size_t i = 0; i < cells.n; i++)
        t->lines.at[t->lines.n++] = (struct numbers_line){
            .name = cells.at[i].name, .covered = cells.at[i].covered,
            .value = cells.at[i].covered ? text_of(c, word) : number_text(c, cells.at[i].n),
            .bar = cells.at[i].covered ? 0 : cells.at[i].n * 100 / most };
}

static void add_split(struct ctx *c, struct numbers_view *v, int title, struct number_cell *at, size_t n)
{
    struct number_cells cells = { at, n };
    enum number_cover cover = numbers_cover(c->arena, &cells);

    add_table(c, v, title, cells, cover);
}

static void add_places(struct ctx *c, struct numbers_view *v, struct tally *t)
{
    struct number_cells cells = { t->place, t->n_places };

    numbers_merge_small(&cells, text_of(c, T_NUMBERS_OTHER_PLACES));
    if (cells.n == 1)
        add_table(c, v, T_NUMBERS_BY_PLACE, cells, NUMBERS_TOO_FEW);
    else
        add_split(c, v, T_NUMBERS_BY_PLACE, cells.at, cells.n);
}

static void add_tables(struct ctx *c, struct numbers_view *v, struct tally *t)
{
    struct number_cells harm = { t->harm, HARMS + 1 };
    enum number_cover cover;

    v->tables.at = NEW_N(c->arena, struct numbers_table, TABLES);
    add_split(c, v, T_NUMBERS_BY_WEEK, t->week, (size_t)t->weeks);
    add_split(c, v, T_NUMBERS_BY_STATE, t->state, STATES);
    add_split(c, v, T_NUMBERS_BY_WAIT, t->wait, WAITS_N);
    add_split(c, v, T_NUMBERS_BY_LEVEL, t->level, LEVELS);
    cover = numbers_cover_each(&harm);
    add_table(c, v, T_NUMBERS_BY_HARM, harm, cover);
    v->tables.at[v->tables.n - 1].note = T_NUMBERS_HARM_NOTE;
    add_places(c, v, t);
    add_split(c, v, T_NUMBERS_FILES_BY_STATE, t->file_state, t->n_file_states);
    add_split(c, v, T_NUMBERS_FILES_BY_RISK, t->risk, RISKS);
}

/* -- the page ---------------------------------------------------------------------------------------------------------- */

static struct choices period_choices(struct ctx *c, i64 *weeks)
{
    static const struct { const char *code; i64 weeks; int key; } periods[] = {
        { "4", 4, T_NUMBERS_WEEKS_4 }, { "12", 12, T_NUMBERS_WEEKS_12 }, { "52", 52, T_NUMBERS_WEEKS_52 },
    };
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(periods)), .n = COUNT_OF(periods) };

    *weeks = 12;
    for (size_t i = 0; i < list.n; i++)
        if (str_is(query_text(c, "weeks"), periods[i].code))
            *weeks = periods[i].weeks;
    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ str_c(periods[i].code), text_of(c, periods[i].key), periods[i].weeks == *weeks };
    return list;
}

static i64 first_monday(i64 now, i64 weeks)
{
    i64 noon = clock_local_day(now) + 12 * (i64)HOUR_MS;

    return clock_local_day(noon - clock_local(now).weekday * DAY_MS - (weeks - 1) * 7 * DAY_MS);
}

/* Of the reader's organisation; of all for a ministry, which coordinates. */
static status count_all(struct ctx *c, struct tally *t, bool *national)
{
    struct organisations_row org = { .id = c->actor.org };
    struct opt_id only;

    TRY(row_get(c->ledger, &table_organisations, &org));
    *national = str_is(org.kind, "ministry");
    only = (struct opt_id){ !*national, c->actor.org };
    TRY(sql_numbers_reports_all(c->ledger->db, (struct sql_numbers_reports_all){ .org = only, .since = t->since }, count_report, t));
    return sql_numbers_files_all(c->ledger->db, (struct sql_numbers_files_all){ .org = only, .since = t->since }, count_file, t);
}

static status numbers_show(struct ctx *c)
{
    struct tally *t = NEW(c->arena, struct tally);
    struct numbers_view v = { 0 };
    char day[CLOCK_TEXT];

    TRY(people_nav(c, &v.nav, STAFF_NUMBERS));
    t->c = c;
    t->now = c->now;
    v.periods = period_choices(c, &t->weeks);
    t->since = first_monday(c->now, t->weeks);
    name_all(t);
    TRY(count_all(c, t, &v.national));
    add_tables(c, &v, t);
    clock_day_vi(t->since, day);
    v.since = arena_copy(c->arena, str_c(day));
    v.total = total_text(c, t->total);
    v.files = total_text(c, t->files);
    return page(c, tpl_speakup_numbers, &v);
}

const struct route numbers_routes[] = {
    ROUTE(GET, "/numbers", MAY_READ_NUMBERS, NO_FORM, numbers_show),
    ROUTES_END
};
