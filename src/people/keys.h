/* Inside people/: keys of units, and what hangs on them. */
#pragma once

#include "people.h"

#include "tables.sql.h"

struct key ctx_unit_key(struct id unit, i64 epoch, struct id user);
struct key ctx_unit_recovery(struct id unit, i64 epoch);
status key_of_str(struct str bytes, struct key *k);

/* The first name of an organisation or a unit: from the beginning. */
status name_begin(struct ledger *l, struct names_row row);

/* m.user becomes a member: gets every epoch from `by`, who holds them. NULL: the first member of all, for whom epoch 1 is
   drawn. CONFLICT as people_leave, or where a unit that has had members would get a first one. */
status people_admit(struct ledger *l, struct members_row m, const struct member_by *by);
/* m.user becomes the member of a unit that has lost all: gets each epoch that the organisation's recovery key opens. */
status people_recover(struct ledger *l, struct members_row m, const struct pair *recovery);
