/* What one person sets and another confirms: organisations, units, routes, deciding roles, the first member of a unit, mergers
   (SECURITY.md, "Joins"), tokens of production. Pages: network/confirm_pages.c, which also knows provinces. */
#pragma once

#include "people.h"

#include "tables.sql.h"

/* Inside an open act: writes the proposal for a row that does nothing yet. kind, object, org, target, role and since as in the
   table; the rest is filled here. */
status propose(struct ledger *l, struct proposals_row p, struct id set_by, i64 now);
/* Inside an open act: ends the proposals about this that still wait. target and role: only those of that unit or role; zero, NULL: all. */
struct proposal_of { struct id object, target; struct str role; };
status proposals_withdraw(struct ledger *l, struct proposal_of which, struct id by, i64 now);

/* Why somebody cannot decide. Pure: see confirm_bar. */
enum confirm_bar {
    CONFIRM_FINE,
    CONFIRM_OWN,            /* has set it */
    CONFIRM_ABOUT,          /* it is about the very person */
    CONFIRM_SAME_UNIT,      /* shares a unit with who has set it, or belongs to the unit concerned */
    CONFIRM_LATER,          /* was not confirmed as coordinator or supervisor before it was set */
    CONFIRM_UNREADY         /* the person has not opened the link, or the unit is not confirmed: nothing to decide on yet */
};
struct confirm_facts {
    bool own, about, same_unit, ready;
    i64 confirmed_at, set_at;       /* confirmed_at 0: never */
};
enum confirm_bar confirm_bar(const struct confirm_facts *facts);

/* What a page shows of a proposal to somebody who decides. */
struct proposal_seen {
    struct proposals_row row;
    struct str seen;                /* goes back with the form: what was shown must be what is confirmed */
    enum confirm_bar bar;
};
/* NOT_FOUND: no such proposal. CONFLICT: decided already. */
status proposal_look(struct ctx *c, struct id id, struct proposal_seen *seen);

struct decision { struct id proposal; bool confirm; struct str seen, reason; };
/* A whole act. DENIED: this person may not decide it. CONFLICT: it is not what was seen, or decided by now. */
status proposal_decide(struct ctx *c, const struct decision *d);

/* Active, and no link is open with which somebody else could still become this person. */
status person_joined(struct ledger *l, struct id user, i64 now, bool *joined);
/* Six characters of a person's public key: read aloud, they show that the account is in the right hands. */
struct str person_check(struct arena *a, struct str xpk);
