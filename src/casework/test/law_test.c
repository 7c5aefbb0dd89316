/* What version 2 of the process of Decree 56 promises, and the two communes of a case on its pages. */
#include <site.h>
#include <test.h>

#include "../casefile.h"
#include "../communes.h"

#include <assert.h>

static struct site site;

static struct visitor *hanh(void) { return as(&site, "hanh.mau"); }        /* counsellor of the hotline */
static struct visitor *lan(void) { return as(&site, "lan.mau"); }          /* case worker of commune 99901 */
static struct visitor *hung(void) { return as(&site, "hung.mau"); }        /* its chair */

#define COMMUNE_UNIT "Bảo vệ trẻ em xã Lá Xanh (mẫu)"

static const char *at(struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_f(&site.kept, "/cases/%s%s", text, tail).at;
}

static struct id a_case(const char *fields)
{
    struct visitor child = { 0 };
    struct id id = report_of(&site, tell(&site, fields, &child));

    (void)get(&site, path_of(&site, id, "").at, hanh());
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", hanh()), at(id, "")));
    return id;
}

static struct answer fill_in(struct id id, const char *tail, const char *fields, struct visitor *who)
{
    (void)get(&site, at(id, ""), who);
    return post(&site, at(id, tail), fields, who);
}

/* Of what stands between two words of a page. */
static size_t times(struct answer a, const char *words)
{
    struct str rest = a.body;
    size_t n = 0, at;

    for (; (at = str_find(rest, str_c(words))) < rest.n; n++)
        rest = str_from(rest, at + 1);
    return n;
}

static const char *paper(void)
{
    char day[CLOCK_TEXT];

    clock_day_iso(site.now + 20 * DAY_MS, day);
    return arena_f(&site.kept, "purpose=handover&need=xa-nhan&consent=child&expires=%s&key=level%%2F&share=level%%2F&t0=Khan", day).at;
}

static const struct process *law(void)
{
    const struct process *p = process_of(STR("vn-decree-56"), 2);

    assert(p != NULL);
    return p;
}

/* -- the process ------------------------------------------------------------------------------------------------------------------ */

TEST(new_cases_follow_version_2_from_its_day_on_and_older_days_version_1)
{
    i64 before, day;

    REQUIRE(clock_of_iso(STR("2026-11-28"), &before) && clock_of_iso(STR("2026-11-29"), &day));
    CHECK(process_for_new(before)->version == 1 && process_for_new(day)->version == 2);
    CHECK(process_pin(1) == OK && process_for_new(day)->version == 1);
    CHECK(process_pin(99) == INVALID && process_for_new(day)->version == 2);
    fail_clear();
    CHECK(process_pin(0) == OK);
}

/* The terms of the decree and of decree 147; a changed figure is a changed law, and this table changes with it. */
TEST(the_clocks_have_the_terms_of_the_law)
{
    static const struct { const char *code; struct clock_term term; const char *certainty; } t[] = {
        { "emergency", { CLOCK_HOURS, 12 }, "read" }, { "separation", { CLOCK_DAYS, 15 }, "read" },
        { "plan", { CLOCK_WORKDAYS, 5 }, "to check" }, { "approval", { CLOCK_WORKDAYS, 2 }, "to check" },
        { "whole", { CLOCK_WORKDAYS, 7 }, "read" }, { "takedown", { CLOCK_HOURS, 24 }, "read" },
        { "police", { CLOCK_DAYS, 20 }, "to check" }, { "forward", { CLOCK_HOURS, 1 }, "to check" },
    };

    CHECK(law()->n_clocks == COUNT_OF(t));
    for (size_t i = 0; i < COUNT_OF(t); i++) {
        const struct process_clock *k = process_clock(law(), str_c(t[i].code));

        REQUIRE(k != NULL);
        CHECK(k->term.unit == t[i].term.unit && k->term.n == t[i].term.n && str_is(k->certainty, t[i].certainty));
        CHECK(k->source.n > 0 && k->name_en.n > 0);
    }
    CHECK(process_clock(law(), STR("emergency"))->on_received && process_clock(law(), STR("plan"))->on_received);
}

TEST(what_the_decree_gives_to_the_chair_nobody_else_may_do)
{
    static const char *const chair[] = { "approve", "return", "close", "not_yet", "separate", "together" };

    for (size_t i = 0; i < COUNT_OF(chair); i++) {
        const struct process_act *act = process_act(law(), str_c(chair[i]));

        REQUIRE(act != NULL);
        CHECK_INT(act->who, WHO_CHAIR);
    }
    CHECK(process_act(law(), STR("urgent"))->who & WHO_WRITE);        /* a measure waits for nobody */
    CHECK(!(process_act(law(), STR("no_emergency"))->who & WHO_WRITE));
}

TEST(what_lowers_urgency_or_ends_a_case_takes_a_reason_and_unfounded_and_duplicate_two_persons)
{
    static const char *const reasons[] = { "no_emergency", "safe", "together", "close", "close_early", "unfounded", "duplicate", "return" };
    static const char *const two[] = { "unfounded", "duplicate", "close_early" };

    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        CHECK(process_act(law(), str_c(reasons[i]))->reason);
    for (size_t i = 0; i < COUNT_OF(two); i++)
        CHECK(process_act(law(), str_c(two[i]))->second);
    for (size_t i = 0; i < law()->n_acts; i++)
        CHECK(law()->acts[i].name_en.n > 0);
    for (size_t i = 0; i < law()->n_states; i++)
        CHECK(law()->states[i].name_en.n > 0);
}

/* Each step of the decree's chapter III asks for its form before the case goes on. */
TEST(each_step_asks_for_the_form_that_the_decree_names)
{
    static const struct { const char *act, *form; } t[] = {
        { "assess", "mau-01" }, { "assess", "mau-02" }, { "plan", "mau-03" }, { "plan", "bien-ban-hop" }, { "submit", "mau-04" },
        { "submit", "mau-05" }, { "propose", "mau-06" }, { "continue", "mau-06" }, { "replan", "mau-06" }, { "no_emergency", "mau-02" },
    };

    for (size_t i = 0; i < COUNT_OF(t); i++) {
        const struct process_act *act = process_act(law(), str_c(t[i].act));
        struct str forms = act->form;

        CHECK(str_find(forms, str_c(t[i].form)) < forms.n);
    }
}

/* -- ends, and midnight ----------------------------------------------------------------------------------------------------------------- */

TEST(a_case_that_ends_early_shows_no_step_as_done_that_it_never_came_to_and_takes_no_new_form)
{
    struct id id = a_case("story=khong-co-that&province=14");
    struct answer a;

    CHECK(leads_to(fill_in(id, "/act/unfounded", "words=khong-co-that", hanh()), at(id, "")));
    CHECK(leads_to(fill_in(id, "/act/unfounded", "words=dung-vay", as(&site, "minh.mau")), at(id, "")));
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "Không có căn cứ") && says(a, "Phê duyệt kế hoạch") == 0);
    CHECK_INT((i64)times(a, "class=done"), 1);                      /* it was received, and that is all */
    CHECK(leads_to(fill_in(id, "/papers", "form=mau-02", hanh()), at(id, "/papers")));
    a = get(&site, at(id, "/papers"), hanh());
    CHECK(says(a, "Trường hợp không có mẫu này") && times(a, "/papers/") == 0);
}

/* Told between 12 and 13 o'clock, the twelve hours end at midnight: as a moment, not as the end of a day. */
TEST(twelve_hours_that_end_at_midnight_say_the_hour)
{
    struct id id;
    struct answer a;

    site.now = clock_local_day(site.now) + DAY_MS + 12 * HOUR_MS + 30 * MINUTE_MS;
    id = a_case("story=nua-dem&danger=soon&province=14");
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "24:00 hôm nay") && says(a, "hết ngày"));
    CHECK(!says(a, "00:00 hôm nay"));
}

/* -- the two communes ---------------------------------------------------------------------------------------------------------------- */

TEST(a_case_names_the_two_communes_and_its_timeline_tells_them)
{
    struct id id = a_case("story=hai-xa&danger=soon&province=14");
    struct answer a = get(&site, at(id, "/communes"), hanh());

    CHECK(a.code == 200 && says(a, "Xã Lá Xanh (mẫu)"));             /* the province that the child named is shown at once */
    a = get(&site, at(id, "/communes?event_province=14&home_province=92"), hanh());
    CHECK(says(a, "Xã Lá Xanh (mẫu)") && says(a, "Phường Bến Lá (mẫu)"));
    a = fill_in(id, "/communes", "event=00000&home=99902&home_province=92&words=me-ke", hanh());
    CHECK(a.code == 422 && says(a, "Xã này không có trong danh sách") && says(a, "me-ke"));
    CHECK(says(a, "value=\"99902\" selected"));                      /* what was chosen beside it is kept */
    CHECK(leads_to(fill_in(id, "/communes", "event=99901&home=99902&words=me-ke", hanh()), at(id, "/communes")));
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "Nơi xảy ra: Xã Lá Xanh (mẫu), Cao Bằng") || says(a, "Nơi xảy ra: Xã Lá Xanh (mẫu), "));
    CHECK(says(a, "Nơi trẻ cư trú: Phường Bến Lá (mẫu), Cần Thơ") && says(a, "me-ke"));
    a = get(&site, at(id, "/communes"), hanh());
    CHECK(says(a, "value=\"99901\" selected") && says(a, "value=\"99902\" selected"));
    CHECK(get(&site, at(id, "/communes"), lan()).code == 404);
    CHECK(fill_in(id, "/communes", "event=99901", lan()).code == 404);
}

TEST(a_transfer_offers_the_unit_of_a_commune_by_name_and_tells_what_is_still_open)
{
    struct id id = a_case("story=chuyen-xa&danger=soon&province=14&commune=99901");
    const char *to = "", *end;
    struct answer a;

    CHECK(leads_to(fill_in(id, "/communes", "event=99901&home=99902", hanh()), at(id, "/communes")));
    CHECK(fill_in(id, "/tasks", "kind=contact&due=2030-01-01&words=goi", hanh()).code == 303);
    CHECK(says(get(&site, at(id, ""), hanh()), at(id, "/transfer?act=forward\">Chuyển ngay UBND cấp xã nơi xảy ra")));
    a = get(&site, at(id, "/transfer?act=forward"), hanh());
    CHECK(says(a, "Chuyển ngay UBND cấp xã nơi xảy ra") && says(a, COMMUNE_UNIT));
    CHECK(says(a, "chưa có đơn vị nhận"));                             /* nobody of commune 99902 holds a key yet */
    end = at(id, "/transfer/");
    to = arena_copy(&site.kept, str_upto(str_from(a.body, str_find(a.body, str_c(end))), strlen(end) + ID_TEXT)).at;
    a = post(&site, to, paper(), hanh());
    CHECK(leads_to(a, arena_f(&site.kept, "%s/check", to).at));
    a = get(&site, arena_f(&site.kept, "%s/check", to).at, hanh());
    CHECK(says(a, "Còn mở, đi theo trường hợp") && says(a, "Liên hệ với trẻ") && says(a, "Tiếp nhận"));
    CHECK(says(a, "Quyết định biện pháp khẩn cấp, cách ly") && says(a, "Lập và trình kế hoạch"));
    CHECK(says(a, "Khẩn cấp và cách ly: Chưa quyết định khẩn cấp"));
}

/* -- the chair --------------------------------------------------------------------------------------------------------------------------- */

TEST(the_chair_reads_the_units_cases_but_no_talk_and_no_file)
{
    struct id id = a_case("story=chuyen-cho-xa&danger=soon&province=14&commune=99901");
    const char *to, *end = at(id, "/transfer/");
    struct answer a = get(&site, at(id, "/transfer"), hanh());

    to = arena_copy(&site.kept, str_upto(str_from(a.body, str_find(a.body, str_c(end))), strlen(end) + ID_TEXT)).at;
    (void)get(&site, to, hanh());
    CHECK(post(&site, to, paper(), hanh()).code == 303);
    a = get(&site, arena_f(&site.kept, "%s/check", to).at, hanh());
    a = post(&site, arena_f(&site.kept, "%s/check", to).at, arena_f(&site.kept, "seen=%.*s",
             (int)between(a, "name=seen value=\"", "\"").n, between(a, "name=seen value=\"", "\"").at).at, hanh());
    REQUIRE(a.code == 303 && str_starts(a.location, STR("/referrals/")));
    to = arena_copy(&site.kept, a.location).at;
    CHECK(get(&site, at(id, ""), hung()).code == 404);
    CHECK(get(&site, to, lan()).code == 200);
    CHECK(post(&site, arena_f(&site.kept, "%s/accept", to).at, "", lan()).code == 303);
    a = get(&site, at(id, ""), hung());
    CHECK(a.code == 200 && !says(a, "\"/desk/") && says(a, at(id, "/people")));
    CHECK(get(&site, path_of(&site, id, "").at, hung()).code == 403 && get(&site, "/desk", hung()).code == 403);
    CHECK(says(get(&site, at(id, ""), lan()), "\"/desk/"));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
