#include "numbers.h"

/* What the reader can work out about the covered cells: how many there are, and what they add up to. */
struct hidden { size_t n; i64 sum; bool small_only; };

static struct hidden hidden_of(const struct number_cells *cells)
{
    struct hidden h = { .small_only = true };

    for (size_t i = 0; i < cells->n; i++)
        if (cells->at[i].covered) {
            h.n++;
            h.sum += cells->at[i].n;
            h.small_only &= cells->at[i].n < NUMBERS_SMALL;
        }
    return h;
}

/* A lone covered cell is the total without the others; cells that add up to as much as they can are each as large as they
   can. */
static bool worked_out(struct hidden h)
{
    return h.n == 1 || (h.small_only && h.sum == (i64)h.n * (NUMBERS_SMALL - 1));
}

/* All that are as small as the smallest: to take one of two alike would tell by its place which one it was. */
static void cover_smallest_shown(struct number_cells *cells)
{
    i64 smallest = INT64_MAX;

    for (size_t i = 0; i < cells->n; i++)
        if (!cells->at[i].covered && cells->at[i].n < smallest)
            smallest = cells->at[i].n;
    for (size_t i = 0; i < cells->n; i++)
        cells->at[i].covered |= cells->at[i].n == smallest;
}

static i64 cover_small(struct number_cells *cells)
{
    i64 total = 0;

    for (size_t i = 0; i < cells->n; i++) {
        total += cells->at[i].n;
        cells->at[i].covered = cells->at[i].n < NUMBERS_SMALL;
    }
    return total;
}

/* As base/suppress.h covers a line. */
static void cover_line(struct arena *a, struct number_cells *cells)
{
    i64 *n = NEW_N(a, i64, cells->n + 1);
    struct suppress_cells line;

    for (size_t i = 0; i < cells->n; i++)
        n[i] = cells->at[i].n;
    line = suppress_line(a, n, cells->n);
    for (size_t i = 0; i < cells->n; i++)
        line.at[i].covered = cells->at[i].covered;
    (void)suppress(a, line);            /* fails only where all are covered, and then there is nothing to see */
    for (size_t i = 0; i < cells->n; i++)
        cells->at[i].covered = line.at[i].covered;
}

static size_t count_covered(const struct number_cells *cells)
{
    return hidden_of(cells).n;
}

/* Zeros alone hide nobody. */
static void show_zeros(struct number_cells *cells)
{
    for (size_t i = 0; i < cells->n; i++)
        cells->at[i].covered = false;
}

enum number_cover numbers_cover(struct arena *a, struct number_cells *cells)
{
    i64 total = cover_small(cells);
    size_t small = count_covered(cells);

    if (total <= (i64)cells->n * (NUMBERS_SMALL - 1))
        return NUMBERS_TOO_FEW;
    if (hidden_of(cells).sum == 0) {
        show_zeros(cells);
        return NUMBERS_SHOWN;
    }
    cover_line(a, cells);
    while (worked_out(hidden_of(cells)))
        cover_smallest_shown(cells);
    return count_covered(cells) > small ? NUMBERS_ALSO_OTHERS : NUMBERS_SHOWN;
}

enum number_cover numbers_cover_each(struct number_cells *cells)
{
    (void)cover_small(cells);
    return NUMBERS_SHOWN;
}

void numbers_merge_small(struct number_cells *cells, struct str rest)
{
    struct number_cell other = { .name = rest };
    size_t kept = 0;

    for (size_t i = 0; i < cells->n; i++)
        if (cells->at[i].n < NUMBERS_SMALL)
            other.n += cells->at[i].n;
        else
            cells->at[kept++] = cells->at[i];
    cells->n = kept;
    if (other.n > 0 || kept == 0)
        cells->at[cells->n++] = other;
}
