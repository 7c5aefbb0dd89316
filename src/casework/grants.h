/* Inside casework/: who may open a compartment. All but comp_of_id write, inside an open act. A grant is always to a unit's
   present key, so that nobody who left can be given anything (V10). */
#pragma once

#include "casework.h"

#include "casework.sql.h"
#include "tables.sql.h"

/* The signed-in person is a member of the unit. */
bool actor_in(const struct ctx *c, struct id unit);

/* A new compartment of the case, behind the newest of its letter. Open, and granted to nobody yet. */
status comp_new(struct ctx *c, struct id case_id, const char *letter, struct comp_open *comp);

/* One compartment by its id, opened where a unit of the signed-in person holds it; keys stay NULL where none does. */
status comp_of_id(struct ctx *c, struct id id, struct comp_open *comp);

struct grant_terms { const char *why; struct str consent; struct opt_i64 expires; };
/* NOT_FOUND: the unit is not fit to receive. `comp` must be open. */
status comp_grant(struct ctx *c, const struct comp_open *comp, struct id unit, const struct grant_terms *terms);
/* Before something is sealed to a reporter, inside the act: CONFLICT where the child takes a new code at the same moment. */
status reporter_hold(struct ctx *c, const struct reporters_row *row);
/* To every code that returns to this case. */
status comp_grant_reporters(struct ctx *c, const struct comp_open *comp, struct id case_id);
/* Deletes what the unit holds of this compartment. Needs no secret. */
status grants_end(struct ledger *l, struct id comp, struct id unit);

/* Turns the key of a letter: a new compartment, sealed to the units that hold the newest one now and to the reporter where
   they hold it. Old text stays where it is; who lost their grant reads nothing that comes after. NOT_FOUND: no such letter. */
status comp_turn(struct ctx *c, struct id case_id, const char *letter, struct comp_open *fresh);

/* A grant that opens with the house and the unit together: kept with the offer (table offered_grants). */
status comp_offer(struct ctx *c, const struct comp_open *comp, struct id referral, struct id unit);
/* Opens an offer with a key of the signed-in person's unit. */
status offer_open(struct ctx *c, const struct offered_grants_row *offer, struct id unit, struct comp_open *comp);
