#include "../people.h"

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
    static const char *const roles[] = { "coordinator", "org_admin", "auditor", "system_admin" };

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

TEST_MAIN
