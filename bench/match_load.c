/* Asks the match API over loopback as fast as it answers, or at a given rate, on kept connections, each question with a hash of its
   own (so that no cache of one page of the bank flatters the figure), or with a picture. Prints one line of JSON:
   requests a second, and times in ms, counted from when a request was due. h2load sends the same body for ever. */
#include "../src/base/clock.h"
#include "../src/base/memory.h"
#include "../src/base/id.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1024, ANSWER_MAX = 64 * 1024, TIMES_MAX = 4 << 20, HEAD_MAX = 1024 };

static struct {
    int port, connections;
    double seconds, rate;           /* 0: as fast as it goes */
    const char *token;
    struct str picture;             /* at NULL: hashes */
} o;

static struct line {
    int fd;
    bool busy;
    i64 due_us;
    size_t got, need;               /* need: bytes of the whole answer, 0 while its head is not there */
    char answer[ANSWER_MAX];
} *lines;

static uint32_t *times;
static size_t n_times, wrong;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int dial(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)o.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void send_all(int fd, const char *at, size_t n)
{
    while (n) {
        ssize_t put = send(fd, at, n, MSG_NOSIGNAL);

        if (put <= 0)
            die("send");
        at += put;
        n -= (size_t)put;
    }
}

/* A hash that was never asked before. */
static void write_hash(char hex[65])
{
    static uint64_t state = 0x9e3779b97f4a7c15u;

    for (int i = 0; i < 4; i++) {
        uint64_t z = state += 0x9e3779b97f4a7c15u;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        snprintf(hex + 16 * i, 17, "%016llx", (unsigned long long)(z ^ z >> 31));
    }
}

static void ask(struct line *l, i64 due_us)
{
    char head[HEAD_MAX], hex[65], body[96];
    size_t body_n = o.picture.n;
    int n;

    if (o.picture.at == NULL) {
        write_hash(hex);
        body_n = (size_t)snprintf(body, sizeof body, "{\"pdq\":[\"%s\"]}", hex);
    }
    n = snprintf(head, sizeof head, "POST /api/v1/match HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"
                 "Content-Length: %zu\r\n\r\n%s", o.token, o.picture.at ? "image/jpeg" : "application/json", body_n,
                 o.picture.at ? "" : body);
    l->busy = true;
    l->due_us = due_us;
    l->got = l->need = 0;
    send_all(l->fd, head, (size_t)n);
    if (o.picture.at)
        send_all(l->fd, o.picture.at, body_n);
}

/* True when the answer is whole. */
static bool hear(struct line *l)
{
    ssize_t n = recv(l->fd, l->answer + l->got, ANSWER_MAX - 1 - l->got, 0);
    char *end, *length;

    if (n <= 0)
        die("answer");
    l->got += (size_t)n;
    l->answer[l->got] = '\0';
    if (l->need == 0 && (end = strstr(l->answer, "\r\n\r\n")) != NULL) {
        length = strcasestr(l->answer, "\r\nContent-Length:");
        l->need = (size_t)(end + 4 - l->answer) + (length ? strtoul(length + 17, NULL, 10) : 0);
        wrong += strncmp(l->answer, "HTTP/1.1 200", 12) != 0;
    }
    return l->need > 0 && l->got >= l->need;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double at(double part)
{
    return n_times ? times[(size_t)((double)(n_times - 1) * part)] / 1000.0 : 0;
}

static void run(int epoll)
{
    i64 began = clock_mono_us(), end = began + (i64)(o.seconds * 1e6), now;
    double step = o.rate > 0 ? 1e6 / o.rate : 0, due = 0;
    struct epoll_event events[64];
    int busy = 0;

    while ((now = clock_mono_us()) < end || busy > 0) {
        int n;

        for (int i = 0; i < o.connections && now < end && busy < o.connections; i++)
            if (!lines[i].busy && (step == 0 || (double)(now - began) >= due)) {
                ask(&lines[i], step == 0 ? now : began + (i64)due);
                due += step;
                busy++;
            }
        n = epoll_wait(epoll, events, 64, step > 0 ? 1 : 100);
        now = clock_mono_us();
        for (int i = 0; i < n; i++) {
            struct line *l = events[i].data.ptr;

            if (!hear(l))
                continue;
            l->busy = false;
            busy--;
            if (n_times < TIMES_MAX)
                times[n_times++] = (uint32_t)(now - l->due_us);
        }
    }
}

static struct str file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *at_;

    if (fd < 0 || fstat(fd, &st) != 0)
        die(path);
    at_ = memory_new((size_t)st.st_size);
    if (read(fd, at_, (size_t)st.st_size) != st.st_size)
        die(path);
    close(fd);
    return str_of(at_, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
    struct rusage used;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    i64 began;
    double took;

    if (argc < 6) {
        fprintf(stderr, "usage: match_load PORT TOKEN SECONDS CONNECTIONS RATE [PICTURE]\n");
        return 2;
    }
    o.port = (int)strtol(argv[1], NULL, 10);
    o.token = argv[2];
    o.seconds = strtod(argv[3], NULL);
    o.connections = (int)strtol(argv[4], NULL, 10);
    o.rate = strtod(argv[5], NULL);
    if (o.connections < 1 || o.connections > CONNECTIONS_MAX)
        return 2;
    if (argc > 6)
        o.picture = file(argv[6]);
    lines = memory_new((size_t)o.connections * sizeof *lines);
    times = memory_new(TIMES_MAX * sizeof *times);
    for (int i = 0; i < o.connections; i++) {
        lines[i].fd = dial();
        epoll_ctl(epoll, EPOLL_CTL_ADD, lines[i].fd, &(struct epoll_event){ .events = EPOLLIN, .data.ptr = &lines[i] });
    }
    began = clock_mono_us();
    run(epoll);
    took = (double)(clock_mono_us() - began) / 1e6;
    qsort(times, n_times, sizeof *times, by_value);
    getrusage(RUSAGE_SELF, &used);
    printf("{\"requests\":%zu,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"wrong\":%zu,\"client_cpu_us\":%.1f}\n",
           n_times, (double)n_times / took, at(0.5), at(0.99), at(1), wrong,
           ((double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec)) /
           (double)(n_times ? n_times : 1));
    return wrong ? 1 : 0;
}
