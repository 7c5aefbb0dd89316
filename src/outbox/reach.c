#include "reach.h"

#include "../base/str.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

enum { URL_MAX = 500, CONNECT_S = 5, ALL_S = 10 };

/* -- addresses --------------------------------------------------------------------------------------------------------------- */

struct range4 { uint32_t net; int bits; };

static bool in4(uint32_t address, const struct range4 *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((address ^ ranges[i].net) >> (32 - ranges[i].bits) == 0)
            return true;
    return false;
}

/* RFC 6890 and what was added since: nothing of this is somebody out there. */
static bool special4(uint32_t a)
{
    static const struct range4 ranges[] = {
        { 0x00000000, 8 }, { 0x0a000000, 8 }, { 0x64400000, 10 }, { 0x7f000000, 8 }, { 0xa9fe0000, 16 }, { 0xac100000, 12 },
        { 0xc0000000, 24 }, { 0xc0000200, 24 }, { 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
        { 0xcb007100, 24 }, { 0xe0000000, 4 }, { 0xf0000000, 4 },
    };

    return in4(a, ranges, COUNT_OF(ranges));
}

/* An operator's own networks; never the machine itself, nor what clouds tell machines about themselves (169.254). */
static bool inside4(uint32_t a)
{
    static const struct range4 ranges[] = { { 0x0a000000, 8 }, { 0x64400000, 10 }, { 0xac100000, 12 }, { 0xc0a80000, 16 } };

    return in4(a, ranges, COUNT_OF(ranges));
}

static bool reach4(uint32_t a, struct reach reach)
{
    if (a >> 24 == 127)
        return reach.loopback;
    return !special4(a) || (reach.inside && inside4(a));
}

static uint32_t four(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Of IPv6 only what is given out as global, less what carries an IPv4 address inside or is for examples. */
static bool reach6(const uint8_t b[16], struct reach reach)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff }, loopback[16] = { [15] = 1 };

    if (memcmp(b, mapped, sizeof mapped) == 0)
        return reach4(four(b + 12), reach);
    if (memcmp(b, loopback, sizeof loopback) == 0)
        return reach.loopback;
    if ((b[0] & 0xfe) == 0xfc)
        return reach.inside;
    if ((b[0] & 0xe0) != 0x20)
        return false;
    if (b[0] == 0x20 && b[1] == 0x01 && (b[2] < 0x02 || (b[2] == 0x0d && b[3] == 0xb8)))
        return false;                   /* 2001::/23 with Teredo, 2001:db8::/32 */
    if (b[0] == 0x20 && b[1] == 0x02)
        return false;                   /* 6to4 */
    return !(b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10);      /* 3fff::/20 */
}

bool reach_address(const struct sockaddr *address, struct reach reach)
{
    if (address->sa_family == AF_INET)
        return reach4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr), reach);
    if (address->sa_family == AF_INET6)
        return reach6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr, reach);
    return false;
}

/* -- what was typed ------------------------------------------------------------------------------------------------------------- */

struct url { struct str scheme, user, host, port; };

static struct str part_of(struct arena *a, CURLU *u, CURLUPart what)
{
    char *text = NULL;
    struct str part = STR("");

    if (curl_url_get(u, what, &text, 0) == CURLUE_OK && text != NULL)
        part = arena_copy(a, str_c(text));
    curl_free(text);
    return part;
}

static bool url_read(struct arena *a, struct str typed, struct url *url)
{
    CURLU *u = curl_url();
    bool ok = u != NULL && curl_url_set(u, CURLUPART_URL, arena_copy(a, typed).at, 0) == CURLUE_OK;

    if (ok)
        *url = (struct url){ part_of(a, u, CURLUPART_SCHEME), part_of(a, u, CURLUPART_USER), part_of(a, u, CURLUPART_HOST),
                             part_of(a, u, CURLUPART_PORT) };
    if (ok && part_of(a, u, CURLUPART_PASSWORD).n > 0)
        url->user = STR("x");
    if (ok && part_of(a, u, CURLUPART_FRAGMENT).n > 0)
        ok = false;
    curl_url_cleanup(u);
    return ok && url->host.n > 0;
}

/* Numbers in the address: libcurl has made plain ones of "0x7f.1" and the like. False: it is a name. */
static bool numbers(const struct url *url, struct sockaddr_storage *at)
{
    struct sockaddr_in *v4 = (void *)at;
    struct sockaddr_in6 *v6 = (void *)at;
    char host[64];
    size_t n = url->host.n;

    if (n >= sizeof host)
        return false;
    memcpy(host, url->host.at, n + 1);
    at->ss_family = AF_INET;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1)
        return true;
    at->ss_family = AF_INET6;
    if (host[0] != '[' || host[n - 1] != ']')
        return false;
    host[n - 1] = '\0';
    return inet_pton(AF_INET6, host + 1, &v6->sin6_addr) == 1;
}

static bool port_right(struct str port)
{
    i64 n;

    return port.n == 0 || (str_i64(port, &n) && (n == 80 || n == 443 || (n >= 1024 && n <= 65535)));
}

/* Plain HTTP only where nothing leaves the machine. */
static bool plain_allowed(const struct url *url, struct reach reach)
{
    struct str host = url->host;

    return reach.loopback && (str_starts(host, STR("127.")) || str_is(host, "localhost") || str_is(host, "[::1]"));
}

enum reach_fault reach_url(struct arena *a, struct str typed, struct reach reach)
{
    struct sockaddr_storage at = { 0 };
    struct url url = { .host = STR("") };

    for (size_t i = 0; i < typed.n; i++)
        if (typed.at[i] <= ' ' || typed.at[i] > '~')
            return REACH_FORM;
    if (typed.n == 0 || typed.n > URL_MAX || !url_read(a, typed, &url))
        return REACH_FORM;
    if (url.user.n > 0)
        return REACH_USER;
    if (!str_is(url.scheme, "https") && !(str_is(url.scheme, "http") && plain_allowed(&url, reach)))
        return REACH_PLAIN;
    if (!port_right(url.port))
        return REACH_PORT;
    if (numbers(&url, &at) ? !reach_address((const struct sockaddr *)&at, reach) : str_is(url.host, "localhost") && !reach.loopback)
        return REACH_INSIDE;
    return REACH_FINE;
}

/* -- where the connection is opened --------------------------------------------------------------------------------------------------- */

static curl_socket_t open_socket(void *with, curlsocktype purpose, struct curl_sockaddr *to)
{
    const struct reach *reach = with;

    if (purpose != CURLSOCKTYPE_IPCXN || !reach_address(&to->addr, *reach))
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void reach_guard(CURL *curl, const struct reach *reach)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, reach->loopback ? "https,http" : "https");
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, (void *)reach);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ALL_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}
