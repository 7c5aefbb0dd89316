/* The server over a real socket on loopback. */
#include "../server.h"
#include "../route.h"

#include <test.h>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

static status hello(struct ctx *c)
{
    out_c(c->out, "xin chào\n");
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

static const struct route pages[] = {
    ROUTE(GET, "/", PUBLIC, NO_FORM, hello),
    ROUTES_END
};
static const struct route *const modules[] = { pages, web_routes, NULL };
static const struct app app = { .modules = modules };

static struct server *start(void)
{
    struct server_config config = { .app = &app, .address = "127.0.0.1:0", .workers = 2 };
    struct server *s = NULL;

    CHECK(server_start(&config, &s) == OK);
    return s;
}

static int dial(const struct server *s)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
    struct addrinfo *a = NULL;
    const char *port = strrchr(server_address(s), ':') + 1;
    int fd = -1;

    if (getaddrinfo("127.0.0.1", port, &hints, &a) != 0)
        return -1;
    fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(fd, a->ai_addr, a->ai_addrlen) == 0);
    freeaddrinfo(a);
    return fd;
}

/* Sends a whole request and reads until the server closes or `max` bytes came. */
static struct str ask(const struct server *s, const char *request, char *answer, size_t max)
{
    int fd = dial(s);
    size_t n = 0;
    ssize_t got;

    CHECK(send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request));
    while (n < max && (got = recv(fd, answer + n, max - n, 0)) > 0)
        n += (size_t)got;
    close(fd);
    return str_of(answer, n);
}

TEST(a_page_function_answers_over_a_socket)
{
    struct server *s = start();
    char buffer[8192];
    struct str answer = ask(s, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", buffer, sizeof buffer);

    CHECK(str_starts(answer, STR("HTTP/1.1 200 ")));
    CHECK(str_ends(answer, STR("xin chào\n")));
    CHECK(str_find(answer, STR("\r\nX-Content-Type-Options: nosniff\r\n")) < answer.n);
    server_stop(s);
}

int main(int argc, char **argv)
{
    vault_start();
    return test_run_all(argc > 1 ? argv[1] : NULL);
}
