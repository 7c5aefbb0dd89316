/* Inside matches/: which banks go out to partners. It takes two people, because what was given out can be called back but not unseen. */
#pragma once

#include "exchange.h"

enum share_bar {
    SHARE_FINE,
    SHARE_OWN,                  /* the same person has proposed it */
    SHARE_OVER,                 /* it does not wait any more */
    SHARE_NEGATIVE              /* a list of what is harmless is nobody else's business */
};
/* Pure. `row` NULL: the bank was never shared. */
enum share_bar share_propose_bar(const struct bank *bank, const struct exchange_shares_row *row);
enum share_bar share_confirm_bar(const struct exchange_shares_row *row, struct id who);

/* Whole acts of a person. DENIED: this person may not. CONFLICT: it is not as it was shown. */
status act_share_propose(struct ctx *c, struct id bank);
status act_share_confirm(struct ctx *c, struct id bank);
status act_share_end(struct ctx *c, struct id bank);    /* also of a proposal */
