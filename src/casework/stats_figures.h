/* Inside casework/: the numbers of one period and place, covered, before they have words. */
#pragma once

#include "stats.h"

/* One table of the period: what its rows count, and which may be shown. */
struct stats_table {
    struct str kind;
    struct stats_rows rows;
    struct suppress_year year;
    bool shown;                                 /* false: nothing of it */
    size_t column;                              /* the period's */
};
i64 stats_count_of(const struct stats_table *t, size_t row);
bool stats_covered(const struct stats_table *t, size_t row);
/* Of a table that adds up: the row behind the last is the total. */
i64 stats_total(const struct stats_table *t);
bool stats_total_covered(const struct stats_table *t);

/* How many said yes, of all: exact, or only that it is over or under something; or nothing. */
enum stats_share_kind { SHARE_NONE, SHARE_EXACT, SHARE_OVER, SHARE_UNDER, SHARE_COVERED };
struct stats_share { enum stats_share_kind kind; i64 percent; };
struct stats_share stats_share(const struct stats_table *t, size_t row);

struct stats_step { struct str code; struct stats_table table; struct stats_spans spans; };        /* rows: in, late, over */

enum { STATS_STEPS = PROCESS_CLOCKS };
struct stats_load { i64 open, workers, supervisors, holding; };

struct stats_figures {
    struct stats_period period;
    struct str area;                            /* code, or STATS_ALL */
    struct opt_id org;                          /* of all where it has none */
    bool few;                                   /* too few cases here and then to say anything but that */
    struct stats_totals totals;                 /* of cases */
    struct stats_table state, age, harm, risk, place;
    struct stats_table help, assessed, planned, approved, carried, urgent, closed, tasks, sent, served;
    struct stats_step steps[STATS_STEPS];
    size_t n_steps;
    struct stats_spans to_open, to_close;
    struct stats_load load;
    i64 counted;                                /* ms; 0: never yet */
    i64 first_year;
};
/* of_all: every organisation's, for those who coordinate; else the reader's. */
status stats_read(struct ctx *c, bool of_all, struct stats_figures *f);
