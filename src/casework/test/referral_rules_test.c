/* Who may do what with a referral or a transfer, in each state. */
#include "../referral_rules.h"

#include "test.h"

#include <string.h>

static const char *const kinds[] = { "referral", "transfer" };
static const char *const states[] = { "asked", "sent", "accepted", "declined", "done", "revoked", "expired" };
static const unsigned sides[] = { SIDE_SENDER, SIDE_SECOND, SIDE_RECEIVER, SIDE_CLOCK };

/* All that is allowed; what does not stand here is refused. */
static const struct allowed {
    const char *kind, *state;
    enum referral_act act;
    unsigned who;
    const char *to;
} table[] = {
    { "referral", "asked", REFERRAL_CONFIRM, SIDE_SECOND, "sent" },
    { "referral", "asked", REFERRAL_REVOKE, SIDE_SENDER | SIDE_SECOND, "revoked" },
    { "referral", "asked", REFERRAL_EXPIRE, SIDE_CLOCK, "expired" },
    { "referral", "sent", REFERRAL_ACCEPT, SIDE_RECEIVER, "accepted" },
    { "referral", "sent", REFERRAL_DECLINE, SIDE_RECEIVER, "declined" },
    { "referral", "sent", REFERRAL_REVOKE, SIDE_SENDER | SIDE_SECOND, "revoked" },
    { "referral", "sent", REFERRAL_EXPIRE, SIDE_CLOCK, "expired" },
    { "referral", "sent", REFERRAL_WRITE, SIDE_SENDER | SIDE_RECEIVER, "sent" },
    { "referral", "accepted", REFERRAL_DONE, SIDE_RECEIVER, "done" },
    { "referral", "accepted", REFERRAL_REVOKE, SIDE_SENDER | SIDE_SECOND, "revoked" },
    { "referral", "accepted", REFERRAL_EXPIRE, SIDE_CLOCK, "expired" },
    { "referral", "accepted", REFERRAL_WRITE, SIDE_SENDER | SIDE_RECEIVER, "accepted" },
    { "transfer", "asked", REFERRAL_CONFIRM, SIDE_SECOND, "sent" },
    { "transfer", "asked", REFERRAL_REVOKE, SIDE_SENDER | SIDE_SECOND, "revoked" },
    { "transfer", "asked", REFERRAL_EXPIRE, SIDE_CLOCK, "expired" },
    { "transfer", "sent", REFERRAL_ACCEPT, SIDE_RECEIVER, "accepted" },
    { "transfer", "sent", REFERRAL_DECLINE, SIDE_RECEIVER, "declined" },
    { "transfer", "sent", REFERRAL_REVOKE, SIDE_SENDER | SIDE_SECOND, "revoked" },
    { "transfer", "sent", REFERRAL_EXPIRE, SIDE_CLOCK, "expired" },
    { "transfer", "sent", REFERRAL_WRITE, SIDE_SENDER | SIDE_RECEIVER, "sent" },
};

static const char *wanted(const char *kind, const char *state, enum referral_act act, unsigned side)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].kind, kind) == 0 && strcmp(table[i].state, state) == 0 && table[i].act == act && table[i].who & side)
            return table[i].to;
    return NULL;
}

TEST(every_act_in_every_state_by_every_side_is_as_the_table_says)
{
    for (size_t k = 0; k < COUNT_OF(kinds); k++)
        for (size_t s = 0; s < COUNT_OF(states); s++)
            for (int act = 0; act < REFERRAL_ACTS; act++)
                for (size_t w = 0; w < COUNT_OF(sides); w++) {
                    const char *is = referral_next(str_c(kinds[k]), str_c(states[s]), (enum referral_act)act, sides[w]);
                    const char *want = wanted(kinds[k], states[s], (enum referral_act)act, sides[w]);

                    if ((is == NULL) != (want == NULL) || (is != NULL && strcmp(is, want) != 0))
                        printf("# %s %s act %d side %u\n", kinds[k], states[s], act, sides[w]);
                    CHECK((is == NULL) == (want == NULL) && (is == NULL || strcmp(is, want) == 0));
                }
}

TEST(nobody_and_unknown_words_may_do_nothing)
{
    for (int act = 0; act < REFERRAL_ACTS; act++) {
        CHECK(referral_next(STR("referral"), STR("sent"), (enum referral_act)act, 0) == NULL);
        CHECK(referral_next(STR("gift"), STR("sent"), (enum referral_act)act, 15) == NULL);
        CHECK(referral_next(STR("referral"), STR("lost"), (enum referral_act)act, 15) == NULL);
        CHECK(referral_next(STR("referral"), STR(""), (enum referral_act)act, 15) == NULL);
    }
}

TEST(what_no_second_person_confirmed_has_not_left_the_house)
{
    static const struct { const char *state; bool against, confirmed, left; } rows[] = {
        { "asked", true, false, false }, { "sent", false, false, true }, { "sent", true, true, true },
        { "revoked", true, false, false }, { "expired", true, false, false }, { "revoked", false, false, true },
        { "revoked", true, true, true }, { "done", true, true, true }, { "asked", true, true, false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(referral_left_house(str_c(rows[i].state), rows[i].against, rows[i].confirmed) == rows[i].left);
}

TEST(a_unit_is_left_out_by_its_kind_or_its_organisations_kind_or_code)
{
    struct str police[] = { STR("police") }, code[] = { STR("school-7") }, all[] = { STR("*") }, unit[] = { STR("health"), STR("commune") };

    CHECK(referral_against((struct referral_names){ police, 1 }, STR("duty"), STR("police"), STR("ca-01")));
    CHECK(referral_against((struct referral_names){ police, 1 }, STR("police"), STR("ministry"), STR("m")));
    CHECK(!referral_against((struct referral_names){ police, 1 }, STR("hotline"), STR("hotline"), STR("police-friends")));
    CHECK(referral_against((struct referral_names){ code, 1 }, STR("school"), STR("school"), STR("school-7")));
    CHECK(!referral_against((struct referral_names){ code, 1 }, STR("school"), STR("school"), STR("school-70")));
    CHECK(referral_against((struct referral_names){ all, 1 }, STR("a"), STR("b"), STR("c")));
    CHECK(referral_against((struct referral_names){ unit, 2 }, STR("commune"), STR("b"), STR("c")));
    CHECK(!referral_against((struct referral_names){ NULL, 0 }, STR("a"), STR("b"), STR("c")));
}

TEST_MAIN
