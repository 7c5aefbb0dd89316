/* Inside network/: decisions without database, web or clock. */
#pragma once

#include "network.h"

enum { HOURS_MAX = 14, WAIT_LEAST_REPORTS = 5 };

struct span { int first_day, last_day, from, to; };     /* weekdays 0 Monday .. 6; minutes of the day */
struct hours { bool always; size_t n; struct span at[HOURS_MAX]; };

/* False where the text is not of the form in network.h. */
bool hours_read(struct str text, struct hours *hours);

struct wait_step { i64 step, n; };
/* Minutes within which two of three were read; 0 below WAIT_LEAST_REPORTS, because a figure from few would be made up. */
i64 wait_usual(const struct wait_step *steps, size_t n);
