/* The child's pages and the smallest desk, page by page through the engine. */
#include <site.h>
#include <test.h>

#include "../speakup.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <pthread.h>

static struct site site;

static struct visitor *hanh(void)
{
    return as(&site, "hanh.mau");
}

static struct visitor *minh(void)
{
    return as(&site, "minh.mau");
}

/* A report told by a fresh child: its code, and its address on the desk. */
struct told { struct str code; struct id id; const char *path; };

static struct told told(const char *fields)
{
    struct visitor child = { 0 };
    struct told t = { .code = tell(&site, fields, &child) };

    t.id = report_of(&site, t.code);
    t.path = path_of(&site, t.id, "").at;
    return t;
}

static const char *below(const struct told *t, const char *tail)
{
    return path_of(&site, t->id, tail).at;
}

static struct visitor back_with(struct str code)
{
    struct visitor child = { 0 };

    CHECK(leads_to(post(&site, "/talk", arena_f(&site.kept, "code=%.*s", (int)code.n, code.at).at, &child), "/talk"));
    return child;
}

static struct answer thread_of(struct visitor *child)
{
    return get(&site, "/talk", child);
}

/* -- telling ---------------------------------------------------------------------------------------------- */

TEST(everything_that_is_told_reaches_the_counsellor)
{
    struct told t = told("who=friend&danger=soon&harm=threat&harm=scam&story=chuyen-bi-doa&where=lop-7A&url=http%3A%2F%2Fvi.du%2Fa"
                         "&url=vi.du%2Fb&age=12-15&province=01&exclude=school&token=0123456789abcdef0");
    struct answer a = get(&site, below(&t, "/summary"), hanh());

    CHECK(a.code == 200);
    CHECK(says(a, "lop-7A") && says(a, "vi.du/a") && says(a, "vi.du/b"));
    CHECK(says(get(&site, t.path, hanh()), "chuyen-bi-doa"));
}

TEST(an_empty_form_is_a_report_too)
{
    struct told t = told("");

    CHECK(t.code.n == CODE_CHARS);
    CHECK(get(&site, t.path, hanh()).code == 200);
}

TEST(nothing_that_a_child_can_type_is_refused)
{
    static const char *const odd[] = {
        "story=\xff\xfe\x80", "story=%00%01%02x", "story=e%CC%81%F0%9F%98%A2", "who=king&danger=?&harm=x&age=-1&province=zz&commune=%22",
        "story=<script>alert(1)</script>", "exclude=everybody&exclude=%00", "url=&url=&url=javascript:alert(1)", "&&&===&story",
    };

    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        struct told t = told(odd[i]);
        struct answer a = get(&site, t.path, hanh());

        CHECK(a.code == 200 && !says(a, "<script>alert") && !says(a, "href=\"javascript:"));
        a = get(&site, below(&t, "/summary"), hanh());
        CHECK(a.code == 200 && !says(a, "href=\"javascript:"));
    }
}

TEST(a_story_that_is_too_long_is_kept_in_pieces)
{
    struct out fields = { .max = 1 << 20 };
    struct told t;
    struct answer a;

    out_c(&fields, "story=dau-");
    for (int i = 0; i < 45000; i++)
        out_char(&fields, i % 60 == 59 ? '+' : 'a');
    out_c(&fields, "-cuoi");
    t = told(arena_copy(&site.kept, out_done(&fields)).at);
    a = get(&site, t.path, hanh());
    CHECK(says(a, "dau-a"));
    CHECK(says(a, "-cuoi"));
    out_free(&fields);
}

/* Each of these once needed more rows than a report was thought to have. */
TEST(a_flood_of_pieces_is_one_report)
{
    struct out fields = { .max = 8 << 20 };
    struct told t;

    out_c(&fields, "story=tran&where=");
    for (int i = 0; i < 300000; i++)
        out_char(&fields, i % 50 ? 'w' : '+');
    for (int i = 0; i < 3000; i++)
        out_f(&fields, "&story=s%d&url=u%d&exclude=e%d&who=w%d&harm=h%d", i, i, i, i, i);
    t = told(arena_copy(&site.kept, out_done(&fields)).at);
    CHECK(says(get(&site, t.path, hanh()), "tran"));
    CHECK(get(&site, below(&t, "/summary"), hanh()).code == 200);
    out_reset(&fields);
    out_c(&fields, "text=tin&commune=99901");
    for (int i = 0; i < 3000; i++)
        out_f(&fields, "&text=t%d", i);
    {
        struct visitor child = back_with(t.code);

        (void)thread_of(&child);
        CHECK(leads_to(post(&site, "/talk/messages", arena_copy(&site.kept, out_done(&fields)).at, &child), "/talk"));
        CHECK(thread_of(&child).code == 200);
    }
    out_free(&fields);
}

TEST(a_second_tap_shows_the_same_code)
{
    struct visitor one = { 0 }, two = { 0 };
    const char *fields = "story=hai-lan&token=abcdefghij0123456789";
    struct str first = tell(&site, fields, &one), again = tell(&site, fields, &two);

    CHECK_STR(again, first);
    CHECK(!str_eq(tell(&site, "story=khac&token=abcdefghij0123456789", &two), first));
}

static status count_row(void *to, const void *row)
{
    (void)row;
    ++*(i64 *)to;
    return OK;
}

/* A program's request, sent several times at the same moment: each thread has a copy of the site with an arena of its own. */
enum { AT_ONCE = 8 };
struct at_once { struct site site; struct worker *worker; struct visitor who; struct asking asking; struct answer answer; pthread_t thread; };

static void *send_one(void *at)
{
    struct at_once *s = at;

    s->answer = site_ask(&s->site, s->asking, &s->who);
    return NULL;
}

static void send_at_once(struct at_once *senders, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        senders[i].site = site;
        senders[i].site.kept = arena_make(64 << 20);
        REQUIRE(worker_make(&site.in.app, false, &senders[i].worker) == OK);
        senders[i].asking.worker = senders[i].worker;
    }
    for (size_t i = 0; i < n; i++)
        REQUIRE(pthread_create(&senders[i].thread, NULL, send_one, &senders[i]) == 0);
    for (size_t i = 0; i < n; i++)
        pthread_join(senders[i].thread, NULL);
}

static void senders_free(struct at_once *senders, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        worker_free(senders[i].worker);
        arena_free(&senders[i].site.kept);
    }
}

static i64 reports_in_all(void)
{
    i64 n = 0;

    CHECK(db_each(site.in.ledger.db, table_cases.all, NULL, count_row, &n) == OK);
    instance_step(&site.in);
    return n;
}

TEST(V13_one_key_sent_eight_times_at_once_makes_one_report)
{
    for (int round = 0; round < 25; round++) {
        struct at_once senders[AT_ONCE] = { 0 };
        i64 before = reports_in_all();

        for (int i = 0; i < AT_ONCE; i++)
            senders[i].asking = (struct asking){
                .method = "POST", .path = "/api/v1/speak", .type = "application/json", .body = "{\"story\":\"cung mot luc\"}",
                .header = arena_f(&site.kept, "Idempotency-Key: cung-mot-luc-%06d\n", round).at };
        send_at_once(senders, AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            CHECK_INT(senders[i].answer.code, 201);
            CHECK_STR(senders[i].answer.body, senders[0].answer.body);
        }
        senders_free(senders, AT_ONCE);
        CHECK_INT(reports_in_all(), before + 1);
    }
}

static i64 urgency(const char *fields)
{
    struct told t = told(fields);
    struct cases_row row = { .id = t.id };
    status s = row_get(&site.in.ledger, &table_cases, &row);
    i64 found = row.urgency;

    instance_step(&site.in);
    return s == OK ? found : -1;
}

TEST(odd_and_repeated_reports_are_read_last_but_never_when_danger_is_said)
{
    CHECK(urgency("story=aaaaaaaaaaaaaaaa") == 0);
    CHECK(urgency("story=mot-chuyen-la") == 1);
    CHECK(urgency("story=mot-chuyen-la") == 0);
    CHECK(urgency("story=mot-chuyen-la&danger=now") == 4);
    CHECK(urgency("story=&harm=self_harm") == 4);
    CHECK(urgency("story=.&danger=soon") == 3);
    CHECK(urgency("story=mot-chuyen-la&harm=images") == 2);
}

/* -- the code and the way back ------------------------------------------------------------------------------ */

TEST(the_code_is_forgotten_once_its_last_group_is_typed_back)
{
    struct visitor child = { 0 };
    struct str code = tell(&site, "story=x1", &child);
    struct answer a = post(&site, "/speak/code", "last=0000", &child);

    CHECK(leads_to(a, "/speak/code"));
    CHECK(says(get(&site, "/speak/code", &child), "id=access-code"));
    a = post(&site, "/speak/code", arena_f(&site.kept, "last=%.4s", code.at + 12).at, &child);
    CHECK(leads_to(a, "/speak/code"));
    a = get(&site, "/speak/code", &child);
    CHECK(a.code == 200 && !says(a, "access-code") && str_is(header_of(a, "Clear-Site-Data"), "\"*\""));
}

TEST(the_code_is_shown_for_ten_minutes_at_most)
{
    struct visitor child = { 0 };

    tell(&site, "story=x2", &child);
    site.now += 11 * MINUTE_MS;
    CHECK(leads_to(get(&site, "/speak/code", &child), "/talk"));
}

TEST(a_mistyped_code_waits_once_to_be_corrected_and_opens_nothing)
{
    struct visitor child = { 0 };
    struct answer a;

    CHECK(leads_to(post(&site, "/talk", "code=AAAA-BBBB-CCCC-DDDD", &child), "/talk"));
    a = thread_of(&child);
    CHECK(a.code == 200 && says(a, "AAAA-BBBB-CCCC-DDDD"));
    CHECK(!says(thread_of(&child), "AAAA-BBBB"));
}

TEST(the_old_code_opens_nothing_once_there_is_a_new_one)
{
    struct told t = told("story=ma-moi");
    struct visitor child = back_with(t.code), thief;

    CHECK(says(thread_of(&child), "ma-moi"));
    CHECK(leads_to(post(&site, "/talk", "do=new-code", &child), "/speak/code"));
    CHECK(says(get(&site, "/speak/code", &child), "id=access-code"));
    thief = back_with(t.code);
    CHECK(!says(thread_of(&thief), "ma-moi"));
}

TEST(a_child_writes_and_reads_the_answer)
{
    struct told t = told("story=mo-dau");
    struct visitor child = back_with(t.code);

    CHECK(says(thread_of(&child), "mo-dau"));
    CHECK(leads_to(post(&site, "/talk/messages", "text=them-mot-cau", &child), "/talk"));
    CHECK(leads_to(post(&site, below(&t, "/claim"), "", hanh()), t.path));
    CHECK(leads_to(post(&site, below(&t, "/note"), "text=ghi-rieng", hanh()), t.path));
    CHECK(leads_to(post(&site, below(&t, "/reply"), "text=chao-em", hanh()), t.path));
    CHECK(says(thread_of(&child), "them-mot-cau") && says(thread_of(&child), "chao-em"));
    CHECK(!says(thread_of(&child), "ghi-rieng"));
    CHECK(says(get(&site, t.path, hanh()), "ghi-rieng"));
}

static int times_said(struct answer a, const char *text)
{
    int n = 0;

    for (size_t at = 0; (at = str_find(a.body, str_c(text))) < a.body.n; n++)
        a.body = str_from(a.body, at + strlen(text));
    return n;
}

TEST(a_message_sent_twice_is_said_once_and_other_words_behind_the_same_token_are_not_lost)
{
    struct told t = told("story=mo-dau");
    struct visitor child = back_with(t.code);

    (void)thread_of(&child);
    CHECK(leads_to(post(&site, "/talk/messages", "token=abcdefghij0123456789&text=cau-mot-lan", &child), "/talk"));
    CHECK(leads_to(post(&site, "/talk/messages", "token=abcdefghij0123456789&text=cau-mot-lan", &child), "/talk"));
    CHECK(leads_to(post(&site, "/talk/messages", "token=abcdefghij0123456789&text=cau-da-sua", &child), "/talk"));
    CHECK_INT(times_said(thread_of(&child), "cau-mot-lan"), 1);
    CHECK_INT(times_said(thread_of(&child), "cau-da-sua"), 1);
}

/* The first private file of a report makes the place for it: two at one moment both want to. */
TEST(private_files_sent_at_the_same_moment_all_arrive)
{
    for (int round = 0; round < 6; round++) {
        struct told t = told(arena_f(&site.kept, "story=hai-may-%d", round).at);
        struct cases_row row = { .id = t.id };
        struct at_once senders[3] = { 0 };

        for (int i = 0; i < 3; i++) {
            senders[i].who = back_with(t.code);
            (void)thread_of(&senders[i].who);
            senders[i].asking = (struct asking){ .method = "POST", .path = "/talk/messages",
                .type = "multipart/form-data; boundary=" BOUNDARY, .body = arena_f(&site.kept,
                "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--" BOUNDARY "\r\n"
                "Content-Disposition: form-data; name=\"files_private\"; filename=\"rieng-%d.txt\"\r\n"
                "Content-Type: text/plain\r\n\r\nrieng\r\n--" BOUNDARY "--\r\n", senders[i].who.csrf, i).at };
        }
        send_at_once(senders, 3);
        for (int i = 0; i < 3; i++)
            CHECK(leads_to(senders[i].answer, "/talk"));
        senders_free(senders, 3);
        CHECK(row_get(&site.in.ledger, &table_cases, &row) == OK);
        CHECK_INT(row.files, 3);
        instance_step(&site.in);
    }
}

TEST(a_message_that_holds_a_code_is_not_sent_but_kept)
{
    struct told t = told("story=x3");
    struct visitor child = back_with(t.code);
    struct answer a;

    (void)thread_of(&child);
    CHECK(leads_to(post(&site, "/talk/messages", arena_f(&site.kept, "text=ma+la+%.16s", t.code.at).at, &child), "/talk"));
    a = thread_of(&child);
    CHECK(between(a, "<textarea", "</textarea>").n > 20 && says(a, t.code.at));
    CHECK(!says(get(&site, t.path, hanh()), t.code.at));
}

TEST(a_conversation_without_its_form_token_takes_nothing)
{
    struct told t = told("story=x4");
    struct visitor child = back_with(t.code);

    child.csrf[0] = '\0';
    CHECK(post(&site, "/talk/messages", "text=ke-khac-viet", &child).code == 303);
    CHECK(!says(thread_of(&child), "ke-khac-viet"));
}

TEST(half_an_hour_ends_a_visit)
{
    struct told t = told("story=het-gio");
    struct visitor child = back_with(t.code);

    CHECK(says(thread_of(&child), "het-gio"));
    site.now += 2 * HOUR_MS;
    CHECK(!says(thread_of(&child), "het-gio"));
    (void)get(&site, "/account", hanh());
}

TEST(files_arrive_and_stay_unread_for_the_child)
{
    struct visitor child = { 0 };
    struct told t;
    const char *body = "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\nco-tep\r\n--" BOUNDARY "\r\n"
        "Content-Disposition: form-data; name=\"files\"; filename=\"ghi.txt\"\r\nContent-Type: text/plain\r\n\r\nnoi-dung-tep\r\n--"
        BOUNDARY "\r\nContent-Disposition: form-data; name=\"files_private\"; filename=\"rieng.txt\"\r\n"
        "Content-Type: text/plain\r\n\r\nnoi-dung-rieng\r\n--" BOUNDARY "--\r\n";

    t.code = tell(&site, body, &child);
    t.id = report_of(&site, t.code);
    t.path = path_of(&site, t.id, "").at;
    child = back_with(t.code);
    CHECK(says(thread_of(&child), "co-tep"));
    CHECK(!says(thread_of(&child), "noi-dung") && !says(thread_of(&child), "ghi.txt"));
    CHECK(get(&site, below(&t, "/summary"), hanh()).code == 200);
    CHECK(!says(get(&site, below(&t, "/summary"), hanh()), "rieng.txt"));
}

/* -- the desk ------------------------------------------------------------------------------------------------ */

static bool holds(const struct told *t, const char *login)
{
    struct cases_row row = { .id = t->id };
    struct users_row user;
    bool found = row_get(&site.in.ledger, &table_cases, &row) == OK && row.assignee.has;

    user = (struct users_row){ .id = row.assignee.v };
    found = found && row_get(&site.in.ledger, &table_users, &user) == OK && str_is(user.login, login);
    instance_step(&site.in);
    return found;
}

TEST(only_one_person_claims_and_only_that_one_answers)
{
    struct told t = told("story=mot-nguoi");
    struct answer a;

    (void)get(&site, "/account", minh());
    CHECK(leads_to(post(&site, below(&t, "/reply"), "text=qua-som", hanh()), below(&t, "/note")));
    CHECK(leads_to(post(&site, below(&t, "/claim"), "", hanh()), t.path));
    CHECK(leads_to(post(&site, below(&t, "/claim"), "", minh()), t.path));
    CHECK(holds(&t, "hanh.mau"));
    CHECK(leads_to(post(&site, below(&t, "/reply"), "text=cua-minh", minh()), below(&t, "/note")));
    a = get(&site, t.path, minh());
    CHECK(a.code == 200);
    CHECK(leads_to(post(&site, below(&t, "/release"), "", minh()), t.path) && holds(&t, "hanh.mau"));
    CHECK(leads_to(post(&site, below(&t, "/release"), "", hanh()), t.path) && !holds(&t, "hanh.mau"));
    a = site_ask(&site, (struct asking){ .method = "GET", .path = "/talk" }, &(struct visitor){ 0 });
    CHECK(!says(a, "cua-minh") && !says(a, "qua-som"));
}

TEST(words_that_came_too_late_wait_in_the_box)
{
    struct told t = told("story=tre-mot-buoc"), other = told("story=cua-em-khac");

    (void)post(&site, below(&t, "/claim"), "", hanh());
    CHECK(leads_to(post(&site, below(&t, "/reply"), "text=cau-tra-loi-cua-minh", minh()), below(&t, "/note")));
    (void)post(&site, below(&other, "/claim"), "", minh());
    CHECK(!says(get(&site, other.path, minh()), "cau-tra-loi-cua-minh"));
    CHECK(!says(get(&site, t.path, minh()), "cau-tra-loi-cua-minh"));
    CHECK(says(get(&site, below(&t, "/note"), minh()), "cau-tra-loi-cua-minh"));
}

TEST(an_empty_answer_is_refused_with_the_reason_beside_the_box)
{
    struct told t = told("story=x5");
    struct answer a;

    (void)post(&site, below(&t, "/claim"), "", hanh());
    a = post(&site, below(&t, "/reply"), "text=+++", hanh());
    CHECK(a.code == 422 && says(a, "aria-invalid"));
}

struct racer { struct worker *worker; const char *path; struct visitor who; struct answer answer; struct site *site; };

static void *race(void *at)
{
    struct racer *r = at;
    const char *fields = arena_f(&r->site->kept, "csrf=%s", r->who.csrf).at;

    r->answer = site_ask(r->site, (struct asking){ .method = "POST", .path = r->path, .body = fields, .worker = r->worker,
                                                   .type = "application/x-www-form-urlencoded" }, &r->who);
    return NULL;
}

/* Each thread has a copy of the site with an arena of its own: answers are kept there. */
TEST(of_two_who_claim_at_once_one_holds_the_report)
{
    struct racer racers[2] = { { .who = *hanh() }, { .who = *minh() } };
    struct site sites[2] = { site, site };
    pthread_t threads[2];

    for (int round = 0; round < 5; round++) {
        struct told t = told(arena_f(&site.kept, "story=cung-luc-%d", round).at);

        for (int i = 0; i < 2; i++) {
            sites[i].kept = arena_make(64 << 20);
            racers[i].site = &sites[i];
            racers[i].path = below(&t, "/claim");
            REQUIRE(worker_make(&site.in.app, false, &racers[i].worker) == OK);
            REQUIRE(pthread_create(&threads[i], NULL, race, &racers[i]) == 0);
        }
        for (int i = 0; i < 2; i++) {
            pthread_join(threads[i], NULL);
            CHECK(racers[i].answer.code == 303 || racers[i].answer.code == 503);
            worker_free(racers[i].worker);
            arena_free(&sites[i].kept);
        }
        CHECK(holds(&t, "hanh.mau") != holds(&t, "minh.mau"));
    }
}

/* -- the ladder ------------------------------------------------------------------------------------------------ */

static void ladder_at(i64 now)
{
    CHECK(ladder_run(&site.in.ledger, &site.in.app, now) == OK);
    instance_step(&site.in);
}

TEST(a_report_that_nobody_takes_passes_on_and_opens_there)
{
    struct told t = told("story=khong-ai-nhan&danger=now&province=01&commune=99901");

    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 404);
    ladder_at(site.now + MINUTE_MS);
    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 404);
    ladder_at(site.now + HOUR_MS);
    CHECK(says(get(&site, t.path, as(&site, "lan.mau")), "khong-ai-nhan"));
}

TEST(a_claim_stops_the_ladder_and_a_release_starts_it_again)
{
    struct told t = told("story=co-nguoi-nhan&danger=now&province=01&commune=99901");

    (void)post(&site, below(&t, "/claim"), "", hanh());
    CHECK(holds(&t, "hanh.mau"));
    ladder_at(site.now + DAY_MS);
    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 404);
    (void)post(&site, below(&t, "/release"), "", hanh());
    ladder_at(site.now + MINUTE_MS);
    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 404);
    ladder_at(site.now + HOUR_MS);
    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 200);
}

TEST(an_excluded_commune_never_gets_the_report)
{
    struct told t = told("story=tranh-xa&danger=now&province=01&commune=99901&exclude=commune");

    ladder_at(site.now + 10 * DAY_MS);
    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 404);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
