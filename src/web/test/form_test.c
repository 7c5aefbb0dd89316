/* The form parsers, cut at every place, and the forms they fill. */
#include "../body.h"
#include "../form.h"
#include "../handle.h"
#include "../json_form.h"
#include "../multipart.h"
#include "../request_file.h"
#include "../urlencoded.h"

#include <test.h>

#include <unistd.h>

/* -- parsers: what they say, as text -------------------------------------------------------------------- */

struct told { struct out text; i64 next; bool gap, in_file; };

static void tell_begin(void *to, const struct part *p)
{
    struct told *t = to;

    out_char(&t->text, '[');
    out_str(&t->text, p->name);
    if (p->filename.at != NULL) {
        out_char(&t->text, '|');
        out_str(&t->text, p->filename);
        out_char(&t->text, '|');
        out_str(&t->text, p->type);
    }
    out_char(&t->text, p->wrong ? '!' : '=');
    t->next = -1;
    t->in_file = p->filename.at != NULL;
}

static void tell_data(void *to, struct str bytes, i64 at)
{
    struct told *t = to;

    t->gap |= t->in_file && t->next >= 0 && at != t->next;
    t->next = at + (i64)bytes.n;
    out_str(&t->text, bytes);
}

static void tell_end(void *to, bool whole)
{
    struct told *t = to;

    out_c(&t->text, whole ? "]" : "~");
}

static struct part_sink sink_of(struct told *t)
{
    return (struct part_sink){ tell_begin, tell_data, tell_end, t };
}

/* Feeds `body` cut in two at `cut`; 0: byte by byte. */
static bool multipart_told(struct str body, size_t cut, struct told *t)
{
    static struct multipart m;

    *t = (struct told){ .text.max = 1 << 20 };
    multipart_start(&m, STR("AB"), sink_of(t));
    if (cut > 0) {
        multipart_feed(&m, str_upto(body, cut));
        multipart_feed(&m, str_from(body, cut));
    } else {
        for (size_t i = 0; i < body.n; i++)
            multipart_feed(&m, str_of(body.at + i, 1));
    }
    return multipart_end(&m);
}

#define HEAD(rest) "--AB\r\nContent-Disposition: form-data; " rest "\r\n\r\n"
static const struct { struct str body; const char *told; bool whole; } multiparts[] = {
    { STR(""), "", false },
    { STR("--AB--\r\n"), "", true },
    { STR(HEAD("name=\"a\"") "x\r\n--AB--\r\n"), "[a=x]", true },
    { STR(HEAD("name=a") "x\r\n--AB--"), "[a=x]", true },
    { STR(HEAD("name=\"a\"") "\r\n--AB--\r\n"), "[a=]", true },
    { STR("preamble\r\n" HEAD("name=\"a\"") "x\r\n--AB--\r\nepilogue\r\n--AB\r\n"), "[a=x]", true },
    { STR(HEAD("name=\"a\"") "1\r\n" HEAD("name=\"b\"") "2\r\n--AB--\r\n"), "[a=1][b=2]", true },
    { STR(HEAD("name=\"a\"") "x"), "[a=x~", false },
    { STR(HEAD("name=\"a\"") "x\r\n--A"), "[a=x\r\n--A~", false },
    { STR(HEAD("name=\"a\"") "x\r\n--AB"), "[a=x~", false },
    { STR(HEAD("name=\"a\"") "x\r\n--ABC\r\ny\r\n--AB--"), "[a=x\r\n--ABC\r\ny]", true },
    { STR(HEAD("name=\"a\"") "x\r\n--AB-\r\ny\r\n--AB--"), "[a=x\r\n--AB-\r\ny]", true },
    { STR(HEAD("name=\"a\"") "\r\r\n\r\n--A\r\n--AB--"), "[a=\r\r\n\r\n--A]", true },
    { STR(HEAD("name=\"a\"") "\r\n\r\n\r\n--AB \t\r\nContent-Disposition: form-data; name=b\r\n\r\n2\r\n--AB--"),
      "[a=\r\n\r\n][b=2]", true },
    { STR(HEAD("name=\"a\"") "--AB--\r\n--AB--"), "[a=--AB--]", true },
    { STR("--AB\r\nContent-Type: text/plain\r\n\r\nx\r\n--AB--"), "[=x]", true },
    { STR("--AB\r\ncontent-disposition:form-data;name=\"f\";filename=\"C:\\dir\\p.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
          "\x00\xff\r\n\r\r\n--AB--"), NULL, true },
    { STR(HEAD("name=\"f\"; filename=\"a%22b\\\"c.png\"") "1\r\n--AB--"), "[f|a\"b\"c.png|=1]", true },
    { STR(HEAD("name=\"f\"; filename=\"\"") "\r\n--AB--"), "[f||=]", true },
    { STR(HEAD("name=\"f\"; filename=\"x\"; filename*=UTF-8''%E1%BA%A3nh.jpg") "1\r\n--AB--"), "[f|ảnh.jpg|=1]", true },
    { STR(HEAD("name=\"f\"; filename=\"../../etc/p\"") "1\r\n--AB--"), "[f|p|=1]", true },
    { STR("--AB\r\nX: y\r\nContent-Disposition: form-data; name=\"em có \xc3 dấu\"\r\n\r\n\xf0\x9f\x98\x80\r\n--AB--"),
      "[em có \xc3 dấu=\xf0\x9f\x98\x80]", true },
    /* the boundary of a body inside the body */
    { STR(HEAD("name=\"a\"") "--XY\r\nContent-Disposition: form-data; name=\"z\"\r\n\r\n1\r\n--XY--\r\n--AB--"),
      "[a=--XY\r\nContent-Disposition: form-data; name=\"z\"\r\n\r\n1\r\n--XY--]", true },
};

TEST(multipart_says_the_same_wherever_the_body_is_cut)
{
    for (size_t i = 0; i < COUNT_OF(multiparts); i++) {
        struct told whole, cut;
        bool ended = multipart_told(multiparts[i].body, multiparts[i].body.n, &whole);

        CHECK(ended == multiparts[i].whole);
        if (multiparts[i].told != NULL)
            CHECK_STR(out_done(&whole.text), str_c(multiparts[i].told));
        for (size_t at = 0; at < multiparts[i].body.n; at++) {
            CHECK(multipart_told(multiparts[i].body, at, &cut) == ended);
            CHECK_STR(out_done(&cut.text), out_done(&whole.text));
            CHECK(!cut.gap);
            out_free(&cut.text);
        }
        out_free(&whole.text);
    }
}

TEST(a_file_keeps_nul_and_line_ends_and_loses_its_folders)
{
    struct told t;

    CHECK(multipart_told(multiparts[16].body, 0, &t));
    CHECK_STR(out_done(&t.text), STR("[f|p.jpg|image/jpeg=\x00\xff\r\n\r]"));
    out_free(&t.text);
}

TEST(a_head_that_is_too_long_is_cut_and_the_next_part_is_read)
{
    struct out body = { .max = 1 << 20 };
    struct told t;

    out_c(&body, "--AB\r\nContent-Disposition: form-data; name=\"a\"; filename=\"");
    for (int i = 0; i < 5000; i++)
        out_char(&body, 'x');
    out_c(&body, "\"\r\n\r\n1\r\n" HEAD("name=\"b\"") "2\r\n--AB--");
    CHECK(multipart_told(out_done(&body), 0, &t));
    CHECK(str_ends(out_done(&t.text), STR("|=1][b=2]")));
    CHECK(t.text.n < MULTIPART_FILENAME_MAX + 32);
    out_free(&body);
    out_free(&t.text);
}

TEST(boundaries_are_taken_as_rfc_2046_allows_them)
{
    static const struct { const char *type, *boundary; } cases[] = {
        { "multipart/form-data; boundary=AB", "AB" }, { "Multipart/Form-Data;boundary=\"a b\"", "a b" },
        { "multipart/form-data; charset=utf-8; BOUNDARY=x", "x" }, { "multipart/form-data", NULL },
        { "multipart/form-data; boundary=", NULL }, { "multipart/form-data; boundary=\"a \"", NULL },
        { "multipart/form-data; boundary=a\x01", NULL }, { "multipart/mixed; boundary=AB", NULL }, { "", NULL },
        { "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789", "0123456789"
          "012345678901234567890123456789012345678901234567890123456789" },
        { "multipart/form-data; boundary=01234567890123456789012345678901234567890123456789012345678901234567890", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str boundary = STR_NULL;
        bool found = multipart_boundary(str_c(cases[i].type), &boundary);

        CHECK(found == (cases[i].boundary != NULL));
        if (found && cases[i].boundary)
            CHECK_STR(boundary, str_c(cases[i].boundary));
    }
}

TEST(urlencoded_says_the_same_wherever_the_body_is_cut)
{
    static const struct { const char *body, *told; } cases[] = {
        { "", "" }, { "&&", "" }, { "a=1", "[a=1]" }, { "a=1&b=2", "[a=1][b=2]" }, { "a", "[a=]" }, { "a=&b", "[a=][b=]" },
        { "a=x+y%20z", "[a=x y z]" }, { "a%3D=b%26c", "[a==b&c]" }, { "a=%", "[a=%]" }, { "a=%4", "[a=%4]" },
        { "a=%4&b=%zz", "[a=%4][b=%zz]" }, { "a=%%41", "[a=%A]" }, { "a=b=c", "[a=b=c]" }, { "a=%e1%bb%87", "[a=ệ]" },
        { "=x", "[=x]" }, { "a=1&a=2", "[a=1][a=2]" }, { "a=%4%41", "[a=%4A]" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t cut = 0; cut <= strlen(cases[i].body); cut++) {
            struct told t = { .text.max = 1 << 16 };
            struct urlencoded u;

            urlencoded_start(&u, sink_of(&t));
            urlencoded_feed(&u, str_upto(str_c(cases[i].body), cut));
            urlencoded_feed(&u, str_from(str_c(cases[i].body), cut));
            urlencoded_end(&u);
            CHECK_STR(out_done(&t.text), str_c(cases[i].told));
            out_free(&t.text);
        }
}

TEST(json_objects_are_forms_and_nothing_else_is)
{
    static const struct { const char *json, *told; bool fine; } cases[] = {
        { "{}", "", true }, { "{\"a\":\"x\"}", "[a=x]", true }, { "{\"a\":[\"x\",\"y\"],\"b\":3}", "[a=x][a=y][b=3]", true },
        { "{\"a\":null,\"b\":true,\"c\":false}", "[b=true][c=false]", true }, { "{\"a\":1.5}", "[a=1.5]", true },
        { "{\"a\":{\"b\":1}}", "[a!]", true }, { "{\"a\":[[1],\"x\"]}", "[a!][a=x]", true }, { "[1]", "", false }, { "\"x\"", "", false },
        { "{\"a\":1,\"a\":2}", "", false }, { "{", "", false }, { "", "", false }, { "{\"a\":\"\xc3\"}", "", false },
        { "{\"a\":\"\\ud800\"}", "", false }, { "{} x", "", false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t = { .text.max = 1 << 16 };
        void *tree = NULL;
        status parsed = json_form_parse(str_c(cases[i].json), sink_of(&t), &tree);

        CHECK((parsed == OK) == cases[i].fine);
        CHECK_STR(out_done(&t.text), str_c(cases[i].told));
        json_form_free(tree);
        out_free(&t.text);
    }
}

/* -- forms: through the whole engine -------------------------------------------------------------------- */

static status count_bytes(void *to, const void *bytes, size_t n)
{
    (void)bytes;
    *(i64 *)to += (i64)n;
    return OK;
}

/* Writes what it sees, so that a test can read it. */
static status echo(struct ctx *c)
{
    struct strs harm = form_all(c, "harm"), rest = form_text_rest(c, "story");
    struct form_files files = form_files(c, "files");

    out_c(c->out, "story=");
    out_str(c->out, form_text(c, "story"));
    for (size_t i = 0; i < rest.n; i++) {
        out_c(c->out, ";rest=");
        out_str(c->out, rest.at[i]);
    }
    for (size_t i = 0; i < harm.n; i++) {
        out_c(c->out, ";harm=");
        out_str(c->out, harm.at[i]);
    }
    for (size_t i = 0; i < files.n; i++) {
        i64 read = 0;

        if (!files.at[i].too_large)
            TRY(form_file_read(c, &files.at[i], count_bytes, &read));
        out_f(c->out, ";file=%.*s %lld %lld%s", (int)files.at[i].name.n, files.at[i].name.at, (long long)files.at[i].size,
              (long long)read, files.at[i].too_large ? " too large" : "");
    }
    return answer_text(c, 200, "text/plain");
}

/* A form whose fields are data: what came, with names. */
static status echo_each(struct ctx *c)
{
    struct form_pairs pairs = form_each(c, "q.");

    for (size_t i = 0; i < pairs.n; i++)
        out_f(c->out, "%.*s=%.*s;", (int)pairs.at[i].name.n, pairs.at[i].name.at, (int)pairs.at[i].text.n, pairs.at[i].text.at);
    return answer_text(c, 200, "text/plain");
}

#define ECHO_FIELDS FIELD("story", 10), FIELD("harm", 20, .repeat = true), FIELD("files", 0, .file = true)
static const struct route pages[] = {
    ROUTE(POST, "/open", PUBLIC, FORM_FIRST(ECHO_FIELDS), echo),
    ROUTE(POST, "/strict", PUBLIC, FORM(ECHO_FIELDS), echo),
    ROUTE(POST, "/api/v1/open", PUBLIC, FORM_OPEN(ECHO_FIELDS), echo, .api = true),
    ROUTE(POST, "/api/v1/strict", PUBLIC, FORM(ECHO_FIELDS), echo, .api = true),
    ROUTE(POST, "/api/v1/each", PUBLIC, FORM(FIELD("q", 5), FIELD("q.", 10, .starts = true)), echo_each, .api = true),
    ROUTES_END
};
static const struct route *const modules[] = { pages, NULL };
static struct app app = { .modules = modules, .spool_dir = "." };

struct posted { int code; struct out body; };

static struct posted post(const char *path, const char *type, struct body *body)
{
    struct header headers[] = { { STR("Content-Type"), str_c(type) } };
    struct request r = { .method = POST, .target = str_c(path), .headers = headers, .n_headers = 1, .body = body };
    struct posted p = { .body.max = 1 << 20 };
    struct response response;
    struct worker *w = NULL;

    CHECK(worker_make(&app, false, &w) == OK);
    web_handle(w, &r, &response);
    p.code = response.code;
    out_str(&p.body, response.body);
    CHECK(worker_is_clean(w));
    web_release(w);
    worker_free(w);
    body_free(body);
    return p;
}

static struct body *body_of(struct str text)
{
    struct body *b = body_make(app.spool_dir);

    body_add(b, text.at, text.n);
    body_end(b);
    return b;
}

static const char urlencoded[] = "application/x-www-form-urlencoded";

TEST(an_open_form_keeps_every_word)
{
    static const struct { const char *body, *seen; } cases[] = {
        { "", "story=" },
        { "story=em+s%E1%BB%A3", "story=em sợ" },
        { "story=%00%01a%0D%0Ab%C3", "story=a\nb\xef\xbf\xbd" },                /* NUL and C0 go, broken UTF-8 is marked */
        { "story=Hoa%CC%80", "story=Hoà" },                                     /* NFD becomes NFC */
        { "story=0123456789abcdefghijXY", "story=0123456789;rest=abcdefghij;rest=XY" },
        { "story=one&story=two", "story=one;rest=two" },
        { "harm=threat&harm=images&harm=", "story=;harm=threat;harm=images" },
        { "story=%F0%9F%98%80%F0%9F%98%80", "story=😀😀" },
        { "unknown=1&story=x", "story=x" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct posted p = post("/open", urlencoded, body_of(str_c(cases[i].body)));

        CHECK(p.code == 200);
        CHECK_STR(out_done(&p.body), str_c(cases[i].seen));
        out_free(&p.body);
    }
}

TEST(fields_that_share_a_start_come_with_their_names_in_order_and_empty_ones_too)
{
    static const struct { const char *body; int code; const char *seen; } cases[] = {
        { "q.b=2&q.a/x%5B2%5D=1&q=5&other=9&q.b=&q.=0", 200, "b=2;a/x[2]=1;b=;=0;" },
        { "", 200, "" },
        { "q.a=0123456789&q.long=0123456789a", 422, "\"errors\":[{\"field\":\"q.long\"" },
        { "q.bytes=%C3", 422, "\"errors\":[{\"field\":\"q.bytes\"" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct posted p = post("/api/v1/each", urlencoded, body_of(str_c(cases[i].body)));

        CHECK_INT(p.code, cases[i].code);
        CHECK(p.code == 200 ? str_is(out_done(&p.body), cases[i].seen) : str_find(out_done(&p.body), str_c(cases[i].seen)) < p.body.n);
        out_free(&p.body);
    }
}

TEST(a_strict_form_says_which_field_is_wrong)
{
    static const struct { const char *body; int code; const char *field; } cases[] = {
        { "story=fine", 200, "" },
        { "story=0123456789a", 422, "\"errors\":[{\"field\":\"story\"" },
        { "story=a&story=b", 422, "\"errors\":[{\"field\":\"story\"" },
        { "story=%C3", 422, "\"errors\":[{\"field\":\"story\"" },
        { "harm=012345678901234567890", 422, "\"errors\":[{\"field\":\"harm\"" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct posted p = post("/api/v1/strict", urlencoded, body_of(str_c(cases[i].body)));
        struct str body = out_done(&p.body);

        CHECK(p.code == cases[i].code);
        CHECK(cases[i].code == 200 || str_find(body, str_c(cases[i].field)) < body.n);
        out_free(&p.body);
    }
}

TEST(ten_thousand_characters_arrive_by_each_way_in)
{
    struct out story = { .max = 1 << 20 }, json = { .max = 1 << 20 };
    struct posted p;

    for (int i = 0; i < 1000; i++)
        out_c(&story, "0123456789");
    out_c(&json, "{\"story\":");
    out_json(&json, out_done(&story));
    out_c(&json, "}");
    p = post("/api/v1/open", "application/json; charset=utf-8", body_of(out_done(&json)));
    CHECK(p.code == 200);
    CHECK(p.body.n == strlen("story=") + 10000 + 999 * strlen(";rest="));
    out_free(&p.body);
    out_free(&story);
    out_free(&json);
}

TEST(json_is_for_the_api_only)
{
    struct posted p = post("/open", "application/json", body_of(STR("{\"story\":\"x\"}")));

    CHECK(p.code == 303);
    out_free(&p.body);
    p = post("/api/v1/open", "text/plain", body_of(STR("story=x")));
    CHECK(p.code == 422);
    out_free(&p.body);
    p = post("/api/v1/open", "application/json", body_of(STR("{\"story\":\"\xc3\"}")));
    CHECK(p.code == 422);
    out_free(&p.body);
}

/* Adds a file part of n bytes. */
static void add_file(struct body *b, const char *name, i64 n)
{
    static const char block[65536] = { 'x' };
    char head[256];

    snprintf(head, sizeof head, "--AB\r\nContent-Disposition: form-data; name=\"files\"; filename=\"%s\"\r\n\r\n", name);
    body_add(b, head, strlen(head));
    for (; n > 0; n -= (i64)sizeof block)
        body_add(b, block, n < (i64)sizeof block ? (size_t)n : sizeof block);
    body_add(b, "\r\n", 2);
}

static struct body *story_first(void)
{
    static const char story[] = HEAD("name=\"story\"") "em kể\r\n";
    struct body *b = body_make(app.spool_dir);

    body_add(b, story, sizeof story - 1);
    return b;
}

static struct posted post_files(const char *path, struct body *b)
{
    body_add(b, "--AB--\r\n", 8);
    body_end(b);
    return post(path, "multipart/form-data; boundary=AB", b);
}

TEST(the_eleventh_file_is_noted_and_not_kept)
{
    struct body *b = story_first();
    struct posted p;
    struct str body;

    for (int i = 0; i < 11; i++)
        add_file(b, "a.jpg", 1000);
    p = post_files("/open", b);
    body = out_done(&p.body);
    CHECK(str_starts(body, STR("story=em kể;file=a.jpg 1000 1000;file=")));
    CHECK(str_ends(body, STR(";file=a.jpg 1000 0 too large")));
    out_free(&p.body);
}

TEST(a_file_over_25_MB_is_noted_and_the_others_are_kept)
{
    struct body *b = story_first();
    struct posted p;

    add_file(b, "big.mp4", 26 * 1024 * 1024);
    add_file(b, "b.jpg", 70000);
    p = post_files("/open", b);
    CHECK_STR(out_done(&p.body), STR("story=em kể;file=big.mp4 27262976 0 too large;file=b.jpg 70000 70000"));
    out_free(&p.body);
}

TEST(words_survive_a_body_that_is_cut)
{
    struct body *b;
    struct posted p;

    app.spool_dir = "/nonexistent";         /* as with a full disk: only memory is left */
    b = story_first();
    add_file(b, "big.mp4", 1024 * 1024);
    p = post_files("/open", b);
    CHECK(p.code == 200);
    CHECK(str_starts(out_done(&p.body), STR("story=em kể;file=big.mp4 ")));
    CHECK(str_ends(out_done(&p.body), STR(" too large")));
    out_free(&p.body);
    b = story_first();
    add_file(b, "big.mp4", 1024 * 1024);
    p = post_files("/api/v1/open", b);
    CHECK(p.code == 503);
    out_free(&p.body);
    app.spool_dir = ".";
}

/* -- bodies --------------------------------------------------------------------------------------------- */

TEST(a_body_reads_back_what_came_in_memory_and_from_its_spool)
{
    static const size_t sizes[] = { 0, 1, BODY_MEMORY_MAX, BODY_MEMORY_MAX + 1, 65536 * 7, 65536 * 7 + 5 };

    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        struct body *b = body_make(".");
        struct str piece;
        bool same = true;
        i64 at = 0;

        for (size_t i = 0; i < sizes[k]; i++) {
            char c = (char)(i * 31 >> 3);

            body_add(b, &c, 1);
        }
        body_end(b);
        CHECK(body_cut(b) == OK && body_size(b) == (i64)sizes[k]);
        CHECK((body_text(b).at != NULL) == (sizes[k] <= BODY_MEMORY_MAX));
        do {
            REQUIRE(body_piece(b, at, &piece) == OK);
            for (size_t i = 0; i < piece.n; i++)
                same &= piece.at[i] == (char)(((size_t)at + i) * 31 >> 3);
            at += (i64)piece.n;
        } while (piece.n > 0);
        CHECK(same && at == (i64)sizes[k]);
        body_free(b);
    }
}

TEST(a_body_without_a_spool_keeps_its_beginning)
{
    static const char block[BODY_MEMORY_MAX] = { 0 };
    struct body *b = body_make(NULL);

    body_add(b, block, sizeof block);
    CHECK(body_cut(b) == OK);
    body_add(b, "x", 1);
    body_end(b);
    CHECK(body_cut(b) == TOO_LARGE);
    CHECK(body_size(b) == BODY_MEMORY_MAX && body_came(b) == BODY_MEMORY_MAX + 1);
    body_free(b);
}

int main(int argc, char **argv)
{
    vault_start();
    if (web_start(&app) != OK)
        return 1;
    return test_run_all(argc > 1 ? argv[1] : NULL);
}
