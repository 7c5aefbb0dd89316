/* Files of a case through the engine: covered, opened with a reason, blurred, clear, added by staff, sealed to the police. */
#include <site.h>
#include <test.h>

#include "../evidence.h"

#include "people/account.h"
#include "speakup/speakup.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct site site;

/* In helpers: what has to hold before anything can be tested. */
#define MUST(condition)                                             \
    do {                                                            \
        if (!(condition)) {                                         \
            printf("Bail out! %s: %s\n", #condition, fail_message()); \
            exit(EXIT_FAILED);                                      \
        }                                                           \
    } while (0)

static struct visitor *hanh(void)
{
    return as(&site, "hanh.mau");
}

static struct visitor *minh(void)
{
    return as(&site, "minh.mau");
}

static struct visitor *tuan(void)
{
    return as(&site, "tuan.mau");
}

/* -- bodies ------------------------------------------------------------------------------------------------------------------ */

static struct out body = { .max = 64 << 20 };

static void part(const char *name, const char *more, struct str value)
{
    out_f(&body, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n", name, more);
    out_str(&body, value);
    out_c(&body, "\r\n");
}

static void part_file(const char *field, const char *name, const char *type, struct str bytes)
{
    part(field, arena_f(&site.kept, "; filename=\"%s\"\r\nContent-Type: %s", name, type).at, bytes);
}

static struct answer send_parts(const char *path, struct visitor *who)
{
    struct answer a;

    if (who->csrf[0])
        part("csrf", "", str_c(who->csrf));
    out_c(&body, "--" BOUNDARY "--\r\n");
    a = site_ask(&site, (struct asking){ .method = "POST", .path = path, .body = out_done(&body).at, .n = body.n,
                                         .type = "multipart/form-data; boundary=" BOUNDARY }, who);
    out_reset(&body);
    return a;
}

/* A picture with a fine chequered ground, a bright right half, and a remark in its file that no copy of ours may carry. */
#define REMARK "DAU-VET-VI-TRI"
static struct str picture_bytes(uint32_t width, uint32_t height)
{
    struct media m = { .width = width, .height = height, .channels = 3, .pixels = memory_new((size_t)width * height * 3) };
    struct out plain = { .max = 8 << 20 }, marked = { .max = 8 << 20 };
    struct str bytes;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            memset(m.pixels + ((size_t)y * width + x) * 3, (x / 2 + y / 2) % 2 * 60 + (x >= width / 2 ? 180 : 0), 3);
    MUST(media_jpeg(&m, &plain) == OK);
    media_free(&m);
    bytes = out_done(&plain);
    out_bytes(&marked, bytes.at, 2);
    out_bytes(&marked, "\xff\xfe\x00\x10", 4);
    out_c(&marked, REMARK);
    out_str(&marked, str_from(bytes, 2));
    bytes = arena_copy(&site.kept, out_done(&marked));
    out_free(&plain);
    out_free(&marked);
    return bytes;
}

/* -- reports with files -------------------------------------------------------------------------------------------------------- */

struct sent { struct str code; struct id report; };

static struct sent sent_report(void)
{
    struct visitor child = { 0 };
    struct sent s;

    out_c(&body, "--" BOUNDARY "--\r\n");
    s.code = tell(&site, arena_copy(&site.kept, out_done(&body)).at, &child);
    out_reset(&body);
    s.report = report_of(&site, s.code);
    return s;
}

/* `tell` takes texts only; a body with NUL bytes is sent beside it. */
static struct sent told(const char *name, const char *type, struct str bytes, const char *exclude)
{
    struct visitor child = { 0 };
    struct sent s;

    part("story", "", STR("co-tep"));
    if (exclude[0])
        part("exclude", "", str_c(exclude));
    part("commune", "", STR("99901"));
    part("province", "", STR("14"));
    if (memchr(bytes.at, 0, bytes.n) == NULL) {
        part_file("files", name, type, bytes);
        return sent_report();
    }
    s = sent_report();
    MUST(leads_to(post(&site, "/talk", arena_f(&site.kept, "code=%.*s", (int)s.code.n, s.code.at).at, &child), "/talk"));
    (void)get(&site, "/talk", &child);
    part_file("files", name, type, bytes);
    MUST(leads_to(send_parts("/talk/messages", &child), "/talk"));
    return s;
}

static struct sent told_picture(void)
{
    return told("bi-mat-ten.jpg", "image/jpeg", picture_bytes(300, 200), "");
}

/* Address of the first file on the list of a report, as this person sees it. */
static const char *file_path(const struct sent *s, struct visitor *who)
{
    struct answer a = get(&site, path_of(&site, s->report, "/files").at, who);
    struct str list = path_of(&site, s->report, "/files/"), id;

    CHECK(a.code == 200);
    id = between(a, arena_f(&site.kept, "href=\"%s", list.at).at, "\"");
    if (id.n == 0)
        id = between(a, arena_f(&site.kept, "href=%s", list.at).at, ">");
    CHECK(id.n == ID_TEXT);
    return arena_f(&site.kept, "%s%.*s", list.at, (int)id.n, id.at).at;
}

static const char *below(const char *path, const char *tail)
{
    return arena_f(&site.kept, "%s%s", path, tail).at;
}

static struct answer open_file(const char *path, struct visitor *who)
{
    (void)get(&site, path, who);
    return post(&site, path, "reason=evidence&words=xem-so-dien-thoai", who);
}

static struct answer act(const char *path, struct visitor *who)
{
    return post(&site, path, "", who);
}

/* Pixels of a picture that we answered with. */
static struct media seen(struct answer a)
{
    struct media_file file;
    struct media m = { 0 };

    MUST(media_begin(&file) == OK && media_sink(&file, a.body.at, a.body.n) == OK);
    MUST(media_read(&file, (struct media_want){ 0 }, &m) == OK);
    media_end(&file);
    return m;
}

static bool has_decoder(void)
{
    struct media_file file;
    struct str bytes = picture_bytes(8, 8);
    struct media m = { 0 };

    MUST(media_begin(&file) == OK && media_sink(&file, bytes.at, bytes.n) == OK);
    MUST(media_read(&file, (struct media_want){ 0 }, &m) == OK);
    media_end(&file);
    media_free(&m);
    return m.fault != MEDIA_NO_DECODER;
}

/* -- opening ---------------------------------------------------------------------------------------------------------------------- */

TEST(nothing_of_a_file_is_shown_before_a_reason)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct answer list = get(&site, path_of(&site, s.report, "/files").at, hanh()),
                  pane = get(&site, path_of(&site, s.report, "/summary").at, hanh());

    CHECK(!says(list, "<img") && !says(pane, "<img") && !says(list, "data:image") && says(list, "Đang che"));
    CHECK(!says(list, "bi-mat-ten") && !says(pane, "bi-mat-ten"));
    CHECK(says(pane, path));
    CHECK(leads_to(get(&site, below(path, "/view"), hanh()), path));
    CHECK(get(&site, below(path, "/blurred"), hanh()).code == 404);
    CHECK(get(&site, below(path, "/clear"), hanh()).code == 404);
    CHECK(leads_to(act(below(path, "/clear"), hanh()), path));
    CHECK(leads_to(act(below(path, "/download"), hanh()), path));
    CHECK(get(&site, below(path, "/clear"), hanh()).code == 404);
}

TEST(a_reason_of_the_list_is_needed_and_what_was_typed_stays)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct answer a;

    (void)get(&site, path, hanh());
    a = post(&site, path, "words=chu-da-go", hanh());
    CHECK(a.code == 422 && says(a, "aria-invalid") && says(a, "chu-da-go"));
    (void)get(&site, path, hanh());
    CHECK(post(&site, path, "reason=to-mo", hanh()).code == 422);
    CHECK(leads_to(get(&site, below(path, "/view"), hanh()), path));
}

static void check_headers(struct answer a)
{
    CHECK(str_is(header_of(a, "Content-Type"), "image/jpeg"));
    CHECK(str_is(header_of(a, "Cache-Control"), "no-store") && str_is(header_of(a, "X-Content-Type-Options"), "nosniff"));
    CHECK(str_is(header_of(a, "Cross-Origin-Resource-Policy"), "same-origin"));
    CHECK(str_is(header_of(a, "Content-Security-Policy"), "sandbox; default-src 'none'"));
}

TEST(a_picture_comes_blurred_then_clear_and_never_as_it_was_sent)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct answer a;
    struct media m;

    if (!has_decoder())
        SKIP("lachan-decode cannot shut itself in here");
    CHECK(leads_to(open_file(path, hanh()), below(path, "/view")));
    a = get(&site, below(path, "/view"), hanh());
    CHECK(says(a, below(path, "/blurred")) && !says(a, below(path, "/clear\" width")) && !says(a, "bi-mat-ten"));
    CHECK(get(&site, below(path, "/clear"), hanh()).code == 404);
    a = get(&site, below(path, "/blurred"), hanh());
    CHECK(a.code == 200 && a.body.n < 2000 && !says(a, REMARK));
    check_headers(a);
    m = seen(a);
    CHECK(m.width == BLURRED_SIDE && m.height == 16 && m.channels == 1);
    for (uint32_t x = 2; x + 3 < m.width / 2; x++)      /* the chequers are gone, the halves are left */
        CHECK(abs(m.pixels[x] - m.pixels[x + 1]) < 12 && m.pixels[x] < m.pixels[m.width - 3]);
    media_free(&m);
    (void)get(&site, below(path, "/view"), hanh());
    CHECK(leads_to(act(below(path, "/clear"), hanh()), below(path, "/view")));
    CHECK(says(get(&site, below(path, "/view"), hanh()), below(path, "/clear")));
    a = get(&site, below(path, "/clear"), hanh());
    CHECK(a.code == 200 && !says(a, REMARK) && says((struct answer){ .body = picture_bytes(9, 9) }, REMARK));
    check_headers(a);
    m = seen(a);
    CHECK(m.width == 300 && m.height == 200);
    media_free(&m);
}

TEST(a_picture_is_given_to_pages_of_ours_alone)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh()), *picture = below(path, "/blurred");
    static const struct { const char *header; int code; } asked[] = {
        { "Sec-Fetch-Site: same-origin\nSec-Fetch-Dest: image\n", 200 }, { "Sec-Fetch-Site: cross-site\nSec-Fetch-Dest: image\n", 404 },
        { "Sec-Fetch-Site: same-site\n", 404 }, { "Sec-Fetch-Site: none\nSec-Fetch-Dest: document\n", 404 },
        { "Sec-Fetch-Site: same-origin\nSec-Fetch-Dest: iframe\n", 404 },
    };

    if (!has_decoder())
        SKIP("lachan-decode cannot shut itself in here");
    CHECK(open_file(path, hanh()).code == 303);
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        CHECK(site_ask(&site, (struct asking){ .method = "GET", .path = picture, .header = asked[i].header }, hanh()).code ==
              asked[i].code);
}

TEST(what_one_person_opened_is_open_to_nobody_else_and_for_ten_minutes)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct visitor other = { 0 };

    CHECK(open_file(path, hanh()).code == 303);
    CHECK(get(&site, below(path, "/view"), hanh()).code == 200);
    CHECK(leads_to(get(&site, below(path, "/view"), minh()), path));
    CHECK(get(&site, below(path, "/blurred"), minh()).code == 404);
    CHECK(get(&site, below(path, "/blurred"), &other).code == 303);
    site.now += 9 * MINUTE_MS;
    CHECK(get(&site, below(path, "/view"), hanh()).code == 200);
    site.now += 2 * MINUTE_MS;
    CHECK(leads_to(get(&site, below(path, "/view"), hanh()), path));
    CHECK(get(&site, below(path, "/blurred"), hanh()).code == 404);
}

TEST(units_without_the_key_find_nothing)
{
    static const char *const tails[] = { "", "/view", "/blurred", "/clear", "/police" };
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct visitor *lan = as(&site, "lan.mau");

    CHECK(open_file(path, hanh()).code == 303);
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        CHECK(get(&site, below(path, tails[i]), lan).code == 404);
        CHECK(get(&site, below(path, tails[i]), tuan()).code == 404);
    }
    (void)get(&site, "/account", lan);
    CHECK(post(&site, path, "reason=review", lan).code == 404);
    CHECK(act(below(path, "/clear"), lan).code == 404 && act(below(path, "/download"), lan).code == 404);
    CHECK(get(&site, path_of(&site, s.report, "/files").at, lan).code == 404);
    CHECK(get(&site, path_of(&site, s.report, "/police").at, lan).code == 404);
}

TEST(a_text_is_shown_as_text)
{
    struct sent s = told("ghi.html", "text/html", STR("<script>alert(1)</script> gui-em"), "");
    const char *path = file_path(&s, hanh());
    struct answer a;

    CHECK(leads_to(open_file(path, hanh()), below(path, "/view")));
    a = get(&site, below(path, "/view"), hanh());
    CHECK(a.code == 200 && says(a, "gui-em") && says(a, "&lt;script&gt;") && !says(a, "<script>alert"));
}

TEST(the_original_leaves_as_a_file_and_each_time_is_logged)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct str bytes = picture_bytes(300, 200);
    struct answer a;

    CHECK(open_file(path, hanh()).code == 303);
    (void)get(&site, below(path, "/view"), hanh());
    a = act(below(path, "/download"), hanh());
    CHECK(a.code == 200 && str_eq(a.body, bytes));
    CHECK(str_is(header_of(a, "Content-Type"), "application/octet-stream"));
    CHECK(str_starts(header_of(a, "Content-Disposition"), STR("attachment")));
    CHECK(get(&site, below(path, "/download"), hanh()).code == 405);
    hanh()->csrf[0] = 'x';
    CHECK(act(below(path, "/download"), hanh()).code == 403);
}

/* -- hostile files ---------------------------------------------------------------------------------------------------------------- */

/* What the page says of a file that cannot be shown; "" where it shows something. */
static struct str fault(const char *name, const char *type, struct str bytes)
{
    struct sent s = told(name, type, bytes, "");
    const char *path = file_path(&s, hanh());
    struct answer a;

    CHECK(open_file(path, hanh()).code == 303);
    a = get(&site, below(path, "/view"), hanh());
    CHECK(a.code == 200);
    if (says(a, "<img"))
        return STR("");
    CHECK(get(&site, below(path, "/blurred"), hanh()).code == 404);
    return between(a, "class=note role=note>", "</div>");
}

static bool holds(struct str text, const char *what)
{
    return str_find(text, str_c(what)) < text.n;
}

TEST(cut_wrong_and_hostile_files_are_named_and_shown_never)
{
    struct str whole = picture_bytes(300, 200);
    static const char huge_png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0";

    if (!has_decoder())
        SKIP("lachan-decode cannot shut itself in here");
    CHECK(fault("ca.jpg", "image/jpeg", whole).n == 0);
    CHECK(fault("vo-danh", "application/octet-stream", whole).n == 0);      /* the bytes decide */
    CHECK(holds(fault("cut.jpg", "image/jpeg", str_upto(whole, whole.n / 2)), "cắt cụt"));
    CHECK(holds(fault("chu.jpg", "image/jpeg", STR("<svg onload=alert(1)>")), "loại tệp này"));
    CHECK(holds(fault("tai-lieu.pdf", "application/pdf", STR("%PDF-1.4 gia")), "loại tệp này"));
    CHECK(fault("to.png", "image/png", str_of(huge_png, sizeof huge_png - 1)).n > 0);
    CHECK(fault("phim.mp4", "video/mp4", STR("khong-phai-phim")).n > 0);
}

TEST(a_file_that_cannot_be_shown_is_no_refusal_however_often_it_is_asked_for)
{
    struct sent s = told("hong.png", "image/png", STR("\x89PNG\r\n\x1a\n khong-phai"), "");
    const char *path = file_path(&s, hanh());

    if (!has_decoder())
        SKIP("lachan-decode cannot shut itself in here");
    CHECK(open_file(path, hanh()).code == 303);
    for (int i = 0; i < 120; i++)           /* a hundred refusals would end the session */
        CHECK(get(&site, below(path, "/blurred"), hanh()).code == 404);
    CHECK(get(&site, below(path, "/view"), hanh()).code == 200);
}

/* A sample of the decoder's own tests; "" where it is not there. */
static struct str sample(const char *name)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    struct out o = { .max = 8 << 20 };
    struct str bytes;
    FILE *f;
    int byte;

    path[n > 0 ? n : 0] = '\0';
    for (int up = 0; up < 2 && strrchr(path, '/'); up++)
        *strrchr(path, '/') = '\0';
    f = fopen(arena_f(&site.kept, "%s/%.*s/../../../decode/test/media/%s", path, (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__,
                      name).at, "re");
    while (f != NULL && (byte = getc(f)) != EOF)
        out_char(&o, (char)byte);
    if (f != NULL)
        fclose(f);
    bytes = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return bytes;
}

TEST(a_film_shows_one_frame_blurred_then_clear_and_other_formats_come_as_jpeg)
{
    static const struct { const char *name, *type; } kinds[] = {
        { "h264.mp4", "video/mp4" }, { "vp9.webm", "video/webm" }, { "rgb.heic", "image/heic" }, { "alpha.webp", "image/webp" },
        { "still.gif", "image/gif" }, { "rgb.png", "image/png" },
    };

    if (!has_decoder() || sample("h264.mp4").n == 0)
        SKIP("lachan-decode cannot shut itself in here, or its samples are not there");
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct sent s = told(kinds[i].name, kinds[i].type, sample(kinds[i].name), "");
        const char *path = file_path(&s, hanh());
        struct answer a;
        struct media m;

        CHECK(open_file(path, hanh()).code == 303);
        a = get(&site, below(path, "/view"), hanh());
        CHECK(says(a, "<img"));
        CHECK(says(a, "Khung hình đầu") == (i < 2));
        m = seen(get(&site, below(path, "/blurred"), hanh()));
        CHECK(m.channels == 1 && m.width <= BLURRED_SIDE && m.height <= BLURRED_SIDE && m.width > 0);
        media_free(&m);
        CHECK(act(below(path, "/clear"), hanh()).code == 303);
        m = seen(get(&site, below(path, "/clear"), hanh()));
        CHECK(m.width > 0 && m.width <= CLEAR_SIDE);
        media_free(&m);
    }
}

TEST(without_the_decoder_there_is_no_picture_and_the_page_says_so)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh()), *before = getenv("LACHAN_DECODE");
    struct answer a;

    before = before ? arena_f(&site.kept, "%s", before).at : NULL;
    setenv("LACHAN_DECODE", "/nowhere/lachan-decode", 1);
    CHECK(open_file(path, hanh()).code == 303);
    a = get(&site, below(path, "/view"), hanh());
    CHECK(a.code == 200 && !says(a, "<img") && says(a, "Bộ giải mã"));
    CHECK(get(&site, below(path, "/blurred"), hanh()).code == 404);
    CHECK(leads_to(act(below(path, "/clear"), hanh()), below(path, "/view")));
    CHECK(get(&site, below(path, "/clear"), hanh()).code == 404);
    if (before)
        setenv("LACHAN_DECODE", before, 1);
    else
        unsetenv("LACHAN_DECODE");
}

/* -- how long one looked ---------------------------------------------------------------------------------------------------------- */

TEST(minutes_in_the_clear_are_counted_until_the_file_is_closed_or_the_time_is_over)
{
    struct sent s = told_picture();
    const char *path;

    site.now += DAY_MS;
    path = file_path(&s, minh());
    CHECK(!says(get(&site, path, minh()), "đã xem bằng chứng rõ"));
    CHECK(open_file(path, minh()).code == 303);
    site.now += 5 * MINUTE_MS;
    CHECK(!says(get(&site, path, minh()), "đã xem bằng chứng rõ"));
    (void)get(&site, below(path, "/view"), minh());
    CHECK(act(below(path, "/clear"), minh()).code == 303);
    site.now += 3 * MINUTE_MS;
    CHECK(says(get(&site, path, minh()), "rõ: 3 phút"));
    (void)get(&site, below(path, "/view"), minh());
    CHECK(leads_to(act(below(path, "/close"), minh()), path_of(&site, s.report, "/files").at));
    site.now += 4 * MINUTE_MS;
    CHECK(says(get(&site, path, minh()), "rõ: 3 phút"));
    CHECK(leads_to(get(&site, below(path, "/view"), minh()), path));
    CHECK(open_file(path, minh()).code == 303);
    (void)get(&site, below(path, "/view"), minh());
    CHECK(act(below(path, "/clear"), minh()).code == 303);
    site.now += 30 * MINUTE_MS;                          /* left open: ten minutes at most */
    CHECK(says(get(&site, path, minh()), "rõ: 13 phút"));
    CHECK(!says(get(&site, path, hanh()), "rõ: 13 phút"));
    site.now += DAY_MS;
    CHECK(!says(get(&site, path, minh()), "đã xem bằng chứng rõ"));
}

/* -- files of staff ----------------------------------------------------------------------------------------------------------------- */

TEST(staff_add_files_and_colleagues_open_them)
{
    struct visitor child = { 0 };
    struct sent s = { .code = tell(&site, "story=khong-tep", &child) };
    const char *list, *path;
    struct answer a;

    s.report = report_of(&site, s.code);
    list = path_of(&site, s.report, "/files").at;
    a = get(&site, list, hanh());
    CHECK(a.code == 200 && says(a, "type=file"));
    part("words", "", STR("don-cua-truong"));
    part_file("files", "don.txt", "text/plain", STR("noi-dung-don"));
    part_file("files", "anh.jpg", "image/jpeg", picture_bytes(40, 40));
    CHECK(leads_to(send_parts(list, hanh()), list));
    a = get(&site, list, minh());
    CHECK(says(a, "Hạnh (mẫu) thêm vào") && !says(a, "don.txt"));
    path = file_path(&s, minh());
    CHECK(open_file(path, minh()).code == 303);
    CHECK(says(get(&site, below(path, "/view"), minh()), "noi-dung-don"));
    CHECK(!says(get(&site, "/talk", &child), "don"));
}

TEST(a_form_without_a_file_or_with_one_too_large_keeps_what_was_typed_and_adds_nothing)
{
    struct visitor child = { 0 };
    struct sent s = { .code = tell(&site, "story=khong-tep-2", &child) };
    const char *list;
    struct answer a;
    char *large = memory_new((25 << 20) + 2);

    s.report = report_of(&site, s.code);
    list = path_of(&site, s.report, "/files").at;
    (void)get(&site, list, hanh());
    part("words", "", STR("chu-da-go"));
    a = send_parts(list, hanh());
    CHECK(a.code == 422 && says(a, "chu-da-go") && says(a, "aria-invalid"));
    memset(large, 'a', (25 << 20) + 1);
    part("words", "", STR("chu-da-go"));
    part_file("files", "nho.txt", "text/plain", STR("nho"));
    part_file("files", "lon.txt", "text/plain", str_of(large, (25 << 20) + 1));
    a = send_parts(list, hanh());
    CHECK(a.code == 422 && says(a, "chu-da-go") && says(a, "files-bad"));
    for (int i = 0; i < 11; i++)
        part_file("files", "mot.txt", "text/plain", STR("mot"));
    CHECK(send_parts(list, hanh()).code == 422);
    CHECK(says(get(&site, list, hanh()), "class=empty"));
    memory_free(large);
    part_file("files", "a.txt", "text/plain", STR("a"));
    (void)get(&site, "/account", as(&site, "lan.mau"));
    CHECK(send_parts(list, as(&site, "lan.mau")).code == 404);
}

static int files_seen;
static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)path;
    (void)st;
    (void)ftw;
    files_seen += type == FTW_F;
    return 0;
}

static int files_there(void)
{
    files_seen = 0;
    nftw(arena_f(&site.kept, "%s/files", site.folder).at, count_one, 16, FTW_PHYS);
    return files_seen;
}

TEST(a_file_that_somebody_else_may_not_add_leaves_no_bytes)
{
    struct visitor child = { 0 };
    struct sent s = { .code = tell(&site, "story=khong-tep-3", &child) };
    int before;

    s.report = report_of(&site, s.code);
    before = files_there();
    part_file("files", "a.txt", "text/plain", STR("a"));
    CHECK(send_parts(path_of(&site, s.report, "/files").at, tuan()).code == 404);
    CHECK(files_there() == before);
}

/* -- to the police alone --------------------------------------------------------------------------------------------------------------- */

static struct answer seal(const char *path, struct visitor *who)
{
    (void)get(&site, path, who);
    return post(&site, path, "class=suspected&words=ly-do-niem-phong", who);
}

/* Everything that somebody's keys open, the house's dormant boxes included, tried on a file. */
static bool key_reaches(struct ctx *c, const struct pair *unit, struct key ctx, struct str sealed, struct id report, struct id file)
{
    struct key *ck = SECRET(c->ledger->secrets, struct key), *fk = SECRET(c->ledger->secrets, struct key);
    struct comp_keys *keys = SECRET(c->ledger->secrets, struct comp_keys);
    struct files_row row = { .id = file };
    struct compartments_rows comps;

    if (vault_unwrap(unit, ctx, sealed, ck) != OK)
        return false;
    vault_comp_keys(keys, ck);
    MUST(row_get(c->ledger, &table_files, &row) == OK);
    MUST(sql_compartments_of(c->ledger, (struct sql_compartments_of){ .case_id = report }, &comps) == OK);
    for (size_t i = 0; i < comps.n; i++)
        if (vault_unwrap(&keys->drop, ctx_file_key(comps.at[i].id, file), row.fk, fk) == OK)
            return true;
    return false;
}

static bool unit_reaches(struct ctx *c, struct id unit, struct id report, struct id file)
{
    const struct house_keys *house = house_now(c->ledger->house);
    struct dormant_grants_rows dormant;
    struct grants_rows grants;
    struct pair *pair;
    bool reached = false;

    MUST(sql_grants_of_unit(c->ledger, (struct sql_grants_of_unit){ .case_id = report, .unit = unit }, &grants) == OK);
    for (size_t i = 0; i < grants.n; i++)
        if (people_open_unit(c, unit, grants.at[i].epoch, &pair) == OK)
            reached |= key_reaches(c, pair, ctx_comp_key(grants.at[i].comp, unit, grants.at[i].epoch), grants.at[i].sealed, report, file);
    MUST(sql_dormants_of_case(c->ledger, (struct sql_dormants_of_case){ .case_id = report }, &dormant) == OK);
    for (size_t i = 0; i < dormant.n; i++) {
        struct dormant_grants_row *d = &dormant.at[i];
        struct str plain;
        i64 epoch;

        MUST(vault_unbox(c->arena, &house->job, ctx_dormant(d->comp, d->unit), d->sealed, &plain) == OK && plain.n > 8);
        memcpy(&epoch, plain.at, 8);
        if (id_eq(d->unit, unit) && people_open_unit(c, unit, epoch, &pair) == OK)
            reached |= key_reaches(c, pair, ctx_comp_key(d->comp, unit, epoch), str_from(plain, 8), report, file);
    }
    return reached;
}

static bool reaches(const char *login, struct id report, struct id file)
{
    struct account account;
    struct actor actor = { 0 };
    struct ctx c;
    struct key *xsk;
    bool reached = false;

    instance_ctx(&site.in, &c, site.now);
    MUST(account_of_login(c.ledger, str_c(login), &account) == OK);
    MUST(account_password(c.ledger, &account, str_c(site_staff(&site, login)->password), &xsk) == OK);
    MUST(people_actor(&c, account.user.id, &actor) == OK);
    c.actor = actor;
    c.actor.secret = xsk;
    for (size_t i = 0; i < actor.n_units; i++)
        reached |= unit_reaches(&c, actor.units[i], report, file);
    instance_step(&site.in);
    return reached;
}

static struct id id_at(const char *path)
{
    struct id id = { 0 };

    CHECK(id_of_text(str_of(path + strlen(path) - ID_TEXT, ID_TEXT), &id));
    return id;
}

/* V12 of SECURITY.md and the design: the old key is gone with the row's old value. */
TEST(V12_after_police_only_no_row_lets_another_unit_reach_the_file_key)
{
    static const char *const others[] = { "hanh.mau", "minh.mau", "lan.mau", "vy.mau" };
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct id file = id_at(path);
    struct answer a;

    CHECK(reaches("hanh.mau", s.report, file) && reaches("minh.mau", s.report, file));
    CHECK(reaches("lan.mau", s.report, file));          /* by the ladder, with the house */
    CHECK(!reaches("tuan.mau", s.report, file));
    CHECK(open_file(path, hanh()).code == 303);
    CHECK(leads_to(seal(below(path, "/police"), hanh()), path_of(&site, s.report, "/files").at));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        CHECK(!reaches(others[i], s.report, file));
    CHECK(reaches("tuan.mau", s.report, file));
    CHECK(get(&site, path, hanh()).code == 404 && get(&site, below(path, "/view"), hanh()).code == 404);
    CHECK(get(&site, below(path, "/blurred"), hanh()).code == 404);
    a = get(&site, path_of(&site, s.report, "/files").at, hanh());
    CHECK(says(a, "Nghi là tư liệu") && says(a, "sha256") && !says(a, "bi-mat-ten") && !says(a, path));
    if (has_decoder())
        CHECK(says(a, "pdq "));
}

/* Names of files in what a person's keys open of a report. */
static bool name_is_left(const char *login, struct id report, const char *name)
{
    struct account account;
    struct comps comps;
    struct ctx c;
    struct key *xsk;
    bool found = false;

    instance_ctx(&site.in, &c, site.now);
    MUST(account_of_login(c.ledger, str_c(login), &account) == OK);
    MUST(account_password(c.ledger, &account, str_c(site_staff(&site, login)->password), &xsk) == OK);
    MUST(people_actor(&c, account.user.id, &c.actor) == OK);
    c.actor.secret = xsk;
    if (comps_of_actor(&c, report, &comps) == OK)
        for (size_t i = 0; i < comps.n; i++)
            for (enum record_kind kind = RECORD_MESSAGE_CHILD; comps.at[i].keys && kind <= RECORD_TASK; kind++) {
                struct strs texts;

                MUST(records_of_kind(&c, &comps.at[i], (struct kind_wanted){ kind, 500 }, &texts) == OK);
                for (size_t k = 0; k < texts.n; k++)
                    found |= holds(texts.at[k], name);
            }
    instance_step(&site.in);
    return found;
}

TEST(others_keep_hash_class_and_status_and_no_name)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());

    CHECK(name_is_left("hanh.mau", s.report, "bi-mat-ten") && !name_is_left("tuan.mau", s.report, "bi-mat-ten"));
    CHECK(seal(below(path, "/police"), hanh()).code == 303);
    CHECK(!name_is_left("hanh.mau", s.report, "bi-mat-ten"));
    CHECK(name_is_left("hanh.mau", s.report, "police_only") && name_is_left("hanh.mau", s.report, "ly-do-niem-phong"));
    CHECK(name_is_left("tuan.mau", s.report, "bi-mat-ten"));
}

TEST(the_police_unit_opens_what_was_sealed_with_a_reason_like_everybody)
{
    struct sent s = told_picture();
    const char *path = file_path(&s, hanh());
    struct answer a;

    CHECK(seal(below(path, "/police"), hanh()).code == 303);
    CHECK(says(get(&site, "/desk", tuan()), "/desk/sealed") && !says(get(&site, "/desk", hanh()), "/desk/sealed"));
    CHECK(says(get(&site, "/desk/sealed", tuan()), path_of(&site, s.report, "/files").at));
    CHECK(!says(get(&site, "/desk/sealed", hanh()), path_of(&site, s.report, "/files").at));
    CHECK(strcmp(file_path(&s, tuan()), path) == 0);
    CHECK(get(&site, below(path, "/blurred"), tuan()).code == 404);
    CHECK(leads_to(open_file(path, tuan()), below(path, "/view")));
    a = get(&site, below(path, "/view"), tuan());
    CHECK(a.code == 200 && !says(a, "/police"));
    if (has_decoder())
        CHECK(get(&site, below(path, "/blurred"), tuan()).code == 200);
    a = act(below(path, "/download"), tuan());
    CHECK(a.code == 200 && str_eq(a.body, picture_bytes(300, 200)));
    CHECK(seal(below(path, "/police"), tuan()).code == 404);
}

TEST(class_and_reason_are_needed_and_what_was_typed_stays)
{
    struct sent s = told_picture();
    const char *path = below(file_path(&s, hanh()), "/police");
    struct answer a = get(&site, path, hanh());

    CHECK(says(a, "35 ngày") && says(a, "có thể đã xem"));
    a = post(&site, path, "words=chu-da-go", hanh());
    CHECK(a.code == 422 && says(a, "chu-da-go") && says(a, "class-bad"));
    (void)get(&site, path, hanh());
    a = post(&site, path, "class=suspected&words=+", hanh());
    CHECK(a.code == 422 && says(a, "words-bad") && says(a, "value=\"suspected\" selected"));
    CHECK(get(&site, file_path(&s, hanh()), hanh()).code == 200);
}

TEST(all_files_of_a_report_go_in_one_act_and_what_staff_add_later_stays_open)
{
    struct sent s = told("mot.txt", "text/plain", STR("mot"), "");
    const char *list = path_of(&site, s.report, "/files").at;
    struct answer a;

    (void)get(&site, list, hanh());
    part_file("files", "hai.txt", "text/plain", STR("hai"));
    CHECK(leads_to(send_parts(list, hanh()), list));
    CHECK(leads_to(seal(path_of(&site, s.report, "/police").at, hanh()), list));
    a = get(&site, list, hanh());
    CHECK(!says(a, "Đang che") && says(a, "Niêm phong"));
    CHECK(get(&site, path_of(&site, s.report, "/police").at, hanh()).code == 404);
    part_file("files", "ba.txt", "text/plain", STR("ba"));
    CHECK(leads_to(send_parts(list, hanh()), list));
    CHECK(says(get(&site, list, hanh()), "Đang che"));
    CHECK(seal(path_of(&site, s.report, "/police").at, minh()).code == 303);      /* P is there already */
    CHECK(!says(get(&site, list, hanh()), "Đang che"));
}

static bool police_holds(struct id report)
{
    struct compartments_rows comps;
    bool found = false;

    MUST(sql_compartments_of(&site.in.ledger, (struct sql_compartments_of){ .case_id = report }, &comps) == OK);
    for (size_t i = 0; i < comps.n; i++)
        found |= str_is(comps.at[i].letter, "P");
    instance_step(&site.in);
    return found;
}

/* V8: two persons' entries, or no grant. */
TEST(V8_where_the_child_left_police_out_two_persons_decide)
{
    static const char *const words[] = { "police", "police" };
    struct sent s = told("mot.txt", "text/plain", STR("mot"), words[0]), other = told("hai.txt", "text/plain", STR("hai"), words[1]);
    const char *path = below(file_path(&s, hanh()), "/police"), *second = below(file_path(&other, minh()), "/police");
    const char *list = path_of(&site, s.report, "/files").at;

    CHECK(says(get(&site, path, hanh()), "Trẻ đã chọn"));
    CHECK(leads_to(seal(path, hanh()), list));
    CHECK(!police_holds(s.report) && get(&site, below(list, "/"), hanh()).code == 404);
    CHECK(says(get(&site, list, hanh()), "Hạnh (mẫu) đã đề nghị"));
    (void)get(&site, path, hanh());
    CHECK(seal(path, hanh()).code == 303 && !police_holds(s.report));           /* the same person again */
    CHECK(says(get(&site, path, minh()), "người thứ hai"));
    CHECK(seal(path, minh()).code == 303 && police_holds(s.report));
    CHECK(seal(second, minh()).code == 303 && !police_holds(other.report));     /* a supervisor alone asks, too */
    CHECK(seal(second, minh()).code == 303 && !police_holds(other.report));
    CHECK(seal(second, hanh()).code == 303 && !police_holds(other.report));     /* a second person who does not supervise */
}

TEST(the_log_and_every_row_agree_afterwards)
{
    struct audit found = { 0 };

    CHECK(audit_verify(&site.in.ledger, tables, &found) == OK);
    CHECK_STR(found.bad, STR(""));
    instance_step(&site.in);
}

static void find_decoder(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);

    if (n <= 0 || getenv("LACHAN_DECODE"))
        return;
    path[n] = '\0';
    for (int up = 0; up < 2; up++)
        *strrchr(path, '/') = '\0';
    setenv("LACHAN_DECODE", arena_f(&site.kept, "%s/decode/lachan-decode", path).at, 1);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    find_decoder();
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
