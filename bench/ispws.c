/* Full reports with one small file over /ispws: submit, upload, fileinfo, finish, each answered only when it is on the disk.
   Usage: bench_ispws PORT CODE TOKEN SECONDS CONNECTIONS. Prints reports a second, how many, and what a bare program makes in the same
   folder that only writes as much: one new file and four lines of a log for each report, each followed by fsync. */
#include "base/clock.h"
#include "base/str.h"
#include "vault/vault.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY = 8192, ANSWER = 16384, THREADS = 64 };

static const char *basic;
static int port;
static i64 until_us;
static atomic_long reports, failed;

static int dial(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        fprintf(stderr, "nobody answers on port %d\n", port);
        exit(1);
    }
    return fd;
}

static bool put_all(int fd, const char *at, size_t n)
{
    while (n) {
        ssize_t put = send(fd, at, n, MSG_NOSIGNAL);

        if (put <= 0)
            return false;
        at += put;
        n -= (size_t)put;
    }
    return true;
}

/* The whole answer into `answer`, terminated. */
static bool get_all(int fd, char answer[ANSWER])
{
    size_t n = 0, whole = 0;

    while (whole == 0 || n < whole) {
        ssize_t got = recv(fd, answer + n, ANSWER - 1 - n, 0);
        char *end, *length;

        if (got <= 0)
            return false;
        n += (size_t)got;
        answer[n] = '\0';
        end = strstr(answer, "\r\n\r\n");
        length = strcasestr(answer, "content-length:");
        if (end != NULL && length != NULL)
            whole = (size_t)(end + 4 - answer) + (size_t)strtoul(length + 15, NULL, 10);
    }
    return strstr(answer, "<responseCode>0<") != NULL;
}

static bool ask(int fd, const char *path, const char *type, const char *body, char answer[ANSWER])
{
    char head[1024];
    int n = snprintf(head, sizeof head, "POST /ispws/%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                     path, basic, type, strlen(body));

    return put_all(fd, head, (size_t)n) && put_all(fd, body, strlen(body)) && get_all(fd, answer);
}

static bool element(const char *answer, const char *name, char *text, size_t size)
{
    char tag[64];
    const char *at;
    size_t n;

    snprintf(tag, sizeof tag, "<%s>", name);
    at = strstr(answer, tag);
    if (at == NULL)
        return false;
    at += strlen(tag);
    n = strcspn(at, "<");
    if (n >= size)
        return false;
    memcpy(text, at, n);
    text[n] = '\0';
    return true;
}

static bool one_report(int fd, int number)
{
    static const char xml[] = "text/xml; charset=utf-8";
    char body[BODY], answer[ANSWER], id[32], file[64];

    snprintf(body, sizeof body, "<report><incidentSummary><incidentType>Misleading Domain Name</incidentType>"
             "<incidentDateTime>2026-01-01T00:00:00Z</incidentDateTime></incidentSummary><internetDetails><webPageIncident>"
             "<url>https://platform.example/posts/%d</url></webPageIncident></internetDetails><reporter><reportingPerson>"
             "<email>trust@platform.example</email></reportingPerson></reporter><personOrUserReported><espIdentifier>account-%d</espIdentifier>"
             "<espService>Sample</espService></personOrUserReported></report>", number, number);
    if (!ask(fd, "submit", xml, body, answer) || !element(answer, "reportId", id, sizeof id))
        return false;
    snprintf(body, sizeof body, "--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n%s\r\n--b\r\nContent-Disposition: form-data; "
             "name=\"file\"; filename=\"note.txt\"\r\nContent-Type: text/plain\r\n\r\nmade-up bytes %d %-4000d\r\n--b--\r\n", id, number, number);
    if (!ask(fd, "upload", "multipart/form-data; boundary=b", body, answer) || !element(answer, "fileId", file, sizeof file))
        return false;
    snprintf(body, sizeof body, "<fileDetails><reportId>%s</reportId><fileId>%s</fileId><originalFileName>note.txt</originalFileName></fileDetails>",
             id, file);
    if (!ask(fd, "fileinfo", xml, body, answer))
        return false;
    snprintf(body, sizeof body, "id=%s", id);
    return ask(fd, "finish", "application/x-www-form-urlencoded", body, answer);
}

static void *sender(void *arg)
{
    int number = (int)(intptr_t)arg * 1000000, fd = dial();

    while (clock_mono_us() < until_us) {
        if (one_report(fd, number++)) {
            atomic_fetch_add(&reports, 1);
            continue;
        }
        atomic_fetch_add(&failed, 1);
        close(fd);
        fd = dial();
    }
    close(fd);
    return NULL;
}

/* -- the disk alone -------------------------------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/bench-ispws-XXXXXX";

static void put_synced(int fd, const char *bytes, size_t n)
{
    if (write(fd, bytes, n) != (ssize_t)n || fsync(fd) != 0) {
        perror("write");
        exit(1);
    }
}

static void *writer(void *arg)
{
    char path[128], bytes[4096] = { 0 };
    int me = (int)(intptr_t)arg, log;

    snprintf(path, sizeof path, "%s/log.%d", folder, me);
    log = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    for (int n = 0; clock_mono_us() < until_us; n++) {
        int fd;

        snprintf(path, sizeof path, "%s/%d.%d", folder, me, n);
        fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        put_synced(fd, bytes, sizeof bytes);
        close(fd);
        unlink(path);
        for (int i = 0; i < 4; i++)
            put_synced(log, bytes, 1024);
        atomic_fetch_add(&reports, 1);
    }
    close(log);
    snprintf(path, sizeof path, "%s/log.%d", folder, me);
    unlink(path);
    return NULL;
}

static double rate(void *(*work)(void *), int threads, int seconds)
{
    pthread_t all[THREADS];
    i64 from = clock_mono_us();

    atomic_store(&reports, 0);
    until_us = from + (i64)seconds * 1000000;
    for (int i = 0; i < threads; i++)
        pthread_create(&all[i], NULL, work, (void *)(intptr_t)(i + 1));
    for (int i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    return (double)atomic_load(&reports) * 1e6 / (double)(clock_mono_us() - from);
}

int main(int argc, char **argv)
{
    struct arena arena = arena_make(1 << 20);
    int seconds, threads;
    double ours, bare;
    long n;

    if (argc != 6 || (threads = atoi(argv[5])) < 1 || threads > THREADS) {
        fprintf(stderr, "usage: bench_ispws PORT CODE TOKEN SECONDS CONNECTIONS\n");
        return 2;
    }
    port = atoi(argv[1]);
    seconds = atoi(argv[4]);
    basic = vault_base64(&arena, arena_f(&arena, "%s:%s", argv[2], argv[3])).at;
    if (mkdtemp(folder) == NULL)
        return 1;
    ours = rate(sender, threads, seconds);
    n = atomic_load(&reports);
    bare = rate(writer, threads, seconds < 5 ? seconds : 5);
    rmdir(folder);
    printf("%.1f %ld %ld %.1f\n", ours, n, atomic_load(&failed), bare);
    arena_free(&arena);
    return 0;
}
