/* Queue, routes, heads of requests, headers of answers: no socket. */
#include "../framing.h"
#include "../gzip.h"
#include "../html_page.h"
#include "../metrics.h"
#include "../problem.h"
#include "../queue.h"
#include "../request.h"
#include "../request_file.h"
#include "../route.h"

#include <test.h>

#include <zlib.h>

/* -- where this instance is reached ---------------------------------------------------------------------- */

TEST(an_address_for_links_is_scheme_and_host)
{
    static const char *const right[] = { "https://lachan.example", "http://127.0.0.1:8080", "https://[::1]:8443" };
    static const char *const wrong[] = { "", "https://", "lachan.example", "https://lachan.example/", "https://a@b.example", "ftp://a.example",
                                         "https://a.example?x", "https://a example", "javascript:alert(1)", "https://a{", "https://A;" };

    for (size_t i = 0; i < COUNT_OF(right); i++)
        CHECK(web_origin_ok(str_c(right[i])));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK(!web_origin_ok(str_c(wrong[i])));
    CHECK(!web_origin_ok(str_of("https://a\0b", 11)));
}

TEST(links_name_the_operators_address_or_the_host_that_was_asked_for)
{
    struct arena a = arena_make(1 << 16);
    struct header h = { STR("Host"), STR("lachan.example:8443") };
    struct request r = { .headers = &h, .n_headers = 1 };
    struct app app = { .secure = true };
    struct ctx c = { .app = &app, .arena = &a };

    CHECK_STR(web_origin(&c), STR(""));
    c.request = &r;
    CHECK_STR(web_origin(&c), STR("https://lachan.example:8443"));
    app.secure = false;
    CHECK_STR(web_origin(&c), STR("http://lachan.example:8443"));
    r.n_headers = 0;
    CHECK_STR(web_origin(&c), STR(""));
    app.public_url = "https://one.example";
    CHECK_STR(web_origin(&c), STR("https://one.example"));
    arena_free(&a);
}

/* -- queue ---------------------------------------------------------------------------------------------- */

static const int places[LANES] = { 16, 16, 16, 2, 16 };

/* Which lane the taken item came from; items are their lanes plus one. */
static int taken(struct queue *q)
{
    return (int)(intptr_t)queue_try(q) - 1;
}

static bool put(struct queue *q, enum lane lane)
{
    return queue_put(q, lane, (void *)((intptr_t)lane + 1));
}

static void empty(struct queue *q)
{
    for (int lane = taken(q); lane >= 0; lane = taken(q))
        queue_done(q, (enum lane)lane);
    queue_free(q);
}

TEST(of_four_turns_three_are_a_new_report_when_both_lanes_wait)
{
    struct queue *q = queue_make(2, places);
    int reports = 0;

    for (int i = 0; i < 16; i++)
        CHECK(put(q, LANE_RETURN) && put(q, LANE_REPORT));
    for (int i = 0; i < 12; i++) {
        int lane = taken(q);

        reports += lane == LANE_REPORT;
        queue_done(q, (enum lane)lane);
    }
    CHECK(reports == 9);
    empty(q);
}

TEST(anonymous_lanes_take_at_most_half_of_the_workers_and_others_pass)
{
    struct queue *q = queue_make(4, places);

    for (int i = 0; i < 4; i++)
        CHECK(put(q, LANE_REPORT));
    CHECK(put(q, LANE_NONE) && put(q, LANE_STAFF));
    CHECK(taken(q) == LANE_REPORT && taken(q) == LANE_REPORT);
    CHECK(taken(q) == LANE_NONE && taken(q) == LANE_STAFF);
    CHECK(taken(q) == -1);
    queue_done(q, LANE_REPORT);
    CHECK(taken(q) == LANE_REPORT);
    for (int i = 0; i < 2; i++)
        queue_done(q, LANE_REPORT);
    queue_done(q, LANE_STAFF);
    queue_done(q, LANE_NONE);
    empty(q);
}

TEST(staff_sign_in_one_at_a_time)
{
    struct queue *q = queue_make(8, places);

    CHECK(put(q, LANE_STAFF) && put(q, LANE_STAFF) && !put(q, LANE_STAFF));
    CHECK(taken(q) == LANE_STAFF && taken(q) == -1);
    queue_done(q, LANE_STAFF);
    CHECK(taken(q) == LANE_STAFF);
    queue_done(q, LANE_STAFF);
    empty(q);
}

TEST(programs_of_partners_hold_a_quarter_of_the_workers_at_most)
{
    struct queue *q = queue_make(8, places);

    for (int i = 0; i < 4; i++)
        CHECK(put(q, LANE_PARTNER));
    CHECK(put(q, LANE_NONE));
    CHECK(taken(q) == LANE_PARTNER && taken(q) == LANE_PARTNER && taken(q) == LANE_NONE && taken(q) == -1);
    CHECK(queue_next(q, LANE_PARTNER) == (void *)(intptr_t)(LANE_PARTNER + 1));
    queue_done(q, LANE_PARTNER);
    queue_done(q, LANE_PARTNER);
    queue_done(q, LANE_NONE);
    empty(q);
}

TEST(outside_the_lanes_the_oldest_goes_first_and_a_closed_queue_takes_nothing)
{
    struct queue *q = queue_make(1, places);

    CHECK(put(q, LANE_RETURN) && put(q, LANE_NONE) && put(q, LANE_STAFF));
    queue_close(q);
    CHECK(!put(q, LANE_NONE));
    CHECK(queue_take(q) == (void *)(intptr_t)(LANE_RETURN + 1));
    CHECK(queue_take(q) == (void *)(intptr_t)(LANE_NONE + 1));
    CHECK(queue_take(q) == (void *)(intptr_t)(LANE_STAFF + 1));
    CHECK(queue_take(q) == NULL);
    queue_done(q, LANE_RETURN);
    queue_done(q, LANE_NONE);
    queue_done(q, LANE_STAFF);
    CHECK(queue_look(q).running[LANE_STAFF] == 0);
    queue_free(q);
}

/* -- framing -------------------------------------------------------------------------------------------- */

TEST(shapes_that_two_programs_read_differently_are_refused)
{
    static const struct { const char *head; enum problem p; } cases[] = {
        { "GET / HTTP/1.1\nHost: a\n\n", PROBLEMS },
        { "GET /a%2fb?x=%00 HTTP/1.1\nHost: a\n\n", PROBLEMS },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: 0\n\n", PROBLEMS },
        { "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n", PROBLEMS },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: 1\nTransfer-Encoding: chunked\n\n", PROBLEM_BAD_REQUEST },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: 1\ncontent-length: 1\n\n", PROBLEM_BAD_REQUEST },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: -1\n\n", PROBLEM_BAD_REQUEST },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: 1x\n\n", PROBLEM_BAD_REQUEST },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: +1\n\n", PROBLEM_BAD_REQUEST },
        { "POST / HTTP/1.1\nHost: a\nContent-Length : 1\n\n", PROBLEM_BAD_REQUEST },
        { "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: xchunked\n\n", PROBLEM_BAD_REQUEST },
        { "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked\n\n", PROBLEM_BAD_REQUEST },
        { "GET / HTTP/1.1\nHost: a\nHost: b\n\n", PROBLEM_BAD_REQUEST },
        { "GET / HTTP/1.1\n\n", PROBLEM_BAD_REQUEST }, { "GET / HTTP/1.0\n\n", PROBLEMS },
        { "GET / HTTP/1.1\nHo\tst: a\n\n", PROBLEM_BAD_REQUEST },
        { "GET http://a/ HTTP/1.1\nHost: a\n\n", PROBLEM_BAD_REQUEST },
        { "GET /a#b HTTP/1.1\nHost: a\n\n", PROBLEM_BAD_REQUEST },
        { "GET /\xc3\xa0 HTTP/1.1\nHost: a\n\n", PROBLEM_BAD_REQUEST },
        { "TRACE / HTTP/1.1\nHost: a\n\n", PROBLEM_METHOD },
        { "DELETE / HTTP/1.1\nHost: a\n\n", PROBLEM_METHOD },
        { "get / HTTP/1.1\nHost: a\n\n", PROBLEM_UNKNOWN_METHOD },
        { "BREW / HTTP/1.1\nHost: a\n\n", PROBLEM_UNKNOWN_METHOD },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: 9999999999\n\n", PROBLEM_TOO_LARGE },
        { "POST / HTTP/1.1\nHost: a\nContent-Length: 99999999999999999999\n\n", PROBLEM_BAD_REQUEST },
    };
    struct arena a = arena_make(1 << 20);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request r;

        REQUIRE(request_file_read(&a, str_c(cases[i].head), NULL, &r) == OK);
        CHECK(framing_check(&r) == cases[i].p);
        request_file_free(&r);
    }
    arena_free(&a);
}

TEST(a_request_file_that_is_none_is_refused_by_line)
{
    static const char *const cases[] = { "", "GET", "GET /", "GET / HTTP/2", "GET / HTTP/1.1\nnonsense\n\n" };
    struct arena a = arena_make(1 << 20);
    struct request r;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK(request_file_read(&a, str_c(cases[i]), NULL, &r) == INVALID);
    arena_free(&a);
}

/* -- routes --------------------------------------------------------------------------------------------- */

static status show(struct ctx *c)
{
    out_f(c->out, "%s|", c->route->path);
    out_str(c->out, path_text(c, "id"));
    return answer_text(c, 200, "text/plain");
}

static status broken(struct ctx *c)
{
    (void)c;
    return fail(BROKEN, "on purpose");
}

static status greedy(struct ctx *c)
{
    for (;;)
        (void)arena_alloc(c->arena, 1 << 20);
    return OK;
}

static status public_page(struct ctx *c)
{
    for (int i = 0; i < 500; i++)
        out_c(c->out, "<p>xin chào");
    return page_done_public(c, "abc=");
}

static const struct route pages[] = {
    ROUTE(GET, "/", PUBLIC, NO_FORM, show),
    ROUTE(GET, "/cases/:id", PUBLIC, NO_FORM, show),
    ROUTE(GET, "/cases/new", PUBLIC, NO_FORM, show),
    ROUTE(POST, "/cases/:id/notes", PUBLIC, NO_FORM, show),
    ROUTE(GET, "/desk", STAFF, NO_FORM, show),
    ROUTE(GET, "/api/v1/desk", STAFF, NO_FORM, show, .api = true),
    ROUTE(GET, "/broken", PUBLIC, NO_FORM, broken),
    ROUTE(GET, "/api/v1/broken", PUBLIC, NO_FORM, broken, .api = true),
    ROUTE(POST, "/broken", PUBLIC, NO_FORM, broken),
    ROUTE(GET, "/greedy", PUBLIC, NO_FORM, greedy),
    ROUTE(GET, "/page", PUBLIC, NO_FORM, public_page),
    ROUTES_END
};
static const struct route *const modules[] = { pages, web_routes, NULL };
static const struct app app = { .modules = modules, .secure = true };

struct asked { int code; struct out text, body; };

/* Runs one request and gives its answer as text. */
static struct asked ask(const char *head)
{
    struct asked got = { .text.max = 1 << 20, .body.max = 1 << 20 };
    struct arena a = arena_make(1 << 20);
    struct response response;
    struct worker *w = NULL;
    struct request r;

    CHECK(worker_make(&app, false, &w) == OK);
    CHECK(request_file_read(&a, str_c(head), NULL, &r) == OK);
    web_handle(w, &r, &response);
    got.code = response.code;
    request_file_answer(&response, &got.text);
    out_str(&got.body, response.body);
    CHECK(worker_is_clean(w));
    web_release(w);
    worker_free(w);
    request_file_free(&r);
    arena_free(&a);
    return got;
}

static void asked_free(struct asked *a)
{
    out_free(&a->text);
    out_free(&a->body);
}

static bool says(const struct asked *a, const char *what)
{
    return str_find(out_done(&a->text), str_c(what)) < a->text.n;
}

TEST(a_path_finds_its_row_and_a_literal_goes_first)
{
    static const struct { const char *line; int code; const char *body; } cases[] = {
        { "GET / HTTP/1.1\n\n", 200, "/|" },
        { "HEAD / HTTP/1.1\n\n", 200, "/|" },
        { "GET /?lang=en HTTP/1.1\n\n", 200, "/|" },
        { "GET /cases/new HTTP/1.1\n\n", 200, "/cases/new|" },
        { "GET /cases/7 HTTP/1.1\n\n", 200, "/cases/:id|7" },
        { "GET /cases/a%2Fb%00 HTTP/1.1\n\n", 200, "/cases/:id|a/b" },
        { "POST /cases/7/notes HTTP/1.1\n\n", 200, "/cases/:id/notes|7" },
        { "GET /cases/ HTTP/1.1\n\n", 404, NULL }, { "GET /cases/7/ HTTP/1.1\n\n", 404, NULL },
        { "GET //cases/7 HTTP/1.1\n\n", 404, NULL }, { "GET /cases/../desk HTTP/1.1\n\n", 404, NULL },
        { "GET /cases/7/notes HTTP/1.1\n\n", 405, NULL }, { "POST /desk HTTP/1.1\n\n", 405, NULL },
        { "GET /metrics HTTP/1.1\n\n", 404, NULL }, { "GET /healthz HTTP/1.1\n\n", 200, "ok\n" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct asked got = ask(cases[i].line);

        CHECK(got.code == cases[i].code);
        if (cases[i].body != NULL)
            CHECK_STR(out_done(&got.body), str_c(cases[i].body));
        asked_free(&got);
    }
}

TEST(an_unknown_method_for_a_known_path_says_what_is_allowed)
{
    struct asked got = ask("GET /cases/7/notes HTTP/1.1\n\n");

    CHECK(got.code == 405 && says(&got, "Allow: POST\r\n"));
    asked_free(&got);
}

TEST(nobody_without_a_session_comes_to_a_page_of_staff)
{
    struct asked got = ask("GET /desk?lang=en HTTP/1.1\nCookie: __Host-s=x\n\n");

    CHECK(got.code == 303 && says(&got, "Location: /sign-in?lang=en\r\n"));
    asked_free(&got);
    got = ask("GET /api/v1/desk HTTP/1.1\nAuthorization: Bearer x\n\n");
    CHECK(got.code == 401 && says(&got, "application/problem+json"));
    asked_free(&got);
}

TEST(what_goes_wrong_becomes_a_page_a_problem_or_a_redirect)
{
    struct asked got = ask("GET /broken HTTP/1.1\nAccept-Language: en\n\n");

    CHECK(got.code == 500 && says(&got, "111") && !says(&got, "on purpose"));
    asked_free(&got);
    got = ask("GET /api/v1/broken HTTP/1.1\n\n");
    CHECK(got.code == 500 && says(&got, "\"type\":\"/problems/broken\"") && says(&got, "\"status\":500"));
    asked_free(&got);
    got = ask("POST /broken HTTP/1.1\n\n");
    CHECK(got.code == 303 && says(&got, "Location: /problems/broken\r\n") && got.body.n == 0);
    asked_free(&got);
    got = ask("GET /problems/busy HTTP/1.1\n\n");
    CHECK(got.code == 503 && says(&got, "Retry-After: 60\r\n") && says(&got, "111"));
    asked_free(&got);
}

TEST(a_request_that_needs_too_much_memory_is_refused_and_the_next_one_runs)
{
    struct asked got = ask("GET /greedy HTTP/1.1\n\n");

    CHECK(got.code == 413);
    asked_free(&got);
    got = ask("GET / HTTP/1.1\n\n");
    CHECK(got.code == 200);
    asked_free(&got);
}

TEST(every_answer_carries_the_headers_that_protect_its_reader)
{
    static const char *const lines[] = { "GET / HTTP/1.1\n\n", "GET /nowhere HTTP/1.1\n\n", "GET /broken HTTP/1.1\n\n",
                                         "POST /broken HTTP/1.1\n\n", "GET /greedy HTTP/1.1\n\n", "GET /page HTTP/1.1\n\n" };
    static const char *const headers[] = { "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n",
        "Cache-Control: no-store\r\n", "Cross-Origin-Opener-Policy: same-origin\r\n", "X-Robots-Tag: noindex",
        "Cross-Origin-Resource-Policy: same-origin\r\n", "Permissions-Policy: ", "Strict-Transport-Security: ",
        "Content-Security-Policy: default-src 'none'" };

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct asked got = ask(lines[i]);

        for (size_t k = 0; k < COUNT_OF(headers); k++)
            CHECK(says(&got, headers[k]));
        CHECK(!says(&got, "Server:") && !says(&got, "unsafe-inline"));
        asked_free(&got);
    }
}

TEST(pages_are_padded_to_steps_also_when_compressed)
{
    struct asked plain = ask("GET /page HTTP/1.1\n\n"), zipped = ask("GET /page HTTP/1.1\nAccept-Encoding: br, gzip\n\n");
    static char back[65536];
    z_stream z = { .next_in = (Bytef *)zipped.body.at, .avail_in = (uInt)zipped.body.n, .next_out = (Bytef *)back,
                   .avail_out = sizeof back };

    CHECK(plain.body.n % 4096 == 0 && zipped.body.n == 8192);
    CHECK(says(&zipped, "Content-Encoding: gzip\r\n") && says(&plain, "style-src 'sha256-abc='"));
    REQUIRE(inflateInit2(&z, 15 + 16) == Z_OK);
    CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
    inflateEnd(&z);
    CHECK(str_starts(out_done(&plain.body), str_of(back, z.total_out)) && z.total_out == 500 * strlen("<p>xin chào"));
    asked_free(&plain);
    asked_free(&zipped);
}

TEST(the_hash_of_the_plain_page_is_that_of_its_style)
{
    struct html_page p = { .lang_code = STR("vi") };
    struct out o = { .max = 1 << 16 };
    struct arena a = arena_make(1 << 16);
    uint8_t hash[32];
    struct str style;

    html_plain_page(&p, STR("a"), STR("b"), &o);
    style = str_from(out_done(&o), str_find(out_done(&o), STR("<style>")) + strlen("<style>"));
    style = str_upto(style, str_find(style, STR("</style>")));
    vault_sha256(hash, PARTS(style));
    CHECK_STR(vault_base64(&a, str_of(hash, sizeof hash)), str_c(html_plain_style));
    out_free(&o);
    arena_free(&a);
}

TEST(a_table_of_routes_with_a_hole_does_not_start)
{
    static const struct route holes[][3] = {
        { ROUTE(GET, "/a", 0, NO_FORM, show) }, { ROUTE(GET, "/a", PUBLIC, NO_FORM, NULL) },
        { ROUTE(GET, "a", PUBLIC, NO_FORM, show) }, { ROUTE(GET, "/:a/:b/:c/:d/:e", PUBLIC, NO_FORM, show) },
        { ROUTE(HEAD, "/a", PUBLIC, NO_FORM, show) },
        { ROUTE(GET, "/a/:x", PUBLIC, NO_FORM, show), ROUTE(GET, "/a/:y", PUBLIC, NO_FORM, show) },
    };

    CHECK(routes_check(&app) == OK);
    for (size_t i = 0; i < COUNT_OF(holes); i++) {
        const struct route *const list[] = { holes[i], NULL };

        CHECK(routes_check(&(struct app){ .modules = list }) == INVALID);
    }
}

TEST(routes_are_listed_for_people_and_for_machines)
{
    struct out o = { .max = 1 << 16 };

    routes_write(&app, false, &o);
    CHECK(str_starts(out_done(&o), STR("GET\t/\tpublic\n")));
    CHECK(str_find(out_done(&o), STR("GET\t/desk\tstaff\n")) < o.n);
    out_reset(&o);
    routes_write(&app, true, &o);
    CHECK(str_starts(out_done(&o), STR("[{\"method\":\"GET\",\"path\":\"/\",\"permission\":\"public\"},\n")));
    out_free(&o);
}

/* -- heads ---------------------------------------------------------------------------------------------- */

TEST(the_language_is_the_query_then_the_browsers_then_vietnamese)
{
    static const struct { const char *query, *accept; enum lang lang; bool chosen; } cases[] = {
        { "", NULL, LANG_VI, false }, { "lang=en", NULL, LANG_EN, true }, { "a=1&lang=vi", "en", LANG_VI, true },
        { "lang=xx", "en-GB,en;q=0.9", LANG_EN, false }, { "", "fr, en;q=0.5, vi;q=0.8", LANG_VI, false },
        { "", "fr, en;q=0.9, vi;q=0.85", LANG_EN, false }, { "", "en;q=0", LANG_VI, false }, { "", "*", LANG_VI, false },
        { "lang=", "EN", LANG_EN, false }, { "lang=english", NULL, LANG_VI, false }, { "lang", "en", LANG_EN, false },
        { "", "vi;q=0.5,en;q=1", LANG_EN, false }, { "", "vi;q=0.5,en;q=1.000", LANG_EN, false }, { "", "vi;q=0.9999999,en;q=", LANG_VI, false },
        { "", "vi;q=0.2,en;q=0.x", LANG_VI, false }, { "", "vi;q=0.2,en;q=0.3/", LANG_EN, false }, { "", "vi;q=0.2,en;level=1", LANG_EN, false },
        { "", "envi, ,;q=1", LANG_VI, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct header h = { STR("Accept-Language"), str_c(cases[i].accept) };
        struct request r = { .headers = &h, .n_headers = cases[i].accept != NULL };
        bool chosen;

        CHECK(request_lang(&r, str_c(cases[i].query), &chosen) == cases[i].lang && chosen == cases[i].chosen);
    }
}

TEST(a_cookie_that_stands_twice_with_two_values_is_none)
{
    static const struct { const char *line, *value; } cases[] = {
        { "__Host-s=abc", "abc" }, { "a=1; __Host-s=abc; b=2", "abc" }, { "__Host-s=abc; __Host-s=abc", "abc" },
        { "__Host-s=abc; __Host-s=abd", NULL }, { "x__Host-s=abc", NULL }, { "__Host-s", NULL }, { "", NULL },
        { "__Host-s=", "" }, { "__Host-s=a=b", "a=b" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct header h = { STR("cookie"), str_c(cases[i].line) };
        struct request r = { .headers = &h, .n_headers = 1 };
        struct str value = request_cookie(&r, "__Host-s");

        CHECK((value.at == NULL) == (cases[i].value == NULL));
        if (cases[i].value != NULL)
            CHECK_STR(value, str_c(cases[i].value));
    }
}

TEST(a_program_shows_its_token_in_one_way_and_once)
{
    static const struct { const char *name[2], *value[2]; bool right; const char *token, *code; } cases[] = {
        { { "Authorization" }, { "Bearer  abc " }, true, "abc", "" },
        { { "authorization" }, { "bearer abc" }, true, "abc", "" },
        { { "Authorization" }, { "Basic bWF1OmFiYw==" }, true, "abc", "mau" },          /* mau:abc */
        { { "Authorization" }, { "Basic bWF1OmFiYzE=" }, true, "abc1", "mau" },
        { { "Authorization" }, { "BASIC bWF1OmFiYzEy" }, true, "abc12", "mau" },
        { { "x-functions-key", "ocp-apim-subscription-key" }, { "abc", "mau" }, true, "abc", "mau" },
        { { "Authorization", "Ocp-Apim-Subscription-Key" }, { "Bearer abc", "mau" }, true, "abc", "" },
        { { "Authorization" }, { "Basic bWF1" }, false }, { { "Authorization" }, { "Basic bWF1Og==" }, false },
        { { "Authorization" }, { "Basic bWF1OmFiYw=" }, false }, { { "Authorization" }, { "Basic b*F1OmFiYw==" }, false },
        { { "Authorization" }, { "Basic " }, false }, { { "Authorization" }, { "Bearer " }, false }, { { "Authorization" }, { "Bearerabc" }, false },
        { { "Authorization" }, { "Digest abc" }, false }, { { "x-functions-key" }, { "abc" }, false }, { { "ocp-apim-subscription-key" }, { "mau" }, false },
        { { "Authorization", "authorization" }, { "Bearer abc", "Bearer abc" }, false },
        { { "x-functions-key", "X-Functions-Key" }, { "abc", "abd" }, false },
        { { "ocp-apim-subscription-key", "ocp-apim-subscription-key" }, { "mau", "mau" }, false },
        { { "Authorization", "x-functions-key" }, { "Bearer abc", "abc" }, false },
        { { NULL }, { NULL }, false },
    };
    static char far_too_long[8000] = "Basic ";
    struct arena a = arena_make(1 << 20);
    struct credential credential;
    struct header h[2];
    struct request r = { .headers = h };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (r.n_headers = 0; r.n_headers < 2 && cases[i].name[r.n_headers] != NULL; r.n_headers++)
            h[r.n_headers] = (struct header){ str_c(cases[i].name[r.n_headers]), str_c(cases[i].value[r.n_headers]) };
        if (request_credential(&a, &r, &credential) != cases[i].right)
            printf("# case %zu\n", i), test_failures++;
        if (cases[i].right)
            CHECK(str_is(credential.token, cases[i].token) && str_is(credential.code, cases[i].code));
    }
    memset(far_too_long + 6, 'A', sizeof far_too_long - 7);
    h[0] = (struct header){ STR("authorization"), str_of(far_too_long, 6 + 7992) };
    r.n_headers = 1;
    CHECK(!request_credential(&a, &r, &credential));
    arena_free(&a);
}

/* The value of a metric in Prometheus text, or -1. */
static i64 metric(const char *name, i64 now)
{
    struct out o = { .max = 1 << 16 };
    struct str rest, number;
    i64 value = -1;

    metrics_write(&o, now);
    rest = str_from(out_done(&o), str_find(out_done(&o), str_c(name)) + strlen(name));
    if (str_cut(&rest, '\n', &number) && !str_i64(number, &value))
        value = -1;
    out_free(&o);
    return value;
}

TEST(what_anonymous_people_do_is_shown_on_the_full_hour)
{
    static const char writes[] = "\nlachan_public_writes_total ", staff[] = "\nlachan_staff_requests_total ";
    i64 now = clock_now_ms(), before = metric(staff, now), hidden;

    metrics_count(METRIC_STAFF_PAGES);
    CHECK(metric(staff, now) == before + 1);
    before = metric(writes, now + HOUR_MS);         /* the clock of this process now stands an hour ahead */
    hidden = metric(writes, now + HOUR_MS);
    CHECK(hidden == before && before >= 0);
    metrics_count(METRIC_PUBLIC_WRITES);            /* in the present hour again: what was counted before it is shown */
    CHECK(metric(writes, clock_now_ms()) == before);
    CHECK(metric(writes, clock_now_ms() + HOUR_MS) == before + 1);
}

int main(int argc, char **argv)
{
    vault_start();
    return test_run_all(argc > 1 ? argv[1] : NULL);
}
