#include "../admin.h"

#include "../../base/content.h"

#include "test.h"

static bool has(const char *role, int right)
{
    return rights_of_role(str_c(role)) >> (right - FIRST_RIGHT) & 1;
}

TEST(who_reads_children_does_not_set_people_and_the_other_way_round)
{
    for (int i = 0; role_names[i] != NULL; i++)
        CHECK(!(has(role_names[i], MAY_READ_REPORTS) && has(role_names[i], MAY_SET_PEOPLE)));
}

TEST(administrators_coordinators_and_auditors_see_no_report)
{
    static const char *const roles[] = { "coordinator", "org_admin", "auditor", "system_admin", "analyst", "reviewer", "partner" };

    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        CHECK(!has(roles[i], MAY_READ_REPORTS));
        CHECK(!has(roles[i], MAY_WRITE_REPORTS));
    }
}

TEST(a_role_that_does_not_exist_may_nothing)
{
    CHECK(rights_of_role(STR("chief")) == 0 && rights_of_role(STR("")) == 0 && role_index(STR("Counsellor")) == -1);
}

TEST(passwords_are_refused_for_their_length_their_fame_or_their_owner)
{
    static const struct { const char *password; enum password_fault fault; } cases[] = {
        { "ngắn quá", PASSWORD_SHORT }, { "mười bốn chữ á", PASSWORD_SHORT }, { "aaaaaaaaaaaaaaaaaaaa", PASSWORD_WEAK },
        { "abcabcabcabcabcabc", PASSWORD_WEAK }, { "Anh yêu em nhiều lắm", PASSWORD_WEAK }, { "hanh.mau.hanhmau", PASSWORD_LIKE_NAME },
        { "nguyen-thi-hanh-1", PASSWORD_LIKE_NAME }, { "bốn con vịt bơi qua ao", PASSWORD_FINE },
    };
    struct arena a = arena_make(1 << 20);

    content_start(NULL);
    REQUIRE(password_list_load() == OK);
    CHECK(password_list_size() > 1000);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (password_check(&a, str_c(cases[i].password), STR("hanh.mau"), STR("Nguyễn Thị Hạnh")) != cases[i].fault)
            printf("# %s\n", cases[i].password), test_failures++;
    arena_free(&a);
}

TEST(a_password_over_1024_bytes_is_refused_before_any_work)
{
    struct arena a = arena_make(1 << 20);
    char text[2000];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 23);
    CHECK(password_check(&a, str_of(text, sizeof text), STR("x"), STR("y")) == PASSWORD_LONG);
    CHECK(password_check(&a, str_of(text, 1024), STR("x"), STR("y")) == PASSWORD_FINE);
    arena_free(&a);
}

TEST(a_proposal_is_decided_by_somebody_else_of_another_unit_who_was_confirmed_before)
{
    static const struct { struct confirm_facts facts; enum confirm_bar bar; } cases[] = {
        { { .ready = true, .confirmed_at = 10, .set_at = 11 }, CONFIRM_FINE },
        { { .ready = true, .confirmed_at = 11, .set_at = 11 }, CONFIRM_LATER },
        { { .ready = true, .confirmed_at = 12, .set_at = 11 }, CONFIRM_LATER },
        { { .ready = true, .confirmed_at = 0, .set_at = 11 }, CONFIRM_LATER },
        { { .own = true, .ready = true, .confirmed_at = 10, .set_at = 11 }, CONFIRM_OWN },
        { { .about = true, .ready = true, .confirmed_at = 10, .set_at = 11 }, CONFIRM_ABOUT },
        { { .same_unit = true, .ready = true, .confirmed_at = 10, .set_at = 11 }, CONFIRM_SAME_UNIT },
        { { .ready = false, .confirmed_at = 10, .set_at = 11 }, CONFIRM_UNREADY },
        { { .own = true, .ready = false, .confirmed_at = 12, .set_at = 11 }, CONFIRM_OWN },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK(confirm_bar(&cases[i].facts) == cases[i].bar);
}

TEST(roles_that_decide_about_others_are_those_that_a_second_person_confirms)
{
    static const char *const deciding[] = { "org_admin", "coordinator", "supervisor", "chair", "system_admin", "reviewer" };
    size_t n = 0;

    for (int i = 0; role_names[i] != NULL; i++) {
        n += role_decides(str_c(role_names[i]));
        /* whoever may set or confirm must have been confirmed */
        if (has(role_names[i], MAY_SET_PEOPLE) || has(role_names[i], MAY_CONFIRM) || has(role_names[i], MAY_SUPERVISE) ||
            has(role_names[i], MAY_APPROVE_PLANS) || has(role_names[i], MAY_REVIEW_LISTS))
            CHECK(role_decides(str_c(role_names[i])));
    }
    CHECK(n == COUNT_OF(deciding));
    for (size_t i = 0; i < COUNT_OF(deciding); i++)
        CHECK(role_decides(str_c(deciding[i])));
}

TEST(sign_in_names_are_short_plain_and_without_surprises)
{
    static const char *const right[] = { "abc", "hanh.mau", "a-b_c.9", "123" };
    static const char *const wrong[] = { "", "ab", ".abc", "abc.", "Abc", "hạnh", "a b", "a/b", "abc\n", "a@b", "ab{", "a:b", "ab`", "ab_", "-ab" };

    for (size_t i = 0; i < COUNT_OF(right); i++)
        CHECK(login_right(str_c(right[i])));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK(!login_right(str_c(wrong[i])));
    CHECK(!login_right(STR("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg")));
}

TEST(days_are_read_in_both_forms_and_only_if_the_calendar_has_them)
{
    static const char *const wrong[] = { "", "24", "24/11", "2026-13-01", "2026-02-29", "31/04/2026", "0/1/2026", "2026-11-24-1", "24-11-2026x",
                                         "99999-01-01", "1/1/1", "-1/1/2026", "24/11/2026/", "1899-12-31", "2201-01-01", "2026-02-32", "31/11/2026", "2026-00-10",
                                         "2026--10", "x/1/2026", "12345-01-01", "32/1/2026", "1/13/2026" };
    i64 one, two;

    clock_set_zone("Asia/Ho_Chi_Minh");
    REQUIRE(day_read(STR("2026-11-24"), &one) && day_read(STR(" 24/11/2026 "), &two));
    CHECK(one == two && one == 1795453200000 && clock_local_day(one) == one);       /* 2026-11-23T17:00:00Z */
    CHECK(day_read(STR("29/02/2024"), &one) && day_read(STR("1/3/2024"), &two) && two - one == DAY_MS);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (day_read(str_c(wrong[i]), &one))
            printf("# %s\n", wrong[i]), test_failures++;
}

TEST(each_right_has_a_name_of_its_own_and_what_is_none_has_none)
{
    for (int right = FIRST_RIGHT; right < RIGHTS_END; right++) {
        CHECK(strncmp(right_name(right), "may_", 4) == 0);
        for (int other = FIRST_RIGHT; other < right; other++)
            CHECK(strcmp(right_name(right), right_name(other)) != 0);
    }
    CHECK(strcmp(right_name(FIRST_RIGHT - 1), "?") == 0 && strcmp(right_name(RIGHTS_END), "?") == 0);
}

TEST_MAIN
