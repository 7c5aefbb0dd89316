/* What /numbers shows: counts, never children. Filled by numbers.c, read by pages/numbers.html. */
#pragma once

#include "../people/views.h"

struct numbers_line {
    struct str name, value;         /* value: "1.204", or the word for a covered cell */
    i64 bar;                        /* length, 0 to 100 */
    bool covered;
};
struct numbers_lines { struct numbers_line *at; size_t n; };

struct numbers_table {
    int title;                      /* T_NUMBERS_* */
    int note;                       /* 0: none */
    bool few, also;                 /* too few to be split at all; more was covered than what is under five */
    struct numbers_lines lines;
};
struct numbers_tables { struct numbers_table *at; size_t n; };

struct numbers_view {
    struct staff_nav nav;
    bool national;                  /* every organisation's */
    struct choices periods;
    struct str since, total, files;     /* files: cases opened in the period */
    struct numbers_tables tables;
};
