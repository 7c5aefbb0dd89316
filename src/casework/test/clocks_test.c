/* Clocks of cases page by page, the sweep behind them, and every road of a process file that the tests bring. */
#include <site.h>
#include <test.h>

#include "../clocks.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define F(...) arena_f(&site.kept, __VA_ARGS__).at

static struct site site;

static struct visitor *hanh(void) { return as(&site, "hanh.mau"); }        /* counsellor of the hotline */
static struct visitor *minh(void) { return as(&site, "minh.mau"); }        /* its supervisor */
static struct visitor *lan(void) { return as(&site, "lan.mau"); }          /* case worker of a commune */
static struct visitor *phong(void) { return as(&site, "phong.mau"); }      /* runs the system */

/* -- a process of the tests' own --------------------------------------------------------------------------------------------------- */

#define STATE(code, more) "[state]\ncode: " code "\nname: " code "\n" more
#define ACT(code, from, to, who, more) "[act]\ncode: " code "\nname: " code "\nfrom: " from "\nto: " to "\nwho: " who "\n" more
#define CLOCK(code, more) "[clock]\ncode: " code "\nname: han " code "\nsource: dieu-" code "\ncertainty: read\n" more

#define COMMON \
    "[track]\ncode: crime\nname: huong-hinh-su\n" \
    STATE("got", "step: 1\n") STATE("urgent", "step: 2\nurgent: yes\n") STATE("plan", "step: 3\n") STATE("sent", "step: 3\n") \
    STATE("doing", "step: 4\n") STATE("over", "step: 5\nend: yes\n") STATE("nothing", "step: 5\nend: yes\n") \
    STATE("untold", "track: crime\nstep: 1\nend: yes\n") STATE("told", "track: crime\nstep: 2\n") \
    ACT("alarm", "got plan sent doing", "urgent", "write", "") ACT("calm", "urgent", "plan", "write", "") \
    ACT("plan", "got", "plan", "write", "") ACT("submit", "plan", "sent", "write", "") \
    ACT("approve", "sent", "doing", "supervise chair", "") ACT("return", "sent", "plan", "supervise chair", "starts: plan\n") \
    ACT("finish", "doing", "over", "write", "reason: yes\nclose_with: told\n") ACT("reopen", "over nothing", "plan", "supervise", "") \
    ACT("nothing", "got plan", "nothing", "write", "reason: yes\nsecond: yes\nclose_with: told\n") \
    ACT("give", "got plan", "plan", "write", "page: transfer\n") \
    ACT("tell", "untold", "told", "write", "") ACT("answered", "told", "untold", "write", "")

static const char one[] = "[process]\nname: Thu\n" COMMON STATE("waiting", "step: 4\n")
    ACT("wait", "doing", "waiting", "write", "") ACT("go", "waiting", "doing", "write", "") ACT("leave", "waiting", "over", "write", "")
    CLOCK("fast", "hours: 12\nstart: received\nstop: state:urgent state:sent\ndrop: state:nothing\nladder: owner supervisor+4 next+24\n")
    CLOCK("plan", "workdays: 5\nstart: received\nstop: state:sent\npause: urgent\nladder: owner supervisor+4\n")
    CLOCK("sign", "workdays: 2\nstart: state:sent\nstop: act:approve act:return\nowner: chair\nladder: chair supervisor+4\n")
    CLOCK("apart", "days: 15\nstart: state:urgent\nstop: act:calm\nladder: owner\n")
    CLOCK("police", "days: 30\nstart: act:tell\nstop: act:answered\nladder: owner next+24\n")
    CLOCK("hand", "days: 3\nstart: act:wait\nstop: transferred act:go act:leave\nladder: supervisor\n");
/* A later one: another term for the plan, the state "waiting" and the clock "hand" are gone, one is new. */
static const char two[] = "[process]\nname: Thu\n" COMMON
    CLOCK("fast", "hours: 12\nstart: received\nstop: state:urgent state:sent\nladder: owner supervisor+4 next+24\n")
    CLOCK("plan", "workdays: 7\nstart: received\nstop: state:sent\npause: urgent\nladder: owner supervisor+4\n")
    CLOCK("sign", "workdays: 2\nstart: state:sent\nstop: act:approve act:return\nladder: chair supervisor+4\n")
    CLOCK("apart", "days: 15\nstart: state:urgent\nstop: act:calm\nladder: owner\n")
    CLOCK("police", "days: 30\nstart: act:tell\nstop: act:answered\nladder: owner next+24\n")
    CLOCK("review", "days: 90\nstart: state:doing\nstop: act:finish state:urgent\nladder: owner\n");

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(F("%s/content/process/%s", site.folder, name), "we");

    REQUIRE(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void use(const char *index)
{
    write_file("index.txt", F("[use]\nprocess: thu\n%s", index));
    REQUIRE(process_load() == OK);
}

#define ONE "[version]\nprocess: thu\nversion: 1\nfrom: 2017-07-01\n"
#define TWO "[version]\nprocess: thu\nversion: 2\nfrom: 2017-08-01\n"
#define TWO_AT_ONCE "[version]\nprocess: thu\nversion: 2\nfrom: 2017-07-01\n"

/* A Wednesday to come: the tests' Tết is from its Friday to the Tuesday after. */
static i64 wednesday;

static i64 on(i64 days, i64 hours, i64 minutes)
{
    return day_begins(wednesday + days) + hours * HOUR_MS + minutes * MINUTE_MS;
}

static const char *day_iso(i64 days)
{
    char text[CLOCK_TEXT];

    clock_day_iso(on(days, 0, 0), text);
    return F("%s", text);
}

static const char *day_vi(i64 days)
{
    char text[CLOCK_TEXT];

    clock_day_vi(on(days, 0, 0), text);
    return F("%s", text);
}

static void open_site(void)
{
    site_open(&site);
    wednesday = day_number(site.now) + 7;
    while (day_weekday(wednesday) != 2)
        wednesday++;
    mkdir(F("%s/content/process", site.folder), 0700);
    mkdir(F("%s/content/process/thu", site.folder), 0700);
    write_file("holidays-vn.txt", F("[free]\nfrom: %s\nto: %s\nname: Tết\nsource: thử\n", day_iso(2), day_iso(6)));
    REQUIRE(holidays_load() == OK);
    write_file("thu/1.txt", one);
    write_file("thu/2.txt", two);
    use(ONE);
}

/* -- the way there ---------------------------------------------------------------------------------------------------------------- */

static const char *at(struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return F("/cases/%s%s", text, tail);
}

static struct answer fill_in(struct id id, const char *tail, const char *fields, struct visitor *who)
{
    (void)get(&site, at(id, ""), who);
    return post(&site, at(id, tail), fields, who);
}

/* The act was done by who asked for it. */
static bool does(struct id id, const char *act, struct visitor *who)
{
    return leads_to(fill_in(id, F("/act/%s", act), "words=vi-the", who), at(id, ""));
}

static struct id a_case(const char *fields)
{
    struct visitor child = { 0 };
    struct id id = report_of(&site, tell(&site, fields, &child));

    (void)get(&site, path_of(&site, id, "").at, hanh());
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", hanh()), at(id, "")));
    return id;
}

/* Somebody called: opened by staff. */
static struct id called(void)
{
    struct id id = id_zero();
    struct answer a;

    (void)get(&site, "/cases/new", hanh());
    a = post(&site, "/cases/new", "harm=bullying&age=9-11&danger=now&province=92&words=goi-den", hanh());
    CHECK(a.code == 303 && a.location.n > ID_TEXT && id_of_text(str_from(a.location, a.location.n - ID_TEXT), &id));
    return id;
}

static struct casefiles_row file_of(struct id id)
{
    struct casefiles_row row = { .case_id = id };

    CHECK(row_get(&site.in.ledger, &table_casefiles, &row) == OK);
    row.state = arena_copy(&site.kept, row.state);
    row.clock = row.clock.n ? arena_copy(&site.kept, row.clock) : STR("");
    instance_step(&site.in);
    return row;
}

/* The run of a clock that goes on, or the newest; state "" where it never ran. */
static struct clocks_row clock_of(struct id id, const char *code)
{
    struct clocks_row found = { .state = STR("") };
    struct clocks_rows rows;

    CHECK(sql_clocks_of_case(&site.in.ledger, (struct sql_clocks_of_case){ .case_id = id }, &rows) == OK);
    for (size_t i = rows.n; i-- > 0;)
        if (!rows.at[i].altered && str_is(rows.at[i].code, code) && (found.state.n == 0 || !rows.at[i].ended.has || rows.at[i].started > found.started)) {
            found = rows.at[i];
            found.state = arena_copy(&site.kept, rows.at[i].state);
        }
    instance_step(&site.in);
    return found;
}

static void sweep(void)
{
    CHECK(clocks_sweep(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

static size_t notices_told(const char *login, struct id unit, struct id clock, const char *role)
{
    struct users_row worker;
    struct clock_notices_rows rows;
    size_t n = 0;

    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &worker) == OK);
    CHECK(sql_notices_of_unit(&site.in.ledger, (struct sql_notices_of_unit){ .unit = unit, .user = worker.id, .lead = 1 }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        n += id_eq(rows.at[i].clock, clock) && str_is(rows.at[i].role, role);
    instance_step(&site.in);
    return n;
}

/* Its newest notice to the unit, as the address of its button names it. */
static const char *notice_of(struct id unit, struct id clock)
{
    struct clock_notices_rows rows;
    char id[ID_TEXT + 1] = "";

    CHECK(sql_notices_of_unit(&site.in.ledger, (struct sql_notices_of_unit){ .unit = unit, .user = id_zero(), .lead = 1 }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        if (id_eq(rows.at[i].clock, clock))
            id_text(rows.at[i].id, id);
    instance_step(&site.in);
    return F("%s", id);
}

static size_t notices_for(struct id unit, struct id clock, const char *role)
{
    return notices_told("hanh.mau", unit, clock, role);
}

/* The site's time moves on; the sweep is told that this is right, as a day by day sweep would have found out. */
static void later(i64 ms)
{
    for (i64 step; ms > 0; ms -= step) {
        step = ms < 40 * HOUR_MS ? ms : 40 * HOUR_MS;
        site.now += step;
        sweep();
    }
}

/* The machine's time is another all at once: nobody is signed in any more. */
static void jump_to(i64 now)
{
    site.now = now;
    for (size_t i = 0; i < site.n_staff; i++)
        site.staff[i].browser = (struct visitor){ 0 };
}

/* In the table of cases, not among the reader's own work above it. */
static bool lists(struct answer a, struct id id)
{
    return says(a, F("class=go href=\"%s\"", at(id, "")));
}

/* -- a case and its clocks ------------------------------------------------------------------------------------------------------------- */

TEST(the_clock_of_receipt_counts_from_the_full_hour_of_an_anonymous_report_and_says_so)
{
    struct clocks_row fast;
    struct answer a;
    struct id id;

    open_site();
    site.now = on(0, 14, 35);
    sweep();
    id = a_case("danger=soon&harm=threat&story=ke&province=92");
    fast = clock_of(id, "fast");
    CHECK(str_is(fast.state, "running") && fast.rough == 1);
    CHECK_INT(fast.started, on(0, 14, 0));
    CHECK_INT(fast.due, on(1, 2, 0));
    CHECK_INT(clock_of(id, "plan").due, on(13, 0, 0));      /* Thursday, and Wednesday to Monday after Tết */
    CHECK_INT(file_of(id).due, fast.due);
    CHECK(str_is(file_of(id).clock, "fast"));
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "han fast") && says(a, "Thời hạn 12 giờ. dieu-fast") && says(a, "lấy lúc sớm nhất") && says(a, F("02:00, %s", day_vi(1))));
    CHECK(says(a, F("hết ngày %s", day_vi(12))) && says(a, "5 ngày làm việc"));
    a = get(&site, "/cases", hanh());
    CHECK(says(a, "han fast"));
    CHECK(says(get(&site, "/desk", hanh()), "han plan"));
}

TEST(what_staff_open_counts_from_the_minute)
{
    struct id id = called();

    CHECK_INT(clock_of(id, "fast").started, site.now);
    CHECK_INT(clock_of(id, "fast").rough, 0);
    CHECK(!says(get(&site, at(id, ""), hanh()), "lấy lúc sớm nhất"));
}

TEST(acts_stop_pause_start_and_drop_clocks_and_the_file_shows_the_next_one)
{
    struct id id = a_case("danger=soon&story=di-duong&province=92");
    i64 plan = clock_of(id, "plan").due;

    site.now += 2 * HOUR_MS;
    CHECK(does(id, "alarm", hanh()));
    CHECK(str_is(clock_of(id, "fast").state, "met") && clock_of(id, "fast").ended.v == site.now);
    CHECK(str_is(clock_of(id, "plan").state, "paused") && str_is(clock_of(id, "apart").state, "running"));
    CHECK_INT(file_of(id).due, clock_of(id, "apart").due);         /* what stands still is nobody's next clock */
    CHECK(says(get(&site, at(id, ""), hanh()), "Đang tạm dừng"));
    later(8 * DAY_MS);                                              /* over Tết */
    CHECK(does(id, "calm", hanh()));
    CHECK(str_is(clock_of(id, "plan").state, "running") && clock_of(id, "plan").due > plan);
    CHECK(str_is(clock_of(id, "apart").state, "met"));
    CHECK(does(id, "submit", hanh()));
    CHECK(str_is(clock_of(id, "plan").state, "met") && str_is(clock_of(id, "sign").state, "running"));
    CHECK(str_is(file_of(id).clock, "sign"));
    later(5 * DAY_MS);
    CHECK(does(id, "return", minh()));
    CHECK(str_is(clock_of(id, "sign").state, "late") && str_is(clock_of(id, "plan").state, "running"));
    CHECK(says(get(&site, at(id, "/tasks"), hanh()), "Trễ hạn"));
    CHECK(does(id, "submit", hanh()) && does(id, "approve", minh()) && does(id, "finish", hanh()));
    CHECK_INT(file_of(id).due, NEVER_DUE);
    CHECK(!file_of(id).open);
}

TEST(the_end_drops_what_still_runs_and_a_reopened_case_goes_on_with_it)
{
    struct id id = a_case("danger=soon&story=mo-lai&province=92");
    i64 due;

    CHECK(does(id, "plan", hanh()) && does(id, "submit", hanh()) && does(id, "approve", minh()) && does(id, "tell", hanh()));
    due = clock_of(id, "police").due;
    site.now += HOUR_MS;
    CHECK(does(id, "finish", hanh()));
    CHECK(str_is(clock_of(id, "police").state, "dropped") && file_of(id).due == NEVER_DUE);
    CHECK(does(id, "answered", hanh()) && str_is(clock_of(id, "police").state, "dropped"));     /* beside a closed case nothing goes on */
    later(10 * DAY_MS);
    CHECK(does(id, "reopen", minh()));
    CHECK(str_is(clock_of(id, "police").state, "running") && clock_of(id, "police").due == due);
    CHECK_INT(file_of(id).due, due);
    CHECK(does(id, "answered", hanh()) && str_is(clock_of(id, "police").state, "met"));
}

TEST(a_case_ends_while_something_goes_on_beside_it_only_where_its_process_says_so_and_tells_that)
{
    struct id id = a_case("danger=soon&story=con-viec-khac&province=92");
    struct answer a;

    CHECK(does(id, "plan", hanh()) && does(id, "submit", hanh()) && does(id, "approve", minh()) && does(id, "tell", hanh()) && does(id, "wait", hanh()));
    CHECK(says(get(&site, at(id, "/act/leave"), hanh()), "Chưa đóng được: huong-hinh-su (told)"));
    a = fill_in(id, "/act/leave", "words=het-viec", hanh());
    CHECK(a.code == 422 && says(a, "huong-hinh-su (told)") && says(a, "het-viec</textarea>"));
    CHECK(file_of(id).open == 1 && str_is(file_of(id).state, "waiting"));
    CHECK(does(id, "go", hanh()));
    CHECK(says(get(&site, at(id, "/act/finish"), hanh()), "Còn đang mở khi đóng: huong-hinh-su (told)"));
    CHECK_INT(fill_in(id, "/act/finish", "words=", hanh()).code, 422);          /* not without a reason */
    CHECK(does(id, "finish", hanh()));
    a = get(&site, at(id, ""), hanh());
    CHECK(file_of(id).open == 0 && says(a, "Đóng khi còn mở: told"));
    id = a_case("danger=soon&story=da-xong-het&province=92");
    CHECK(does(id, "plan", hanh()) && does(id, "submit", hanh()) && does(id, "approve", minh()) && does(id, "tell", hanh()));
    CHECK(does(id, "answered", hanh()) && does(id, "wait", hanh()) && does(id, "leave", hanh()));
    CHECK(file_of(id).open == 0 && !says(get(&site, at(id, ""), hanh()), "Đóng khi còn mở"));
}

TEST(states_of_a_case_and_of_its_tracks_are_kept_from_when_to_when)
{
    struct id id = a_case("story=cac-buoc&province=92");
    struct case_states_rows rows;
    bool main = false, crime = false;

    CHECK(does(id, "plan", hanh()) && does(id, "tell", hanh()));
    CHECK(sql_states_open(&site.in.ledger, (struct sql_states_open){ .case_id = id }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++) {
        main |= str_is(rows.at[i].track, "") && str_is(rows.at[i].state, "plan") && rows.at[i].since == site.now;
        crime |= str_is(rows.at[i].track, "crime") && str_is(rows.at[i].state, "told");
    }
    CHECK(rows.n == 2 && main && crime);
    instance_step(&site.in);
    CHECK(says(get(&site, at(id, ""), hanh()), "huong-hinh-su"));
}

/* -- late ones ----------------------------------------------------------------------------------------------------------------------------- */

TEST(the_list_of_late_cases_goes_by_the_due_moment_itself)
{
    struct id id = a_case("danger=soon&story=tre-han&province=92");

    site.now = clock_of(id, "fast").due - MINUTE_MS;
    CHECK(!lists(get(&site, "/cases?show=late", hanh()), id));
    site.now += 2 * MINUTE_MS;                  /* no sweep has run */
    CHECK(lists(get(&site, "/cases?show=late", hanh()), id));
    CHECK(says(get(&site, "/cases?show=late", hanh()), "Quá hạn"));
    CHECK(does(id, "alarm", hanh()));
    CHECK(!lists(get(&site, "/cases?show=late", hanh()), id));
    CHECK(says(get(&site, "/cases?show=late", hanh()), "value=late selected"));
}

TEST(each_rung_is_climbed_once_and_its_unit_hears_the_number_of_the_case_and_nothing_else)
{
    struct id id = a_case("danger=soon&harm=threat&story=bi-mat-cua-em&province=92");
    struct clocks_row fast = clock_of(id, "fast");
    struct answer a;
    struct str seen;

    CHECK(fast.above.has);
    site.now = fast.due - 1;
    sweep();
    CHECK_INT((i64)notices_for(fast.unit, fast.id, "owner"), 0);
    site.now = fast.due;
    sweep();
    sweep();
    CHECK_INT((i64)notices_for(fast.unit, fast.id, "owner"), 1);
    CHECK_INT(clock_of(id, "fast").next, fast.due + 4 * HOUR_MS);
    later(5 * HOUR_MS);
    CHECK_INT((i64)notices_for(fast.unit, fast.id, "supervisor"), 1);
    later(30 * HOUR_MS);
    CHECK_INT((i64)notices_for(fast.above.v, fast.id, "next"), 1);
    CHECK_INT(clock_of(id, "fast").next, NEVER_DUE);
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "Đã báo người phụ trách") && says(a, "Đã báo người quản lý") && says(a, "Đã báo nơi kế tiếp"));
    a = get(&site, "/desk", hanh());
    CHECK(says(a, "Báo trễ hạn") && says(a, at(id, "")));
    seen = between(a, "action=\"/clocks/notices/", "\"");
    CHECK(seen.n == ID_TEXT);
    CHECK(leads_to(post(&site, F("/clocks/notices/%.*s", (int)seen.n, seen.at), "", lan()), "/cases") == false);
    CHECK(leads_to(post(&site, F("/clocks/notices/%.*s", (int)seen.n, seen.at), "", hanh()), "/cases"));
}

TEST(what_is_told_to_several_at_one_moment_is_one_line_and_one_notice_for_who_is_all_of_them)
{
    struct id id = a_case("danger=soon&story=mot-dong&province=92");
    struct clocks_row fast = clock_of(id, "fast");
    struct answer a;
    struct str notice;
    struct users_row user;
    char worker[ID_TEXT + 1];
    int n = 0;

    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = STR("minh.mau") }, &user) == OK);
    id_text(user.id, worker);
    instance_step(&site.in);
    CHECK(leads_to(fill_in(id, "/worker", F("worker=%s&words=", worker), hanh()), at(id, "")));
    site.now = fast.due + 5 * HOUR_MS;          /* nobody swept for hours: two rungs at once */
    sweep();
    CHECK_INT(clock_of(id, "fast").rung, 2);
    a = get(&site, at(id, ""), minh());
    CHECK(says(a, "Quá hạn: han fast. Đã báo: người phụ trách, người quản lý.") && !says(a, "Đã báo người quản lý"));
    a = get(&site, "/clocks/notices", minh());
    CHECK(a.code == 200 && says(a, at(id, "")));
    for (struct str rest = a.body; str_find(rest, str_c(at(id, ""))) < rest.n; n++)
        rest = str_from(rest, str_find(rest, str_c(at(id, ""))) + 1);
    CHECK_INT(n, 1);
    CHECK_INT((i64)notices_told("minh.mau", fast.unit, fast.id, "owner"), 1);
    a.body = str_from(a.body, str_find(a.body, str_c(at(id, ""))));
    notice = between(a, "action=\"/clocks/notices/", "\"");
    CHECK_INT(post(&site, F("/clocks/notices/%.*s", (int)notice.n, notice.at), "", minh()).code, 303);
    CHECK(!says(get(&site, "/clocks/notices", minh()), at(id, "")));
    CHECK_INT((i64)notices_told("minh.mau", fast.unit, fast.id, "supervisor"), 1);      /* another supervisor still hears */
}

/* Which demo person belongs to the unit that hears: the tests look at all desks. */
TEST(the_next_organisation_sees_number_and_term_without_a_way_in)
{
    struct id id = a_case("danger=soon&harm=threat&story=chi-so-thoi&province=04");
    struct clocks_row fast = clock_of(id, "fast");
    struct casefiles_row file = file_of(id);
    size_t heard = 0;

    later(fast.due + 25 * HOUR_MS - site.now);
    REQUIRE(fast.above.has);
    for (size_t i = 0; i < site.n_staff; i++) {
        struct visitor *who = as(&site, site.staff[i].login);
        struct answer a = get(&site, "/clocks/notices", who);

        if (a.code != 200 || get(&site, at(id, ""), who).code == 200 || !says(a, F("<b>han fast</b> · %s", case_ref(&site.kept, file.year, file.no).at)))
            continue;
        heard++;
        CHECK(says(a, "Trường hợp của nơi khác") && !says(a, at(id, "")) && !says(a, "chi-so-thoi"));
        CHECK(get(&site, at(id, ""), who).code >= 403);
    }
    CHECK(heard > 0);
}

TEST(a_unit_that_the_child_left_out_never_hears)
{
    struct id id = a_case("danger=soon&story=dung-bao&province=92&exclude=commune&exclude=police&exclude=social");
    struct clocks_row fast = clock_of(id, "fast");

    if (fast.above.has) {
        struct units_row unit = { .id = fast.above.v };

        CHECK(row_get(&site.in.ledger, &table_units, &unit) == OK);
        CHECK(!str_is(unit.kind, "commune") && !str_is(unit.kind, "police") && !str_is(unit.kind, "social"));
        instance_step(&site.in);
    }
    later(fast.due + 30 * HOUR_MS - site.now);
    CHECK_INT(clock_of(id, "fast").next, NEVER_DUE);
}

/* A process of its own, as far as the database can tell. */
struct sweeper { struct conn *conn; struct arena arena; struct ledger ledger; bool fine; };

static void *sweep_beside(void *arg)
{
    struct sweeper *s = arg;

    s->fine = clocks_sweep(&s->ledger, &site.in.app, site.now) == OK;
    act_abort(&s->ledger);
    return NULL;
}

static void sweeper_make(struct sweeper *s)
{
    *s = (struct sweeper){ .arena = arena_make(64 << 20) };
    REQUIRE(conn_open(site.in.app.db, &s->conn) == OK);
    conn_use(s->conn, &s->arena);
    s->ledger = (struct ledger){ .db = s->conn, .house = site.in.app.house, .arena = &s->arena, .secrets = secrets_make() };
}

static void sweeper_end(struct sweeper *s)
{
    conn_close(s->conn);
    secrets_free(s->ledger.secrets);
    arena_free(&s->arena);
}

TEST(several_sweeps_at_once_tell_each_unit_once)
{
    enum { CASES = 6, SWEEPS = 4 };
    static struct sweeper sweepers[SWEEPS];
    pthread_t threads[SWEEPS];
    struct id ids[CASES];

    for (int i = 0; i < CASES; i++)
        ids[i] = a_case("danger=soon&story=nhieu-may&province=92");
    site.now = clock_of(ids[CASES - 1], "fast").due + 5 * HOUR_MS;
    for (int i = 0; i < SWEEPS; i++)
        sweeper_make(&sweepers[i]);
    for (int i = 0; i < SWEEPS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, sweep_beside, &sweepers[i]) == 0);
    for (int i = 0; i < SWEEPS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(sweepers[i].fine);
        sweeper_end(&sweepers[i]);
    }
    sweep();                                    /* what two wanted at one moment and neither got */
    for (int i = 0; i < CASES; i++) {
        struct clocks_row fast = clock_of(ids[i], "fast");

        CHECK_INT(fast.rung, 2);
        CHECK_INT((i64)notices_for(fast.unit, fast.id, "owner"), 1);
        CHECK_INT((i64)notices_for(fast.unit, fast.id, "supervisor"), 1);
    }
}

/* As many as an outage leaves, all due at one moment; those of `lost` have no case and can never be told of. */
static void add_late(struct id lost, struct id fine, int each)
{
    struct clocks_row like = clock_of(fine, "fast");
    struct ledger *l = &site.in.ledger;

    CHECK(act_begin(l, (struct act_info){ .act = "clock.late", .now = site.now }) == OK);
    for (int i = 0; i < 2 * each; i++) {
        struct clocks_row row = { .id = id_random(), .case_id = i < each ? lost : fine, .code = STR("fast"), .unit = like.unit,
                                  .started = like.started, .due = site.now - HOUR_MS, .soon = site.now - HOUR_MS, .state = STR("running"),
                                  .next = site.now - (i < each ? 2 : 1) * HOUR_MS };

        CHECK(row_insert(l, &table_clocks, &row) == OK);
    }
    CHECK(act_commit(l) == OK);
    instance_step(&site.in);
}

static int told_of(struct id id)
{
    struct clocks_rows rows;
    int n = 0;

    CHECK(sql_clocks_of_case(&site.in.ledger, (struct sql_clocks_of_case){ .case_id = id }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        n += str_is(rows.at[i].code, "fast") && rows.at[i].rung == 1;
    instance_step(&site.in);
    return n;
}

/* Ends them all and says that all was read, so that later tests meet none of it. */
static void end_late(struct id id, struct id unit)
{
    struct ledger *l = &site.in.ledger;
    struct clock_notices_rows told;
    struct clocks_rows rows;
    struct users_row worker;

    CHECK(sql_user_of_login(l, (struct sql_user_of_login){ .login = STR("hanh.mau") }, &worker) == OK);
    CHECK(act_begin(l, (struct act_info){ .act = "clock.late", .now = site.now }) == OK);
    CHECK(sql_clocks_of_case(l, (struct sql_clocks_of_case){ .case_id = id }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        if (str_is(rows.at[i].code, "fast") && rows.at[i].due == site.now - HOUR_MS) {
            rows.at[i].state = STR("dropped");
            rows.at[i].ended = (struct opt_i64){ true, site.now };
            rows.at[i].next = NEVER_DUE;
            CHECK(row_update(l, &table_clocks, &rows.at[i]) == OK);
        }
    do {
        CHECK(sql_notices_of_unit(l, (struct sql_notices_of_unit){ .unit = unit, .user = worker.id, .lead = 1 }, &told) == OK);
        for (size_t i = 0; i < told.n; i++)
            CHECK(row_delete(l, &table_clock_notices, &told.at[i]) == OK);
    } while (told.n);
    CHECK(act_commit(l) == OK);
    instance_step(&site.in);
}

TEST(one_run_tells_of_all_that_an_outage_left_and_passes_what_cannot_be_told)
{
    enum { EACH = 190, BATCHES = 3 };
    struct visitor child = { 0 };
    struct id lost[BATCHES], fine[BATCHES];

    for (int i = 0; i < BATCHES; i++) {
        lost[i] = report_of(&site, tell(&site, "danger=soon&story=ohne&province=92", &child));
        child = (struct visitor){ 0 };
        fine[i] = a_case("danger=soon&story=nach-ausfall&province=92");
    }
    for (int i = 0; i < BATCHES; i++)
        add_late(lost[i], fine[i], EACH);       /* 570 that cannot be told stand before 570 that can */
    sweep();
    CHECK_INT(told_of(fine[0]), 0);
    CHECK(clocks_sweep_all(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
    for (int i = 0; i < BATCHES; i++) {
        CHECK_INT(told_of(fine[i]), EACH);
        end_late(lost[i], clock_of(fine[i], "fast").unit);
        end_late(fine[i], clock_of(fine[i], "fast").unit);
    }
}

TEST(a_jump_of_the_machines_time_tells_nobody_until_a_person_has_looked)
{
    struct id id = a_case("danger=soon&story=gio-nhay&province=92");
    struct clocks_row fast = clock_of(id, "fast");
    i64 right = site.now;

    sweep();
    jump_to(right + 365 * DAY_MS);
    sweep();
    CHECK_INT(clock_of(id, "fast").rung, 0);
    jump_to(right + HOUR_MS);                   /* put right again: the sweep goes on by itself */
    sweep();
    CHECK_INT(clock_of(id, "fast").rung, 0);
    CHECK(!says(get(&site, "/cases", minh()), "giờ máy đã nhảy"));
    jump_to(right - 365 * DAY_MS);
    sweep();
    jump_to(right + 5 * DAY_MS);                /* the machine was off for long: this time is right, and a person says so */
    sweep();
    CHECK_INT(clock_of(id, "fast").rung, 0);
    CHECK(says(get(&site, "/clocks", phong()), "Việc quét đang dừng"));
    CHECK(says(get(&site, "/account", phong()), "giờ máy đã nhảy") && says(get(&site, "/cases", minh()), "giờ máy đã nhảy"));
    CHECK(!says(get(&site, "/cases", hanh()), "giờ máy đã nhảy"));
    CHECK_INT(get(&site, "/clocks", minh()).code, 403);
    CHECK_INT(post(&site, "/clocks", "words=", phong()).code, 422);
    CHECK(leads_to(post(&site, "/clocks", "words=may-da-tat", phong()), "/clocks"));
    sweep();
    CHECK_INT(clock_of(id, "fast").rung, 3);
    CHECK(says(get(&site, "/clocks", phong()), "Việc quét đang chạy"));
    CHECK_INT((i64)notices_for(fast.unit, fast.id, "owner"), 1);
}

/* -- two persons, another version --------------------------------------------------------------------------------------------------------- */

TEST(what_takes_two_persons_is_asked_by_one_and_done_by_another)
{
    struct id id = a_case("story=hai-nguoi&province=92");
    struct answer a;

    CHECK(says(get(&site, at(id, "/act/nothing"), hanh()), "cần hai người"));
    CHECK(does(id, "nothing", hanh()) && str_is(file_of(id).state, "got"));
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "Chờ người thứ hai: nothing") && says(a, "Người khác phải xác nhận"));
    CHECK(does(id, "nothing", hanh()) && str_is(file_of(id).state, "got"));         /* not by the same person */
    CHECK(fill_in(id, "/ask", "words=", minh()).code == 422);
    CHECK(leads_to(fill_in(id, "/ask", "words=co-that", minh()), at(id, "")));
    CHECK(!says(get(&site, at(id, ""), hanh()), "Chờ người thứ hai") && says(get(&site, at(id, ""), hanh()), "co-that"));
    CHECK(does(id, "nothing", hanh()) && does(id, "nothing", minh()));
    CHECK(str_is(file_of(id).state, "nothing") && !file_of(id).open);
    CHECK(str_is(clock_of(id, "fast").state, "dropped"));
    id = a_case("story=khong-con-hop&province=92");
    CHECK(does(id, "nothing", hanh()) && does(id, "alarm", minh()));                 /* it does not fit any more */
    CHECK(!says(get(&site, at(id, ""), hanh()), "Chờ người thứ hai"));
}

TEST(a_case_keeps_its_version_until_somebody_changes_that_and_sees_what_changes)
{
    struct id id = a_case("story=ban-cu&province=92"), other;
    struct answer a;

    CHECK(does(id, "plan", hanh()) && does(id, "submit", hanh()) && does(id, "return", minh()));
    CHECK(!says(get(&site, at(id, ""), hanh()), "quy trình mới hơn"));
    CHECK(leads_to(get(&site, at(id, "/process"), hanh()), at(id, "")));
    use(ONE TWO);
    other = a_case("story=ban-moi&province=92");
    CHECK(file_of(id).version == 1 && file_of(other).version == 2);
    CHECK(says(get(&site, at(id, ""), hanh()), "quy trình mới hơn") && !says(get(&site, at(other, ""), hanh()), "quy trình mới hơn"));
    a = get(&site, at(id, "/process"), hanh());
    CHECK(a.code == 200 && says(a, "han plan: 5 ngày làm việc → han plan: 7 ngày làm việc") && says(a, "Bỏ: han hand"));
    CHECK(says(a, "Mới: han review: 90 ngày") && says(a, "Bỏ: waiting"));
    CHECK(fill_in(id, "/process", "version=2&was=plan&words=", hanh()).code == 422);
    CHECK(leads_to(fill_in(id, "/process", "version=2&was=got&words=vi", hanh()), at(id, "")) && file_of(id).version == 1);
    CHECK(leads_to(fill_in(id, "/process", "version=2&was=plan&words=doi-luat", hanh()), at(id, "")));
    CHECK_INT(file_of(id).version, 2);
    CHECK_INT(clock_of(id, "plan").due, clock_over(holidays_here(), (struct clock_term){ CLOCK_WORKDAYS, 7 }, clock_of(id, "plan").started));
    CHECK(says(get(&site, at(id, ""), hanh()), "doi-luat") && says(get(&site, at(id, ""), hanh()), "phiên bản 2"));
    use(ONE);
}

TEST(of_two_versions_that_begin_on_one_day_new_cases_follow_the_higher)
{
    use(ONE TWO_AT_ONCE);
    CHECK_INT(process_for_new(site.now)->version, 2);
    use(TWO_AT_ONCE ONE);
    CHECK_INT(process_for_new(site.now)->version, 2);
    use(ONE);
}

TEST(a_state_that_vanishes_is_mapped_by_the_person)
{
    struct id id = a_case("story=buoc-mat&province=92");
    struct answer a;

    CHECK(does(id, "plan", hanh()) && does(id, "submit", hanh()) && does(id, "approve", minh()) && does(id, "wait", hanh()));
    CHECK(str_is(clock_of(id, "hand").state, "running"));
    use(ONE TWO);
    a = fill_in(id, "/process", "version=2&was=waiting&words=doi", hanh());
    CHECK(a.code == 422 && says(a, "không có trong bản mới") && says(a, "doi</textarea>"));
    CHECK(fill_in(id, "/process", "version=2&was=waiting&state=told&words=doi", hanh()).code == 422);
    CHECK(leads_to(fill_in(id, "/process", "version=2&was=waiting&state=doing&words=doi", hanh()), at(id, "")));
    CHECK(str_is(file_of(id).state, "doing") && str_is(clock_of(id, "hand").state, "dropped"));
    CHECK(str_is(clock_of(id, "review").state, "running") && clock_of(id, "review").started == site.now);
    use(ONE);
}

TEST(another_version_keeps_what_pauses_have_added)
{
    struct clock_term five = { CLOCK_WORKDAYS, 5 }, seven = { CLOCK_WORKDAYS, 7 };
    struct id id = a_case("danger=soon&story=tam-dung&province=92");
    struct clocks_row plan;
    i64 more;

    CHECK(does(id, "alarm", hanh()));
    later(4 * DAY_MS);
    CHECK(does(id, "calm", hanh()));
    plan = clock_of(id, "plan");
    more = plan.due - clock_over(holidays_here(), five, plan.started);
    CHECK(more >= DAY_MS);
    use(ONE TWO);
    CHECK(leads_to(fill_in(id, "/process", "version=2&was=plan&words=doi", hanh()), at(id, "")));
    CHECK_INT(clock_of(id, "plan").due, clock_over(holidays_here(), seven, plan.started) + more);
    use(ONE);
}

/* Hotline to commune, with everything that both do for it. */
static void hand_over(struct id id)
{
    const char *path, *check;
    char until[CLOCK_TEXT];
    struct answer a;
    size_t found;

    clock_day_iso(site.now + 20 * DAY_MS, until);
    a = get(&site, at(id, "/transfer?q=la+xanh"), hanh());
    found = str_find(a.body, str_c(at(id, "/transfer/")));
    REQUIRE(found < a.body.n);
    path = arena_copy(&site.kept, str_upto(str_from(a.body, found), strlen(at(id, "/transfer/")) + ID_TEXT)).at;
    check = F("%s/check", path);
    CHECK_INT(get(&site, path, hanh()).code, 200);
    CHECK(leads_to(post(&site, path, F("purpose=handover&need=theo-dia-ban&consent=child&expires=%s&key=level%%2F&share=level%%2F&t0=cao", until), hanh()), check));
    a = get(&site, check, hanh());
    a = post(&site, check, F("seen=%.*s", (int)between(a, "name=seen value=\"", "\"").n, between(a, "name=seen value=\"", "\"").at), hanh());
    REQUIRE(a.code == 303 && str_starts(a.location, STR("/referrals/")));
    path = arena_copy(&site.kept, a.location).at;
    (void)get(&site, path, lan());
    CHECK(leads_to(post(&site, F("%s/accept", path), "", lan()), path));
}

TEST(a_transfer_takes_the_clocks_along_as_they_run)
{
    struct id id = a_case("danger=soon&story=chuyen-di&province=92");
    struct clocks_row before, after;

    CHECK(does(id, "plan", hanh()) && does(id, "nothing", hanh()));
    before = clock_of(id, "plan");
    hand_over(id);
    after = clock_of(id, "plan");
    CHECK(str_is(after.state, "running") && after.due == before.due && !id_eq(after.unit, before.unit));
    CHECK(!says(get(&site, at(id, ""), lan()), "Chờ người thứ hai"));       /* who asked is nobody there */
    CHECK(says(get(&site, at(id, ""), lan()), "han plan") && says(get(&site, "/cases", lan()), "han fast"));
    later(clock_of(id, "fast").due + HOUR_MS - site.now);
    CHECK(notices_told("lan.mau", after.unit, clock_of(id, "fast").id, "owner") == 1);     /* who took it over carries it */
    CHECK(notices_for(after.unit, clock_of(id, "fast").id, "owner") == 0);
}

static struct str ref_of(struct id id)
{
    struct casefiles_row row = { .case_id = id };

    CHECK(row_get(&site.in.ledger, &table_casefiles, &row) == OK);
    instance_step(&site.in);
    return case_ref(&site.kept, row.year, row.no);
}

static const char *in_30_days(void)
{
    char day[CLOCK_TEXT];

    clock_day_iso(site.now + 30 * DAY_MS, day);
    return F("%sT10:00", day);
}

TEST(who_handed_a_case_on_keeps_no_notice_and_no_meeting_of_it)
{
    struct id id = a_case("danger=soon&story=di-han&province=92");
    struct clocks_row fast = clock_of(id, "fast");
    struct str ref = ref_of(id), guest;
    const char *notice;
    struct answer a = get(&site, at(id, "/meetings"), hanh());

    guest = between(a, "name=guest value=\"", "\"> Minh");
    guest = str_from(guest, guest.n - ID_TEXT);
    CHECK(leads_to(fill_in(id, "/meetings", F("at=%s&place=phong-1&guest=%.*s", in_30_days(), (int)guest.n, guest.at), hanh()),
                   at(id, "/meetings")));
    CHECK(says(get(&site, "/cases?show=mine", minh()), ref.at));
    later(fast.due + 5 * HOUR_MS - site.now);
    CHECK(notices_for(fast.unit, fast.id, "owner") == 1 && notices_for(fast.unit, fast.id, "supervisor") == 1);
    notice = notice_of(fast.unit, fast.id);
    hand_over(id);
    CHECK(notices_for(fast.unit, fast.id, "owner") == 0 && notices_for(fast.unit, fast.id, "supervisor") == 0);
    CHECK(!says(get(&site, "/cases?show=mine", hanh()), ref.at) && !says(get(&site, "/cases?show=mine", minh()), ref.at));
    CHECK_INT(post(&site, F("/clocks/notices/%s", notice), "", hanh()).code, 404);
}

/* -- every road of the file -------------------------------------------------------------------------------------------------------------- */

static uint64_t walk_state = 3;
static size_t any(size_t n)
{
    walk_state = walk_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(walk_state >> 33) % n;
}

/* What must hold of any case at any time: the file names the earliest running clock, an open case has an owner, every running
   clock is on the case's page, the case is in the list and in the list of late ones exactly where something is late, and the
   sweep has an eye on each clock that has rungs left. */
static void check_case(struct id id)
{
    struct casefiles_row file = file_of(id);
    struct answer page = get(&site, at(id, ""), hanh()), late = get(&site, "/cases?show=late", hanh());
    struct clocks_rows rows;
    i64 first = NEVER_DUE;

    CHECK_INT(page.code, 200);
    CHECK(!id_is_zero(file.unit));
    CHECK(sql_clocks_open(&site.in.ledger, (struct sql_clocks_open){ .case_id = id }, &rows) == OK);
    CHECK(file.open || rows.n == 0);
    for (size_t i = 0; i < rows.n; i++) {
        const struct process_clock *k = process_clock(process_of(file.process.n ? STR("thu") : STR(""), file.version), rows.at[i].code);
        bool paused = rows.at[i].paused.has;

        REQUIRE(!rows.at[i].altered && k != NULL);
        CHECK(says(page, F("<b>%.*s</b>", (int)k->name.n, k->name.at)));
        CHECK(id_eq(rows.at[i].unit, file.unit));
        CHECK_INT(rows.at[i].next, paused ? NEVER_DUE : clock_next(k, rows.at[i].due, rows.at[i].rung));
        if (!paused && rows.at[i].due < first)
            first = rows.at[i].due;
    }
    instance_step(&site.in);
    CHECK_INT(file.due, first);
    CHECK(lists(late, id) == (file.open && first < site.now));
}

TEST(random_walks_never_leave_a_case_without_owner_or_a_clock_that_nobody_sees)
{
    enum { WALKS = 6, STEPS = 24 };

    for (int w = 0; w < WALKS; w++) {
        struct id id = a_case("danger=soon&story=di-lang-thang&province=92");

        for (int s = 0; s < STEPS; s++) {
            const struct process *p = process_of(STR("thu"), 1);
            const struct process_act *act = &p->acts[any(p->n_acts)];
            struct visitor *who = any(2) ? hanh() : minh();

            if (act->page.n == 0) {
                int code = fill_in(id, F("/act/%.*s", (int)act->code.n, act->code.at), "words=di", who).code;

                CHECK(code == 303 || (code == 422 && str_is(act->code, "leave")));      /* the police are at it: that end may not be */
            }
            if (s % 6 == 5)             /* else the same hours: signing in anew costs more than all the rest */
                later((i64)any(120) * HOUR_MS);
            check_case(id);
        }
    }
}

/* An act is done exactly where the file says so: each state of each track, each act, each role. */
TEST(every_act_is_done_in_its_states_by_its_people_and_nowhere_else)
{
    static const struct { const char *login; unsigned who; } people[] = { { "hanh.mau", WHO_WRITE }, { "minh.mau", WHO_WRITE | WHO_SUPERVISE } };
    static const char *const roads[] = { "", "alarm", "plan", "plan submit", "plan submit approve", "plan submit approve wait",
                                         "plan submit approve finish", "nothing nothing2", "tell" };
    const struct process *p = process_of(STR("thu"), 1);
    int done = 0, refused = 0;

    for (size_t road = 0; road < COUNT_OF(roads); road++)
        for (size_t i = 0; i < p->n_acts * COUNT_OF(people); i++) {
            const struct process_act *act = &p->acts[i / COUNT_OF(people)];
            unsigned who = people[i % COUNT_OF(people)].who;
            struct id id = called();
            struct str rest = str_c(roads[road]), word;
            const struct process_state *before, *after;
            struct casefile f = { .process = p };
            bool right;

            while (rest.n && str_cut(&rest, ' ', &word))
                CHECK(does(id, str_is(word, "nothing2") ? "nothing" : arena_copy(&site.kept, word).at, str_is(word, "nothing") ? hanh() : minh()));
            f.file = file_of(id);
            f.row.id = id;
            f.state = process_state(p, f.file.state);
            {
                struct ctx c;

                instance_ctx(&site.in, &c, site.now);
                CHECK(case_track_state(&c, &f, act->track, &before) == OK);
                instance_step(&site.in);
            }
            right = process_allows(p, act, before->code, who) && !act->page.n && !(act->track && f.state->end);
            CHECK(does(id, arena_copy(&site.kept, act->code).at, as(&site, people[i % COUNT_OF(people)].login)));
            f.file = file_of(id);
            f.state = process_state(p, f.file.state);
            {
                struct ctx c;

                instance_ctx(&site.in, &c, site.now);
                CHECK(case_track_state(&c, &f, act->track, &after) == OK);
                instance_step(&site.in);
            }
            CHECK(after == (right && !act->second ? process_state(p, act->to) : before));
            done += right;
            refused += !right;
        }
    CHECK(done > 20 && refused > 100);
}

TEST(the_log_and_every_row_agree_afterwards)
{
    struct audit audit = { 0 };

    site.now += 2 * HOUR_MS;
    CHECK(log_number(&site.in.ledger, site.now) == OK);
    instance_step(&site.in);
    CHECK(audit_verify(&site.in.ledger, tables, &audit) == OK && audit.bad.n == 0);
    site_close(&site);
}

TEST_MAIN
