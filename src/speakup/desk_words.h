/* Inside speakup/: rows and answers in the reader's words, for the lists and the panes of the desk. */
#pragma once

#include "child.h"
#include "desk.h"

bool desk_is_mine(const struct ctx *c, const struct cases_row *row);
struct desk_clock desk_clock_of(struct ctx *c, const struct cases_row *row);
/* One row of a list; `current` is the one shown in the next pane. */
struct desk_row desk_row_of(struct ctx *c, const struct cases_row *row, struct id current);

/* Unclaimed reports of all the reader's units, most pressing first, at most a page: the left pane. */
status desk_queue(struct ctx *c, struct id current, struct desk_rows *queue);
status desk_show(struct ctx *c);                                         /* GET /desk */
