#include "dns_server.h"

#include "../base/log.h"

#include "matches.sql.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 32, CONNECTIONS_OF_ONE = 8,
    IDLE_MS = 10000,                /* until a whole query is there */
    SEND_MS = 10000,                /* without one byte taken */
    TRANSFER_MS = 120000,           /* of a whole connection */
    QUERY_MAX = 4096,               /* of a query with its signature */
    LOOK_MS = 1000,                 /* how often versions are looked at */
    NOTIFY_TRIES = 5, NOTIFY_FIRST_MS = 1000,
    NOTICES_MAX = 256, LISTS_MAX = 16,
    ARENA_BYTES = 64 << 20
};

/* A NOTIFY that was not answered yet. */
struct notice {
    bool open;
    bool plain;                     /* without a signature: Unbound answers FORMERR to a signed one */
    uint16_t id;
    int tries;
    i64 due_ms;
    struct id peer;
    struct str list;
};

struct reader_lane { struct conn *conn; struct arena arena; struct ledger ledger; };

struct dns_server {
    struct dns_server_config config;
    int udp, tcp, notify, stop;     /* notify: the socket that sends notices, so that answers to them come there */
    char address[80];
    struct reader_lane lane;
    i64 seen[LISTS_MAX];            /* serial of each list when it was looked at last; -1: not yet */
    struct notice notices[NOTICES_MAX];
    pthread_mutex_t lock;
    pthread_cond_t gone;
    int connections;
    struct sockaddr_storage from[CONNECTIONS_MAX];
    bool taken[CONNECTIONS_MAX];
};

/* -- lanes: a connection to the database for each thread ---------------------------------------------------------------------------- */

static status lane_open(const struct dns_server_config *config, struct reader_lane *lane)
{
    TRY(conn_open(config->db, &lane->conn));
    lane->arena = arena_make(ARENA_BYTES);
    conn_use(lane->conn, &lane->arena);
    lane->ledger = (struct ledger){ .db = lane->conn, .house = config->house, .arena = &lane->arena };
    return OK;
}

static void lane_reset(struct reader_lane *lane)
{
    tx_rollback(lane->conn);
    arena_reset(&lane->arena, true);
    fail_clear();
}

static void lane_close(struct reader_lane *lane)
{
    conn_close(lane->conn);
    arena_free(&lane->arena);
}

/* -- sockets ---------------------------------------------------------------------------------------------------------------------------- */

static status split(const char *address, char host[64], char port[8])
{
    const char *colon = strrchr(address, ':');
    size_t n = colon ? (size_t)(colon - address) : 0;
    bool brackets = n > 1 && address[0] == '[' && address[n - 1] == ']';

    if (colon == NULL || n == 0 || n >= 64 || strlen(colon + 1) == 0 || strlen(colon + 1) > 5)
        return fail(INVALID, "%s is not ADDRESS:PORT", address);
    snprintf(host, 64, "%.*s", (int)(brackets ? n - 2 : n), address + brackets);
    snprintf(port, 8, "%s", colon + 1);
    return OK;
}

static status resolve(const char *address, int type, struct addrinfo **found)
{
    struct addrinfo hints = { .ai_socktype = type, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
    char host[64], port[8];

    TRY(split(address, host, port));
    return getaddrinfo(host, port, &hints, found) == 0 ? OK : fail(INVALID, "%s is not an address and a port in numbers", address);
}

static int listening(const struct addrinfo *at, int type)
{
    int fd = socket(at->ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && (type == SOCK_DGRAM || listen(fd, 64) == 0))
        return fd;
    close(fd);
    return -1;
}

static void name_socket(struct dns_server *s)
{
    struct sockaddr_storage at;
    socklen_t n = sizeof at;
    char host[64] = "", port[8] = "";

    getsockname(s->tcp, (struct sockaddr *)&at, &n);
    getnameinfo((struct sockaddr *)&at, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(s->address, sizeof s->address, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* The same port for both: where any was asked for, that which TCP got. */
static status open_sockets(struct dns_server *s)
{
    struct addrinfo *at;

    TRY(resolve(s->config.address, SOCK_STREAM, &at));
    s->tcp = listening(at, SOCK_STREAM);
    freeaddrinfo(at);
    if (s->tcp < 0)
        return fail(BROKEN, "%s cannot be listened on: %s", s->config.address, strerror(errno));
    name_socket(s);
    TRY(resolve(s->address, SOCK_DGRAM, &at));
    s->udp = listening(at, SOCK_DGRAM);
    s->notify = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->notify >= 0 && at->ai_family == AF_INET)
        ((struct sockaddr_in *)at->ai_addr)->sin_port = 0;
    else if (s->notify >= 0)
        ((struct sockaddr_in6 *)at->ai_addr)->sin6_port = 0;
    if (s->notify >= 0 && bind(s->notify, at->ai_addr, at->ai_addrlen) != 0)
        log_warn("rpz", "notices go out from any address: %s", strerror(errno));
    freeaddrinfo(at);
    return s->udp >= 0 && s->notify >= 0 ? OK : fail(BROKEN, "%s cannot be listened on (UDP): %s", s->address, strerror(errno));
}

/* -- TCP: a thread for each connection ----------------------------------------------------------------------------------------------------- */

struct connection { struct dns_server *s; int fd, place; i64 until_ms; };

static bool ready(const struct connection *c, short events, i64 most_ms)
{
    i64 left = c->until_ms - clock_mono_ms();
    struct pollfd p = { .fd = c->fd, .events = events };

    if (left <= 0)
        return false;
    return poll(&p, 1, (int)(left < most_ms ? left : most_ms)) == 1 && (p.revents & events) != 0;
}

static bool read_all(const struct connection *c, uint8_t *at, size_t n)
{
    i64 until = clock_mono_ms() + IDLE_MS;

    while (n > 0) {
        i64 left = until - clock_mono_ms();
        ssize_t got = left > 0 && ready(c, POLLIN, left) ? recv(c->fd, at, n, MSG_DONTWAIT) : 0;

        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got <= 0)
            return false;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static bool write_all(const struct connection *c, const uint8_t *at, size_t n)
{
    while (n > 0) {
        ssize_t sent = ready(c, POLLOUT, SEND_MS) ? send(c->fd, at, n, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool send_tcp(void *to, const uint8_t *at, size_t n)
{
    uint8_t whole[2 + DNS_MESSAGE_MAX];

    whole[0] = (uint8_t)(n >> 8);
    whole[1] = (uint8_t)n;
    memcpy(whole + 2, at, n);
    return write_all(to, whole, n + 2);
}

/* Queries one after the other on one connection, as BIND asks SOA and then IXFR. */
static void talk(struct connection *c, struct reader_lane *lane)
{
    uint8_t length[2], query[QUERY_MAX];

    while (read_all(c, length, 2)) {
        size_t n = (size_t)length[0] << 8 | length[1];
        struct dns_caller caller = { .tcp = true, .send = send_tcp, .to = c };
        status s;

        if (n > sizeof query || !read_all(c, query, n))
            return;
        caller.now_ms = clock_now_ms();
        s = transfer_answer(&lane->ledger, query, n, &caller);
        lane_reset(lane);
        if (s != OK)
            return;
    }
}

static void *connection_run(void *at)
{
    struct connection *c = at;
    struct dns_server *s = c->s;
    struct reader_lane lane = { 0 };

    if (lane_open(&s->config, &lane) == OK) {
        talk(c, &lane);
        lane_close(&lane);
    }
    close(c->fd);
    pthread_mutex_lock(&s->lock);
    s->taken[c->place] = false;
    s->connections--;
    pthread_cond_signal(&s->gone);
    pthread_mutex_unlock(&s->lock);
    free(c);
    return NULL;
}

static bool same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET)
        return memcmp(&((const struct sockaddr_in *)a)->sin_addr, &((const struct sockaddr_in *)b)->sin_addr, 4) == 0;
    return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr, &((const struct sockaddr_in6 *)b)->sin6_addr, 16) == 0;
}

/* A free place, or -1: all are taken, or one address has its share. */
static int take_place(struct dns_server *s, const struct sockaddr_storage *from)
{
    int place = -1, of_one = 0;

    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        of_one += s->taken[i] && same_host(&s->from[i], from);
        place = !s->taken[i] && place < 0 ? i : place;
    }
    if (of_one >= CONNECTIONS_OF_ONE)
        place = -1;
    if (place >= 0) {
        s->taken[place] = true;
        s->from[place] = *from;
        s->connections++;
    }
    pthread_mutex_unlock(&s->lock);
    return place;
}

static void give_place(struct dns_server *s, int place)
{
    pthread_mutex_lock(&s->lock);
    s->taken[place] = false;
    s->connections--;
    pthread_mutex_unlock(&s->lock);
}

static bool start_thread(struct connection *c)
{
    pthread_attr_t detached;
    pthread_t thread;
    bool started;

    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&detached, 1 << 20);
    started = pthread_create(&thread, &detached, connection_run, c) == 0;
    pthread_attr_destroy(&detached);
    return started;
}

static void take_connection(struct dns_server *s)
{
    struct sockaddr_storage from = { 0 };
    socklen_t n = sizeof from;
    int fd = accept4(s->tcp, (struct sockaddr *)&from, &n, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;
    int place = fd >= 0 ? take_place(s, &from) : -1;
    struct connection *c;

    if (place < 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c = calloc(1, sizeof *c);
    if (c != NULL)
        *c = (struct connection){ s, fd, place, clock_mono_ms() + TRANSFER_MS };
    if (c != NULL && start_thread(c))
        return;
    free(c);
    close(fd);
    give_place(s, place);
}

/* -- UDP ------------------------------------------------------------------------------------------------------------------------------------ */

struct datagram { int fd; struct sockaddr_storage from; socklen_t n; };

/* An answer is never much larger than its question: nobody can be flooded by way of us. */
static bool send_udp(void *to, const uint8_t *at, size_t n)
{
    const struct datagram *d = to;

    return n <= DNS_UDP_MAX && sendto(d->fd, at, n, MSG_DONTWAIT, (const struct sockaddr *)&d->from, d->n) == (ssize_t)n;
}

static void take_datagram(struct dns_server *s)
{
    struct datagram d = { .fd = s->udp, .n = sizeof d.from };
    struct dns_caller caller = { .now_ms = clock_now_ms(), .send = send_udp, .to = &d };
    uint8_t query[QUERY_MAX];
    ssize_t n = recvfrom(s->udp, query, sizeof query, MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&d.from, &d.n);

    if (n <= 0 || (size_t)n > sizeof query)
        return;
    (void)!transfer_answer(&s->lane.ledger, query, (size_t)n, &caller);
    lane_reset(&s->lane);
}

/* -- NOTIFY ----------------------------------------------------------------------------------------------------------------------------------- */

static void want_notice(struct dns_server *s, const struct blocklist_peers_row *peer, struct str list)
{
    struct notice *place = NULL;

    for (size_t i = 0; i < NOTICES_MAX; i++) {
        struct notice *n = &s->notices[i];

        if (n->open && id_eq(n->peer, peer->id)) {
            place = n;
            break;
        }
        place = !n->open && place == NULL ? n : place;
    }
    if (place != NULL)
        *place = (struct notice){ .open = true, .id = (uint16_t)random_below(65536), .due_ms = clock_mono_ms(), .peer = peer->id,
                                  .list = list };
}

static status look_at_list(struct dns_server *s, size_t i, bool changed_only)
{
    struct str list = lists_all().at[i].code;
    struct blocklist_peers_rows peers;
    struct zone_versions_row v;
    status st = zone_version(&s->lane.ledger, list, &v);

    if (st != OK)
        return st == NOT_FOUND ? OK : st;
    if (changed_only && v.serial == s->seen[i])
        return OK;
    s->seen[i] = v.serial;
    TRY(sql_peers_all(&s->lane.ledger, &peers));
    for (size_t p = 0; p < peers.n; p++)
        if (!peers.at[p].altered && str_eq(peers.at[p].list, list) && peers.at[p].notify.n > 0)
            want_notice(s, &peers.at[p], list);
    return OK;
}

/* At the start every peer hears the serial once: it may have missed one while we were away. */
static void look_at_lists(struct dns_server *s)
{
    for (size_t i = 0; i < lists_all().n && i < LISTS_MAX; i++)
        if (look_at_list(s, i, true) != OK)
            log_error("rpz", "a list cannot be looked at: %s", fail_message());
    lane_reset(&s->lane);
}

static status send_notice(struct dns_server *s, struct notice *n)
{
    struct blocklist_peers_row peer = { .id = n->peer };
    struct blocklist_feeds_row feed;
    struct zone_versions_row v;
    struct dns_out *o = NEW(s->lane.ledger.arena, struct dns_out);
    struct dns_chain chain;
    struct dns_key key;
    struct addrinfo *to;

    TRY(row_get(&s->lane.ledger, &table_blocklist_peers, &peer));
    if (peer.until.has || peer.notify.n == 0)
        return NOT_FOUND;
    TRY(zone_feed(&s->lane.ledger, n->list, &feed));
    TRY(zone_version(&s->lane.ledger, n->list, &v));
    TRY(peer_key(&s->lane.ledger, &peer, &key));
    notify_write(o, feed.zone, n->id, v.serial, n->plain ? NULL : &key, &chain, clock_now_ms());
    sodium_memzero(&key, sizeof key);
    TRY(resolve(arena_copy(s->lane.ledger.arena, peer.notify).at, SOCK_DGRAM, &to));
    if (!o->over)
        (void)!sendto(s->notify, o->at, o->n, MSG_DONTWAIT, to->ai_addr, to->ai_addrlen);
    freeaddrinfo(to);
    return OK;
}

static void send_notices(struct dns_server *s)
{
    i64 now = clock_mono_ms();

    for (size_t i = 0; i < NOTICES_MAX; i++) {
        struct notice *n = &s->notices[i];

        if (!n->open || n->due_ms > now)
            continue;
        n->due_ms = now + ((i64)NOTIFY_FIRST_MS << n->tries);
        n->open = ++n->tries < NOTIFY_TRIES;
        if (send_notice(s, n) != OK)
            n->open = false;
        lane_reset(&s->lane);
    }
}

static void notice_answered(struct notice *n, int rcode)
{
    if (rcode != DNS_FORMERR || n->plain) {
        n->open = false;
        return;
    }
    n->plain = true;
    n->due_ms = clock_mono_ms();
}

/* Its id is enough: a forged answer only spares a repetition, and the resolver asks by itself every ten minutes. Who cannot read
   signatures says FORMERR, as an answer to a query (Unbound) or with a header alone. */
static void take_notice_answer(struct dns_server *s)
{
    struct dns_message m;
    uint8_t at[QUERY_MAX];
    ssize_t n = recv(s->notify, at, sizeof at, MSG_DONTWAIT);

    if (n <= 0 || dns_read(at, (size_t)n, &m) == DNS_NOTHING || !m.answer || (m.opcode != DNS_NOTIFY && m.rcode != DNS_FORMERR))
        return;
    for (size_t i = 0; i < NOTICES_MAX; i++)
        if (s->notices[i].open && s->notices[i].id == m.id)
            notice_answered(&s->notices[i], m.rcode);
}

/* -- the life of the server --------------------------------------------------------------------------------------------------------------------- */

status dns_server_start(const struct dns_server_config *config, struct dns_server **server)
{
    struct dns_server *s = memory_new(sizeof *s);
    sigset_t ends;

    *server = s;
    s->config = *config;
    s->udp = s->tcp = s->notify = s->stop = -1;
    for (size_t i = 0; i < LISTS_MAX; i++)
        s->seen[i] = -1;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->gone, NULL);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    s->stop = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    TRY(lane_open(config, &s->lane));
    return open_sockets(s);
}

const char *dns_server_address(const struct dns_server *s)
{
    return s->address;
}

void dns_server_run(struct dns_server *s)
{
    struct pollfd at[] = { { .fd = s->udp, .events = POLLIN }, { .fd = s->tcp, .events = POLLIN },
                           { .fd = s->notify, .events = POLLIN }, { .fd = s->stop, .events = POLLIN } };
    i64 look = 0;

    while (at[3].revents == 0) {
        i64 wait = look - clock_mono_ms();

        if (wait <= 0) {
            look_at_lists(s);
            send_notices(s);
            look = clock_mono_ms() + LOOK_MS;
            wait = LOOK_MS;
        }
        if (poll(at, COUNT_OF(at), (int)wait) <= 0)
            continue;
        if (at[0].revents)
            take_datagram(s);
        if (at[1].revents)
            take_connection(s);
        if (at[2].revents)
            take_notice_answer(s);
    }
}

/* Connections end by their deadlines at the latest; the process does not wait for them so long. */
void dns_server_free(struct dns_server *s)
{
    for (int i = 0; i < 4; i++) {
        int fd = ((int[]){ s->udp, s->tcp, s->notify, s->stop })[i];

        if (fd >= 0)
            close(fd);
    }
    pthread_mutex_lock(&s->lock);
    for (i64 until = clock_now_ms() + 2000; s->connections > 0 && clock_now_ms() < until;) {
        struct timespec t = { .tv_sec = until / 1000 };

        pthread_cond_timedwait(&s->gone, &s->lock, &t);
    }
    if (s->connections > 0)
        _exit(0);               /* a resolver in the middle of a transfer comes again */
    pthread_mutex_unlock(&s->lock);
    if (s->lane.conn != NULL)
        lane_close(&s->lane);
    memory_free(s);
}
