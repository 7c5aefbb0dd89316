#include "rules.h"

#include "../base/text.h"

#include <stdlib.h>

/* -- letters ----------------------------------------------------------------------------------------------------------------------- */

static const struct take_place *place_of(struct take_places places, struct str name)
{
    for (size_t i = 0; i < places.n; i++)
        if (str_is(name, places.at[i].name))
            return &places.at[i];
    return NULL;
}

/* What fills a place is not looked at again: an address that holds "{link}" stays what it is. */
struct str take_fill(struct arena *a, struct str text, struct take_places places)
{
    struct out o = { .max = 64 << 10 };
    struct str made;

    while (text.n > 0) {
        size_t open = str_find_char(text, '{'), close = str_find_char(str_from(text, open), '}');
        const struct take_place *p = place_of(places, str_upto(str_from(text, open + 1), close ? close - 1 : 0));

        out_str(&o, str_upto(text, open));
        text = str_from(text, open);
        if (p != NULL)
            out_str(&o, p->text);
        else
            out_str(&o, str_upto(text, 1));
        text = str_from(text, p != NULL ? close + 1 : 1);
    }
    made = arena_copy(a, out_done(&o));
    out_free(&o);
    return made;
}

/* -- names of content ----------------------------------------------------------------------------------------------------------------- */

static struct str lowered(struct arena *a, struct str s)
{
    char *at = arena_alloc(a, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        at[i] = s.at[i] >= 'A' && s.at[i] <= 'Z' ? (char)(s.at[i] + 'a' - 'A') : s.at[i];
    return str_of(at, s.n);
}

static const char *hash_kind(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (str_hex_digit(s.at[i]) < 0)
            return NULL;
    return s.n == 64 ? "sha256" : s.n == 32 ? "md5" : NULL;
}

/* "pdq:HEX" and "sha256:HEX": a PDQ hash and a SHA-256 are of one length. */
static const char *named_kind(struct str *s)
{
    static const struct { const char *start, *kind; size_t n; } kinds[] = {
        { "pdq:", "pdq", 64 }, { "sha256:", "sha256", 64 }, { "md5:", "md5", 32 },
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct str start = str_c(kinds[i].start);

        if (str_eq_nocase(str_upto(*s, start.n), start)) {
            *s = str_trim(str_from(*s, start.n));
            return s->n == kinds[i].n && hash_kind(*s) != NULL ? kinds[i].kind : "";
        }
    }
    return NULL;
}

/* People write addresses so that nobody opens them by mistake. */
static struct str fanged(struct arena *a, struct str s)
{
    struct out o = { .max = 8192 };
    struct str made;

    if (str_eq_nocase(str_upto(s, 7), STR("hxxp://")) || str_eq_nocase(str_upto(s, 8), STR("hxxps://"))) {
        out_c(&o, "htt");
        s = str_from(s, 3);
    }
    while (s.n > 0) {
        bool dot = str_starts(s, STR("[.]"));

        out_char(&o, dot ? '.' : s.at[0]);
        s = str_from(s, dot ? 3 : 1);
    }
    made = arena_copy(a, out_done(&o));
    out_free(&o);
    return made;
}

static bool host_right(struct str host)
{
    for (size_t i = 0; i < host.n; i++) {
        unsigned char c = (unsigned char)host.at[i];

        if (c <= ' ' || c == 0x7f || strchr("\"<>\\^`{|}@", c) != NULL)
            return false;
    }
    return host.n > 0 && host.n <= 253 && (str_find_char(host, '.') < host.n || host.at[0] == '[');
}

/* Host and port, and nothing before them: of "https://known.example:x@other.example/" browsers open the other. */
static bool authority_right(struct str url)
{
    struct str host = item_host(url), rest = str_from(url, str_find(url, STR("://")) + 3 + host.n);
    size_t i = 0;

    if (rest.n > 0 && rest.at[0] == ':')
        for (i = 1; i < rest.n && rest.at[i] >= '0' && rest.at[i] <= '9'; i++)
            ;
    return host_right(host) && (i == rest.n || strchr("/?#", rest.at[i]) != NULL);
}

static bool address_right(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.at[i] <= ' ' || s.at[i] == 0x7f || s.at[i] == '"' || s.at[i] == '<' || s.at[i] == '>')
            return false;
    return authority_right(s);
}

/* Scheme and host in lower case, no fragment: two people who name one page name it alike. */
static struct str address_plain(struct arena *a, struct str s)
{
    size_t slashes = str_find(s, STR("://")) + 3, end;
    struct str rest = str_from(s, slashes), head, path;

    for (end = 0; end < rest.n && strchr("/?#", rest.at[end]) == NULL; end++)
        ;
    head = lowered(a, str_upto(s, slashes + end));
    path = str_from(rest, end);
    path = str_upto(path, str_find_char(path, '#'));
    return arena_f(a, "%.*s%s%.*s", (int)head.n, head.at, path.n == 0 || path.at[0] != '/' ? "/" : "", (int)path.n, path.n ? path.at : "");
}

enum item_fault item_read(struct arena *a, struct str typed, struct item_read *item)
{
    struct str s = str_trim(typed);
    const char *kind = named_kind(&s);

    *item = (struct item_read){ 0 };
    if (s.n == 0)
        return ITEM_EMPTY;
    if (s.n > 2000)
        return ITEM_LONG;
    if (kind == NULL)
        kind = hash_kind(s);
    if (kind != NULL) {
        *item = (struct item_read){ kind, lowered(a, s) };
        return *kind ? ITEM_FINE : ITEM_NEITHER;
    }
    s = fanged(a, s);
    if (!str_eq_nocase(str_upto(s, 7), STR("http://")) && !str_eq_nocase(str_upto(s, 8), STR("https://")))
        return ITEM_NEITHER;
    s = address_plain(a, s);
    *item = (struct item_read){ "url", s };
    return address_right(s) ? ITEM_FINE : ITEM_NEITHER;
}

struct str item_host(struct str url)
{
    size_t slashes = str_find(url, STR("://"));
    struct str host = str_from(url, slashes + 3);

    if (slashes == url.n)
        return STR_NULL;
    for (size_t i = 0; i < host.n; i++)
        if (strchr("/?#", host.at[i]) != NULL)
            host = str_upto(host, i);
    if (host.n && host.at[0] == '[')
        return str_upto(host, str_find_char(host, ']') + 1);
    return str_upto(host, str_find_char(host, ':'));
}

bool hosts_cover(struct str hosts, struct str host)
{
    struct str one;

    while (host.n > 0 && str_cut(&hosts, ' ', &one)) {
        bool below = one.n > 0 && host.n > one.n && str_ends(host, one) && host.at[host.n - one.n - 1] == '.';

        if (one.n > 0 && (str_eq(one, host) || below))
            return true;
    }
    return false;
}

/* -- notices and tracks ----------------------------------------------------------------------------------------------------------------- */

void notice_count(struct notice_sum *sum, struct str state, bool past)
{
    sum->chosen += str_is(state, "chosen");
    sum->open += str_is(state, "sent");
    sum->late += str_is(state, "sent") && past;
    sum->removed += str_is(state, "removed");
    sum->cannot += str_is(state, "cannot");
    sum->notours += str_is(state, "notours");
    sum->appealed += str_is(state, "appealed");
    sum->withdrawn += str_is(state, "withdrawn");
}

bool track_over(struct str state)
{
    return str_is(state, "confirmed") || str_is(state, "dropped");
}

/* What is worst decides: somebody who objects waits for us, somebody who has not answered runs against the clock. Whoever said that it is
   not theirs has no part in it any more. */
const char *track_state_after(struct str was, const struct notice_sum *sum)
{
    if (track_over(was) || str_is(was, "asked") || str_is(was, "reported"))
        return str_is(was, "confirmed") ? "confirmed" : str_is(was, "dropped") ? "dropped" : str_is(was, "asked") ? "asked" : "reported";
    if (sum->appealed > 0)
        return "appealed";
    if (sum->open > 0)
        return str_is(was, "escalated") ? "escalated" : "requested";
    if (sum->cannot > 0)
        return "refused";
    return sum->removed > 0 ? "removed" : "triaged";
}

bool rung_next(const struct take_rules *rules, i64 due, i64 climbed, i64 *next)
{
    if (climbed >= (i64)rules->n_rungs)
        return false;
    *next = due + rules->rungs[climbed].after_ms;
    return true;
}

enum take_bar second_bar(bool waits, struct id asked_by, struct id who)
{
    return !waits ? TAKE_OVER : id_eq(asked_by, who) ? TAKE_SAME : TAKE_FINE;
}

enum take_bar appeal_bar(bool appealed, struct id set_by, bool approved, struct id approved_by, struct id who)
{
    if (!appealed)
        return TAKE_OVER;
    return id_eq(set_by, who) || (approved && id_eq(approved_by, who)) ? TAKE_SAME : TAKE_FINE;
}

/* -- figures ----------------------------------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    i64 x = *(const i64 *)a, y = *(const i64 *)b;

    return (x > y) - (x < y);
}

i64 take_median(i64 *values, size_t n)
{
    if (n == 0)
        return -1;
    qsort(values, n, sizeof *values, by_size);
    return n % 2 ? values[n / 2] : values[n / 2 - 1] + (values[n / 2] - values[n / 2 - 1]) / 2;
}

i64 quarter_of(i64 ms)
{
    struct clock_local t = clock_local(ms);

    return t.year * 4 + (t.month - 1) / 3;
}
