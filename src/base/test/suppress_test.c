/* What a reader can work out of a table whose small cells are covered: audited for random tables, and the audit itself against
   every table that agrees with what is shown. */
#include "../suppress.h"

#include "test.h"

#include <stdlib.h>

static struct arena memory;
static uint64_t state = 20260729;

static i64 random_below(i64 n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (i64)((state >> 33) % (uint64_t)n);
}

/* Many small, some large, some none: what counts by place look like. */
static i64 random_count(void)
{
    i64 kind = random_below(10);

    return kind < 3 ? 0 : kind < 6 ? random_below(5) : kind < 9 ? 5 + random_below(20) : random_below(500);
}

static i64 *random_counts(size_t n)
{
    i64 *counts = NEW_N(&memory, i64, n);

    for (size_t i = 0; i < n; i++)
        counts[i] = random_count();
    return counts;
}

/* Every small cell is covered and leaves at least five values; and how many were covered. */
static size_t leaks(struct suppress_cells cells)
{
    size_t bad = 0;
    bool someone = false;

    for (size_t i = 0; i < cells.n; i++)
        someone |= cells.at[i].n > 0 && cells.at[i].n < SUPPRESS_SMALL;
    for (size_t i = 0; i < cells.n && someone; i++)
        if (cells.at[i].n < SUPPRESS_SMALL && !cells.at[i].fixed)
            bad += !cells.at[i].covered || suppress_width(&memory, cells, i, SUPPRESS_WIDTH) < SUPPRESS_WIDTH;
    return bad;
}

static size_t count_covered(struct suppress_cells cells)
{
    size_t n = 0;

    for (size_t i = 0; i < cells.n; i++)
        n += cells.at[i].covered;
    return n;
}

TEST(no_small_cell_of_a_hundred_random_tables_can_be_worked_out)
{
    size_t shown = 0, all = 0;

    for (int round = 0; round < 100; round++) {
        size_t rows = 2 + (size_t)random_below(9), columns = 2 + (size_t)random_below(11);
        struct suppress_cells cells = suppress_grid(&memory, random_counts(rows * columns), rows, columns);

        CHECK(suppress(&memory, cells));
        CHECK(leaks(cells) == 0);
        shown += cells.n - count_covered(cells);
        all += cells.n;
        arena_reset(&memory, false);
    }
    CHECK(shown * 5 > all);             /* and something is left to read */
}

TEST(no_small_cell_of_a_year_can_be_worked_out_of_months_quarters_and_the_year)
{
    for (int round = 0; round < 100; round++) {
        size_t rows = 2 + (size_t)random_below(9), months = 1 + (size_t)random_below(12);
        struct suppress_year y = suppress_year(&memory, random_counts(rows * YEAR_MONTHS), rows, months, round % 2);

        CHECK(suppress(&memory, y.cells));
        CHECK(leaks(y.cells) == 0);
        arena_reset(&memory, false);
    }
}

/* What the pages do: the totals are covered first, a column whose total is covered is covered as a whole, the other totals stay. */
TEST(tables_of_the_same_cases_keep_to_the_totals_that_all_of_them_show)
{
    for (int round = 0; round < 100; round++) {
        size_t rows = 3 + (size_t)random_below(8), months = 1 + (size_t)random_below(12);
        struct suppress_year y = suppress_year(&memory, random_counts(rows * YEAR_MONTHS), rows, months, true), totals;
        struct suppress_cell *last = y.cells.at + rows * y.columns;
        i64 sums[YEAR_MONTHS];

        for (size_t m = 0; m < months; m++)
            sums[m] = last[m].n;
        totals = suppress_year(&memory, sums, 1, months, false);
        if (!suppress(&memory, totals.cells))
            continue;
        for (size_t i = 0; i < y.cells.n; i++) {
            const struct suppress_cell *total = &totals.cells.at[i % y.columns];

            y.cells.at[i].covered = total->covered;
            y.cells.at[i].fixed = i / y.columns == rows || (total->n == 0 && !total->covered);
        }
        CHECK(suppress(&memory, y.cells));
        CHECK(leaks(y.cells) == 0);
        for (size_t k = 0; k < y.columns; k++)
            CHECK(last[k].covered == totals.cells.at[k].covered);
        arena_reset(&memory, false);
    }
}

/* Yes and no of a year: whoever reads "over 96 %" knows that the noes are under five, and must not learn more. */
TEST(what_is_told_to_be_under_five_may_still_be_any_number_under_five)
{
    size_t told = 0;

    for (int round = 0; round < 100; round++) {
        size_t months = 1 + (size_t)random_below(12);
        i64 counts[2 * YEAR_MONTHS];
        struct suppress_year y;

        for (size_t m = 0; m < YEAR_MONTHS; m++) {
            counts[m] = 30 + random_below(200);
            counts[YEAR_MONTHS + m] = random_below(9);
        }
        y = suppress_year(&memory, counts, 2, months, true);
        y.cells.told = true;
        if (suppress(&memory, y.cells)) {
            CHECK(leaks(y.cells) == 0);
            told++;
        }
        arena_reset(&memory, false);
    }
    CHECK(told > 50);
}

/* One case in September, 14 in October, 60 in November: months go before the year does. */
TEST(a_year_is_covered_last)
{
    i64 counts[YEAR_MONTHS] = { [8] = 1, [9] = 14, [10] = 60 };
    struct suppress_year y = suppress_year(&memory, counts, 1, 11, false);

    for (size_t i = 0; i < y.columns; i++)
        y.cells.at[i].fixed = y.cells.at[i].n == 0;
    CHECK(suppress(&memory, y.cells));
    CHECK(!y.cells.at[y.columns - 1].covered && y.cells.at[8].covered && y.cells.at[11 + 2].covered && !y.cells.at[10].covered);
}

TEST(a_year_adds_up_its_months_and_quarters)
{
    i64 counts[2 * YEAR_MONTHS] = { 1, 2, 3, 4, [YEAR_MONTHS] = 10, 20, 30, 40 };
    struct suppress_year y = suppress_year(&memory, counts, 2, 4, true);

    CHECK(y.rows == 3 && y.columns == 4 + 2 + 1);
    CHECK(y.cells.at[4].n == 6 && y.cells.at[5].n == 4 && y.cells.at[6].n == 10);
    CHECK(y.cells.at[2 * 7 + 6].n == 110 && y.cells.at[2 * 7 + 0].n == 11);
}

/* -- the audit against every table ---------------------------------------------------------------------------------------------- */
enum { ROWS = 2, COLUMNS = 3, INNER = ROWS * COLUMNS, SPAN = 6 };

static bool agrees(const struct suppress_cells *cells, const i64 *counts)
{
    struct suppress_cells other = suppress_grid(&memory, counts, ROWS, COLUMNS);

    for (size_t i = 0; i < cells->n; i++)
        if (cells->at[i].covered ? cells->told && (cells->at[i].n < SUPPRESS_SMALL) != (other.at[i].n < SUPPRESS_SMALL)
            : cells->at[i].n != other.at[i].n)
            return false;
    return true;
}

struct bounds { i64 least[(ROWS + 1) * (COLUMNS + 1)], most[(ROWS + 1) * (COLUMNS + 1)]; };

/* All tables within SPAN of the true one: enough, since widths are asked up to half of it. */
static void try_all(const struct suppress_cells *cells, i64 *counts, size_t i, struct bounds *b)
{
    const struct suppress_cell *cell = &cells->at[i / COLUMNS * (COLUMNS + 1) + i % COLUMNS];
    struct arena_mark mark = arena_mark(&memory);

    if (i < INNER) {
        i64 low = !cell->covered ? cell->n : cell->n > SPAN ? cell->n - SPAN : 0, high = cell->covered ? cell->n + SPAN : cell->n;

        for (counts[i] = low; counts[i] <= high; counts[i]++)
            try_all(cells, counts, i + 1, b);
        return;
    }
    if (agrees(cells, counts)) {
        struct suppress_cells other = suppress_grid(&memory, counts, ROWS, COLUMNS);

        for (size_t k = 0; k < other.n; k++) {
            b->least[k] = other.at[k].n < b->least[k] ? other.at[k].n : b->least[k];
            b->most[k] = other.at[k].n > b->most[k] ? other.at[k].n : b->most[k];
        }
    }
    arena_back(&memory, mark);
}

/* Covered at random, so narrow and wide ones alike; at most five, so that all can be tried. */
TEST(the_audit_says_what_trying_every_table_says)
{
    for (int round = 0; round < 60; round++) {
        i64 true_counts[INNER], counts[INNER];
        struct suppress_cells cells;
        struct bounds b;

        for (size_t i = 0; i < INNER; i++)
            true_counts[i] = random_below(8);
        cells = suppress_grid(&memory, true_counts, ROWS, COLUMNS);
        cells.told = round % 2;
        for (int n = 0; n < 5; n++)
            cells.at[random_below((i64)cells.n)].covered = true;
        for (size_t k = 0; k < cells.n; k++)
            b.least[k] = b.most[k] = cells.at[k].n;
        try_all(&cells, counts, 0, &b);
        for (size_t k = 0; k < cells.n; k++) {
            i64 width = b.most[k] - b.least[k];

            if (cells.at[k].covered)
                CHECK(suppress_width(&memory, cells, k, 3) == (width < 3 ? width : 3));
        }
        arena_reset(&memory, false);
    }
}

/* -- lines ------------------------------------------------------------------------------------------------------------------------- */
TEST(one_small_cell_takes_the_smallest_other_and_all_that_are_as_small)
{
    i64 n[] = { 20, 3, 17, 17, 30 };
    struct suppress_cells line = suppress_line(&memory, n, 5);

    CHECK(suppress(&memory, line));
    CHECK(!line.at[0].covered && line.at[1].covered && line.at[2].covered && line.at[3].covered && !line.at[4].covered);
}

TEST(zeros_alone_are_shown)
{
    i64 n[] = { 20, 0, 17, 0 };
    struct suppress_cells line = suppress_line(&memory, n, 4);

    CHECK(suppress(&memory, line) && count_covered(line) == 0);
}

TEST(a_cell_that_nothing_can_guard_is_said)
{
    i64 n[] = { 3 };
    struct suppress_cells line = suppress_line(&memory, n, 1);

    CHECK(!suppress(&memory, line));
}

/* Nothing under five here, but what is left of a whole elsewhere would be. */
TEST(what_the_caller_asks_for_is_guarded_too)
{
    i64 n[] = { 20, 9, 17 };
    struct suppress_cells line = suppress_line(&memory, n, 3);

    line.at[1].small = true;
    CHECK(suppress(&memory, line));
    CHECK(line.at[1].covered && line.at[2].covered && !line.at[0].covered);
}

int main(int argc, char **argv)
{
    int bad;

    memory = arena_make(64 << 20);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    arena_free(&memory);
    return bad;
}
