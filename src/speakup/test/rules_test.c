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

TEST_MAIN
