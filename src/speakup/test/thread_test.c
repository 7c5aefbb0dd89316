/* Long conversations and long words, page by page through the engine. */
#include <site.h>
#include <test.h>

#include "../conversation.h"

static struct site site;

#define FIELDS(format, s) (arena_f(&site.kept, format, (int)(s).n, (s).at).at)

/* Words of n letters that begin and end with a mark. */
static struct str long_words(size_t n, const char *mark)
{
    struct out o = { .max = 1 << 20 };
    struct str words;

    out_f(&o, "dau-%s ", mark);
    while (o.n < n)
        out_char(&o, o.n % 60 == 59 ? ' ' : 'a');
    out_f(&o, " cuoi-%s", mark);
    words = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return words;
}

static struct visitor back_with(struct str code)
{
    struct visitor child = { 0 };

    CHECK(leads_to(post(&site, "/talk", FIELDS("code=%.*s", code), &child), "/talk"));
    (void)get(&site, "/talk", &child);
    return child;
}

/* -- words that could not be taken ---------------------------------------------------------------------------- */

TEST(an_answer_that_came_too_late_waits_whole_however_long_until_something_is_sent)
{
    struct visitor child = { 0 };
    struct id report = report_of(&site, tell(&site, "story=tre", &child));
    const char *path = path_of(&site, report, "").at, *note = path_of(&site, report, "/note").at;
    struct str words = long_words(19000, "muon");
    struct answer a;

    (void)post(&site, path_of(&site, report, "/claim").at, "", as(&site, "hanh.mau"));
    (void)get(&site, "/account", as(&site, "minh.mau"));
    a = post(&site, path_of(&site, report, "/reply").at, FIELDS("text=%.*s", words), as(&site, "minh.mau"));
    CHECK(leads_to(a, note));
    for (int i = 0; i < 2; i++) {       /* also where the first answer got lost on its way */
        a = get(&site, note, as(&site, "minh.mau"));
        CHECK(says(a, "dau-muon") && says(a, "cuoi-muon"));
    }
    CHECK(!says(get(&site, note, as(&site, "hanh.mau")), "dau-muon"));
    CHECK(!says(get(&site, path, as(&site, "hanh.mau")), "dau-muon"));
    CHECK(leads_to(post(&site, path_of(&site, report, "/note").at, "text=thoi", as(&site, "minh.mau")), path));
    CHECK(!says(get(&site, note, as(&site, "minh.mau")), "dau-muon"));
}

TEST(a_long_message_that_holds_a_code_waits_whole_and_its_files_go)
{
    struct visitor child = { 0 };
    struct str code = tell(&site, "story=ma-dai", &child), words = long_words(45000, "giu");
    struct id report = report_of(&site, code);
    struct answer a;

    child = back_with(code);
    a = post(&site, "/talk/messages", arena_f(&site.kept, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n%.*s %.16s\r\n"
        "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\ntep\r\n"
        "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--" BOUNDARY "--\r\n", (int)words.n, words.at,
        code.at, child.csrf).at, &child);
    CHECK(leads_to(a, "/talk"));
    a = get(&site, "/talk", &child);
    CHECK(says(a, "dau-giu") && says(a, "cuoi-giu") && says(a, "chưa gửi"));
    CHECK(between(a, "<textarea", "</textarea>").n > 45000);
    a = get(&site, path_of(&site, report, "").at, as(&site, "hanh.mau"));
    CHECK(!says(a, "dau-giu") && says(a, "1 tệp"));
    CHECK(leads_to(post(&site, "/talk", "do=new-code", &child), "/speak/code"));
    CHECK(says(get(&site, "/talk", &child), "cuoi-giu"));       /* the new code opens it, too */
    CHECK(leads_to(post(&site, "/talk/messages", "text=khong-co-ma", &child), "/talk"));
    CHECK(!says(get(&site, "/talk", &child), "dau-giu"));
}

/* -- a conversation that is longer than any page bears ----------------------------------------------------------- */

enum { FLOOD = 600, EACH = 19900 };

/* Written past the pages: FLOOD messages of the child of 64 KB each in the database, as many again opened: more
   than a request's memory. */
static void flood(struct str code)
{
    struct report_made *found;
    struct comps comps;
    struct ctx c;
    struct out words = { .max = 1 << 20 };

    for (int n = 0; n < EACH; n++)
        out_c(&words, n % 50 ? "ạ" : " ");
    for (int i = 0; i < FLOOD; ) {
        struct str texts[20];
        struct files_new none = { 0 };
        struct child_message m = { .comps = &comps, .texts = { texts, COUNT_OF(texts) }, .files = &none, .token = STR("") };

        instance_ctx(&site.in, &c, site.now);
        found = SECRET(site.in.secrets, struct report_made);
        REQUIRE(report_of_code(&c, code, found) == OK);
        REQUIRE(comps_of_reporter(&c, found->report, found->reporter, &comps) == OK);
        m.report = found->report;
        for (size_t k = 0; k < COUNT_OF(texts); k++, i++) {
            struct str all = out_done(&words);

            texts[k] = arena_f(&site.in.arena, "so-%d- %.*s", i, (int)all.n, all.at);
        }
        REQUIRE(child_write(&c, &m) == OK);
        instance_step(&site.in);
    }
    out_free(&words);
}

/* Follows the links to older parts and counts the messages that they show; each must be there once, in order. */
static int walk(const char *first, struct visitor *who)
{
    const char *path = first;
    int next = FLOOD, parts = 0;

    for (; path != NULL && parts < 2 * FLOOD; parts++) {
        struct answer a = get(&site, path, who);
        struct str older = str_from(a.body, str_find(a.body, STR("?before=")));
        size_t n_older = older.n ? strspn(older.at, "?before=-0123456789") : 0;
        int low = -1, high = -1;

        CHECK(a.code == 200);
        for (struct str rest = a.body; str_find(rest, STR("so-")) < rest.n; ) {
            i64 n;
            struct str text, number;

            rest = str_from(rest, str_find(rest, STR("so-")) + 3);
            text = rest;
            if (!str_cut(&text, '-', &number) || !str_i64(number, &n))
                continue;
            low = low < 0 ? (int)n : low;
            CHECK(high < 0 || n == high + 1);
            high = (int)n;
        }
        if (high >= 0) {
            CHECK(high == next - 1);
            next = low;
        }
        path = n_older ? arena_f(&site.kept, "%s%.*s", first, (int)n_older, older.at).at : NULL;
    }
    CHECK(next == 0 && parts > 5);
    return parts;
}

TEST(a_conversation_longer_than_a_requests_memory_opens_part_by_part_for_both)
{
    struct visitor child = { 0 };
    struct str code = tell(&site, "story=rat-dai", &child);
    struct id report = report_of(&site, code);
    const char *path = path_of(&site, report, "").at;
    struct answer a;

    flood(code);
    (void)post(&site, path_of(&site, report, "/note").at, "text=ghi-sau-cung", as(&site, "hanh.mau"));
    a = get(&site, path, as(&site, "hanh.mau"));
    CHECK(a.code == 200 && says(a, "so-599-") && says(a, "ghi-sau-cung") && says(a, "Tin cũ hơn"));
    CHECK(walk(path, as(&site, "hanh.mau")) > 5);
    child = back_with(code);
    CHECK(walk("/talk", &child) > 5);
    CHECK(leads_to(post(&site, "/talk/messages", "text=van-gui-duoc", &child), "/talk"));
    CHECK(says(get(&site, "/talk", &child), "van-gui-duoc"));
    a = site_ask(&site, (struct asking){ .method = "POST", .path = "/api/v1/talk", .type = "application/json",
                                         .body = FIELDS("{\"code\":\"%.*s\"}", code) }, NULL);
    CHECK(a.code == 200 && says(a, "so-599-") && between(a, "\"older\":\"", "\"").n > 0);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
