#include "suppress.h"

enum { FREE = 1 << 30 };                /* room of an edge that has no bound */
enum { QUARTER_DEAR = 4, YEAR_DEAR = 40, TOTAL_DEAR = 8 };

/* An edge seen from one of its ends: forward, the cell grows; back, it shrinks. */
struct arc { int cell, to; bool back; };

struct net {
    struct suppress_cells cells;
    struct arc *arcs;
    int *first;                         /* of a sum's arcs; first[sums] ends the last */
    i64 *flow;                          /* what the cell was changed by */
    int *came, *queue;                  /* arc by which a sum was reached; -1: not reached */
    i64 *cost;
    bool *done;
};

static void place_arc(struct net *g, int *next, int at, struct arc arc)
{
    g->arcs[next[at]++] = arc;
}

static struct net net_of(struct arena *a, struct suppress_cells cells)
{
    struct net g = {
        .cells = cells, .arcs = NEW_N(a, struct arc, 2 * cells.n + 1), .first = NEW_N(a, int, (size_t)cells.sums + 1),
        .flow = NEW_N(a, i64, cells.n + 1), .came = NEW_N(a, int, (size_t)cells.sums), .queue = NEW_N(a, int, (size_t)cells.sums),
        .cost = NEW_N(a, i64, (size_t)cells.sums), .done = NEW_N(a, bool, (size_t)cells.sums),
    };
    int *next = NEW_N(a, int, (size_t)cells.sums + 1);

    for (size_t i = 0; i < cells.n; i++) {
        g.first[cells.at[i].from + 1]++;
        g.first[cells.at[i].to + 1]++;
    }
    for (int s = 0; s < cells.sums; s++)
        g.first[s + 1] += g.first[s];
    memcpy(next, g.first, sizeof *next * (size_t)cells.sums);
    for (size_t i = 0; i < cells.n; i++) {
        place_arc(&g, next, cells.at[i].from, (struct arc){ (int)i, cells.at[i].to, false });
        place_arc(&g, next, cells.at[i].to, (struct arc){ (int)i, cells.at[i].from, true });
    }
    return g;
}

/* How much further a cell can go that way before it leaves what a reader knows of it. */
static i64 room(const struct net *g, const struct arc *arc)
{
    i64 n = g->cells.at[arc->cell].n, now = n + g->flow[arc->cell];

    if (!g->cells.told)
        return arc->back ? now : FREE;
    if (n < SUPPRESS_SMALL)
        return arc->back ? now : SUPPRESS_SMALL - 1 - now;
    return arc->back ? now - SUPPRESS_SMALL : FREE;
}

static int start_of(const struct net *g, int arc)
{
    const struct suppress_cell *cell = &g->cells.at[g->arcs[arc].cell];

    return g->arcs[arc].back ? cell->to : cell->from;
}

/* -- how far a cell can go ------------------------------------------------------------------------------------------------------ */
/* Shortest way over covered cells other than `but`. */
static bool reach(struct net *g, int from, int to, int but)
{
    int head = 0, tail = 0;

    memset(g->came, -1, sizeof *g->came * (size_t)g->cells.sums);
    memset(g->done, 0, sizeof *g->done * (size_t)g->cells.sums);
    g->done[from] = true;
    for (g->queue[tail++] = from; head < tail && !g->done[to]; head++)
        for (int i = g->first[g->queue[head]]; i < g->first[g->queue[head] + 1]; i++) {
            const struct arc *arc = &g->arcs[i];

            if (g->done[arc->to] || arc->cell == but || !g->cells.at[arc->cell].covered || room(g, arc) <= 0)
                continue;
            g->done[arc->to] = true;
            g->came[arc->to] = i;
            g->queue[tail++] = arc->to;
        }
    return g->done[to];
}

/* The least room on the way that was found, at most `most`. */
static i64 narrowest(const struct net *g, int from, int to, i64 most)
{
    for (; to != from; to = start_of(g, g->came[to])) {
        i64 here = room(g, &g->arcs[g->came[to]]);

        most = here < most ? here : most;
    }
    return most;
}

static void push(struct net *g, int from, int to, i64 by)
{
    for (; to != from; to = start_of(g, g->came[to])) {
        const struct arc *arc = &g->arcs[g->came[to]];

        g->flow[arc->cell] += arc->back ? -by : by;
    }
}

/* Where a cell goes one way, the others must go round: from its end back to its start, or the other way. */
static i64 max_flow(struct net *g, int from, int to, int but, i64 most)
{
    i64 total = 0;

    memset(g->flow, 0, sizeof *g->flow * g->cells.n);
    if (from == to)
        return most;
    while (total < most && reach(g, from, to, but)) {
        i64 by = narrowest(g, from, to, most - total);

        push(g, from, to, by);
        total += by;
    }
    return total;
}

/* The cell's own room, before anything flows. */
static i64 own_room(struct net *g, int i, bool back, i64 max)
{
    i64 own;

    g->flow[i] = 0;
    own = room(g, &(struct arc){ i, 0, back });
    return own < max ? own : max;
}

/* Both leave the flow of the other cells behind. */
static i64 down_of(struct net *g, int i, i64 max)
{
    return max_flow(g, g->cells.at[i].from, g->cells.at[i].to, i, own_room(g, i, true, max));
}

static i64 up_of(struct net *g, int i, i64 max)
{
    return max_flow(g, g->cells.at[i].to, g->cells.at[i].from, i, own_room(g, i, false, max));
}

static i64 width_of(struct net *g, int i, i64 max)
{
    i64 down = down_of(g, i, max);

    return down + up_of(g, i, max - down);
}

i64 suppress_width(struct arena *a, struct suppress_cells cells, size_t cell, i64 max)
{
    struct arena_mark mark = arena_mark(a);
    struct net g = net_of(a, cells);
    i64 width = width_of(&g, (int)cell, max);

    arena_back(a, mark);
    return width;
}

/* -- what else to cover ----------------------------------------------------------------------------------------------------------- */
static int nearest_open(const struct net *g)
{
    int best = -1;

    for (int s = 0; s < g->cells.sums; s++)
        if (!g->done[s] && g->cost[s] < INT64_MAX && (best < 0 || g->cost[s] < g->cost[best]))
            best = s;
    return best;
}

/* The way over any cells, each with room for `need`, on which the least is covered anew; a flow that stands counts as used. */
static bool cheapest(struct net *g, int from, int to, int but, i64 need)
{
    for (int s = 0; s < g->cells.sums; s++) {
        g->cost[s] = INT64_MAX;
        g->done[s] = false;
    }
    g->cost[from] = 0;
    for (int at; (at = nearest_open(g)) >= 0 && at != to;) {
        g->done[at] = true;
        for (int i = g->first[at]; i < g->first[at + 1]; i++) {
            const struct arc *arc = &g->arcs[i];
            const struct suppress_cell *cell = &g->cells.at[arc->cell];
            i64 cost = g->cost[at] + (cell->covered ? 0 : (cell->n + 1) * (cell->dear ? cell->dear : 1));

            if (arc->cell == but || (cell->fixed && !cell->covered) || g->done[arc->to] || room(g, arc) < need ||
                cost >= g->cost[arc->to])
                continue;
            g->cost[arc->to] = cost;
            g->came[arc->to] = i;
        }
    }
    return g->cost[to] < INT64_MAX;
}

/* A cell between the same two sums that is as large: to take one of two alike would tell by its place which one it was. */
static void cover_alike(struct net *g, const struct suppress_cell *like)
{
    for (int i = g->first[like->from]; i < g->first[like->from + 1]; i++) {
        struct suppress_cell *cell = &g->cells.at[g->arcs[i].cell];

        cell->covered |= !cell->fixed && cell->from == like->from && cell->to == like->to && cell->n == like->n;
    }
}

static void cover_way(struct net *g, int from, int to)
{
    for (; to != from; to = start_of(g, g->came[to])) {
        struct suppress_cell *cell = &g->cells.at[g->arcs[g->came[to]].cell];

        if (!cell->covered)
            cover_alike(g, cell);
    }
}

/* One more way for cell i to go up or down by `need`. A way of covered cells alone cannot be found here, because the flow is as
   large as it gets: so each call covers something, and there is an end. */
static bool widen_by(struct net *g, int i, bool back, i64 need)
{
    const struct suppress_cell *cell = &g->cells.at[i];
    int from = back ? cell->from : cell->to, to = back ? cell->to : cell->from;
    i64 now = back ? down_of(g, i, SUPPRESS_WIDTH) : up_of(g, i, SUPPRESS_WIDTH);

    if (own_room(g, i, back, FREE) - now < need || !cheapest(g, from, to, i, need))
        return false;
    cover_way(g, from, to);
    return true;
}

static bool widen(struct net *g, int i, i64 width)
{
    i64 need = SUPPRESS_WIDTH - width;

    return widen_by(g, i, true, need) || widen_by(g, i, false, need) || widen_by(g, i, false, 1) || widen_by(g, i, true, 1);
}

static bool guard(struct net *g, int i)
{
    i64 width;

    while ((width = width_of(g, i, SUPPRESS_WIDTH)) < SUPPRESS_WIDTH)
        if (!widen(g, i, width))
            return false;
    return true;
}

static bool cover_small(struct suppress_cells cells)
{
    bool someone = false;

    for (size_t i = 0; i < cells.n; i++) {
        cells.at[i].small = !cells.at[i].fixed && (cells.at[i].small || cells.at[i].n < SUPPRESS_SMALL);
        someone |= cells.at[i].small && cells.at[i].n > 0;
    }
    for (size_t i = 0; i < cells.n; i++) {
        cells.at[i].small &= someone;
        cells.at[i].covered |= cells.at[i].small;
    }
    return someone;
}

/* Covering more only widens what is there already, so one round is enough. */
bool suppress(struct arena *a, struct suppress_cells cells)
{
    struct arena_mark mark = arena_mark(a);
    bool fine = true;
    struct net g;

    if (!cover_small(cells))
        return true;
    g = net_of(a, cells);
    for (size_t i = 0; i < cells.n && fine; i++)
        fine = !cells.at[i].small || guard(&g, (int)i);
    arena_back(a, mark);
    return fine;
}

/* -- tables ------------------------------------------------------------------------------------------------------------------------- */
struct suppress_cells suppress_line(struct arena *a, const i64 *n, size_t count)
{
    struct suppress_cells cells = { .at = NEW_N(a, struct suppress_cell, count + 1), .n = count, .sums = 2 };

    for (size_t i = 0; i < count; i++)
        cells.at[i] = (struct suppress_cell){ .n = n[i], .from = 0, .to = 1 };
    return cells;
}

/* Sums of a year: of each row one for each quarter and one for the year; then one for each month and one for the year over
   the rows, or where rows do not add up one for each row, which says nothing. */
static int sum_of_quarter(const struct suppress_year *y, size_t row, size_t quarter)
{
    return (int)(row * (y->quarters + 1) + quarter);
}

static int sum_over_rows(const struct suppress_year *y, size_t row, size_t column)
{
    size_t base = y->rows * (y->quarters + 1);

    return (int)(base + (y->add_up ? column : row));
}

static void place(struct suppress_year *y, size_t row, size_t column, int from, int to)
{
    struct suppress_cell *cell = &y->cells.at[row * y->columns + column];
    bool total = y->add_up && row + 1 == y->rows;

    cell->dear = (column < y->months ? 1 : column + 1 < y->columns ? QUARTER_DEAR : YEAR_DEAR) * (total ? TOTAL_DEAR : 1);
    cell->from = total ? to : from;
    cell->to = total ? from : to;
}

static void add_row(struct suppress_year *y, size_t row, const i64 *counts)
{
    struct suppress_cell *cells = y->cells.at + row * y->columns;
    size_t year = y->columns - 1;

    for (size_t m = 0; m < y->months; m++) {
        cells[m].n = counts[m];
        cells[y->months + m / 3].n += counts[m];
        cells[year].n += counts[m];
        place(y, row, m, sum_of_quarter(y, row, m / 3), sum_over_rows(y, row, m));
    }
    for (size_t q = 0; q < y->quarters; q++)
        place(y, row, y->months + q, sum_of_quarter(y, row, y->quarters), sum_of_quarter(y, row, q));
    place(y, row, year, sum_over_rows(y, row, y->months), sum_of_quarter(y, row, y->quarters));
}

struct suppress_year suppress_year(struct arena *a, const i64 *counts, size_t rows, size_t months, bool add_up)
{
    struct suppress_year y = { .rows = rows + add_up, .months = months, .quarters = (months + 2) / 3, .add_up = add_up };
    i64 totals[YEAR_MONTHS] = { 0 };

    y.columns = months + y.quarters + 1;
    y.cells.n = y.rows * y.columns;
    y.cells.at = NEW_N(a, struct suppress_cell, y.cells.n + 1);
    y.cells.sums = (int)(y.rows * (y.quarters + 1) + (add_up ? months + 1 : y.rows));
    for (size_t r = 0; r < rows; r++) {
        add_row(&y, r, counts + r * YEAR_MONTHS);
        for (size_t m = 0; m < months; m++)
            totals[m] += counts[r * YEAR_MONTHS + m];
    }
    if (add_up)
        add_row(&y, rows, totals);
    return y;
}

struct suppress_cells suppress_grid(struct arena *a, const i64 *counts, size_t rows, size_t columns)
{
    size_t wide = columns + 1;
    struct suppress_cells cells = { .n = (rows + 1) * wide, .sums = (int)(rows + columns + 2) };


    cells.at = NEW_N(a, struct suppress_cell, cells.n);
    for (size_t i = 0; i < cells.n; i++) {
        size_t r = i / wide, k = i % wide;
        int row = (int)r, column = (int)(rows + 1 + k);
        bool turned = (r == rows) != (k == columns);

        cells.at[i].from = turned ? column : row;
        cells.at[i].to = turned ? row : column;
        if (r < rows && k < columns) {
            i64 n = counts[r * columns + k];

            cells.at[i].n = n;
            cells.at[r * wide + columns].n += n;
            cells.at[rows * wide + k].n += n;
            cells.at[rows * wide + columns].n += n;
        }
    }
    return cells;
}
