#include "rescue.h"

enum rescue_state rescue_state(const struct recoveries_row *r, i64 now)
{
    if (str_is(r->outcome, "done"))
        return RESCUE_DONE;
    if (!str_is(r->outcome, "waiting"))
        return RESCUE_REFUSED;
    if (now >= r->asked_at + RESCUE_OVER_MS)
        return RESCUE_OVER;
    return now >= r->asked_at + RESCUE_DELAY_MS ? RESCUE_OPEN : RESCUE_TOLD;
}

enum share_state share_state(const struct recovery_trustees_row *t, i64 now)
{
    i64 last = t->tried_at.has ? t->tried_at.v : t->printed_at.v;

    if (!t->printed_at.has)
        return SHARE_UNPRINTED;
    return now >= last + RESCUE_DRILL_MS ? SHARE_UNTRIED : SHARE_FINE;
}
