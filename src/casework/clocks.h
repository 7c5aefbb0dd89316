/* Clocks of a case: what an act starts, stops, drops and lets stand still, written in the same act. Inside casework/. */
#pragma once

#include "casefile.h"
#include "clock_rules.h"

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
   their start and get its terms, and those begin that its present states start. */
status clocks_adopt(struct ctx *c, struct casefile *f);
/* Sets due, clock and soon of the file: of what runs out first, a task or a clock. */
status casefile_set_due(struct ctx *c, struct casefile *f);

/* Where a track of the case stands. */
status case_track_state(struct ctx *c, const struct casefile *f, size_t track, const struct process_state **state);

/* One clock as pages show it. */
enum clock_run { RUN_RUNNING, RUN_PAUSED, RUN_MET, RUN_LATE, RUN_DROPPED };
enum clock_run clock_run(struct str state);

/* -- the sweep ---------------------------------------------------------------------------------------------------------------------- */
/* Timed: climbs the ladders of what is late, each rung once, and tells the units. Where the machine's clock jumped it does
   nothing and says so until a person has looked (SWEEP_JUMP_HOURS). */
status clocks_sweep(struct ledger *l, const struct app *app, i64 now);

/* A notice for the reader: a clock of a case that nobody ended in time. */
struct clock_notice { struct id id, case_id; struct str ref, name, due; struct str role; bool open; };
struct clock_notices { struct clock_notice *at; size_t n; };
status clock_notices_of_actor(struct ctx *c, struct clock_notices *list);
/* Somebody has read it. NOT_FOUND unless it is one of the reader's. */
status clock_notice_seen(struct ctx *c, struct id notice);
