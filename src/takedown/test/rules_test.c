/* Take-down's decisions: names of content, states, the ladder, and what the content files may say. */
#include "../rules.h"
#include "../takedown.h"

#include "base/content.h"

#include <test.h>

static struct arena memory;

static enum item_fault fault_of(const char *typed)
{
    struct item_read item;

    return item_read(&memory, str_c(typed), &item);
}

static struct str item_of(const char *typed, const char *kind)
{
    struct item_read item;

    CHECK(item_read(&memory, str_c(typed), &item) == ITEM_FINE);
    CHECK(item.kind != NULL && strcmp(item.kind, kind) == 0);
    return item.text;
}

TEST(one_page_has_one_name_however_people_write_it)
{
    memory = arena_make(1 << 20);
    CHECK_STR(item_of(" HTTPS://Bad.Example/A/b?q=1#part ", "url"), STR("https://bad.example/A/b?q=1"));
    CHECK_STR(item_of("hxxps://bad[.]example/a", "url"), STR("https://bad.example/a"));
    CHECK_STR(item_of("http://bad.example", "url"), STR("http://bad.example/"));
    CHECK_STR(item_of("http://bad.example?x=1", "url"), STR("http://bad.example/?x=1"));
    CHECK_STR(item_of("http://bad.example:8080?x=1", "url"), STR("http://bad.example:8080/?x=1"));
    CHECK_STR(item_of("http://[2001:DB8::1]:81/a@b:c", "url"), STR("http://[2001:db8::1]:81/a@b:c"));
    CHECK_STR(item_of("D41D8CD98F00B204E9800998ECF8427E", "md5"), STR("d41d8cd98f00b204e9800998ecf8427e"));
    CHECK_STR(item_of("pdq:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "pdq"),
              STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    CHECK_STR(item_of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256"),
              STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(what_is_neither_an_address_nor_a_hash_is_refused)
{
    static const char *const bad[] = { "bad.example", "ftp://bad.example/a", "https://", "https:///a", "https://localhost/a", "javascript:alert(1)",
                                       "https://user@bad.example/", "https://bad.example/a b", "https://bad.example/\"x", "pdq:12", "md5:xyz",
                                       "https://bad.example/\x7f", "d41d8cd98f00b204e9800998ecf8427",
                                       "https://known.example:x@bad.example/a", "https://known.example:80@bad.example/", "https://bad.example:8x/",
                                       "https://bad.example:80\\.other.example/", "http://[2001:db8::1]x/" };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (fault_of(bad[i]) != ITEM_NEITHER)
            printf("# %s\n", bad[i]);
        CHECK(fault_of(bad[i]) == ITEM_NEITHER);
    }
    CHECK(fault_of("   ") == ITEM_EMPTY);
    char *text = arena_alloc(&memory, 3001);
    memset(text, 'a', 3000);
    CHECK(fault_of(text) == ITEM_LONG);
}

TEST(a_host_is_covered_by_its_own_name_and_its_parents)
{
    CHECK_STR(item_host(STR("https://a.bad.example:8443/x")), STR("a.bad.example"));
    CHECK_STR(item_host(STR("http://[2001:db8::1]:80/x")), STR("[2001:db8::1]"));
    CHECK(item_host(STR("d41d8cd98f00b204e9800998ecf8427e")).n == 0);
    CHECK(hosts_cover(STR("bad.example img.example"), STR("bad.example")));
    CHECK(hosts_cover(STR("bad.example img.example"), STR("x.img.example")));
    CHECK(!hosts_cover(STR("bad.example"), STR("verybad.example")));
    CHECK(!hosts_cover(STR("bad.example"), STR("example")));
    CHECK(!hosts_cover(STR(""), STR("bad.example")));
    CHECK(!hosts_cover(STR("bad.example"), STR("")));
}

static struct notice_sum sum_of(const char *const *states)
{
    struct notice_sum sum = { 0 };

    for (; *states != NULL; states++)
        notice_count(&sum, str_c(*states), false);
    return sum;
}

TEST(a_track_stands_where_its_notices_say)
{
    static const struct { const char *was, *after; const char *notices[4]; } rows[] = {
        { "reported", "reported", { NULL } }, { "triaged", "triaged", { "chosen", NULL } }, { "asked", "asked", { "chosen", NULL } },
        { "triaged", "requested", { "sent", "removed", NULL } }, { "requested", "removed", { "removed", "removed", NULL } },
        { "requested", "removed", { "removed", "notours", NULL } }, { "requested", "triaged", { "notours", NULL } },
        { "requested", "refused", { "removed", "cannot", NULL } }, { "requested", "appealed", { "sent", "appealed", NULL } },
        { "escalated", "escalated", { "sent", "cannot", NULL } }, { "escalated", "removed", { "removed", NULL } },
        { "appealed", "triaged", { "withdrawn", NULL } }, { "removed", "requested", { "sent", NULL } },
        { "confirmed", "confirmed", { "sent", NULL } }, { "dropped", "dropped", { "sent", NULL } },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct notice_sum sum = sum_of(rows[i].notices);

        if (strcmp(track_state_after(str_c(rows[i].was), &sum), rows[i].after) != 0)
            printf("# row %zu: %s\n", i, track_state_after(str_c(rows[i].was), &sum));
        CHECK(strcmp(track_state_after(str_c(rows[i].was), &sum), rows[i].after) == 0);
    }
}

TEST(late_is_who_has_not_answered_and_is_past_the_hour)
{
    struct notice_sum sum = { 0 };

    notice_count(&sum, STR("sent"), true);
    notice_count(&sum, STR("sent"), false);
    notice_count(&sum, STR("removed"), true);
    CHECK(sum.open == 2 && sum.late == 1 && sum.removed == 1);
}

TEST(the_second_person_and_the_judge_of_an_appeal_are_others)
{
    struct id a = { { 1 } }, b = { { 2 } }, c = { { 3 } };

    CHECK(second_bar(true, a, b) == TAKE_FINE && second_bar(true, a, a) == TAKE_SAME && second_bar(false, a, b) == TAKE_OVER);
    CHECK(appeal_bar(true, a, true, b, c) == TAKE_FINE);
    CHECK(appeal_bar(true, a, true, b, b) == TAKE_SAME && appeal_bar(true, a, true, b, a) == TAKE_SAME);
    CHECK(appeal_bar(true, a, false, b, b) == TAKE_FINE && appeal_bar(false, a, false, b, c) == TAKE_OVER);
}

TEST(what_fills_a_letter_is_not_filled_again)
{
    struct take_place places[] = { { "a", STR("{b} {") }, { "b", STR("x") } };
    struct take_places all = { places, 2 };

    CHECK_STR(take_fill(&memory, STR("{a}-{b}-{c}-{"), all), STR("{b} {-x-{c}-{"));
    CHECK_STR(take_fill(&memory, STR("{{a}}"), all), STR("{{b} {}"));
    CHECK_STR(take_fill(&memory, STR(""), all), STR(""));
}

TEST(the_median_stands_in_the_middle)
{
    i64 odd[] = { 9, 1, 5 }, even[] = { 8, 2, 4, 6 };

    CHECK(take_median(odd, 3) == 5 && take_median(even, 4) == 5 && take_median(odd, 0) == -1);
}

/* -- content/takedown/ ------------------------------------------------------------------------------------------------------------------- */

#define CLOCK "[clock]\nhours: 24\nsoon: 6\nlink_days: 30\nsource: a law\n"
#define CLASS "[class]\ncode: abuse\nname: A\nbasis: B\n"

static bool refused_at(const char *text, const char *why)
{
    struct take_rules r;
    bool good = take_rules_read(&memory, "x", str_c(text), &r) == INVALID && strstr(fail_message(), why) != NULL;

    if (!good)
        printf("# %s\n", fail_message());
    fail_clear();
    return good;
}

TEST(a_mistake_in_the_rules_names_its_line)
{
    struct take_rules r;

    CHECK(take_rules_read(&memory, "x", STR(CLOCK CLASS), &r) == OK && r.hours_ms == 24 * (i64)HOUR_MS && r.n_classes == 1 && r.to_check);
    CHECK(refused_at(CLASS, "no [clock]"));
    CHECK(refused_at(CLOCK, "no [class]"));
    CHECK(refused_at("[clock]\nhours: 0\nsoon: 6\nlink_days: 30\nsource: s\n" CLASS, "line 1"));
    CHECK(refused_at("[clock]\nhours: 24\nsoon: 6\nlink_days: 30\n" CLASS, "no source"));
    CHECK(refused_at(CLOCK CLASS CLASS, "line 10"));
    CHECK(refused_at(CLOCK CLASS "[rung]\ncode: a\nhours: 3\nto: nobody\n", "recipient or authority"));
    CHECK(refused_at(CLOCK CLASS "[rung]\ncode: a\nhours: 3\nto: recipient\n[rung]\ncode: b\nhours: 2\nto: recipient\n", "order"));
    CHECK(refused_at(CLOCK CLASS "[what]\na: b\n", "neither"));
}

TEST(the_shipped_files_can_be_read_and_every_letter_is_there_in_both_languages)
{
    static const char *const codes[] = { "request", "reminder", "overdue", "escalation", "again", "withdrawn", "upheld" };

    content_start(NULL);
    CHECK(takedown_load() == OK);
    CHECK(take_rules()->n_rungs == 3 && take_rules()->hours_ms == 24 * (i64)HOUR_MS);
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        for (int en = 0; en < 2; en++) {
            const struct take_letter *l = take_letter(en, str_c(codes[i]));

            CHECK(l != NULL && str_find(l->subject, STR("{ref}")) < l->subject.n && str_find(l->body, STR("{name}")) < l->body.n);
        }
    CHECK(take_class(STR("abuse")) != NULL && take_class(STR("nothing")) == NULL);
}

TEST(the_ladder_goes_on_until_every_rung_was_climbed)
{
    i64 next = 0, due = 100 * (i64)HOUR_MS;

    CHECK(rung_next(take_rules(), due, 0, &next) && next == due - 6 * (i64)HOUR_MS);
    CHECK(rung_next(take_rules(), due, 1, &next) && next == due);
    CHECK(rung_next(take_rules(), due, 2, &next) && next == due + 24 * (i64)HOUR_MS);
    CHECK(!rung_next(take_rules(), due, 3, &next));
}

TEST_MAIN
