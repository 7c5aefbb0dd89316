/* Pure rules of the day: what a recorded consent says of a receiver, and when a break is due. */
#include "../care.h"
#include "../consent.h"

#include <test.h>

#define SHARE(a, f, i) { .purpose = STR("share"), .who = STR("child"), .answer = STR(a), .from = STR(f), .items = STR(i) }

static const struct receiver_names police = { STR("police"), STR("police"), STR("cong-an-mau") };
static const struct receiver_names school = { STR("school"), STR("school"), STR("truong-mau") };

TEST(a_record_speaks_of_the_receivers_that_it_names)
{
    static const struct { struct consent share; enum consent_says police, school; } rows[] = {
        { SHARE("yes", "", ""), CONSENT_YES, CONSENT_YES },
        { SHARE("no", "", ""), CONSENT_NO, CONSENT_NO },
        { SHARE("yes", "police", ""), CONSENT_NO, CONSENT_YES },
        { SHARE("yes", "health police union", ""), CONSENT_NO, CONSENT_YES },
        { SHARE("yes", "cong-an-mau", ""), CONSENT_NO, CONSENT_YES },
        { SHARE("yes", "police", "story"), CONSENT_YES, CONSENT_YES },     /* a part is withheld, not all */
        { SHARE("", "", ""), CONSENT_NO, CONSENT_NO },                     /* a record without an answer is no consent */
    };

    CHECK(consent_on(NULL, police) == CONSENT_SILENT);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(consent_on(&rows[i].share, police), rows[i].police);
        CHECK_INT(consent_on(&rows[i].share, school), rows[i].school);
    }
}

TEST(only_what_is_withheld_from_this_receiver_is)
{
    static const struct consent share = SHARE("yes", "police health", "story file");

    CHECK(consent_withholds(&share, police, STR("story")) && consent_withholds(&share, police, STR("file")));
    CHECK(!consent_withholds(&share, police, STR("note")) && !consent_withholds(&share, police, STR("stor")));
    CHECK(!consent_withholds(&share, school, STR("story")));
    CHECK(!consent_withholds(NULL, police, STR("story")));
}

/* Minutes at which pages were seen; `due`: those that suggest a break. */
TEST(a_break_is_suggested_once_after_each_stretch_and_starts_anew_after_one)
{
    static const struct care care = { .caseload = 25, .minutes = 30, .pause = 50, .gap = 10 };
    static const struct { i64 minute; bool due; } pages[] = {
        { 0, false }, { 9, false }, { 18, false }, { 27, false }, { 36, false }, { 45, false }, { 50, true }, { 51, false }, { 60, false },
        { 70, false }, { 79, false }, { 88, false }, { 98, false }, { 100, true },
        { 111, false },         /* more than ten minutes away: a break */
        { 120, false }, { 129, false }, { 138, false }, { 147, false }, { 156, false }, { 160, false }, { 161, true },
    };
    struct stretch s = { 0 };

    for (size_t i = 0; i < COUNT_OF(pages); i++)
        CHECK_INT(stretch_step(&s, &care, 1000000 * (i64)MINUTE_MS + pages[i].minute * MINUTE_MS), pages[i].due);
}

TEST(a_clock_that_is_set_back_begins_a_new_stretch)
{
    static const struct care care = { .pause = 50, .gap = 10 };
    struct stretch s = { .began = 100 * MINUTE_MS, .seen = 149 * MINUTE_MS };

    CHECK(!stretch_step(&s, &care, 90 * MINUTE_MS));
    CHECK_INT(s.began, 90 * MINUTE_MS);
}

TEST_MAIN
