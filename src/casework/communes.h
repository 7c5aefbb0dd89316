/* Inside casework/: the commune where it happened, which receives and assesses, and the commune where the child lives, which makes
   the plan (Decree 56/2017, articles 25 and 26; Law on Children, article 52). Kept as events in N, the newest one counts. */
#pragma once

#include "casefile.h"

/* Codes of content/geo/communes.csv; "" where it is not known. `event` falls back to what the reporter said. */
struct case_communes { struct str event, home; };
status case_communes_read(struct ctx *c, const struct comps *comps, struct case_communes *is);
status case_communes_set(struct ctx *c, struct id id, const struct case_communes *to, struct str words);

/* The unit that works for the children of a commune: the first of kind commune among those that reports of it go to. NOT_FOUND
   where none is fit. */
status commune_unit(struct ctx *c, struct str commune, struct id *unit);
