/* Reports from platforms: by the protocol that their programs speak already (/ispws, docs/ispws.md) and by our own JSON. A report is a
   case from its first moment, sealed to the police unit; people there read it, bundle it, and make of it the work on a case, a track of
   content, or nothing, for a reason. What other modules may call. */
#pragma once

#include "../people/people.h"

/* The schema of /ispws, once at start. */
status platforms_load(void);

/* Timed: unfinished reports run out a day after they were begun, or an hour after the last addition, whichever is later; what was
   taken back or ran out is forgotten. */
status platforms_sweep(struct ledger *l, const struct app *app, i64 now);

/* What waits for the reader's units: finished reports that nobody decided on. any: there is a list to look at. */
struct platforms_waiting { i64 n, urgent; bool any; };
status platforms_waiting(struct ctx *c, struct platforms_waiting *waiting);

/* ispws and API: programs. platform_report_routes: staff. partner_report_routes: people of the platform see where their reports stand. */
extern const struct route ispws_routes[], report_api_routes[], platform_report_routes[], partner_report_routes[];
