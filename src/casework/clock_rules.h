/* Terms of law as instants: pure, the time and the holidays are parameters. Days are days of the instance's zone. */
#pragma once

#include "process.h"

/* -- days of work (content/process/holidays-vn.txt) ---------------------------------------------------------------------------- */
/* Days since 1970-01-01 of the local calendar; a day is a number, so that no hour and no zone can shift it. */
i64 day_number(i64 ms);
i64 day_begins(i64 day);                /* the instant of its local midnight */
int day_weekday(i64 day);               /* 0 Monday .. 6 Sunday */

struct swapped { i64 day; bool work; };         /* free, or a Saturday or Sunday on which offices work */
struct holidays {
    struct swapped *at;                 /* by day */
    size_t n;
    i64 first_year, last_year;          /* years that have lines; 0, 0: none */
};
/* INVALID names file and line. */
status holidays_read(struct arena *a, const char *file, struct str text, struct holidays *h);
/* The instance's, read once at start. */
status holidays_load(void);
const struct holidays *holidays_here(void);

bool day_works(const struct holidays *h, i64 day);

/* -- terms ----------------------------------------------------------------------------------------------------------------------- */
/* The instant at which the term is over. Hours run day and night from the instant itself. Of days and workdays the first that
   counts is the one after the start, and the last counts whole: over is its local midnight. */
i64 clock_over(const struct holidays *h, struct clock_term term, i64 start);
/* The same clock after it stood still from `from` until `to`: hours move on by as much, days and workdays by the whole (working)
   days of the pause. Never earlier than it was. */
i64 clock_moved(const struct holidays *h, struct clock_term term, i64 due, i64 from, i64 to);
/* The instant from which lists call it soon: `part` of `of` of the time between is left. */
i64 clock_soon(i64 start, i64 due, i64 part, i64 of);

/* -- the ladder --------------------------------------------------------------------------------------------------------------------- */
/* When the sweep must look at a running clock again: at the first rung that was not climbed. NEVER: all were. */
#define CLOCK_NEVER ((i64)9007199254740991)
i64 clock_next(const struct process_clock *k, i64 due, i64 climbed);

/* Two sweeps lie further apart than a machine's clock may jump: nobody is told of anything before a person has looked. */
enum { SWEEP_JUMP_HOURS = 48 };
enum sweep_now { SWEEP_GO, SWEEP_HOLD };
/* last: the newest sweep that went, 0 none; allowed: a person said that this time is right (0: nobody has). */
enum sweep_now sweep_may(i64 last, i64 now, i64 allowed);
