/* No small number leaks: against a reader who knows the rule, the total, and every cell that is shown. */
#include "../numbers.h"

#include "test.h"

#include <stdlib.h>

enum { VALUES = 13 };

static struct arena memory;

static struct number_cells cells_of(struct number_cell *at, const i64 *n, size_t count)
{
    for (size_t i = 0; i < count; i++)
        at[i] = (struct number_cell){ .n = n[i] };
    return (struct number_cells){ at, count };
}

TEST(cells_under_five_are_covered_and_others_shown)
{
    struct number_cell at[4];
    struct number_cells c = cells_of(at, (i64[]){ 20, 3, 2, 30 }, 4);

    CHECK(numbers_cover(&memory, &c) == NUMBERS_SHOWN);
    CHECK(!at[0].covered && at[1].covered && at[2].covered && !at[3].covered);
}

TEST(one_covered_cell_alone_takes_another_with_it)
{
    struct number_cell at[4];
    struct number_cells c = cells_of(at, (i64[]){ 20, 3, 17, 30 }, 4);

    CHECK(numbers_cover(&memory, &c) == NUMBERS_ALSO_OTHERS);
    CHECK(!at[0].covered && at[1].covered && at[2].covered && !at[3].covered);
}

TEST(cells_that_are_all_as_large_as_they_can_be_take_another_with_them)
{
    struct number_cell at[4];
    struct number_cells c = cells_of(at, (i64[]){ 4, 4, 17, 30 }, 4);

    CHECK(numbers_cover(&memory, &c) == NUMBERS_ALSO_OTHERS);
    CHECK(at[2].covered && !at[3].covered);
}

TEST(zeros_alone_are_shown_and_a_table_of_few_is_not)
{
    struct number_cell at[4];
    struct number_cells c = cells_of(at, (i64[]){ 0, 0, 17, 30 }, 4);

    CHECK(numbers_cover(&memory, &c) == NUMBERS_SHOWN && !at[0].covered && !at[1].covered);
    c = cells_of(at, (i64[]){ 0, 10, 6, 0 }, 4);
    CHECK(numbers_cover(&memory, &c) == NUMBERS_TOO_FEW);
}

/* What a reader sees of one table, as a number: two tables of one look cannot be told apart. */
static uint64_t look_of(const i64 *n, size_t count, bool *shown, bool covered[4])
{
    struct number_cell at[4];
    struct number_cells c = cells_of(at, n, count);
    enum number_cover cover = numbers_cover(&memory, &c);
    uint64_t look = (uint64_t)cover, total = 0;

    for (size_t i = 0; i < count; i++) {
        total += (uint64_t)n[i];
        covered[i] = at[i].covered;
        look = look * (VALUES + 1) + (uint64_t)(at[i].covered ? VALUES : at[i].n);
    }
    *shown = cover != NUMBERS_TOO_FEW;
    arena_reset(&memory, false);
    return look * 64 + total;
}

static void table_no(size_t no, size_t count, i64 *n)
{
    for (size_t i = 0; i < count; i++, no /= VALUES)
        n[i] = (i64)(no % VALUES);
}

struct seen { uint64_t look; int least[4], most[4]; };

static int by_look(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;

    return x->look < y->look ? -1 : x->look > y->look;
}

static size_t leaks(size_t count)
{
    size_t tables = 1, bad = 0, n_seen = 0;
    struct seen *seen;

    for (size_t i = 0; i < count; i++)
        tables *= VALUES;
    seen = calloc(tables, sizeof *seen);
    for (size_t no = 0; no < tables; no++) {
        bool shown, covered[4] = { false };
        i64 n[4];

        table_no(no, count, n);
        seen[n_seen].look = look_of(n, count, &shown, covered);
        for (size_t i = 0; i < count; i++) {
            seen[n_seen].least[i] = covered[i] ? (int)n[i] : 0;
            seen[n_seen].most[i] = covered[i] ? (int)n[i] : VALUES;
        }
        n_seen += shown;
    }
    qsort(seen, n_seen, sizeof *seen, by_look);
    for (size_t from = 0, to; from < n_seen; from = to) {
        struct seen group = seen[from];

        for (to = from; to < n_seen && seen[to].look == group.look; to++)
            for (size_t i = 0; i < count; i++) {
                group.least[i] = seen[to].least[i] < group.least[i] ? seen[to].least[i] : group.least[i];
                group.most[i] = seen[to].most[i] > group.most[i] ? seen[to].most[i] : group.most[i];
            }
        for (size_t i = 0; i < count; i++)
            bad += group.least[i] == group.most[i] && group.most[i] < VALUES;
    }
    free(seen);
    return bad;
}

/* Every table of three and of four cells from 0 to 12. */
TEST(no_covered_cell_can_be_worked_out_by_who_knows_the_rule)
{
    CHECK(leaks(3) == 0);
    CHECK(leaks(4) == 0);
}

TEST(places_with_few_become_one_line)
{
    struct number_cell at[6];
    struct number_cells c = cells_of(at, (i64[]){ 9, 1, 0, 12, 3 }, 5);

    numbers_merge_small(&c, STR("rest"));
    CHECK(c.n == 3 && at[0].n == 9 && at[1].n == 12 && at[2].n == 4 && str_is(at[2].name, "rest"));
    CHECK(numbers_cover(&memory, &c) == NUMBERS_ALSO_OTHERS && at[2].covered && at[0].covered && !at[1].covered);
}

int main(int argc, char **argv)
{
    int bad;

    memory = arena_make(1 << 20);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    arena_free(&memory);
    return bad;
}
