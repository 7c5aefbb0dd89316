/* The server over a real socket on loopback. */
#include "../server.h"
#include "../body.h"
#include "../metrics.h"
#include "../route.h"

#include <test.h>

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

static sem_t gate;              /* pages of /slow wait here */

static status hello(struct ctx *c)
{
    out_c(c->out, "xin chào\n");
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

static status slow(struct ctx *c)
{
    sem_wait(&gate);
    return hello(c);
}

static status echo(struct ctx *c)
{
    out_str(c->out, form_text(c, "story"));
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

static status target(struct ctx *c)
{
    out_str(c->out, c->request->target);
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

/* Counts down from the number in the body, a line a piece. */
static status count_down(struct ctx *c)
{
    i64 all = (i64)body_text(c->request->body).n, left = all - c->request->from.line;

    out_f(c->out, "%lld left\n", (long long)left);
    if (left > 0)
        answer_more(c, (struct place_in_body){ .line = c->request->from.line + 1 });
    if (left == 2 && header_value(c->request, "x-break").at != NULL)
        return DENIED;
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

static const struct route pages[] = {
    ROUTE(POST, "/api/v1/pieces", PUBLIC, NO_FORM, count_down, .api = true, .raw = true),
    ROUTE(GET, "/", PUBLIC, NO_FORM, hello),
    ROUTE(GET, "/raw/:id", PUBLIC, NO_FORM, target),
    ROUTE(GET, "/slow", PUBLIC, NO_FORM, slow),
    ROUTE(GET, "/api/v1/slow", PUBLIC, NO_FORM, slow, .api = true),
    ROUTE(POST, "/echo", PUBLIC, FORM_FIRST(FIELD("story", 0)), echo),
    ROUTES_END
};
static const struct route *const modules[] = { pages, web_routes, NULL };
static const struct app app = { .modules = modules };

static struct server *start_as(struct server_config config)
{
    struct server *s = NULL;

    config.app = &app;
    config.address = "127.0.0.1:0";
    CHECK(server_start(&config, &s) == OK);
    return s;
}

static struct server *start(void)
{
    return start_as((struct server_config){ .workers = 2 });
}

static int dial_to(const char *address)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
    const struct timeval patience = { .tv_sec = 20 };
    struct addrinfo *a = NULL;
    int fd;

    if (getaddrinfo("127.0.0.1", strrchr(address, ':') + 1, &hints, &a) != 0)
        return -1;
    fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    CHECK(connect(fd, a->ai_addr, a->ai_addrlen) == 0);
    freeaddrinfo(a);
    return fd;
}

static int dial(const struct server *s)
{
    return dial_to(server_address(s));
}

static void say(int fd, const char *text)
{
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Reads until the server closes or the buffer is full. */
static struct str hear(int fd, char *to, size_t max)
{
    size_t n = 0;
    ssize_t got;

    while (n < max && (got = recv(fd, to + n, max - n, 0)) > 0)
        n += (size_t)got;
    return str_of(to, n);
}

static char buffer[65536];

static i64 gauge(enum gauge which)
{
    i64 values[GAUGES];

    metrics_gauges(values);
    return values[which];
}

/* Lets the waiting pages go, a little after the stop has begun. */
static void *open_gate(void *arg)
{
    usleep(200 * 1000);
    for (int i = 0; i < 5; i++)
        sem_post(&gate);
    return arg;
}

static struct str ask(const struct server *s, const char *request)
{
    int fd = dial(s);
    struct str answer;

    say(fd, request);
    answer = hear(fd, buffer, sizeof buffer);
    close(fd);
    return answer;
}

static int code_of(struct str answer)
{
    i64 code = 0;

    return str_starts(answer, STR("HTTP/1.1 ")) && str_i64(str_upto(str_from(answer, 9), 3), &code) ? (int)code : 0;
}

static bool has(struct str answer, const char *what)
{
    return str_find(answer, str_c(what)) < answer.n;
}

#define CLOSE "Host: a\r\nConnection: close\r\n\r\n"

TEST(a_page_function_answers_over_a_socket)
{
    struct server *s = start();
    struct str answer = ask(s, "GET / HTTP/1.1\r\n" CLOSE);

    CHECK(code_of(answer) == 200 && str_ends(answer, STR("xin chào\n")));
    CHECK(has(answer, "\r\nX-Content-Type-Options: nosniff\r\n") && !has(answer, "\r\nServer:"));
    answer = ask(s, "HEAD / HTTP/1.1\r\n" CLOSE);
    CHECK(code_of(answer) == 200 && str_ends(answer, STR("\r\n\r\n")));
    answer = ask(s, "GET /raw/a%2Fb%00%C3?x=%26&y=+%zz HTTP/1.1\r\n" CLOSE);
    CHECK(str_ends(answer, STR("/raw/a%2Fb%00%C3?x=%26&y=+%zz")));
    server_stop(s);
}

TEST(a_form_comes_whole_chunked_and_after_100_continue)
{
    static const char *const requests[] = {
        "POST /echo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n" CLOSE "story=abc",
        "POST /echo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n" CLOSE
        "4\r\nstor\r\n5\r\ny=abc\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n"
        "Expect: 100-continue\r\n" CLOSE "story=abc",
    };
    struct server *s = start();

    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct str answer = ask(s, requests[i]);

        CHECK(has(answer, "HTTP/1.1 200 ") && str_ends(answer, STR("\r\n\r\nabc")));
    }
    server_stop(s);
}

TEST(two_requests_share_a_connection_in_their_order)
{
    struct server *s = start();
    struct str answer = ask(s, "GET /raw/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /raw/2 HTTP/1.1\r\n" CLOSE);
    size_t first = str_find(answer, STR("/raw/1"));

    CHECK(first < answer.n && has(str_from(answer, first), "/raw/2"));
    server_stop(s);
}

TEST(smuggling_shapes_are_refused_and_the_connection_closed)
{
    static const struct { const char *request; int code; } cases[] = {
        { "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n"
          CLOSE, 400 },
        { "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400 },
        { "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\nabcd", 400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400 },
        { "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
        { "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
        { "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501 },
        { "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    };
    struct server *s = start();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str answer = ask(s, cases[i].request);

        if (code_of(answer) != cases[i].code || has(str_from(answer, 9), "HTTP/1.1 "))
            printf("# case %zu: %.*s\n", i, (int)answer.n, answer.at);
        CHECK(code_of(answer) == cases[i].code);
        CHECK(!has(str_from(answer, 9), "HTTP/1.1 ") && !has(answer, "xin chào"));
    }
    server_stop(s);
}

TEST(too_many_headers_and_too_long_targets_are_refused)
{
    struct server *s = start();
    struct out o = { .max = 1 << 16 };

    out_c(&o, "GET / HTTP/1.1\r\n");
    for (int i = 0; i < 80; i++)
        out_f(&o, "X-%d: y\r\n", i);
    out_c(&o, CLOSE);
    out_char(&o, '\0');
    CHECK(code_of(ask(s, o.at)) == 431);
    out_reset(&o);
    out_c(&o, "GET /");
    for (int i = 0; i < 5000; i++)
        out_char(&o, 'x');
    out_c(&o, " HTTP/1.1\r\n" CLOSE);
    out_char(&o, '\0');
    CHECK(code_of(ask(s, o.at)) == 431);
    out_free(&o);
    server_stop(s);
}

/* Sends a byte every 100 ms until the server ends the connection: how long that took, or -1 after 10 s. */
static i64 drip(const struct server *s, const char *start_with, const char *bytes)
{
    int fd = dial(s);
    i64 began = clock_mono_ms();
    struct pollfd p = { .fd = fd, .events = POLLIN };

    say(fd, start_with);
    for (size_t i = 0; clock_mono_ms() - began < 10 * SECOND_MS; i++) {
        if (poll(&p, 1, 100) > 0 && recv(fd, buffer, sizeof buffer, 0) <= 0) {
            close(fd);
            return clock_mono_ms() - began;
        }
        (void)!send(fd, &bytes[i % strlen(bytes)], 1, MSG_NOSIGNAL);
    }
    close(fd);
    return -1;
}

TEST(a_slow_head_a_slow_body_and_an_idle_connection_are_ended)
{
    struct server *s = start_as((struct server_config){ .workers = 1, .header_ms = 500, .body_ms = 800 });

    CHECK(drip(s, "GET / HTTP/1.1\r\nHost: a\r\n", "X-A: b\r\n") > 0);
    CHECK(drip(s, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", "x") > 0);
    CHECK(drip(s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n") > 0);
    CHECK(code_of(ask(s, "GET / HTTP/1.1\r\n" CLOSE)) == 200);
    server_stop(s);
}

TEST(an_answer_in_pieces_runs_the_page_again_for_each)
{
    struct server *s = start();
    struct str answer = ask(s, "POST /api/v1/pieces HTTP/1.1\r\nContent-Length: 5\r\n" CLOSE "xxxxx");

    CHECK(code_of(answer) == 200 && has(answer, "Transfer-Encoding: chunked"));
    CHECK(has(answer, "5 left\n") && has(answer, "3 left\n") && has(answer, "0 left\n") && str_ends(answer, STR("\r\n0\r\n\r\n")));
    answer = ask(s, "POST /api/v1/pieces HTTP/1.1\r\nX-Break: 1\r\nContent-Length: 5\r\n" CLOSE "xxxxx");
    CHECK(code_of(answer) == 200 && has(answer, "3 left\n") && has(answer, "/problems/forbidden") && !has(answer, "1 left"));
    server_stop(s);
}

TEST(a_stop_in_the_middle_of_pieces_lets_them_end_or_breaks_them_off)
{
    struct server *s = start();
    int fds[8];

    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial(s);
        say(fds[i], "POST /api/v1/pieces HTTP/1.1\r\nContent-Length: 40\r\n" CLOSE "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    }
    usleep(2000);
    server_stop(s);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        (void)hear(fds[i], buffer, sizeof buffer);
        close(fds[i]);
    }
}

TEST(a_full_queue_answers_503_with_words_and_a_time)
{
    static const int places[LANES] = { 1, 1, 1, 1, 1 };
    struct server *s = start_as((struct server_config){ .workers = 1, .places = places });
    int running = dial(s), waiting = dial(s);
    struct str answer;

    sem_init(&gate, 0, 0);
    say(running, "GET /slow HTTP/1.1\r\n" CLOSE);
    while (gauge(GAUGE_RUNNING) < 1)
        usleep(1000);
    say(waiting, "GET /slow HTTP/1.1\r\n" CLOSE);
    while (gauge(GAUGE_WAITING) < 1)
        usleep(1000);
    answer = ask(s, "GET / HTTP/1.1\r\n" CLOSE);
    CHECK(code_of(answer) == 503 && has(answer, "\r\nRetry-After: 60\r\n") && has(answer, "111"));
    answer = ask(s, "GET /api/v1/slow HTTP/1.1\r\n" CLOSE);
    CHECK(code_of(answer) == 503 && has(answer, "application/problem+json"));
    answer = ask(s, "POST /echo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n" CLOSE
                 "story=x");
    CHECK(code_of(answer) == 303 && has(answer, "\r\nLocation: /problems/busy\r\n"));
    sem_post(&gate);
    sem_post(&gate);
    CHECK(code_of(hear(running, buffer, sizeof buffer)) == 200);
    CHECK(code_of(hear(waiting, buffer, sizeof buffer)) == 200);
    close(running);
    close(waiting);
    server_stop(s);
}

TEST(a_stop_lets_what_waits_be_answered)
{
    struct server *s = start_as((struct server_config){ .workers = 1 });
    int fds[5];
    pthread_t opener;

    sem_init(&gate, 0, 0);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial(s);
        say(fds[i], "GET /slow HTTP/1.1\r\n" CLOSE);
    }
    while (gauge(GAUGE_WAITING) < (i64)COUNT_OF(fds) - 1)
        usleep(1000);
    CHECK(pthread_create(&opener, NULL, open_gate, NULL) == 0);
    server_stop(s);
    pthread_join(opener, NULL);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        CHECK(code_of(hear(fds[i], buffer, sizeof buffer)) == 200);
        close(fds[i]);
    }
}

TEST(metrics_stand_on_the_management_address_only)
{
    struct server *s = start_as((struct server_config){ .workers = 1, .manage = "127.0.0.1:0" });
    int fd = dial_to(server_manage_address(s));

    CHECK(code_of(ask(s, "GET /metrics HTTP/1.1\r\n" CLOSE)) == 404);
    say(fd, "GET /metrics HTTP/1.1\r\n" CLOSE);
    CHECK(gauge(GAUGE_RUNNING) <= 1);
    CHECK(has(hear(fd, buffer, sizeof buffer), "\nlachan_running 0\n"));      /* this very request is not to be seen */
    close(fd);
    server_stop(s);
}

static int code_at(const char *address, const char *path)
{
    int fd = dial_to(address), code;
    char head[128];

    snprintf(head, sizeof head, "GET %s HTTP/1.1\r\n" CLOSE, path);
    say(fd, head);
    code = code_of(hear(fd, buffer, sizeof buffer));
    close(fd);
    return code;
}

TEST(nothing_but_health_and_metrics_answers_on_the_management_address)
{
    struct server *s = start_as((struct server_config){ .workers = 1, .manage = "127.0.0.1:0" });
    const char *manage = server_manage_address(s);

    CHECK(code_at(manage, "/healthz") == 200 && code_at(manage, "/metrics") == 200);
    CHECK(code_at(manage, "/raw/1") == 404 && code_at(manage, "/problems/busy") == 404 && code_at(manage, "/") == 404);
    CHECK(code_at(server_address(s), "/healthz") == 200);
    server_stop(s);
}

TEST(an_address_that_cannot_be_is_said)
{
    static const char *const addresses[] = { "", "8080", "localhost:8080", "127.0.0.1:", "256.0.0.1:1", "[::1:80" };
    struct server *s;

    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        CHECK(server_start(&(struct server_config){ .app = &app, .address = addresses[i] }, &s) == INVALID);
}

int main(int argc, char **argv)
{
    vault_start();
    return test_run_all(argc > 1 ? argv[1] : NULL);
}
