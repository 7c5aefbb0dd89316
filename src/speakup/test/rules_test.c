#include "../child.h"
#include "../rules.h"

#include "test.h"

TEST(a_child_in_danger_now_is_urgent_even_without_a_word)
{
    CHECK(urgency_of(&(struct report_new){ .danger = DANGER_NOW }, true) == 4);
    CHECK(urgency_of(&(struct report_new){ .harm = HARM_SELF }, true) == 4);
    CHECK(urgency_of(&(struct report_new){ .danger = DANGER_SOON }, true) == 3);
}

TEST(oddness_lowers_only_what_nobody_called_dangerous)
{
    static const struct { struct report_new report; bool odd; i64 urgency; } cases[] = {
        { { .harm = HARM_BULLYING }, false, 1 }, { { .harm = HARM_BULLYING }, true, 0 },
        { { .harm = HARM_THREAT }, true, 2 }, { { .harm = HARM_IMAGES | HARM_SCAM }, true, 2 },
        { { .danger = DANGER_UNSURE }, true, 0 }, { { 0 }, false, 1 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK(urgency_of(&cases[i].report, cases[i].odd) == cases[i].urgency);
}

TEST(silent_and_repeated_letters_are_odd_and_a_short_word_is_not)
{
    static const struct { const char *story; unsigned harm; bool odd; } cases[] = {
        { "", 0, true }, { "   \n", 0, true }, { "aaaaaaaa", 0, true }, { ".", 0, true }, { "giup", 0, false },
        { "", HARM_THREAT, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK(story_odd(&(struct report_new){ .story = str_c(cases[i].story), .harm = cases[i].harm }) == cases[i].odd);
}

TEST(words_that_no_form_sends_count_as_not_answered)
{
    struct str codes[] = { STR("threat"), STR("nonsense"), STR("self_harm"), STR("") };

    CHECK(who_of(STR("robot")) == WHO_SKIP && who_of(STR("parent")) == WHO_PARENT && who_of(STR("")) == WHO_SKIP);
    CHECK(danger_of(STR("NOW")) == DANGER_SKIP && danger_of(STR("now")) == DANGER_NOW);
    CHECK(harm_of((struct strs){ codes, COUNT_OF(codes) }) == (HARM_THREAT | HARM_SELF));
    CHECK(age_known(STR("9-11")) && !age_known(STR("skip")) && !age_known(STR("10")));
}

TEST(the_more_urgent_the_sooner_the_next_unit_is_asked)
{
    for (i64 u = 1; u <= 4; u++)
        CHECK(patience_minutes(u) < patience_minutes(u - 1));
}

TEST(names_that_people_read_aloud_have_no_order)
{
    char a[9], b[9];

    report_ref(a);
    report_ref(b);
    CHECK(strlen(a) == 8 && strncmp(a, "PA-", 3) == 0);
    CHECK(strcmp(a, b) != 0);
}

TEST(a_message_that_holds_a_code_is_noticed_in_every_writing)
{
    static const struct { const char *text; bool holds; } cases[] = {
        { "1234-5678-9ABC-DEFP", true }, { "mã của em là 123456789abcdefp nhé", true }, { "1234 5678 9ABC DEFP", true },
        { "1234-5678-9ABC-DEFQ", false }, { "em 12 tuổi, học lớp 6", false }, { "", false }, { "123456789ABCDEFPX", false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK(holds_code(str_c(cases[i].text)) == cases[i].holds);
}

TEST(only_our_own_words_say_how_many_files_came)
{
    CHECK(system_files(STR("files 3")) == 3);
    CHECK(system_files(STR("files")) == 0 && system_files(STR("altered")) == 0 && system_files(STR("files x")) == 0);
}

enum { MINE = 1, HELD = 2, SUPER = 4, FILED = 8, JOINED = 16, MARKED = 32 };

static bool fits(enum desk_act act, const char *state, int is)
{
    return desk_allows(act, &(struct standing){
        .state = str_c(state), .held = is & (MINE | HELD), .mine = is & MINE, .supervise = is & SUPER, .filed = is & FILED,
        .joined = is & JOINED, .marked = is & MARKED });
}

TEST(what_may_be_done_with_a_report_depends_on_its_state_and_on_who_holds_it)
{
    static const struct { enum desk_act act; const char *state; int is; bool fits; } cases[] = {
        { ACT_CLAIM, "new", 0, true }, { ACT_CLAIM, "new", HELD, false }, { ACT_CLAIM, "closed", 0, false },
        { ACT_CLAIM, "prank", 0, false }, { ACT_CLAIM, "merged", 0, false }, { ACT_CLAIM, "none", 0, false },
        { ACT_REPLY, "claimed", MINE, true }, { ACT_REPLY, "answered", MINE, true }, { ACT_REPLY, "claimed", HELD | SUPER, false },
        { ACT_REPLY, "closed", MINE, false }, { ACT_REPLY, "new", 0, false }, { ACT_RELEASE, "answered", MINE, true },
        { ACT_RELEASE, "claimed", HELD, false }, { ACT_HAND_OVER, "claimed", MINE, true }, { ACT_HAND_OVER, "claimed", HELD, false },
        { ACT_HAND_OVER, "claimed", HELD | SUPER, true }, { ACT_HAND_OVER, "new", SUPER, false },
        { ACT_MERGE, "claimed", MINE, true }, { ACT_MERGE, "claimed", HELD | SUPER, false }, { ACT_MERGE, "new", 0, false },
        { ACT_MERGE, "answered", MINE | FILED, true }, { ACT_BE_MERGED, "new", 0, true }, { ACT_BE_MERGED, "closed", MINE, true },
        { ACT_BE_MERGED, "claimed", HELD, false }, { ACT_BE_MERGED, "claimed", HELD | SUPER, true },
        { ACT_BE_MERGED, "new", FILED, false }, { ACT_BE_MERGED, "new", JOINED, false }, { ACT_BE_MERGED, "new", MARKED, false },
        { ACT_BE_MERGED, "merged", 0, false }, { ACT_UNMERGE, "merged", 0, true }, { ACT_UNMERGE, "new", 0, false },
        { ACT_PRANK, "new", 0, true }, { ACT_PRANK, "claimed", MINE, true }, { ACT_PRANK, "claimed", HELD, false },
        { ACT_PRANK, "new", FILED, false }, { ACT_PRANK, "new", MARKED, false }, { ACT_PRANK, "new", JOINED, false },
        { ACT_UNPRANK, "prank", MARKED, true }, { ACT_UNPRANK, "new", MARKED, true }, { ACT_UNPRANK, "new", 0, false },
        { ACT_UNPRANK, "claimed", HELD | MARKED, false }, { ACT_CLOSE, "answered", MINE, true }, { ACT_CLOSE, "new", 0, false },
        { ACT_CLOSE, "claimed", HELD | SUPER, true }, { ACT_REOPEN, "closed", MINE, true }, { ACT_REOPEN, "closed", HELD, false },
        { ACT_REOPEN, "closed", 0, true }, { ACT_REOPEN, "answered", MINE, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (fits(cases[i].act, cases[i].state, cases[i].is) != cases[i].fits) {
            printf("# act %d in %s (%d)\n", (int)cases[i].act, cases[i].state, cases[i].is);
            CHECK(false);
        }
}

TEST(a_child_who_writes_brings_back_what_was_closed_or_set_aside)
{
    static const struct { const char *before; bool held; const char *after; } cases[] = {
        { "new", false, "new" }, { "claimed", true, "claimed" }, { "answered", true, "claimed" }, { "closed", true, "claimed" },
        { "closed", false, "new" }, { "prank", false, "new" }, { "none", false, "none" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(state_after_child(str_c(cases[i].before), cases[i].held), str_c(cases[i].after));
    CHECK_STR(state_of_held(2), STR("claimed"));
    CHECK_STR(state_of_held(0), STR("answered"));
}

TEST_MAIN
