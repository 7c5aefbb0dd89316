/* Rules of the dashboard: periods, spans, shares, shades, and that tables of one place and of the whole country keep each other's
   secrets. */
#include "../stats_figures.h"

#include "test.h"

static struct arena memory;

static i64 at(const char *day)
{
    i64 ms = 0;

    (void)clock_of_iso(str_c(day), &ms);
    return ms;
}

TEST(a_period_is_a_month_a_quarter_or_a_year_that_has_begun)
{
    static const struct { const char *code, *read; i64 year; size_t first, n, column; } rows[] = {
        { "2026", "2026", 2026, 0, 12, 11 + 4 },
        { "2026-q4", "2026-q4", 2026, 9, 3, 11 + 3 },
        { "2026-m11", "2026-m11", 2026, 10, 1, 10 },
        { "2025", "2025", 2025, 0, 12, 12 + 4 },
        { "2025-m12", "2025-m12", 2025, 11, 1, 11 },
        { "2025-q1", "2025-q1", 2025, 0, 3, 12 },
        { "2026-m12", "2026", 2026, 0, 12, 15 },        /* not begun */
        { "2027", "2026", 2026, 0, 12, 15 },
        { "2026-m13", "2026", 2026, 0, 12, 15 }, { "2026-q5", "2026", 2026, 0, 12, 15 }, { "2026-x1", "2026", 2026, 0, 12, 15 },
        { "", "2026", 2026, 0, 12, 15 }, { "last", "2026", 2026, 0, 12, 15 }, { "2026-11-20", "2026", 2026, 0, 12, 15 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stats_period p = stats_period(str_c(rows[i].code), at("2026-11-29"));

        CHECK(p.year == rows[i].year && p.first == rows[i].first && p.n == rows[i].n && p.column == rows[i].column);
        CHECK_STR(stats_period_code(&memory, &p), str_c(rows[i].read));
    }
}

TEST(months_are_those_of_the_local_calendar)
{
    CHECK(stats_month(at("2026-01-01")) == 2026 * 12);
    CHECK(stats_month(at("2026-01-01") - 1) == 2025 * 12 + 11);
}

TEST(spans_are_kept_by_hours_then_parts_of_days_then_days_then_weeks)
{
    static const struct { i64 ms, hours; } rows[] = {
        { -5, 0 }, { HOUR_MS - 1, 0 }, { HOUR_MS, 1 }, { 23 * (i64)HOUR_MS, 23 }, { 29 * (i64)HOUR_MS, 24 }, { 71 * (i64)HOUR_MS, 66 }, { 73 * (i64)HOUR_MS, 72 }, { 5 * DAY_MS + 1, 120 },
        { 29 * DAY_MS, 29 * 24 }, { 33 * DAY_MS, 28 * 24 }, { 72 * DAY_MS, 70 * 24 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(stats_hours(rows[i].ms) == rows[i].hours);
}

TEST(the_middle_and_the_ninetieth_are_those_of_the_sorted_list)
{
    const struct stats_span list[] = { { 1, 4 }, { 2, 1 }, { 10, 4 }, { 50, 1 } };
    struct stats_spans s = stats_spans(list, COUNT_OF(list));

    CHECK(s.n == 10 && s.median == 2 && s.ninetieth == 10);
    s = stats_spans(list, 1);
    CHECK(s.n == 4 && s.median == 1 && s.ninetieth == 1);
    CHECK(stats_spans(list, 0).n == 0);
    s = stats_spans(&(struct stats_span){ 7, 1 }, 1);
    CHECK(s.n == 1 && s.median == 7 && s.ninetieth == 7);
}

TEST(a_shade_and_its_range_agree_for_every_count)
{
    for (i64 highest = 5; highest < 60; highest++)
        for (i64 n = 5; n <= highest; n++) {
            int shade = stats_shade(n, highest);
            i64 from, to;

            CHECK(shade >= 1 && shade <= 5);
            stats_shade_range(shade, highest, &from, &to);
            CHECK(from <= n && n <= to);
        }
    CHECK(stats_shade(0, 50) == 0 && stats_shade(50, 50) == 5);
}

/* -- shares ------------------------------------------------------------------------------------------------------------------------- */
static struct stats_table yes_and_no(i64 yes, i64 no)
{
    static struct str codes[2];
    struct stats_table t = { .rows = { codes, NEW_N(&memory, i64, 2 * YEAR_MONTHS), 2 }, .column = 2 };

    t.rows.counts[0] = yes;
    t.rows.counts[YEAR_MONTHS] = no;
    t.shown = stats_cover(&memory, &t.rows, (struct stats_cover){ .begun = 1, .add_up = true, .told = true }, &t.year);
    return t;
}

TEST(a_share_is_exact_or_a_bound_or_covered)
{
    static const struct { i64 yes, no; enum stats_share_kind kind; i64 percent; } rows[] = {
        { 90, 10, SHARE_EXACT, 90 }, { 2, 98, SHARE_UNDER, 5 }, { 97, 3, SHARE_OVER, 95 }, { 100, 0, SHARE_EXACT, 100 },
        { 0, 0, SHARE_NONE, 0 }, { 2, 1, SHARE_COVERED, 0 }, { 200, 1, SHARE_OVER, 97 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stats_table t = yes_and_no(rows[i].yes, rows[i].no);
        struct stats_share s = stats_share(&t, 0);

        CHECK(s.kind == rows[i].kind && s.percent == rows[i].percent);
    }
}

/* -- one place beside the whole -------------------------------------------------------------------------------------------------- */
TEST(what_the_other_places_have_is_not_told_by_what_one_has)
{
    static struct str codes[3];
    i64 whole[3 * YEAR_MONTHS] = { [0] = 40, [YEAR_MONTHS] = 30, [2 * YEAR_MONTHS] = 50 };
    i64 here[3 * YEAR_MONTHS] = { [0] = 38, [YEAR_MONTHS] = 30, [2 * YEAR_MONTHS] = 12 };
    struct stats_rows rows = { codes, here, 3 };
    struct suppress_year y;

    CHECK(stats_cover(&memory, &rows, (struct stats_cover){ .begun = 1, .add_up = true, .whole = whole }, &y));
    CHECK(y.cells.at[0].covered);                       /* 2 of 40 are elsewhere */
    CHECK(!y.cells.at[y.columns * 3].covered);          /* the total stays */
    CHECK(y.cells.at[y.columns].covered || y.cells.at[2 * y.columns].covered);
}

TEST(a_column_whose_total_is_covered_is_covered_as_a_whole)
{
    static struct str codes[2];
    i64 counts[2 * YEAR_MONTHS] = { [0] = 2, [1] = 40, [2] = 50, [YEAR_MONTHS] = 1, [YEAR_MONTHS + 1] = 30, [YEAR_MONTHS + 2] = 20 };
    i64 sums[YEAR_MONTHS] = { 3, 70, 70 };
    struct stats_rows rows = { codes, counts, 2 }, sum = { codes, sums, 1 };
    struct stats_totals totals;
    struct suppress_year y;

    CHECK(stats_cover(&memory, &sum, (struct stats_cover){ .begun = 3 }, &y));
    totals = stats_totals_of(&memory, &y);
    CHECK(totals.covered[0] && totals.covered[1] && !totals.covered[4]);
    CHECK(stats_cover(&memory, &rows, (struct stats_cover){ .begun = 3, .add_up = true, .totals = &totals }, &y));
    for (size_t r = 0; r < y.rows; r++)
        CHECK(y.cells.at[r * y.columns].covered && y.cells.at[r * y.columns + 1].covered);
    CHECK(!y.cells.at[2 * y.columns + 4].covered);
}

/* An empty month is no secret, and hides no others. */
TEST(periods_without_anybody_are_shown)
{
    static struct str codes[1];
    i64 sums[YEAR_MONTHS] = { [8] = 1, [9] = 14, [10] = 60 };
    struct stats_rows rows = { codes, sums, 1 };
    struct suppress_year y;

    CHECK(stats_cover(&memory, &rows, (struct stats_cover){ .begun = 11 }, &y));
    CHECK(!y.cells.at[0].covered && y.cells.at[8].covered && !y.cells.at[y.columns - 1].covered);
}

int main(int argc, char **argv)
{
    int bad;

    clock_set_zone("Asia/Ho_Chi_Minh");
    memory = arena_make(16 << 20);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    arena_free(&memory);
    return bad;
}
