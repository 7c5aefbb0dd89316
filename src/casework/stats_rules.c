#include "stats_figures.h"

enum { HOUR_SPANS = 24, PART_SPANS = 72, DAY_SPANS = 30 };

i64 stats_month(i64 ms)
{
    struct clock_local at = clock_local(ms);

    return (i64)at.year * YEAR_MONTHS + at.month - 1;
}

i64 stats_hours(i64 ms)
{
    i64 hours = ms < 0 ? 0 : ms / HOUR_MS;

    if (hours < HOUR_SPANS)
        return hours;
    if (hours < PART_SPANS)
        return hours / 6 * 6;
    return hours < (i64)DAY_SPANS * 24 ? hours / 24 * 24 : hours / (24 * 7) * (24 * 7);
}

/* -- periods ------------------------------------------------------------------------------------------------------------------------- */
bool stats_period_at(i64 year, size_t i, i64 now, struct stats_period *p)
{
    i64 begun = stats_month(now) - year * YEAR_MONTHS + 1;

    if (begun < 1 || i >= YEAR_PERIODS)
        return false;
    *p = (struct stats_period){ .year = year, .begun = begun > YEAR_MONTHS ? YEAR_MONTHS : (size_t)begun, .n = YEAR_MONTHS };
    p->column = p->begun + (p->begun + 2) / 3;
    if (i > YEAR_QUARTERS) {
        p->first = p->column = i - YEAR_QUARTERS - 1;
        p->n = 1;
    } else if (i > 0) {
        p->column = p->begun + i - 1;
        p->first = (i - 1) * 3;
        p->n = 3;
    }
    return p->first < p->begun;
}

struct stats_period stats_period(struct str code, i64 now)
{
    struct str year_text = str_upto(code, str_find_char(code, '-')), part = str_from(code, year_text.n + 1);
    i64 year = 0, no = 0;
    size_t i = 0;
    struct stats_period p;

    if (part.n && str_i64(str_from(part, 1), &no) && no > 0 && no <= YEAR_MONTHS)
        i = part.at[0] == 'm' ? YEAR_QUARTERS + (size_t)no : part.at[0] == 'q' && no <= YEAR_QUARTERS ? (size_t)no : 0;
    if (str_i64(year_text, &year) && year > 0 && year < 10000 && stats_period_at(year, i, now, &p))
        return p;
    (void)stats_period_at(stats_month(now) / YEAR_MONTHS, 0, now, &p);
    return p;
}

struct str stats_period_code(struct arena *a, const struct stats_period *p)
{
    if (p->n == YEAR_MONTHS)
        return arena_f(a, "%lld", (long long)p->year);
    return p->n == 3 ? arena_f(a, "%lld-q%zu", (long long)p->year, p->first / 3 + 1)
        : arena_f(a, "%lld-m%02zu", (long long)p->year, p->first + 1);
}

/* -- what may be shown ------------------------------------------------------------------------------------------------------------------- */
/* What is decided for all tables of these cases: their totals, and the columns that have too few. Where a total that is shown
   is none, all of its column is none, and everybody knows it. */
static void keep_totals(struct suppress_year *y, const struct stats_totals *totals)
{
    for (size_t i = 0; i < y->cells.n; i++) {
        size_t column = i % y->columns;
        bool total = y->add_up && i / y->columns + 1 == y->rows;

        y->cells.at[i].covered = totals->covered[column];
        y->cells.at[i].fixed = total || (totals->n[column] == 0 && !totals->covered[column]);
    }
}

/* A period in which there was nobody may say so: there is nobody whom it could tell of. */
static void keep_empty(struct suppress_year *y)
{
    const struct suppress_cell *last = y->cells.at + (y->rows - 1) * y->columns;

    for (size_t i = 0; i < y->cells.n; i++)
        y->cells.at[i].fixed |= y->cells.at[i].n == 0 && last[i % y->columns].n == 0;
}

/* Whoever sees the whole and this place sees what the others have. That they have none tells of nobody. */
static void guard_rest(struct arena *a, struct suppress_year *y, const i64 *whole, size_t rows)
{
    struct suppress_year all = suppress_year(a, whole, rows, y->months, y->add_up);

    for (size_t i = 0; i < y->cells.n; i++) {
        i64 rest = all.cells.at[i].n - y->cells.at[i].n;

        y->cells.at[i].small |= !y->cells.at[i].fixed && rest > 0 && rest < SUPPRESS_SMALL;
    }
}

static bool cover_once(struct arena *a, const struct stats_rows *rows, struct stats_cover how, struct suppress_year *year)
{
    *year = suppress_year(a, rows->counts, rows->n, how.begun, how.add_up);
    year->cells.told = how.told;
    if (how.totals)
        keep_totals(year, how.totals);
    else
        keep_empty(year);
    if (how.whole)
        guard_rest(a, year, how.whole, rows->n);
    return suppress(a, year->cells);
}

bool stats_cover(struct arena *a, const struct stats_rows *rows, struct stats_cover how, struct suppress_year *year)
{
    if (cover_once(a, rows, how, year))
        return true;
    if (!how.told)
        return false;
    how.told = false;
    return cover_once(a, rows, how, year);
}

struct stats_totals stats_totals_of_row(struct arena *a, const struct suppress_year *year, size_t row)
{
    struct stats_totals t = { NEW_N(a, i64, year->columns), NEW_N(a, bool, year->columns), year->columns };

    for (size_t i = 0; i < t.columns; i++) {
        t.n[i] = year->cells.at[row * year->columns + i].n;
        t.covered[i] = year->cells.at[row * year->columns + i].covered;
    }
    return t;
}

struct stats_totals stats_totals_of(struct arena *a, const struct suppress_year *year)
{
    return stats_totals_of_row(a, year, year->rows - 1);
}

/* -- spans and shades ------------------------------------------------------------------------------------------------------------------- */
/* The span of the k-th of all, from 1. */
static i64 span_at(const struct stats_span *at, size_t n, i64 k)
{
    size_t i = 0;

    while (i + 1 < n && k > at[i].n)
        k -= at[i++].n;
    return at[i].hours;
}

struct stats_spans stats_spans(const struct stats_span *at, size_t n)
{
    struct stats_spans s = { 0 };

    for (size_t i = 0; i < n; i++)
        s.n += at[i].n;
    if (s.n == 0)
        return s;
    s.median = span_at(at, n, (s.n + 1) / 2);
    s.ninetieth = span_at(at, n, (s.n * 9 + 9) / 10);
    return s;
}

int stats_shade(i64 n, i64 highest)
{
    return n <= 0 ? 0 : n <= SUPPRESS_SMALL ? 1 : 1 + (int)((n - SUPPRESS_SMALL) * 5 / (highest - SUPPRESS_SMALL + 1));
}

void stats_shade_range(int shade, i64 highest, i64 *from, i64 *to)
{
    i64 span = highest < SUPPRESS_SMALL ? 0 : highest - SUPPRESS_SMALL + 1;

    *from = SUPPRESS_SMALL + ((shade - 1) * span + 4) / 5;
    *to = SUPPRESS_SMALL - 1 + (shade * span + 4) / 5;
}

/* -- one table of a period ---------------------------------------------------------------------------------------------------------------- */
static const struct suppress_cell *cell_of(const struct stats_table *t, size_t row)
{
    return &t->year.cells.at[row * t->year.columns + t->column];
}

i64 stats_count_of(const struct stats_table *t, size_t row)
{
    return cell_of(t, row)->n;
}

bool stats_covered(const struct stats_table *t, size_t row)
{
    return !t->shown || cell_of(t, row)->covered;
}

i64 stats_total(const struct stats_table *t)
{
    return stats_count_of(t, t->rows.n);
}

bool stats_total_covered(const struct stats_table *t)
{
    return stats_covered(t, t->rows.n);
}

/* Where a count is covered and told to be under five, a share of a known total has a bound; so has the share of the rest. */
struct stats_share stats_share(const struct stats_table *t, size_t row)
{
    i64 total = stats_total(t), n = stats_count_of(t, row);
    bool told = t->year.cells.told && t->rows.n == 2;

    if (stats_total_covered(t))
        return (struct stats_share){ .kind = SHARE_COVERED };
    if (total == 0)
        return (struct stats_share){ .kind = SHARE_NONE };
    if (!stats_covered(t, row))
        return (struct stats_share){ SHARE_EXACT, (n * 100 + total / 2) / total };
    if (told && n < SUPPRESS_SMALL)
        return (struct stats_share){ SHARE_UNDER, (SUPPRESS_SMALL * 100 + total - 1) / total };
    if (told && total - n < SUPPRESS_SMALL)
        return (struct stats_share){ SHARE_OVER, (total - SUPPRESS_SMALL) * 100 / total };
    return (struct stats_share){ .kind = SHARE_COVERED };
}
