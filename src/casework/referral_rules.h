/* Who may do what with a referral or transfer in which state: no database, no web, no clock. */
#pragma once

#include "../base/str.h"

/* Bits: on which side somebody stands. SECOND: a supervisor of the sending unit who is not the one that asked. */
enum referral_side { SIDE_SENDER = 1, SIDE_SECOND = 2, SIDE_RECEIVER = 4, SIDE_CLOCK = 8 };
enum referral_act {
    REFERRAL_CONFIRM, REFERRAL_ACCEPT, REFERRAL_DECLINE, REFERRAL_DONE, REFERRAL_REVOKE, REFERRAL_EXPIRE, REFERRAL_WRITE,
    REFERRAL_ACTS
};

/* The state that the act leads to; NULL where it is not allowed. kind: referral or transfer. */
const char *referral_next(struct str kind, struct str state, enum referral_act act, unsigned sides);

/* What was asked and never confirmed has not left the house: the other side must not learn of it. */
bool referral_left_house(struct str state, bool against, bool confirmed);

/* An organisation that the child left out: by kind of unit, or kind or code of its organisation, as reports are routed. "*": it is not
   known whom, so everybody. */
struct referral_names { const struct str *at; size_t n; };
bool referral_against(struct referral_names left_out, struct str unit_kind, struct str org_kind, struct str org_code);

/* Nothing has come of it yet. */
bool referral_waits(struct str state);
