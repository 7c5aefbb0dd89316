/* Counts that may be shown: no small number, and none that can be worked out from the others. */
#pragma once

#include "../base/suppress.h"

enum { NUMBERS_SMALL = SUPPRESS_SMALL };

struct number_cell {
    struct str name;
    i64 n;
    bool covered;
};
struct number_cells { struct number_cell *at; size_t n; };

enum number_cover {
    NUMBERS_SHOWN,              /* covered cells, if any, are all under 5: "under 5" */
    NUMBERS_ALSO_OTHERS,        /* one or more were covered beside them: "covered" for all, so that none is told apart */
    NUMBERS_TOO_FEW             /* the whole table: so few that no way of covering would hide them */
};

/* A table whose cells add up to a total that the reader knows. Cells under 5 are covered, zeros too; where less than five
   values would be left for one of them, the next larger cell as well (base/suppress.h). Pure. */
enum number_cover numbers_cover(struct arena *a, struct number_cells *cells);
/* A table whose cells overlap, so that they add up to nothing: each stands for itself. */
enum number_cover numbers_cover_each(struct number_cells *cells);
/* Cells under 5 become one, with the name `rest`, the last of the list: for lists of places. */
void numbers_merge_small(struct number_cells *cells, struct str rest);
