/* A case from a report to its end and back, page by page through the engine. */
#include <site.h>
#include <test.h>

#include "../casefile.h"

#include <pthread.h>

#define F(...) arena_f(&site.kept, __VA_ARGS__).at

static struct site site;

static struct visitor *hanh(void)
{
    return as(&site, "hanh.mau");
}

static struct visitor *minh(void)
{
    return as(&site, "minh.mau");      /* supervisor of the same unit */
}

static const char *at(struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_f(&site.kept, "/cases/%s%s", text, tail).at;
}

/* A form is sent from its page: the token comes from there. */
static struct answer fill_in(struct id id, const char *tail, const char *fields, struct visitor *who)
{
    (void)get(&site, at(id, ""), who);
    return post(&site, at(id, tail), fields, who);
}

static struct id a_case(const char *fields)
{
    struct visitor child = { 0 };
    struct id id = report_of(&site, tell(&site, fields, &child));

    (void)get(&site, path_of(&site, id, "").at, hanh());
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", hanh()), at(id, "")));
    return id;
}

static struct casefiles_row file_of(struct id id)
{
    struct casefiles_row row = { .case_id = id };

    CHECK(row_get(&site.in.ledger, &table_casefiles, &row) == OK);
    row.state = arena_copy(&site.kept, row.state);
    row.risk = arena_copy(&site.kept, row.risk);
    instance_step(&site.in);
    return row;
}

static struct cases_row talk_of(struct id id)
{
    struct cases_row row = { .id = id };

    CHECK(row_get(&site.in.ledger, &table_cases, &row) == OK);
    row.state = arena_copy(&site.kept, row.state);
    instance_step(&site.in);
    return row;
}

/* -- opening --------------------------------------------------------------------------------------------------------------- */

TEST(a_report_becomes_a_case_once_with_a_number_and_a_worker)
{
    struct id id = a_case("danger=soon&harm=threat&story=chuyen-mot&age=12-15&province=92");
    struct answer a = get(&site, at(id, ""), hanh());
    i64 no = file_of(id).no;

    CHECK(a.code == 200 && says(a, "TH-20") && says(a, "Mở trường hợp từ PA-"));
    CHECK(says(a, "Lời kể đã tới") && says(a, "phụ trách: Hạnh"));
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", minh()), at(id, "")));       /* again: the same case */
    CHECK_INT(file_of(id).no, no);
    CHECK_INT(file_of(a_case("story=chuyen-hai")).no, no + 1);
    CHECK(talk_of(id).assignee.has);
    CHECK(says(get(&site, "/cases", hanh()), at(id, "")));
}

TEST(the_ladder_ends_where_a_case_begins)
{
    struct id id = a_case("story=thang-dung");
    struct dormant_grants_rows rows;

    CHECK(sql_dormants_of_case(&site.in.ledger, (struct sql_dormants_of_case){ .case_id = id }, &rows) == OK && rows.n == 0);
    instance_step(&site.in);
}

TEST(who_called_gets_a_case_without_a_report)
{
    struct answer a;
    struct str path;

    (void)get(&site, "/cases/new", hanh());
    a = post(&site, "/cases/new", "harm=bullying&harm=threat&age=9-11&danger=now&province=92&words=", hanh());
    CHECK(a.code == 422 && says(a, "Ghi vài lời") && says(a, "value=\"bullying\" checked") && says(a, "value=\"now\" selected"));
    a = post(&site, "/cases/new", "harm=bullying&harm=la&age=9-11&danger=now&province=zz&words=goi-den-111", hanh());
    CHECK(a.code == 303 && str_starts(a.location, STR("/cases/")));
    path = arena_copy(&site.kept, a.location);
    a = get(&site, path.at, hanh());
    CHECK(a.code == 200 && says(a, "goi-den-111") && says(a, "Mở trường hợp") && !says(a, "Trò chuyện</a>"));
    CHECK(!says(get(&site, "/desk?show=all", hanh()), "NB-"));     /* nobody waits there for an answer */
}

/* -- the process ------------------------------------------------------------------------------------------------------------ */

TEST(a_case_walks_its_process_by_the_right_people_and_its_end_closes_the_talk)
{
    struct id id = a_case("danger=soon&harm=threat&story=duong-dai");
    struct answer a;

    CHECK(leads_to(fill_in(id, "/act/assess", "", hanh()), at(id, "")));
    CHECK(str_is(file_of(id).state, "assessing"));
    a = fill_in(id, "/act/plan", "", hanh());
    CHECK(a.code == 422 && says(a, "Kết luận mức nguy cơ trước"));
    a = fill_in(id, "/risk", "risk=high&words=", hanh());
    CHECK(a.code == 422 && says(a, "Ghi vì sao") && says(a, "value=\"high\" selected"));
    CHECK(leads_to(fill_in(id, "/risk", "risk=high&words=vi-bi-doa", hanh()), at(id, "")));
    CHECK(leads_to(fill_in(id, "/act/plan", "", hanh()), at(id, "")));
    CHECK(leads_to(fill_in(id, "/act/submit", "", hanh()), at(id, "")));
    CHECK(!says(get(&site, at(id, ""), hanh()), "Duyệt kế hoạch"));
    CHECK(leads_to(fill_in(id, "/act/approve", "", hanh()), at(id, "")));
    CHECK(str_is(file_of(id).state, "approving"));                         /* a counsellor approves nothing */
    CHECK(says(get(&site, at(id, ""), minh()), "Duyệt kế hoạch"));
    CHECK(leads_to(fill_in(id, "/act/approve", "", minh()), at(id, "")));
    CHECK(leads_to(fill_in(id, "/act/review", "", hanh()), at(id, "")));
    a = fill_in(id, "/act/close", "choice=&words=xong", hanh());
    CHECK(a.code == 422 && says(a, "Chọn một mục") && says(a, "xong</textarea>"));
    CHECK(leads_to(fill_in(id, "/act/close", "choice=helped&words=da-an-toan", hanh()), at(id, "")));
    CHECK(!file_of(id).open && file_of(id).closed.has && str_is(talk_of(id).state, "closed"));
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "Đã an toàn, mục tiêu kế hoạch đạt") && says(a, "da-an-toan") && says(a, "vi-bi-doa"));
    CHECK(says(get(&site, "/cases?show=closed", hanh()), at(id, "")) && !says(get(&site, "/cases", hanh()), at(id, "")));
    CHECK(!says(get(&site, at(id, "/tasks"), hanh()), "name=\"due\""));     /* no work is added to a closed case */
    CHECK(leads_to(fill_in(id, "/tasks", "kind=visit&due=2031-12-24T09:00&worker=&words=", hanh()), at(id, "/tasks")));
    CHECK(says(get(&site, at(id, "/tasks"), hanh()), "mở lại trước khi thêm việc"));
    (void)fill_in(id, "/act/reopen", "words=mo-lai", hanh());
    CHECK(!file_of(id).open);                                               /* only a supervisor reopens */
    CHECK(leads_to(fill_in(id, "/act/reopen", "words=mo-lai", minh()), at(id, "")));
    CHECK(file_of(id).open && !file_of(id).closed.has && !str_is(talk_of(id).state, "closed"));
}

TEST(an_act_that_no_longer_fits_changes_nothing_and_says_so)
{
    struct id id = a_case("story=hai-nguoi");

    CHECK(leads_to(fill_in(id, "/act/assess", "", hanh()), at(id, "")));
    CHECK(leads_to(fill_in(id, "/act/assess", "", minh()), at(id, "")));
    CHECK(says(get(&site, at(id, ""), minh()), "Trường hợp đã sang bước khác"));
    CHECK(get(&site, at(id, "/act/no-such-act"), hanh()).code == 404);
    CHECK(fill_in(id, "/act/no-such-act", "", hanh()).code == 404);
}

TEST(an_emergency_stands_first_in_the_list_whatever_was_concluded)
{
    struct id id = a_case("story=khan-cap");

    (void)fill_in(id, "/risk", "risk=low&words=nhe", hanh());
    CHECK_INT(file_of(id).level, 1);
    CHECK(fill_in(id, "/act/urgent", "words=", hanh()).code == 422);
    CHECK(leads_to(fill_in(id, "/act/urgent", "words=vua-bi-danh", hanh()), at(id, "")));
    CHECK_INT(file_of(id).level, 4);
    CHECK(leads_to(fill_in(id, "/act/safe", "words=da-on", hanh()), at(id, "")));
    CHECK_INT(file_of(id).level, 1);
}

/* -- who read it ----------------------------------------------------------------------------------------------------------------- */

TEST(whoever_may_open_a_case_reads_who_read_it_did_what_in_it_and_was_refused)
{
    struct id id = a_case("story=nhat-ky");
    struct answer a;

    CHECK(get(&site, at(id, ""), as(&site, "lan.mau")).code == 404);
    CHECK(leads_to(fill_in(id, "/risk", "risk=high&words=ly-do-rieng", hanh()), at(id, "")));
    a = get(&site, at(id, "/log"), minh());
    CHECK(a.code == 200 && says(a, "aria-current=page>Nhật ký"));
    CHECK(says(a, "Hạnh (mẫu)") && says(a, "Minh (mẫu)") && says(a, "Đường dây hỗ trợ (mẫu)"));
    CHECK(says(a, "class=refused") && says(a, "Lan (mẫu)"));
    CHECK(!says(a, "ly-do-rieng") && !says(a, "href=/log") && !says(a, "href=\"/log"));
    CHECK(says(get(&site, F("%s?lang=en", at(id, "/log")), minh()), "Who read and did what"));
    a = get(&site, at(id, "/log"), as(&site, "lan.mau"));
    CHECK(a.code == 404 && !says(a, "Hạnh"));
    CHECK(get(&site, at(id, "/log"), as(&site, "khoa.mau")).code == 403);
}

TEST(the_log_of_a_case_goes_back_page_by_page_to_its_beginning)
{
    struct id id = a_case("story=nhieu-lan-doc");
    struct answer a;
    struct str older, after;

    for (int i = 0; i < 60; i++) {
        site.now += SECOND_MS;
        CHECK(get(&site, at(id, ""), hanh()).code == 200);
    }
    a = get(&site, at(id, "/log"), hanh());
    CHECK(!says(a, "Mở trường hợp từ lời kể") && !says(a, "rel=first"));
    older = between(a, F("%s?at=", at(id, "/log")), "&amp;after=");
    after = between(a, "&amp;after=", "\"");
    REQUIRE(older.n > 0 && after.n == ID_TEXT);
    a = get(&site, F("%s?at=%.*s&after=%.*s", at(id, "/log"), (int)older.n, older.at, (int)after.n, after.at), hanh());
    CHECK(a.code == 200 && says(a, "Mở trường hợp từ lời kể") && says(a, "rel=first"));
}

/* -- tasks, flags, people, worker --------------------------------------------------------------------------------------------- */

TEST(the_task_that_runs_out_first_is_the_clock_of_the_case)
{
    struct id id = a_case("story=viec");
    struct answer a = fill_in(id, "/tasks", "kind=visit&due=mai&words=den-nha", hanh());
    struct str task;

    CHECK(a.code == 422 && says(a, "2026-11-30T17:00") && says(a, "den-nha</textarea>") && says(a, "value=\"visit\" selected"));
    CHECK_INT(file_of(id).due, NEVER_DUE);
    CHECK(leads_to(fill_in(id, "/tasks", "kind=visit&due=2031-02-03T10:00&words=viec-sau", hanh()), at(id, "/tasks")));
    CHECK(leads_to(fill_in(id, "/tasks", "kind=contact&due=2031-02-01&words=viec-truoc", hanh()), at(id, "/tasks")));
    a = get(&site, at(id, "/tasks"), hanh());
    CHECK(says(a, "viec-truoc") && says(a, "viec-sau"));
    CHECK_INT(file_of(id).due, 1927706400000LL);
    task = between(a, arena_f(&site.kept, "action=\"%s/tasks/", at(id, "")).at, "\"");
    CHECK(task.n == ID_TEXT);
    a = fill_in(id, arena_f(&site.kept, "/tasks/%.*s", (int)task.n, task.at).at, "state=done", hanh());
    CHECK(leads_to(a, at(id, "/tasks")));
    CHECK_INT(file_of(id).due, 1927854000000LL);
    CHECK(fill_in(a_case("story=viec-khac"), arena_f(&site.kept, "/tasks/%.*s", (int)task.n, task.at).at, "state=done", hanh()).code == 404);
}

TEST(the_tasks_of_cases_stand_on_the_desk_of_whom_they_were_given_to)
{
    struct id id = a_case("story=viec-tren-ban");
    struct answer a;
    char user[ID_TEXT + 1];

    id_text(file_of(id).worker.v, user);
    CHECK(leads_to(fill_in(id, "/tasks", F("kind=visit&due=2020-01-01T10:00&worker=%s", user), hanh()), at(id, "/tasks")));
    a = get(&site, "/desk", hanh());
    CHECK(says(a, "Việc của tôi trong các trường hợp") && says(a, at(id, "/tasks")) && says(a, "1 quá hạn"));
    CHECK(!says(get(&site, "/desk?show=unclaimed", hanh()), at(id, "/tasks")));
    CHECK(!says(get(&site, "/desk", minh()), at(id, "/tasks")));
}

TEST(a_flag_is_seen_on_every_page_of_the_case_until_it_is_taken_down)
{
    struct id id = a_case("story=co");
    struct answer a;
    struct str flag;

    CHECK(fill_in(id, "/flags", "flag=&words=cha-cam-may", hanh()).code == 422);
    CHECK(leads_to(fill_in(id, "/flags", "flag=device&until=2026-11-01&words=cha-cam-may", hanh()), at(id, "/tasks")));
    a = get(&site, at(id, ""), hanh());
    CHECK(says(a, "cha-cam-may") && says(a, "Tới ngày xem lại"));
    CHECK(says(get(&site, "/cases", hanh()), "1 cờ"));
    flag = between(get(&site, at(id, "/tasks"), hanh()), arena_f(&site.kept, "action=\"%s/flags/", at(id, "")).at, "\"");
    CHECK(leads_to(fill_in(id, arena_f(&site.kept, "/flags/%.*s", (int)flag.n, flag.at).at, "", minh()), at(id, "/tasks")));
    CHECK(!says(get(&site, at(id, ""), hanh()), "cha-cam-may"));
    CHECK(says(get(&site, at(id, ""), hanh()), "Hạ cờ"));
}

TEST(a_person_is_found_by_a_name_typed_without_marks_and_changed_without_losing_the_old_record)
{
    struct id id = a_case("story=nguoi");
    struct answer a;
    struct str person;

    CHECK(fill_in(id, "/people", "role=child&name=&words=", hanh()).code == 422);
    CHECK(leads_to(fill_in(id, "/people", "role=child&name=Tr%E1%BA%A7n+%C4%90%E1%BB%97+Th%E1%BB%AD&born=2013", hanh()), at(id, "/people")));
    a = get(&site, "/cases?q=tran+do", hanh());
    CHECK(a.code == 200 && says(a, at(id, "")));
    CHECK(!says(get(&site, "/cases?q=tran+do", as(&site, "lan.mau")), at(id, "")));        /* another unit's case is not there */
    CHECK(leads_to(get(&site, arena_f(&site.kept, "/cases?q=%lld-%lld", (long long)file_of(id).year, (long long)file_of(id).no).at, hanh()),
                   at(id, "")));
    person = between(get(&site, at(id, "/people"), hanh()), "?edit=", "#");
    CHECK(says(get(&site, at(id, arena_f(&site.kept, "/people?edit=%.*s", (int)person.n, person.at).at), hanh()), "value=\"2013\""));
    a = fill_in(id, "/people", arena_f(&site.kept, "person=%.*s&role=child&name=Ten+Moi&gone=", (int)person.n, person.at).at, hanh());
    CHECK(leads_to(a, at(id, "/people")));
    CHECK(!says(get(&site, at(id, "/people"), hanh()), "Thử") && says(get(&site, at(id, "/people"), hanh()), "Ten Moi"));
    CHECK(!says(get(&site, "/cases?q=tran+do", hanh()), at(id, "")));
}

TEST(a_case_is_given_to_members_of_its_unit_only)
{
    struct id id = a_case("story=giao");
    struct answer a = get(&site, at(id, "/worker"), hanh());
    struct str minh_id = between(a, "</option><option value=\"", "\">Minh");
    char stranger[ID_TEXT + 1];

    minh_id = str_from(minh_id, minh_id.n - ID_TEXT);      /* what stands before the last quote */
    id_text(id_random(), stranger);
    CHECK(fill_in(id, "/worker", arena_f(&site.kept, "worker=%s", stranger).at, hanh()).code == 422);
    CHECK(leads_to(fill_in(id, "/worker", arena_f(&site.kept, "worker=%.*s&words=ca-chieu", (int)minh_id.n, minh_id.at).at, hanh()), at(id, "")));
    CHECK(says(get(&site, at(id, ""), hanh()), "phụ trách: Minh"));
    CHECK(says(get(&site, "/cases?show=mine", minh()), at(id, "")));
}

/* -- two people at once --------------------------------------------------------------------------------------------------------- */

enum { WRITERS = 4, EACH = 10 };
/* Each thread has a copy of the site with an arena of its own: answers are kept there. */
struct writer { struct site site; struct worker *worker; struct visitor browser; const char *path; int no, done; };

static void *write_notes(void *arg)
{
    struct writer *w = arg;

    for (int i = 0; i < EACH; i++) {
        const char *body = arena_f(&w->site.kept, "words=ghi-%d-%d-het&csrf=%s", w->no, i, w->browser.csrf).at;
        struct answer a = site_ask(&w->site, (struct asking){
            .method = "POST", .path = w->path, .type = "application/x-www-form-urlencoded", .body = body, .worker = w->worker },
            &w->browser);

        w->done += a.code == 303;
    }
    return NULL;
}

TEST(the_same_case_written_by_several_at_once_loses_nothing)
{
    struct id id = a_case("story=cung-luc");
    static struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    struct answer a;

    (void)get(&site, at(id, ""), hanh());
    (void)get(&site, at(id, ""), minh());
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){ .site = site, .browser = i % 2 ? *minh() : *hanh(), .path = at(id, ""), .no = i };
        writers[i].site.kept = arena_make(64 << 20);
        REQUIRE(worker_make(&site.in.app, false, &writers[i].worker) == OK);
        REQUIRE(pthread_create(&threads[i], NULL, write_notes, &writers[i]) == 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(writers[i].done, EACH);
        worker_free(writers[i].worker);
        arena_free(&writers[i].site.kept);
    }
    a = get(&site, at(id, ""), hanh());
    for (int i = 0; i < WRITERS; i++)
        for (int k = 0; k < EACH; k++)
            CHECK(says(a, arena_f(&site.kept, "ghi-%d-%d-het", i, k).at));
}

/* -- twice --------------------------------------------------------------------------------------------------------------------- */

static i64 cases_there(void)
{
    struct casefile_last_row row = { 0 };
    char day[CLOCK_TEXT];
    i64 year = 0;

    clock_day_iso(site.now, day);
    CHECK(str_i64(str_of(day, 4), &year));
    CHECK(sql_casefile_last(site.in.ledger.db, (struct sql_casefile_last){ .year = year }, &row) == OK);
    instance_step(&site.in);
    return row.no;
}

TEST(a_double_tap_makes_one_case_and_leads_to_it_twice)
{
    const char *fields = "harm=bullying&age=9-11&danger=no&province=92&words=hai-lan-bam&token=0123456789abcdef0123456789abcdef";
    struct answer a, b;
    struct str first;
    i64 before;

    (void)get(&site, "/cases/new", hanh());
    before = cases_there();
    a = post(&site, "/cases/new", fields, hanh());
    CHECK(a.code == 303 && str_starts(a.location, STR("/cases/")));
    first = arena_copy(&site.kept, a.location);
    b = post(&site, "/cases/new", fields, hanh());
    CHECK_INT(b.code, 303);
    CHECK_STR(b.location, first);
    CHECK_INT(cases_there(), before + 1);
    b = post(&site, "/cases/new", arena_f(&site.kept, "%s&name=ten-khac", fields).at, hanh());      /* other words are another case */
    CHECK(b.code == 303 && !str_eq(b.location, first));
    CHECK_INT(cases_there(), before + 2);
    a = post(&site, "/cases/new", "words=&token=fedcba9876543210fedcba9876543210", hanh());        /* what was refused may come again */
    b = post(&site, "/cases/new", "words=&token=fedcba9876543210fedcba9876543210", hanh());
    CHECK(a.code == 422 && b.code == 422);
    (void)get(&site, "/cases/new", as(&site, "minh.mau"));
    b = post(&site, "/cases/new", fields, as(&site, "minh.mau"));                                 /* a token is its reader's own */
    CHECK(b.code == 303 && !str_eq(b.location, first));
    CHECK_INT(cases_there(), before + 3);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    /* cases here began before version 2 of the process and go their old way to the end; law_test.c walks the new one */
    if (process_pin(1) != OK)
        return 1;
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
