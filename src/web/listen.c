#include "listen.h"

#include "../base/log.h"
#include "../base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* More connections than one attacker's machine opens easily, and spools of bodies beside them. */
enum { CONNECTIONS = 15000, DESCRIPTORS = 20000, OTHER_DESCRIPTORS = 200 };
/* What the kernel keeps for a client that does not read (it doubles this); by itself it would go up to 4 MiB each. */
enum { SEND_BUFFER = 128 * 1024 };
enum { HOST_TEXT = 64, PORT_TEXT = 8, PORT_MOST = 65535, BACKLOG = 4096, PEM_MAX = 256 * 1024 };

/* Takes "HOST:PORT" apart; brackets around an IPv6 host go. */
static bool split(struct str address, char host[HOST_TEXT], char port[PORT_TEXT])
{
    size_t colon = address.n;
    struct str h, p;
    i64 number;

    while (colon > 0 && address.at[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    h = str_upto(address, colon - 1);
    p = str_from(address, colon);
    if (h.n >= 2 && h.at[0] == '[' && h.at[h.n - 1] == ']')
        h = str_of(h.at + 1, h.n - 2);
    if (h.n >= HOST_TEXT || p.n >= PORT_TEXT || !str_i64(p, &number) || number < 0 || number > PORT_MOST)
        return false;               /* getaddrinfo takes 99999, too, and means 34463 */
    memcpy(host, h.at, h.n);
    host[h.n] = '\0';
    memcpy(port, p.at, p.n);
    port[p.n] = '\0';
    return true;
}

static void show(int fd, char shown[LISTEN_TEXT])
{
    struct sockaddr_storage at;
    socklen_t n = sizeof at;
    char host[HOST_TEXT] = "", port[PORT_TEXT] = "";

    if (getsockname(fd, (struct sockaddr *)&at, &n) == 0)
        getnameinfo((struct sockaddr *)&at, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(shown, LISTEN_TEXT, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static int open_one(const struct addrinfo *a)
{
    const int send = SEND_BUFFER;
    int on = 1, fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof send);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    on = errno;
    close(fd);
    errno = on;
    return -1;
}

status listen_open(const char *address, int *fd, char shown[LISTEN_TEXT])
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
    char host[HOST_TEXT], port[PORT_TEXT];
    struct addrinfo *found;

    if (!split(str_c(address), host, port) || getaddrinfo(host[0] ? host : NULL, port, &hints, &found) != 0)
        return fail(INVALID, "\"%s\" is not ADDRESS:PORT", address);
    *fd = open_one(found);
    freeaddrinfo(found);
    if (*fd < 0)
        return fail(BUSY, "cannot listen on %s: %s", address, strerrordesc_np(errno));
    show(*fd, shown);
    return OK;
}

/* Raises the process's limit as far as it may, and gives it. */
static i64 descriptors(void)
{
    struct rlimit limit = { .rlim_cur = 1024, .rlim_max = 1024 };

    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= DESCRIPTORS)
        return (i64)limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return (i64)limit.rlim_cur;
}

unsigned listen_connections(void)
{
    i64 room = descriptors() - OTHER_DESCRIPTORS;

    if (room >= CONNECTIONS)
        return CONNECTIONS;
    log_warn("server", "connections=%lld wanted=%d", (long long)(room > 0 ? room : 1), CONNECTIONS);
    return room > 0 ? (unsigned)room : 1;
}

status listen_pem(const char *path, char **text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *at = memory_new(PEM_MAX + 1);
    ssize_t n = fd < 0 ? -1 : read(fd, at, PEM_MAX + 1);

    if (fd >= 0)
        close(fd);
    if (n <= 0 || n > PEM_MAX) {
        free(at);
        return fail(INVALID, "%s: cannot be read as PEM", path);
    }
    *text = at;
    return OK;
}
