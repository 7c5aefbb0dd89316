/* What becomes of reports: what lies in the database, who can open it, bundles, time, and the pages of the police unit. */
#include "exchange.h"

#include "../platforms.h"
#include "../reports.h"

#include "casework/media.h"
#include "casework/retention.h"
#include "matches/bank_maps.h"
#include "matches/seen.h"

#include "casework.sql.h"
#include "platforms.sql.h"
#include "tables.sql.h"

#include <test.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct site site;
static struct exchange_who people[EXCHANGE_PEOPLE];

/* In helpers: what has to hold before anything can be tested. */
#define MUST(condition)                                             \
    do {                                                            \
        if (!(condition)) {                                         \
            printf("Bail out! %s: %s\n", #condition, fail_message()); \
            exit(EXIT_FAILED);                                      \
        }                                                           \
    } while (0)

static struct ledger *ledger(void)
{
    return &site.in.ledger;
}

static struct visitor *police(void)
{
    return as(&site, "tuan.mau");
}

/* -- sending ------------------------------------------------------------------------------------------------------------------------------- */

static const char *header_of_who(const char *name)
{
    for (size_t i = 0; i < EXCHANGE_PEOPLE; i++)
        if (strcmp(people[i].name, name) == 0)
            return people[i].header;
    abort();
}

static struct answer send(const char *path, const char *type, const char *body)
{
    return site_ask(&site, (struct asking){ .method = "POST", .path = path, .type = type, .body = body, .header = header_of_who("report") }, NULL);
}

static i64 number_in(struct answer a)
{
    i64 no = 0;

    MUST(str_i64(between(a, "<reportId>", "</reportId>"), &no));
    return no;
}

#define REPORT "<report><incidentSummary><incidentType>Misleading Domain Name</incidentType>%s" \
    "<incidentDateTime>2026-01-15T08:00:00Z</incidentDateTime></incidentSummary>" \
    "<internetDetails><webPageIncident><url>https://lantern.example/%s</url></webPageIncident></internetDetails>" \
    "<reporter><reportingPerson><email>willow@platform.example</email></reportingPerson></reporter>" \
    "<personOrUserReported><espIdentifier>%s</espIdentifier><espService>Sample</espService></personOrUserReported>" \
    "<victim><victimPerson><firstName>Marigold</firstName><age>13</age></victimPerson></victim></report>"

static i64 submit(const char *account, bool urgent)
{
    const char *why = urgent ? "<escalateToHighPriority>Placeholder of a reason</escalateToHighPriority>" : "";
    struct str body = arena_f(&site.kept, REPORT, why, account, account);

    return number_in(send("/ispws/submit", "text/xml; charset=utf-8", body.at));
}

static struct answer upload(i64 no, const char *bytes)
{
    struct str body = arena_f(&site.kept, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n%lld\r\n--" BOUNDARY
        "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"kite.txt\"\r\nContent-Type: text/plain\r\n\r\n%s\r\n--" BOUNDARY "--\r\n",
        (long long)no, bytes);

    return send("/ispws/upload", "multipart/form-data; boundary=" BOUNDARY, body.at);
}

static struct answer step(const char *path, i64 no)
{
    return send(path, "application/x-www-form-urlencoded", arena_f(&site.kept, "id=%lld", (long long)no).at);
}

static bool code_is(struct answer a, const char *code)
{
    return str_is(between(a, "<responseCode>", "</responseCode>"), code);
}

static struct platform_reports_row row_of(i64 no)
{
    struct platform_reports_row row;

    MUST(sql_platform_report_of_no(ledger(), (struct sql_platform_report_of_no){ .no = no }, &row) == OK);
    return row;
}

static i64 full(const char *account, const char *bytes, bool urgent)
{
    i64 no = submit(account, urgent);

    MUST(code_is(upload(no, bytes), "0"));
    MUST(code_is(step("/ispws/finish", no), "0"));
    return no;
}

static struct str report_path(i64 no)
{
    char id[ID_TEXT + 1];

    id_text(row_of(no).id, id);
    return arena_f(&site.kept, "/platform-reports/%s", id);
}

static struct answer look(i64 no, struct visitor *who)
{
    return get(&site, report_path(no).at, who);
}

static struct answer act(i64 no, const char *fields, struct visitor *who)
{
    return post(&site, report_path(no).at, fields, who);
}

/* -- what lies there --------------------------------------------------------------------------------------------------------------------------- */

static bool file_holds(const char *path, const char *words)
{
    enum { MOST = 64 << 20 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = malloc(MOST);
    ssize_t n = 0, got;
    bool there;

    MUST(bytes != NULL);
    while (fd >= 0 && (got = read(fd, bytes + n, (size_t)(MOST - n))) > 0)
        n += got;
    if (fd >= 0)
        close(fd);
    there = str_find(str_of(bytes, (size_t)n), str_c(words)) < (size_t)n;
    free(bytes);
    return there;
}

static bool database_holds(const char *words)
{
    return file_holds(arena_f(&site.kept, "%s/lachan.db", site.folder).at, words) ||
           file_holds(arena_f(&site.kept, "%s/lachan.db-wal", site.folder).at, words);
}

TEST(nothing_that_a_platform_says_lies_open)
{
    static const char *const words[] = { "account-lantern", "lantern.example", "willow@platform", "Marigold", "Placeholder of a reason", "kite.txt",
                                         "the bytes of a paper kite" };
    i64 no;

    site_open(&site);
    MUST(exchange_people(&site, people) == EXCHANGE_PEOPLE);
    no = full("account-lantern", "the bytes of a paper kite", true);
    CHECK(no >= 100000000 && no < 2147483648);
    if (getenv("LACHAN_TEST_POSTGRES") == NULL) {
        CHECK(database_holds("NT-"));
        for (size_t i = 0; i < COUNT_OF(words); i++)
            CHECK(!database_holds(words[i]));
    }
}

TEST(only_the_police_unit_holds_a_key)
{
    struct platform_reports_row row = row_of(full("account-two", "second bytes", false));
    struct compartments_rows comps;
    struct grants_rows grants;

    CHECK(sql_platform_comps(ledger(), (struct sql_platform_comps){ .case_id = row.id }, &comps) == OK && comps.n == 3);
    CHECK(str_is(comps.at[0].letter, "I") && str_is(comps.at[1].letter, "N") && str_is(comps.at[2].letter, "P"));
    CHECK(sql_platform_grants(ledger(), (struct sql_platform_grants){ .case_id = row.id }, &grants) == OK && grants.n == 3);
    for (size_t i = 0; i < grants.n; i++)
        CHECK(id_eq(grants.at[i].unit.v, row.unit.v) && str_is(grants.at[i].why, "platform"));
    CHECK(look(row.no, police()).code == 200);
    CHECK(look(row.no, as(&site, "hanh.mau")).code == 404);
    CHECK(look(row.no, NULL).code == 303);
}

TEST(a_report_that_is_not_finished_is_nobodys_yet)
{
    i64 no = submit("account-three", false);

    CHECK(look(no, police()).code == 404);
    CHECK(!says(get(&site, "/platform-reports", police()), arena_f(&site.kept, "NT-%lld", (long long)no).at));
    CHECK(code_is(step("/ispws/finish", no), "0"));
    CHECK(look(no, police()).code == 200);
}

TEST(what_is_taken_back_leaves_nothing_behind)
{
    i64 no = submit("account-four", false);
    struct platform_reports_row row;
    struct compartments_rows comps;
    struct files_rows files;
    struct str path;

    CHECK(code_is(upload(no, "bytes that go"), "0"));
    row = row_of(no);
    CHECK(sql_platform_sealed(ledger(), (struct sql_platform_sealed){ .case_id = row.id }, &files) == OK && files.n == 1);
    path = STR("");
    if (files.n == 1) {
        char id[ID_TEXT + 1];

        id_text(files.at[0].id, id);
        path = arena_f(&site.kept, "%s/files/%s/%s", site.folder, id + ID_TEXT - 2, id);
    }
    CHECK(access(path.at, F_OK) == 0);
    CHECK(code_is(step("/ispws/retract", no), "0"));
    CHECK(access(path.at, F_OK) != 0);
    CHECK(sql_platform_comps(ledger(), (struct sql_platform_comps){ .case_id = row.id }, &comps) == OK && comps.n == 0);
    CHECK(row_get(ledger(), &table_cases, &(struct cases_row){ .id = row.id }) == NOT_FOUND);
    CHECK(str_is(row_of(no).state, "retracted") && row_of(no).kept == 0);
    CHECK(code_is(step("/ispws/retract", no), "5101"));
}

/* -- time ---------------------------------------------------------------------------------------------------------------------------------------- */

static void sweep(i64 at)
{
    MUST(platforms_sweep(ledger(), &site.in.app, at) == OK);
    instance_step(&site.in);
}

TEST(an_unfinished_report_runs_out_a_day_after_it_began_or_an_hour_after_the_last_addition)
{
    i64 began = site.now, late = submit("account-five", false), early = submit("account-six", false);

    sweep(began + 23 * (i64)HOUR_MS);
    CHECK(str_is(row_of(early).state, "open"));
    site.now = began + 23 * (i64)HOUR_MS + 50 * (i64)MINUTE_MS;
    CHECK(code_is(upload(late, "late bytes"), "0"));
    sweep(began + 24 * (i64)HOUR_MS);
    CHECK(str_is(row_of(early).state, "expired") && row_of(early).kept == 0);
    CHECK(str_is(row_of(late).state, "open"));
    sweep(site.now + HOUR_MS - 1);
    CHECK(str_is(row_of(late).state, "open"));
    site.now += HOUR_MS;
    CHECK(code_is(upload(late, "too late"), "5001"));         /* also before the sweep has come */
    sweep(site.now);
    CHECK(str_is(row_of(late).state, "expired"));
    CHECK(code_is(step("/ispws/finish", late), "5001") && code_is(step("/ispws/retract", early), "5001"));
}

/* -- what goes together ---------------------------------------------------------------------------------------------------------------------- */

TEST(reports_of_one_thing_are_put_together_and_each_stays)
{
    i64 first = full("account-seven", "one and the same bytes", false), second = full("account-seven", "other bytes", true);
    i64 third = full("account-eight", "one and the same bytes", false), alone = full("account-nine", "bytes alone", false);
    struct answer list, page;

    CHECK(id_eq(row_of(first).bundle.v, row_of(first).id));
    CHECK(id_eq(row_of(second).bundle.v, row_of(first).id));
    CHECK(id_eq(row_of(third).bundle.v, row_of(first).id));
    CHECK(id_eq(row_of(alone).bundle.v, row_of(alone).id));
    list = get(&site, "/platform-reports", police());
    CHECK(says(list, arena_f(&site.kept, "NT-%lld", (long long)first).at) && says(list, arena_f(&site.kept, "NT-%lld", (long long)second).at) &&
          says(list, arena_f(&site.kept, "NT-%lld", (long long)third).at) && says(list, "nhóm 3 báo cáo"));
    page = look(first, police());
    CHECK(says(page, "Trong nhóm 3 báo cáo.") && says(page, "Cùng tài khoản: 1 báo cáo khác") && says(page, "Cùng tệp: 1 báo cáo khác"));
    CHECK(says(look(alone, police()), "Chưa thấy báo cáo nào khác"));
    page = get(&site, arena_f(&site.kept, "/platform-reports?with=%.*s&kind=file", ID_TEXT, report_path(first).at + 18).at, police());
    CHECK(says(page, arena_f(&site.kept, "NT-%lld", (long long)third).at) && !says(page, arena_f(&site.kept, "NT-%lld<", (long long)second).at));
    CHECK(get(&site, arena_f(&site.kept, "/platform-reports?with=%.*s&kind=file", ID_TEXT, report_path(first).at + 18).at,
              as(&site, "hanh.mau")).code == 404);
}

TEST(urgent_ones_stand_first)
{
    struct answer list = get(&site, "/platform-reports", police());
    size_t calm = str_find(list.body, STR("Khẩn cấp")), row = str_find(list.body, STR("<tbody"));
    i64 urgent = full("account-ten", "urgent bytes", true);

    CHECK(calm < list.body.n && row < list.body.n);
    list = get(&site, "/platform-reports", police());
    CHECK(says(list, arena_f(&site.kept, "NT-%lld", (long long)urgent).at));
    CHECK(says(list, "Từ nền tảng"));
}

/* -- deciding ------------------------------------------------------------------------------------------------------------------------------------- */

TEST(the_page_says_what_was_said_and_shows_no_picture)
{
    i64 no = full("account-eleven", "bytes eleven", false);
    struct answer page = look(no, police());

    CHECK(says(page, "account-eleven") && says(page, "willow@platform.example") && says(page, "Marigold") && says(page, "kite.txt"));
    CHECK(says(page, "Trẻ bị hại") && says(page, "Mã tài khoản") && says(page, "Chưa có trong kho nào"));
    CHECK(!says(page, "<img") && !says(page, "/files/"));
    CHECK(says(get(&site, "/platform-reports?lang=en", police()), "Reports from platforms"));
}

TEST(a_report_becomes_a_case_that_tells_where_it_came_from)
{
    i64 no = full("account-twelve", "bytes twelve", false);
    struct answer a = act(no, "do=case&age=12-15&province=01", police()), page;

    CHECK(a.code == 303 && str_starts(a.location, STR("/cases/")));
    page = get(&site, arena_copy(&site.kept, a.location).at, police());
    CHECK(page.code == 200 && says(page, arena_f(&site.kept, "NT-%lld", (long long)no).at));
    CHECK(str_is(row_of(no).decision, "case"));
    CHECK(says(look(no, police()), "Đến hồ sơ") && !says(look(no, police()), "name=\"do\" value=\"case\""));
    act(no, "do=case&age=&province=", police());
    CHECK(str_is(row_of(no).decision, "case"));
}

TEST(setting_aside_takes_a_reason_and_two_people)
{
    i64 no = full("account-thirteen", "bytes thirteen", false), of = full("account-fourteen", "bytes fourteen", false);
    struct answer a;

    a = act(no, "do=ask&decision=unfounded&words=", police());
    CHECK(a.code == 422 && says(a, "Viết lý do"));
    a = act(no, "do=ask&decision=&words=placeholder", police());
    CHECK(a.code == 422 && says(a, "placeholder"));
    a = act(no, "do=ask&decision=duplicate&of=NT-1&words=placeholder", police());
    CHECK(a.code == 422 && says(a, "NT-1"));
    a = act(no, arena_f(&site.kept, "do=ask&decision=duplicate&of=nt-%lld&words=placeholder", (long long)of).at, police());
    CHECK(a.code == 303);
    CHECK(row_of(no).decision.n == 0 && says(look(no, police()), "Chờ người thứ hai"));
    a = act(no, "do=agree", police());
    CHECK(a.code == 303 && row_of(no).decision.n == 0);        /* who asked does not agree with himself */
    CHECK(says(look(no, police()), "Cần một người khác"));
    CHECK(says(get(&site, "/platform-reports?state=asked", police()), arena_f(&site.kept, "NT-%lld", (long long)no).at));
    a = act(no, "do=disagree&back_words=placeholder", police());
    CHECK(a.code == 303 && says(look(no, police()), "Mở hồ sơ"));
}

/* Somebody else of the unit has asked. */
static void asked_by_another(i64 no, const char *decision)
{
    struct platform_asks_row row = { .report = row_of(no).id, .decision = str_c(decision), .asked_by = id_random(), .asked = site.now };

    MUST(act_begin(ledger(), (struct act_info){ .act = "platform.ask", .now = site.now, .object = row.report }) == OK);
    MUST(row_insert(ledger(), &table_platform_asks, &row) == OK);
    MUST(act_commit(ledger()) == OK);
}

TEST(the_second_person_decides_and_a_decision_can_be_taken_back)
{
    i64 no = full("account-sixteen", "bytes sixteen", false);

    asked_by_another(no, "unfounded");
    CHECK(says(look(no, police()), "Đồng ý"));
    CHECK(act(no, "do=case&age=&province=", police()).code == 303 && row_of(no).decision.n == 0);       /* what was asked comes first */
    CHECK(act(no, "do=agree", police()).code == 303);
    CHECK(str_is(row_of(no).decision, "unfounded") && says(look(no, police()), "Không có căn cứ"));
    CHECK(says(get(&site, "/platform-reports?state=unfounded", police()), arena_f(&site.kept, "NT-%lld", (long long)no).at));
    CHECK(!says(get(&site, "/platform-reports", police()), arena_f(&site.kept, "NT-%lld", (long long)no).at));
    CHECK(act(no, "do=reopen&back_words=", police()).code == 422);
    CHECK(act(no, "do=reopen&back_words=placeholder", police()).code == 303);
    CHECK(row_of(no).decision.n == 0);
}

TEST(addresses_and_hashes_of_a_report_open_a_track_of_content)
{
    i64 no = full("account-eighteen", "bytes eighteen", false);
    struct answer page = look(no, police());

    CHECK(says(page, "url:https://lantern.example/account-eighteen") && says(page, "value=\"sha256:"));
    page = act(no, "do=track&class=", police());
    CHECK(page.code == 422 && says(page, "Chọn ít nhất một địa chỉ"));
    page = act(no, "do=track&class=&item=url:https://elsewhere.example/", police());
    CHECK(page.code == 422);        /* only what the report itself names */
    page = act(no, "do=track&class=abuse&item=url:https://lantern.example/account-eighteen", police());
    CHECK(page.code == 303);
    CHECK(str_is(row_of(no).decision, "track"));
}

/* -- what banks know ---------------------------------------------------------------------------------------------------------------------------- */

/* A picture of soft hills, so that it has a hash that means something; `shift` makes another one of it that looks the same. */
static struct str picture(int shift)
{
    struct media m = { .width = 256, .height = 256, .channels = 1, .pixels = memory_new(256 * 256) };
    struct out o = { .max = 1 << 20 };
    struct str bytes;

    for (int y = 0; y < 256; y++)
        for (int x = 0; x < 256; x++)
            m.pixels[y * 256 + x] = (uint8_t)(128 + shift + ((x * x / 97 + y * y / 61 + x * y / 43) % 160 - 80));
    MUST(media_jpeg(&m, &o) == OK);
    media_free(&m);
    bytes = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return bytes;
}

static void upload_picture(i64 no, struct str bytes)
{
    struct out o = { .max = 1 << 20 };

    out_f(&o, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n%lld\r\n--" BOUNDARY
          "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hills.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n", (long long)no);
    out_str(&o, bytes);
    out_c(&o, "\r\n--" BOUNDARY "--\r\n");
    MUST(code_is(site_ask(&site, (struct asking){ .method = "POST", .path = "/ispws/upload", .type = "multipart/form-data; boundary=" BOUNDARY,
        .body = out_done(&o).at, .n = o.n, .header = header_of_who("report") }, NULL), "0"));
    out_free(&o);
}

static i64 with_picture(const char *account, struct str bytes)
{
    i64 no = submit(account, false);

    upload_picture(no, bytes);
    MUST(code_is(step("/ispws/finish", no), "0"));
    return no;
}

static void bank_knows(struct str hex, bool sandbox)
{
    struct bank_new bank = { .code = sandbox ? STR("try-hills") : STR("hills"), .name = STR("Kho mẫu"), .source = STR("test"), .class = STR("abuse"),
                             .basis = STR("placeholder"), .radius = 31, .sandbox = sandbox, .now = site.now };
    struct hash_new h = { .kind = HASH_PDQ, .family = FAMILY_FULL, .quality = 100, .status = HASH_ACTIVE };
    struct id id;

    MUST(hash_value_read(ledger()->arena, HASH_PDQ, hex, &h.value) == OK);
    MUST(act_begin(ledger(), (struct act_info){ .act = "demo.listing", .now = site.now }) == OK);
    MUST(banks_open(ledger(), &bank, &id) == OK && banks_add(ledger(), id, &h, site.now) == OK);
    MUST(act_commit(ledger()) == OK);
    instance_step(&site.in);
    sets_due();                 /* as a second later: banks look for changes no more often */
}

TEST(a_picture_is_known_by_how_it_looks_and_waits_for_the_analyst)
{
    i64 no = with_picture("account-nineteen", picture(0)), waiting = 0;
    struct seen_items items;
    struct answer page = look(no, police());
    struct str pdq = arena_copy(&site.kept, between(page, "PDQ</dt><dd class=mono>", "<"));

    CHECK(pdq.n == 64 && says(page, "Chưa có trong kho nào"));
    bank_knows(pdq, true);
    CHECK(says(look(with_picture("account-twenty", picture(1)), police()), "Chưa có trong kho nào"));       /* a bank of the sandbox knows nothing real */
    bank_knows(pdq, false);
    no = with_picture("account-twenty-one", picture(2));
    page = look(no, police());
    CHECK(says(page, "Có trong kho mã băm") && says(page, "Kho mẫu"));
    CHECK(seen_waiting(ledger(), false, &waiting) == OK && waiting == 1);
    REQUIRE(seen_list(ledger(), &(struct seen_paging){ .state = STR(""), .limit = 10 }, &items) == OK && items.n == 1);
    CHECK(str_eq(items.at[0].ref, arena_f(&site.kept, "NT-%lld", (long long)no)));          /* what the analyst names to the police */
    CHECK(!says(step("/ispws/finish", no), "known"));
}

/* The row that waits for the analyst because a bank knew a file of this report. */
static struct id seen_of(i64 no)
{
    struct seen_rows rows;

    MUST(sql_seen_to_erase(ledger(), (struct sql_seen_to_erase){ .case_id = row_of(no).id }, &rows) == OK && rows.n == 1);
    return rows.at[0].id;
}

static bool seen_there(struct id id)
{
    return row_get(ledger(), &table_seen, &(struct seen_row){ .id = id }) == OK;
}

TEST(what_was_matched_in_a_report_that_is_taken_back_waits_for_nobody)
{
    i64 no = submit("account-taken-back", false);
    struct id seen;

    upload_picture(no, picture(3));
    seen = seen_of(no);
    CHECK(seen_there(seen));
    CHECK(code_is(step("/ispws/retract", no), "0"));
    CHECK(!seen_there(seen) && row_of(no).kept == 0);
    instance_step(&site.in);
}

static size_t bundles_of(const struct platform_marks_of_rows *marks)
{
    struct platform_bundle_of_row row;
    size_t n = 0;

    for (size_t i = 0; i < marks->n; i++)
        n += sql_platform_bundle_of(ledger()->db, (struct sql_platform_bundle_of){ .hash = marks->at[i].hash }, &row) == OK;
    return n;
}

TEST(an_erased_case_leaves_the_number_and_nothing_that_was_said)
{
    i64 no = with_picture("account-erased", picture(4)), other = full("account-erased", "bytes that stay", false);
    struct platform_marks_of_rows marks, own;
    struct takedowns_rows tracks;
    struct erased sum = { 0 };
    struct id seen = seen_of(no), track;
    struct ctx c;

    CHECK(act(no, "do=case&age=&province=", police()).code == 303);
    CHECK(act(no, "do=track&class=abuse&item=url:https://lantern.example/account-erased", police()).code == 303);
    CHECK(sql_takedowns_found_in(ledger(), (struct sql_takedowns_found_in){ .case_id = row_of(no).id }, &tracks) == OK && tracks.n == 1);
    track = tracks.at[0].id;
    CHECK(sql_platform_marks_of(ledger()->db, (struct sql_platform_marks_of){ .report = row_of(no).id }, &own) == OK && own.n == 2);
    CHECK(bundles_of(&own) == 2);
    instance_ctx(&site.in, &c, site.now);
    MUST(act_begin(ledger(), (struct act_info){ .act = "case.erase", .now = site.now, .object = row_of(no).id }) == OK);
    CHECK(case_erase(&c, row_of(no).id, &sum) == OK && sum.files == 1);
    MUST(act_commit(ledger()) == OK);
    CHECK(row_of(no).kept == 0 && str_is(row_of(no).state, "finished"));
    CHECK(sql_platform_marks_of(ledger()->db, (struct sql_platform_marks_of){ .report = row_of(no).id }, &marks) == OK && marks.n == 0);
    CHECK(bundles_of(&own) == 1);                               /* the account's, for the other report names it, too */
    CHECK(!seen_there(seen));
    CHECK(sql_takedowns_found_in(ledger(), (struct sql_takedowns_found_in){ .case_id = row_of(no).id }, &tracks) == OK && tracks.n == 0);
    CHECK(row_get(ledger(), &table_takedowns, &(struct takedowns_row){ .id = track }) == OK);
    CHECK(look(no, police()).code == 404 && code_is(step("/ispws/retract", no), "5102"));
    CHECK(says(look(other, police()), "Chưa thấy báo cáo nào khác"));
    CHECK(!says(get(&site, "/platform-reports?state=case", police()), arena_f(&site.kept, "NT-%lld", (long long)no).at));
    instance_step(&site.in);
}

/* A platform whose program repeats itself, or that wants nobody to read what it had to report. */
TEST(however_much_is_said_about_its_files_a_report_can_be_opened)
{
    enum { MUCH = 1000 * 1000 };
    i64 no = submit("account-many-words", false);
    struct str file = arena_copy(&site.kept, between(upload(no, "bytes of many words"), "<fileId>", "</fileId>"));
    char *words = memory_new(MUCH + 1);
    struct arena mark = arena_make(4 << 20);
    struct str body;
    int taken = 0;

    memset(words, '"', MUCH);
    body = arena_f(&mark, "<fileDetails><reportId>%lld</reportId><fileId>%.*s</fileId><additionalInfo>%s</additionalInfo></fileDetails>", (long long)no,
                   (int)file.n, file.at, words);
    while (taken < 70 && code_is(send("/ispws/fileinfo", "text/xml; charset=utf-8", body.at), "0"))
        taken++;
    CHECK(taken > 2 && taken < 20);
    CHECK(code_is(send("/ispws/fileinfo", "text/xml; charset=utf-8", body.at), "4000"));
    CHECK(code_is(step("/ispws/finish", no), "0"));
    CHECK(look(no, police()).code == 200);
    arena_free(&mark);
    memory_free(words);
    instance_step(&site.in);
}

TEST(who_may_not_open_a_report_may_do_nothing_with_it)
{
    i64 no = full("account-foreign", "bytes foreign", false);

    CHECK(act(no, "do=nothing", as(&site, "hanh.mau")).code == 404 && act(no, "do=answer&answer=more", as(&site, "hanh.mau")).code == 404);
    CHECK(row_of(no).answer.n == 0);
}

TEST(the_platform_hears_the_sentence_that_was_chosen_and_nothing_else)
{
    i64 no = full("account-fifteen", "bytes fifteen", false);
    struct str path = arena_f(&site.kept, "/api/v1/reports/%lld", (long long)no);
    struct asking q = { .method = "GET", .path = path.at, .header = header_of_who("report") };

    CHECK(!says(site_ask(&site, q, NULL), "answer"));
    CHECK(act(no, "do=answer&answer=taken", police()).code == 303);
    CHECK(says(site_ask(&site, q, NULL), "\"answer\":\"taken\""));
    CHECK(act(no, "do=answer&answer=anything", police()).code == 303);
    CHECK(says(site_ask(&site, q, NULL), "\"answer\":\"taken\""));
    site_close(&site);
}

TEST_MAIN
