/* Clocks of a case: what an act starts, stops, drops and lets stand still, written in the same act. Inside casework/. */
#pragma once

#include "casefile.h"
#include "clock_rules.h"
#include "words.h"

/* All run inside an open act. Those with a casefile leave its due, clock and soon as they are to be written: the caller writes
   the row of the file after them, once. */

/* The case begins: first state, clocks of receipt, opening and first state. f->file is not inserted yet. */
status clocks_begin(struct ctx *c, struct casefile *f);
/* An act leads a track from one state to another. */
status clocks_step(struct ctx *c, struct casefile *f, const struct process_act *act, const struct process_state *from);
/* Another unit owns the case: its clocks go along and run on. */
status clocks_transferred(struct ctx *c, struct casefile *f);
/* A referral of the case was sent; writes the file itself. Nothing where the case has none. */
status clocks_referred(struct ctx *c, struct id case_id, const struct comps *comps);
/* The case follows another version from now on (f->process, f->state are set): clocks that it does not know end, the others keep
   their start and what pauses have added, and get its terms; those begin that its present states start. was: NULL where it is gone. */
status clocks_adopt(struct ctx *c, struct casefile *f, const struct process *was);
/* Sets due, clock and soon of the file: of what runs out first, a task or a clock. */
status casefile_set_due(struct ctx *c, struct casefile *f);

/* Where a track of the case stands. */
status case_track_state(struct ctx *c, const struct casefile *f, size_t track, const struct process_state **state);

enum clock_run clock_run(struct str state);
/* "17:40 hôm nay", "09:05, 24/11/2026", "hết ngày 24/11/2026". */
struct str clock_due_text(struct ctx *c, const struct process_clock *k, i64 due);     /* k: NULL of a process that is gone */
struct str clock_term_text(struct ctx *c, struct clock_term term);       /* "5 ngày làm việc" */

/* The open clocks of a case for its pages, or all that it ever had. */
struct case_clocks;
status case_clock_list(struct ctx *c, const struct casefile *f, bool all, struct case_clocks *list);

/* -- beside the case ---------------------------------------------------------------------------------------------------------------- */
/* Tracks that are not over where an act would end the case; none for any other act. may: the process lets this one stand (close_with). */
struct open_tracks { const struct process_state *at[PROCESS_TRACKS]; bool may[PROCESS_TRACKS], refused; size_t n; };
status tracks_open(struct ctx *c, const struct casefile *f, const struct process_act *act, struct open_tracks *list);
/* "Hình sự (Đã báo công an); ...": those that may, or may not, stand. */
struct str tracks_in_line(struct ctx *c, const struct casefile *f, const struct open_tracks *list, bool may);

/* -- the sweep ---------------------------------------------------------------------------------------------------------------------- */
/* Timed: climbs the ladders of what is late, each rung once, and tells the units. Where the machine's clock jumped it does
   nothing and says so until a person has looked (SWEEP_JUMP_HOURS). One batch, so that the thread of quick jobs is soon free again;
   the other goes on until nothing is left, however many an outage made late, and passes what cannot be told. */
status clocks_sweep(struct ledger *l, const struct app *app, i64 now);
status clocks_sweep_all(struct ledger *l, const struct app *app, i64 now);

/* Somebody has read it. NOT_FOUND unless it is one of the reader's. */
status clock_notice_seen(struct ctx *c, struct id notice);
