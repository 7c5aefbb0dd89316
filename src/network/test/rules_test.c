#include "../rules.h"

#include "test.h"

/* 24 November 2026 is a Tuesday; Viet Nam has no summer time. */
static i64 at(int day, int hour, int minute)
{
    return 1795453200000 + (day - 24) * DAY_MS + hour * (i64)HOUR_MS + minute * (i64)MINUTE_MS;
}

TEST(opening_hours_are_read_or_refused_as_a_whole)
{
    static const struct { const char *text; bool right; } cases[] = {
        { "always", true }, { "mo-fr 07:30-17:00", true }, { "mo-fr 07:30-17:00; sa 08:00-11:30", true },
        { "su 00:00-24:00", true }, { "", false }, { "mo-fr", false }, { "mo 17:00-07:30", false }, { "fr-mo 08:00-09:00", false },
        { "xx 08:00-09:00", false }, { "mo 8:00-9:00", false }, { "mo 08:00-25:00", false }, { "mo 08:60-09:00", false },
    };
    struct hours hours;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (hours_read(str_c(cases[i].text), &hours) != cases[i].right)
            CHECK(!cases[i].text);
}

TEST(a_service_tells_when_it_next_opens_or_closes)
{
    static const char *const week = "mo-fr 07:30-17:00; sa 08:00-11:30";
    static const struct { int day, hour, minute; bool open; int next_day, next_hour, next_minute; } cases[] = {
        { 24, 7, 29, false, 24, 7, 30 }, { 24, 7, 30, true, 24, 17, 0 }, { 24, 16, 59, true, 24, 17, 0 },
        { 24, 17, 0, false, 25, 7, 30 }, { 27, 20, 0, false, 28, 8, 0 }, { 28, 12, 0, false, 30, 7, 30 },
    };

    clock_set_zone("Asia/Ho_Chi_Minh");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct opening o = opening_at(str_c(week), at(cases[i].day, cases[i].hour, cases[i].minute));

        CHECK(o.known && !o.always);
        CHECK(o.open == cases[i].open);
        CHECK(o.changes == at(cases[i].next_day, cases[i].next_hour, cases[i].next_minute));
    }
}

TEST(hours_that_nobody_knows_are_not_shown_as_closed_for_ever)
{
    struct opening o = opening_at(STR("gọi trước"), at(24, 9, 0));

    CHECK(!o.known && !o.open && o.changes == 0);
    CHECK(opening_at(STR("always"), at(24, 3, 0)).open);
}

TEST(a_waiting_time_from_few_reports_is_not_made_up)
{
    static const struct wait_step few[] = { { 0, 2 }, { 1, 2 } }, many[] = { { 0, 2 }, { 1, 2 }, { 5, 2 } }, long_tail[] = { { 0, 9 }, { 40, 1 } };

    CHECK(wait_usual(few, 2) == 0);
    CHECK(wait_usual(many, 3) == 20);
    CHECK(wait_usual(long_tail, 2) == 10);
    CHECK(wait_usual(NULL, 0) == 0);
}

TEST(hours_that_are_nearly_right_are_refused)
{
    static const char *const wrong[] = {
        "mo 08x30-09:00", "mo aa:30-09:00", "mo 08:aa-09:00", "mo -8:30-09:00", "mo 24:30-24:45", "mo ", "mo 0800", "mo 08:00-09:00;",
        "mo-zz 08:00-09:00", "-mo 08:00-09:00", "mo- 08:00-09:00", "mo 08:00-", "mo -09:00", "mo 08:00-08:00", "always; mo 08:00-09:00", ";",
    };
    char many[15 * (HOURS_MAX + 1)];
    struct hours hours;

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (hours_read(str_c(wrong[i]), &hours))
            printf("# %s\n", wrong[i]), test_failures++;
    for (int i = 0; i <= HOURS_MAX; i++)
        memcpy(many + 15 * i, "mo 08:00-09:00;", 15);
    CHECK(hours_read(str_of(many, 15 * HOURS_MAX - 1), &hours) && hours.n == HOURS_MAX);
    CHECK(!hours_read(str_of(many, 15 * (HOURS_MAX + 1) - 1), &hours));
    CHECK(hours_read(STR(" MO-SU  00:00-24:00 "), &hours) && hours.at[0].last_day == 6 && hours.at[0].to == 24 * 60);
}

TEST_MAIN
