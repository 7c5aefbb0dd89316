/* Inside people/: an organisation's recovery key, and how a unit whose keys nobody holds is opened with it (SECURITY.md, "Nobody
   left"). An administrator names the trustees, a second person of another unit confirms, the server draws the key and splits it;
   each trustee prints a share. A unit is opened for a new member by two trustees who type in their shares, a day after everybody
   was told, unless somebody refused. */
#pragma once

#include "../vault/shamir.h"
#include "confirm.h"

#include "tables.sql.h"

#define RESCUE_DELAY_MS (24 * (i64)HOUR_MS)
#define RESCUE_OVER_MS (7 * (i64)DAY_MS)        /* what nobody has done by then must be asked for again */
#define RESCUE_DRILL_MS (365 * (i64)DAY_MS)
enum { RESCUE_FEW = SHARES_MAX };               /* an organisation of fewer people has one trustee, and one share */

/* -- rules (rescue_rules.c) ---------------------------------------------------------------------------------------------------- */
enum rescue_state { RESCUE_TOLD, RESCUE_OPEN, RESCUE_OVER, RESCUE_DONE, RESCUE_REFUSED };
enum rescue_state rescue_state(const struct recoveries_row *r, i64 now);
enum share_state { SHARE_UNPRINTED, SHARE_UNTRIED, SHARE_FINE };        /* untried: the yearly drill is due */
enum share_state share_state(const struct recovery_trustees_row *t, i64 now);

/* -- the key (rescue_key.c) ------------------------------------------------------------------------------------------------------- */
struct rescue_key {
    struct recovery_keys_row row;
    struct recovery_trustees_rows trustees;
};
/* The organisation's present key. NOT_FOUND: none yet. */
status rescue_key(struct ledger *l, struct id org, struct rescue_key *key);
/* The reader's own share of it. NOT_FOUND: no trustee. */
status rescue_mine(struct ctx *c, struct recovery_trustees_row *mine);
/* A person who can be given a share: of the organisation, and has taken the account. */
status rescue_can_keep(struct ledger *l, struct id org, struct id user, i64 now, bool *can);

/* A whole act: the trustees of a key to come, for a second person to confirm. */
status act_name_trustees(struct ctx *c, const struct id *trustees, size_t n);
/* What confirm.c asks about such a proposal. Each inside what it does. */
status rescue_proposed(struct ledger *l, const struct proposals_row *p, struct rescue_key *key, struct str *seen);
status rescue_ready(struct ledger *l, const struct proposals_row *p, i64 now, bool *ready);
status rescue_drop(struct ledger *l, const struct proposals_row *p);
status rescue_confirmed(struct ledger *l, const struct proposals_row *p, i64 now);
/* Inside an act: the next key for those of the same trustees who are still there, and every unit's keys wrapped to it. */
status rescue_turn(struct ledger *l, const struct rescue_key *old, const struct pair *old_pair, i64 now);
/* Inside an act: a unit that goes to another organisation; its keys are wrapped to that one's recovery key at their next use. */
status rescue_uncover(struct ledger *l, struct id unit);
/* A member's request: wraps what they hold to the recovery key where it is not yet. */
status rescue_cover(struct ctx *c);

/* The reader's share, to be printed; logged. NOT_FOUND: printed already, or no trustee. */
status act_share_show(struct ctx *c, struct share **share);
/* It is on paper: erased. INVALID: the last group is not its. */
status act_share_printed(struct ctx *c, struct str last);
/* The yearly drill. INVALID: it is not the share. */
status act_share_tried(struct ctx *c, const struct share *typed);

/* -- opening a unit (rescue.c) ------------------------------------------------------------------------------------------------------ */
/* Nobody holds the unit's present key. `covered`: the recovery key opens it. */
status rescue_lost(struct ledger *l, const struct units_row *unit, i64 now, bool *lost, bool *covered);
/* An administrator or a trustee asks. CONFLICT: the unit is not lost, nobody waits for it so, or it was asked already. */
status act_rescue_ask(struct ctx *c, struct id unit, struct id user, struct id *id);
status act_rescue_refuse(struct ctx *c, struct id recovery, struct str reason);
/* A trustee's share. INVALID: not the share. CONFLICT: too early, too late, or things have changed. done: the unit is open. */
status act_rescue_type(struct ctx *c, struct id recovery, const struct share *typed, bool *done);
