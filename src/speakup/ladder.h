/* Inside speakup/: dormant grants and their clock. Both run with the house's keys alone, inside an open act. */
#pragma once

#include "speakup.h"

#include "tables.sql.h"

/* Stops the ladder of a report, or starts it again from `now`. The box is made anew, so that the old hash in the log tells
   nothing of the old clock. A unit without a grant for the newest C is passed over: it could not read how the conversation
   goes on (merged reports: one of the two children left it out). */
struct ladder_clock { bool running; i64 now; };
status ladder_set(struct ledger *l, const struct cases_row *row, struct ladder_clock clock);

/* A grant that sleeps: opens only with the house and that unit, and only when its clock wakes it. */
struct str dormant_seal(struct ledger *l, struct id comp, const struct unit_key *unit, const struct key *ck);
