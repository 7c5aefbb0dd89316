/* Long conversations and long words, page by page through the engine. */
#include <site.h>
#include <test.h>

#include "../speakup.h"

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
    CHECK(leads_to(post(&site, "/talk/messages", "text=khong-co-ma", &child), "/talk"));
    CHECK(!says(get(&site, "/talk", &child), "dau-giu"));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
