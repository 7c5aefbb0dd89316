#include "../clock.h"
#include "../id.h"
#include "../text.h"

#include "test.h"

TEST(an_id_reads_back_from_its_text_and_sorts_like_its_bytes)
{
    char text[2][ID_TEXT + 1];

    for (int i = 0; i < 1000; i++) {
        struct id a = id_random(), b = id_random(), back;

        id_text(a, text[0]);
        id_text(b, text[1]);
        REQUIRE(id_of_text(str_c(text[0]), &back));
        CHECK(id_eq(a, back));
        CHECK((memcmp(a.b, b.b, 16) < 0) == (strcmp(text[0], text[1]) < 0));
    }
}

TEST(an_id_that_is_not_one_is_refused)
{
    static const char *const bad[] = { "", "0", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000l",
                                       "00000000000000000000000000x" };
    struct id id;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!id_of_text(str_c(bad[i]), &id));
}

TEST(what_a_child_types_is_cleaned_and_never_refused)
{
    static const struct { struct str typed, kept; } cases[] = {
        { STR("hoa\xcc\x80"), STR("ho\xc3\xa0") },                  /* NFD becomes NFC */
        { STR("a\r\nb\rc\n"), STR("a\nb\nc\n") },
        { STR("x\0y\x01z"), STR("xyz") },
        { STR("\xff\xc3"), STR("\xef\xbf\xbd\xef\xbf\xbd") },
        { STR("\xed\xa0\x80"), STR("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") },   /* a lone surrogate */
        { STR("\xf0\x9f\x98\xa2"), STR("\xf0\x9f\x98\xa2") },
        { STR(""), STR("") },
    };
    struct arena a = arena_make(1 << 20);

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(text_clean(&a, cases[i].typed), cases[i].kept);
    arena_free(&a);
}

TEST(broken_utf8_is_refused_with_its_place_where_a_program_sends_it)
{
    struct arena a = arena_make(1 << 20);
    struct str clean;

    CHECK(text_strict(&a, STR("ab\xff"), &clean) == INVALID);
    CHECK(strstr(fail_message(), "byte 2") != NULL);
    arena_free(&a);
}

TEST(a_search_does_not_care_for_marks_case_or_tone_placement)
{
    struct arena a = arena_make(1 << 20);

    CHECK_STR(text_search_key(&a, STR("Hoà")), STR("hoa"));
    CHECK_STR(text_search_key(&a, STR("Hòa")), STR("hoa"));
    CHECK_STR(text_search_key(&a, STR("ĐẶNG Thị Ưng")), STR("dang thi ung"));
    arena_free(&a);
}

TEST(the_local_day_begins_at_midnight_in_the_zone_of_the_instance)
{
    char text[CLOCK_TEXT];

    clock_set_zone("Asia/Ho_Chi_Minh");
    CHECK(clock_local_day(1795000000000) % DAY_MS == 17 * (i64)HOUR_MS);
    clock_day_vi(1795000000000, text);
    CHECK(strcmp(text, "18/11/2026") == 0);
    CHECK(clock_hour_ceil(HOUR_MS + 1) == 2 * HOUR_MS);
    CHECK(clock_hour_ceil(HOUR_MS) == HOUR_MS);
}

TEST(an_hour_is_read_back_as_it_was_printed_in_whichever_zone)
{
    static const char *const same[] = { "2026-11-24T14:00+07:00", "2026-11-24T14:00", "2026-11-24T07:00Z", "2026-11-24T07:00:00Z", "2026-11-24T02:30-04:30",
                                        "2026-11-24T14:00:00+07:00" };
    static const char *const none[] = { "", "Z", "2026-11-24Z", "2026-11-24T14:00+7", "2026-11-24T14:00 Z", "2026-11-24T14:00:30Z", "2026-11-24T14:00+07:60",
                                        "2026-11-24T14:00+15:00", "2026-02-30T14:00Z", "2026-11-24T25:00Z", "2026-11-24T14:00ZZ", "tomorrow" };
    char text[CLOCK_TEXT];
    i64 ms;

    clock_set_zone("Asia/Ho_Chi_Minh");
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        ms = 0;
        CHECK(clock_of_zoned_iso(str_c(same[i]), &ms));
        clock_zoned_iso(ms, text);
        CHECK_STR(str_c(text), str_c(same[0]));
    }
    for (size_t i = 0; i < COUNT_OF(none); i++)
        CHECK(!clock_of_zoned_iso(str_c(none[i]), &ms));
}

TEST(numbers_are_read_whole_or_not_at_all)
{
    static const struct { const char *text; bool ok; i64 value; } cases[] = {
        { "0", true, 0 }, { "-12", true, -12 }, { "9223372036854775807", true, INT64_MAX },
        { "9223372036854775808", false, 0 }, { "", false, 0 }, { "-", false, 0 }, { "1 ", false, 0 }, { "0x1", false, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        i64 value = 0;

        CHECK(str_i64(str_c(cases[i].text), &value) == cases[i].ok);
        CHECK(value == cases[i].value);
    }
}

TEST(a_builder_never_grows_over_its_maximum)
{
    struct out o = { .max = 10 };

    out_c(&o, "12345678");
    out_c(&o, "abc");
    CHECK(o.over && o.n == 8);
    out_free(&o);
}

TEST(an_arena_over_its_limit_jumps_instead_of_returning_nothing)
{
    struct arena a = arena_make(1024);
    jmp_buf over;

    a.over = &over;
    if (setjmp(over) == 0) {
        arena_alloc(&a, 4096);
        CHECK(a.used > 4096);      /* never reached */
    }
    arena_free(&a);
}

TEST(html_and_json_escape_what_means_something_there)
{
    struct out o = { .max = 1000 };

    out_html(&o, STR("<a href=\"x\">'&"));
    out_json(&o, STR("\"\\\n\x01 Ưng"));
    CHECK_STR(out_done(&o), STR("&lt;a href=&quot;x&quot;&gt;&#39;&amp;\"\\\"\\\\\\n\\u0001 Ưng\""));
    out_free(&o);
}

TEST_MAIN
