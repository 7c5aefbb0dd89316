/* Made-up cases as rows alone, without words or keys, for tests and benchmarks of what is counted. The n-th is always the same. */
#pragma once

#include "casework/casework.h"

#include "tables.sql.h"

enum { CASE_ROWS_UNITS = 8, CASE_ROWS_CLOCKS = 3 };

struct case_rows {
    struct id units[CASE_ROWS_UNITS];       /* cases go to them in turn, mostly to the first */
    size_t n_units;
    struct opt_id worker;
    i64 now;                                /* none is later */
    i64 days;                               /* how far back they go */
};

/* What the n-th is like. */
struct case_made {
    struct id id;
    size_t unit;
    struct str province, age, harm, state, risk, told;
    i64 opened, day, closed;                /* closed: 0 while it is open */
    i64 step;                               /* of the state before its end */
    struct { const char *code; i64 started, due, ended; } clocks[CASE_ROWS_CLOCKS];    /* ended: 0 while it runs */
};
struct case_made case_rows_nth(const struct case_rows *r, i64 n);

/* Writes rows first to first + count - 1, in one act. */
status case_rows_write(struct ledger *l, const struct case_rows *r, i64 first, i64 count);
