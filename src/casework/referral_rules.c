/* The life of a referral and of a transfer, as one table. */
#include "referral_rules.h"

#include <stddef.h>

/* Bits of states in which an act is allowed. */
enum { IN_ASKED = 1, IN_SENT = 2, IN_ACCEPTED = 4 };

static const struct rule {
    enum referral_act act;
    const char *kind;           /* NULL: both */
    unsigned in, who;
    const char *to;             /* NULL: stays */
} rules[] = {
    { REFERRAL_CONFIRM, NULL, IN_ASKED, SIDE_SECOND, "sent" },
    { REFERRAL_ACCEPT, NULL, IN_SENT, SIDE_RECEIVER, "accepted" },
    { REFERRAL_DECLINE, NULL, IN_SENT, SIDE_RECEIVER, "declined" },
    { REFERRAL_DONE, "referral", IN_ACCEPTED, SIDE_RECEIVER, "done" },
    { REFERRAL_REVOKE, NULL, IN_ASKED | IN_SENT, SIDE_SENDER | SIDE_SECOND, "revoked" },
    { REFERRAL_REVOKE, "referral", IN_ACCEPTED, SIDE_SENDER | SIDE_SECOND, "revoked" },
    { REFERRAL_EXPIRE, NULL, IN_ASKED | IN_SENT, SIDE_CLOCK, "expired" },
    { REFERRAL_EXPIRE, "referral", IN_ACCEPTED, SIDE_CLOCK, "expired" },
    { REFERRAL_WRITE, NULL, IN_SENT, SIDE_SENDER | SIDE_RECEIVER, NULL },
    { REFERRAL_WRITE, "referral", IN_ACCEPTED, SIDE_SENDER | SIDE_RECEIVER, NULL },
};

static const struct { const char *code; unsigned bit; } states[] = {
    { "asked", IN_ASKED }, { "sent", IN_SENT }, { "accepted", IN_ACCEPTED },
    { "declined", 0 }, { "done", 0 }, { "revoked", 0 }, { "expired", 0 },
};

const char *referral_next(struct str kind, struct str state, enum referral_act act, unsigned sides)
{
    size_t s = 0;

    while (s < COUNT_OF(states) && !str_is(state, states[s].code))
        s++;
    if (s == COUNT_OF(states) || !(str_is(kind, "referral") || str_is(kind, "transfer")))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        const struct rule *r = &rules[i];

        if (r->act == act && (r->kind == NULL || str_is(kind, r->kind)) && r->in & states[s].bit && r->who & sides)
            return r->to ? r->to : states[s].code;
    }
    return NULL;
}

bool referral_left_house(struct str state, bool against, bool confirmed)
{
    return !str_is(state, "asked") && (!against || confirmed);
}

bool referral_against(struct referral_names left_out, struct str unit_kind, struct str org_kind, struct str org_code)
{
    for (size_t i = 0; i < left_out.n; i++) {
        struct str name = left_out.at[i];

        if (str_is(name, "*") || str_eq(name, unit_kind) || str_eq(name, org_kind) || str_eq(name, org_code))
            return true;
    }
    return false;
}

bool referral_waits(struct str state)
{
    return str_is(state, "asked") || str_is(state, "sent") || str_is(state, "accepted");
}
