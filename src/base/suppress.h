/* Counts that may be shown: small ones are covered, and as many others as it takes so that nobody works a small one out from
   rows, columns, totals, or periods that add up. Pure.

   A table is a set of sums: each cell is part of one sum and total of another, or part of two. Read as a network, sums are
   nodes and cells are edges (Cox 1995, network models for complementary cell suppression): all tables that agree with what is
   shown are circulations of the covered edges, so the least and the most that a covered cell can be is a maximum flow. The
   bounds are exact, not estimates; suppress_width tells them, and the test compares them with every table there is. */
#pragma once

#include "memory.h"

enum {
    SUPPRESS_SMALL = 5,             /* a count below this is small */
    SUPPRESS_WIDTH = 4              /* what a reader works out of a small cell must leave at least five values */
};

struct suppress_cell {
    i64 n;
    int from, to;                   /* sums: of `from` it is a part, or the total of `to` */
    int dear;                       /* how many times dearer than its count it is to cover for another's sake; 0: once */
    bool covered;                   /* in: cover it whatever it is. out: may not be shown */
    bool small;                     /* in: guard it though it is not under 5, as where what is left of a whole is. out: guarded */
    bool fixed;                     /* in: decided elsewhere: stays as `covered` says, and is guarded there */
};
/* told: readers are told which of the covered cells are under 5, as where a share says "over 96 %". They then know bounds of each,
   so it takes more to guard them. */
struct suppress_cells { struct suppress_cell *at; size_t n; int sums; bool told; };

/* Covers. False: some small cell cannot be guarded, so none of the table may be shown. Where all small cells are zero,
   nothing is covered on their account: they hide nobody. */
bool suppress(struct arena *a, struct suppress_cells cells);
/* How far apart the least and the most are that a reader of all shown cells can work out of one covered cell; at most `max`. */
i64 suppress_width(struct arena *a, struct suppress_cells cells, size_t cell, i64 max);

/* -- tables ------------------------------------------------------------------------------------------------------------------ */
/* One line of n cells that add up to a total that everybody knows. */
struct suppress_cells suppress_line(struct arena *a, const i64 *n, size_t count);

/* Rows over the months of one year, with quarters and the year. Cell [row * columns + column]: months first, then quarters,
   then the year. Where the rows add up, one more row holds their totals. */
enum { YEAR_MONTHS = 12, YEAR_QUARTERS = 4 };
struct suppress_year { struct suppress_cells cells; size_t rows, months, quarters, columns; bool add_up; };
/* counts[row * YEAR_MONTHS + month]; months: how many of the year have begun (1 to 12). The year is covered last, then quarters. */
struct suppress_year suppress_year(struct arena *a, const i64 *counts, size_t rows, size_t months, bool add_up);

/* A table with a total at the end of each row and column: cell [row * (columns + 1) + column], the total of all last. */
struct suppress_cells suppress_grid(struct arena *a, const i64 *counts, size_t rows, size_t columns);
