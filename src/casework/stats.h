/* Numbers of cases (/numbers/cases): what a job counts and what a page may show of it. No name, word or key comes near: clear
   columns of cases, clocks, tasks, referrals and reports are all that is read.

   Kinds of number_cells. Those of a case belong to the month in which it was opened:
     state age harm risk  of the case as it is now; harm overlaps, since a case may have several
     place                by province; only of all provinces
     assessed planned approved carried urgent closed      code yes or no: how far it came
     tasks sent served    how many of them, code ''
   of a report, to the month of its day:       help (code yes, no)
   of a clock, to the month of its start:      step:CODE (code in, late, over: past its time and running), took:CODE (code: hours; of one province, to
                                               January of its year)
   of an end, to the month in which it came:   took:close; of an opening: took:open (hours since the day of the report)
   of today, in month 0:                       load (code open, workers, supervisors, holding) */
#pragma once

#include "casework.h"

#include "../base/suppress.h"

#define STATS_ALL "*"                           /* province: all of them */
#define STATS_NEVER ((i64)9007199254740991)

/* -- rules: pure (stats_rules.c) ---------------------------------------------------------------------------------------------- */
i64 stats_month(i64 ms);                        /* 12 * year + month of the local calendar, January 0 */
/* How long something took, as the hours that a table of spans is kept by: whole hours of the first day, then quarters of a day,
   after three days whole days, after thirty whole weeks. Rounded down. */
i64 stats_hours(i64 ms);

/* A month, a quarter, or a year: nothing else can be asked for, so that no two periods differ by a few days. */
struct stats_period {
    i64 year;
    size_t begun;                               /* months of the year that have begun: 1 to 12 */
    size_t first, n;                            /* months shown: 0 and 12 for a year */
    size_t column;                              /* of a suppress_year of `begun` months */
};
/* "2026", "2026-q3", "2026-m07". What has not begun, or is none, is this year. */
struct stats_period stats_period(struct str code, i64 now);
/* The same for a place in the list of a year's periods: 0 the year, 1 to 4 quarters, 5 to 16 months. False: not begun. */
enum { YEAR_PERIODS = 1 + YEAR_QUARTERS + YEAR_MONTHS };
bool stats_period_at(i64 year, size_t i, i64 now, struct stats_period *p);
struct str stats_period_code(struct arena *a, const struct stats_period *p);

/* Codes of one kind with their counts by month. */
struct stats_rows {
    struct str *codes;
    i64 *counts;                                /* [row * YEAR_MONTHS + month] */
    size_t n;
};
/* The totals that every table of the same cases shows, in the columns of a year. */
struct stats_totals { i64 *n; bool *covered; size_t columns; };

/* Covers a table. totals: as decided before, NULL where the table has its own. whole: the same rows of all places, where these
   are of one: what the others have must not be small either; NULL: these are the whole. told: as in suppress.h; where that cannot be
   had, it is not told (year->cells.told). False: nothing of it may be shown. */
struct stats_cover { size_t begun; bool add_up, told; const struct stats_totals *totals; const i64 *whole; };
bool stats_cover(struct arena *a, const struct stats_rows *rows, struct stats_cover how, struct suppress_year *year);
/* The totals of a table that add up, as that table shows them; and of one row of a table, where that row is a place. */
struct stats_totals stats_totals_of(struct arena *a, const struct suppress_year *year);
struct stats_totals stats_totals_of_row(struct arena *a, const struct suppress_year *year, size_t row);

/* Of the spans of one kind, counted by hours in ascending order: how many, the middle one, and that which nine of ten kept to. */
struct stats_span { i64 hours, n; };
struct stats_spans { i64 n, median, ninetieth; bool by_year; };      /* by_year: known of the whole year alone */
struct stats_spans stats_spans(const struct stats_span *at, size_t n);

/* Fewer cases than this in one place and period are not told apart at all. */
enum { STATS_PLACE_LEAST = 20 };
/* Step 1 to 5 of a shade: a fifth each of what may be shown, from five to the highest; 0 for none. And the counts of a step;
   from > to: it has none. */
int stats_shade(i64 n, i64 highest);
void stats_shade_range(int shade, i64 highest, i64 *from, i64 *to);
