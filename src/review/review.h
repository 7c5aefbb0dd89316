/* Review: people decide about what was matched. What other modules may call. */
#pragma once

#include "../ledger/turn.h"
#include "../matches/seen.h"

status review_load(void);                   /* content/review/rules.txt, once at start; INVALID names the line */
/* Timed: takes out the words of messages whose days are over. */
status review_forget(struct ledger *l, const struct app *app, i64 now);

extern const struct route review_routes[];

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_box verdict_boxes[];
