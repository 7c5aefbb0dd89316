/* Reads the counts of a year, sorts them into tables, and covers what must be: totals first, then the provinces, then every
   table by the same totals, so that none of them tells what another one hides. */
#include "stats_figures.h"

#include "words.h"

#include "casework.sql.h"

#include <stdlib.h>

static const char *const ages[] = { "under9", "9-11", "12-15", "16-17", "adult", "" };
static const char *const harms[] = { "bullying", "threat", "images", "contact", "scam", "hate", "self_harm", "other", "" };
static const char *const risks[] = { "high", "medium", "low", "" };
static const char *const yes_no[] = { "yes", "no" };
static const char *const step_codes[] = { "in", "late", "over" };
static const char *const one[] = { "" };

struct reading {
    struct ctx *c;
    struct stats_figures *f;
    struct number_cells_of_rows all, here;      /* of the whole country; of the place, where one was asked for */
};
struct kind { const char *name; const char *const *codes; size_t n; bool add_up, of_cases, told; };

/* -- rows of a kind ------------------------------------------------------------------------------------------------------------------- */
static size_t row_of_code(const struct stats_rows *rows, struct str code)
{
    size_t i = 0;

    while (i < rows->n && !str_eq(rows->codes[i], code))
        i++;
    return i;
}

/* Every state and every province is a row, so that none is told apart from the others by being there. */
static void known_codes(struct reading *r, const struct kind *k, struct stats_rows *rows)
{
    const struct process *p = process_for_new(r->c->now);
    struct provinces places = network_provinces();

    for (size_t i = 0; i < k->n; i++)
        rows->codes[rows->n++] = str_c(k->codes[i]);
    for (size_t i = 0; i < p->n_states && strcmp(k->name, "state") == 0; i++)
        if (p->states[i].track == 0)
            rows->codes[rows->n++] = p->states[i].code;
    for (size_t i = 0; i < places.n && strcmp(k->name, "place") == 0; i++)
        rows->codes[rows->n++] = places.at[i].code;
}

/* Codes in their known order, then whatever else was counted: an old case may have a code that no list knows any more. */
static void find_codes(struct reading *r, const struct kind *k, struct stats_rows *rows)
{
    rows->codes = NEW_N(r->c->arena, struct str, k->n + r->all.n + PROCESS_STATES + network_provinces().n + 1);
    known_codes(r, k, rows);
    for (size_t i = 0; i < r->all.n; i++)
        if (str_is(r->all.at[i].kind, k->name) && row_of_code(rows, r->all.at[i].code) == rows->n)
            rows->codes[rows->n++] = r->all.at[i].code;
}

static i64 *counts_of(struct reading *r, const struct kind *k, const struct stats_rows *rows, const struct number_cells_of_rows *cells)
{
    i64 *counts = NEW_N(r->c->arena, i64, (rows->n + 1) * YEAR_MONTHS);

    for (size_t i = 0; i < cells->n; i++)
        if (cells->at[i].month > 0 && str_is(cells->at[i].kind, k->name))
            counts[row_of_code(rows, cells->at[i].code) * YEAR_MONTHS + (size_t)(cells->at[i].month % YEAR_MONTHS)] += cells->at[i].n;
    return counts;
}

static bool placed(const struct reading *r)
{
    return !str_is(r->f->area, STATS_ALL);
}

static void make_table(struct reading *r, const struct kind *k, bool here, struct stats_table *t)
{
    struct stats_cover how = { .begun = r->f->period.begun, .add_up = k->add_up, .told = k->told };
    i64 *all;

    *t = (struct stats_table){ .kind = str_c(k->name), .column = r->f->period.column };
    find_codes(r, k, &t->rows);
    all = counts_of(r, k, &t->rows, &r->all);
    t->rows.counts = here ? counts_of(r, k, &t->rows, &r->here) : all;
    how.totals = k->of_cases ? &r->f->totals : NULL;
    how.whole = here ? all : NULL;
    t->shown = stats_cover(r->c->arena, &t->rows, how, &t->year);
}

static void read_table(struct reading *r, const struct kind *k, struct stats_table *t)
{
    make_table(r, k, placed(r), t);
}

/* -- totals ---------------------------------------------------------------------------------------------------------------------------- */
/* All cases of each month, covered on their own. */
static bool total_all(struct reading *r)
{
    struct stats_rows sum = { .codes = NEW(r->c->arena, struct str), .counts = NEW_N(r->c->arena, i64, YEAR_MONTHS), .n = 1 };
    struct suppress_year y;
    bool shown;

    for (size_t i = 0; i < r->all.n; i++)
        if (str_is(r->all.at[i].kind, "state"))
            sum.counts[r->all.at[i].month % YEAR_MONTHS] += r->all.at[i].n;
    shown = stats_cover(r->c->arena, &sum, (struct stats_cover){ .begun = r->f->period.begun }, &y);
    r->f->totals = stats_totals_of(r->c->arena, &y);
    return shown;
}

/* The provinces of the whole country; the totals of one place are its row there. */
static bool total_here(struct reading *r)
{
    static const struct kind place = { .name = "place", .add_up = true, .of_cases = true };
    struct stats_figures *f = r->f;
    size_t row;

    make_table(r, &place, false, &f->place);
    if (!placed(r))
        return true;
    row = row_of_code(&f->place.rows, f->area);
    if (!f->place.shown || row == f->place.rows.n)
        return false;
    f->totals = stats_totals_of_row(r->c->arena, &f->place.year, row);
    return f->totals.n[f->period.column] >= STATS_PLACE_LEAST;
}

/* -- spans -------------------------------------------------------------------------------------------------------------------------------- */
static int by_hours(const void *a, const void *b)
{
    const struct stats_span *x = a, *y = b;

    return x->hours < y->hours ? -1 : x->hours > y->hours;
}

/* Of one place they are kept by the year. */
static struct stats_spans read_spans(struct reading *r, const char *kind)
{
    const struct number_cells_of_rows *cells = placed(r) ? &r->here : &r->all;
    const struct stats_period *p = &r->f->period;
    struct stats_span *at = NEW_N(r->c->arena, struct stats_span, cells->n + 1);
    size_t n = 0;

    if (placed(r) && p->n != YEAR_MONTHS)
        return (struct stats_spans){ .by_year = true };
    for (size_t i = 0; i < cells->n; i++) {
        size_t month = (size_t)(cells->at[i].month % YEAR_MONTHS);

        if (str_is(cells->at[i].kind, kind) && month >= p->first && month < p->first + p->n && str_i64(cells->at[i].code, &at[n].hours))
            at[n++].n = cells->at[i].n;
    }
    qsort(at, n, sizeof *at, by_hours);
    return stats_spans(at, n);
}

static bool step_there(const struct stats_figures *f, struct str code)
{
    for (size_t i = 0; i < f->n_steps; i++)
        if (str_eq(f->steps[i].code, code))
            return true;
    return false;
}

static void add_step(struct reading *r, struct str code)
{
    struct kind k = { .codes = step_codes, .n = COUNT_OF(step_codes), .add_up = true };
    struct stats_step *s = &r->f->steps[r->f->n_steps];

    if (step_there(r->f, code) || r->f->n_steps == STATS_STEPS)
        return;
    s->code = code;
    k.name = arena_f(r->c->arena, "step:%.*s", (int)code.n, code.at).at;
    read_table(r, &k, &s->table);
    s->spans = read_spans(r, arena_f(r->c->arena, "took:%.*s", (int)code.n, code.at).at);
    r->f->n_steps++;
}

/* In the order of the process that new cases follow, then those of older ones. */
static void read_steps(struct reading *r)
{
    const struct process *p = process_for_new(r->c->now);

    for (size_t i = 0; i < p->n_clocks; i++)
        add_step(r, p->clocks[i].code);
    for (size_t i = 0; i < r->all.n; i++)
        if (str_starts(r->all.at[i].kind, STR("step:")))
            add_step(r, str_from(r->all.at[i].kind, 5));
}

/* -- all of it ------------------------------------------------------------------------------------------------------------------------------ */
#define KIND(kind_name, kind_codes, ...) { .name = kind_name, .codes = kind_codes, .n = COUNT_OF(kind_codes), __VA_ARGS__ }
#define CASES(kind_name, kind_codes) KIND(kind_name, kind_codes, .add_up = true, .of_cases = true)
#define SHARE(kind_name) KIND(kind_name, yes_no, .add_up = true, .of_cases = true, .told = true)

static void read_tables(struct reading *r)
{
    static const struct kind state = { .name = "state", .add_up = true, .of_cases = true };
    static const struct kind age = CASES("age", ages), risk = CASES("risk", risks), harm = KIND("harm", harms, .of_cases = true);
    static const struct kind assessed = SHARE("assessed"), planned = SHARE("planned"), approved = SHARE("approved");
    static const struct kind carried = SHARE("carried"), urgent = SHARE("urgent"), closed = SHARE("closed");
    static const struct kind tasks = KIND("tasks", one, .of_cases = true), sent = KIND("sent", one, .of_cases = true);
    static const struct kind served = KIND("served", one, .of_cases = true);
    struct stats_figures *f = r->f;
    const struct { const struct kind *kind; struct stats_table *table; } all[] = {
        { &state, &f->state }, { &age, &f->age }, { &risk, &f->risk }, { &harm, &f->harm }, { &assessed, &f->assessed },
        { &planned, &f->planned }, { &approved, &f->approved }, { &carried, &f->carried }, { &urgent, &f->urgent },
        { &closed, &f->closed }, { &tasks, &f->tasks }, { &sent, &f->sent }, { &served, &f->served },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        read_table(r, all[i].kind, all[i].table);
    f->to_open = read_spans(r, "took:open");
    f->to_close = read_spans(r, "took:close");
}

static status cells_of(struct reading *r, struct str province, struct number_cells_of_rows *rows)
{
    i64 first = r->f->period.year * YEAR_MONTHS;
    struct id org = r->f->org.has ? r->f->org.v : id_zero();

    return sql_number_cells_of(r->c->ledger->db, (struct sql_number_cells_of){ org, province, first, first + YEAR_MONTHS - 1 }, rows);
}

static status read_load(struct reading *r)
{
    struct stats_load *load = &r->f->load;
    const struct { const char *code; i64 *n; } all[] = {
        { "open", &load->open }, { "workers", &load->workers }, { "supervisors", &load->supervisors }, { "holding", &load->holding },
    };
    struct number_cells_of_rows rows;
    struct id org = r->f->org.has ? r->f->org.v : id_zero();

    TRY(sql_number_cells_of(r->c->ledger->db, (struct sql_number_cells_of){ org, STR(STATS_ALL), 0, 0 }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        for (size_t k = 0; k < COUNT_OF(all); k++)
            if (str_is(rows.at[i].kind, "load") && str_is(rows.at[i].code, all[k].code))
                *all[k].n = rows.at[i].n;
    return OK;
}

static status read_times(struct reading *r)
{
    struct number_run_row run = { 0 };
    struct number_first_row first = { 0 };
    struct id org = r->f->org.has ? r->f->org.v : id_zero();
    status s = sql_number_run(r->c->ledger->db, (struct sql_number_run){ STR("cases") }, &run);

    if (s != NOT_FOUND)
        TRY(s);
    r->f->counted = run.at;
    TRY(sql_number_first(r->c->ledger->db, (struct sql_number_first){ org }, &first));
    r->f->first_year = first.month.has ? first.month.v / YEAR_MONTHS : r->f->period.year;
    return OK;
}

status stats_read(struct ctx *c, bool of_all, struct stats_figures *f)
{
    static const struct kind help = KIND("help", yes_no, .add_up = true, .told = true);
    struct reading r = { .c = c, .f = f };
    struct str area = query_text(c, "area");
    bool known = network_province_name(area, false).n > 0;

    *f = (struct stats_figures){ .period = stats_period(query_text(c, "period"), c->now), .area = known ? area : STR(STATS_ALL),
                                 .org = { !of_all, c->actor.org } };
    TRY(read_times(&r));
    TRY(read_load(&r));
    TRY(cells_of(&r, STR(STATS_ALL), &r.all));
    if (placed(&r))
        TRY(cells_of(&r, area, &r.here));
    f->few = !total_all(&r) || !total_here(&r) || f->totals.covered[f->period.column] || f->counted == 0;
    read_tables(&r);
    read_table(&r, &help, &f->help);
    read_steps(&r);
    return OK;
}
