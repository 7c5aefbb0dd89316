#include "dns.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

/* -- names --------------------------------------------------------------------------------------------------------------------- */

bool dns_name_of(struct str text, struct dns_name *name)
{
    struct str label;

    name->n = 0;
    if (text.n > 0 && text.at[text.n - 1] == '.')
        text.n--;
    while (text.n > 0 && str_cut(&text, '.', &label)) {
        if (label.n == 0 || label.n > 63 || name->n + label.n + 2 > DNS_NAME_MAX)
            return false;
        name->at[name->n++] = (uint8_t)label.n;
        for (size_t i = 0; i < label.n; i++)
            name->at[name->n++] = (uint8_t)(label.at[i] >= 'A' && label.at[i] <= 'Z' ? label.at[i] + 32 : label.at[i]);
    }
    name->at[name->n++] = 0;
    return true;
}

bool dns_name_eq(const struct dns_name *a, const struct dns_name *b)
{
    return a->n == b->n && memcmp(a->at, b->at, a->n) == 0;
}

void dns_name_text(const struct dns_name *name, char text[DNS_NAME_MAX + 1])
{
    size_t n = 0;

    for (size_t at = 0; at < name->n && name->at[at] != 0; at += name->at[at] + 1u) {
        if (n > 0)
            text[n++] = '.';
        for (size_t i = 1; i <= name->at[at] && at + i < name->n; i++) {
            uint8_t c = name->at[at + i];

            text[n++] = (char)(c > ' ' && c < 0x7f && c != '.' ? c : '?');
        }
    }
    text[n] = '\0';
}

/* -- reading ------------------------------------------------------------------------------------------------------------------------ */

struct reader { const uint8_t *at; size_t n, p; bool bad; };

static bool room(struct reader *r, size_t n)
{
    if (r->n - r->p < n)
        r->bad = true;
    return !r->bad;
}

static uint32_t number(struct reader *r, size_t bytes)
{
    uint32_t v = 0;

    if (!room(r, bytes))
        return 0;
    while (bytes-- > 0)
        v = v << 8 | r->at[r->p++];
    return v;
}

/* Pointers lead backwards only, each further than the last: a loop cannot be. */
static void read_name(struct reader *r, struct dns_name *name)
{
    size_t p = r->p, limit = r->p, after = 0;

    name->n = 0;
    while (p < r->n && !r->bad) {
        uint8_t length = r->at[p];

        if ((length & 0xc0) == 0xc0) {
            size_t to = p + 1 < r->n ? (size_t)(length & 0x3f) << 8 | r->at[p + 1] : r->n;

            after = after ? after : p + 2;
            if (p + 1 >= r->n || to >= limit || to < 12)
                break;
            p = limit = to;
            continue;
        }
        if (length > 63 || p + 1 + length > r->n || name->n + 1u + length >= DNS_NAME_MAX + (length == 0))
            break;
        name->at[name->n++] = length;
        for (size_t i = 1; i <= length; i++)
            name->at[name->n++] = (uint8_t)(r->at[p + i] >= 'A' && r->at[p + i] <= 'Z' ? r->at[p + i] + 32 : r->at[p + i]);
        p += length + 1u;
        if (length == 0) {
            r->p = after ? after : p;
            return;
        }
    }
    r->bad = true;
}

static void read_soa(struct reader *r, size_t end, struct dns_message *m)
{
    struct dns_name skipped;

    read_name(r, &skipped);
    read_name(r, &skipped);
    m->serial = number(r, 4);
    m->has_serial = true;
    if (r->bad || r->p + 16 != end)
        r->bad = true;
    r->p = end;
}

static void read_tsig(struct reader *r, size_t end, struct dns_tsig *t)
{
    size_t other;

    read_name(r, &t->algorithm);
    t->time = (uint64_t)number(r, 2) << 32;
    t->time |= number(r, 4);
    t->fudge = (uint16_t)number(r, 2);
    t->mac_n = number(r, 2);
    if (t->mac_n > sizeof t->mac || !room(r, t->mac_n)) {
        r->bad = true;
        return;
    }
    memcpy(t->mac, r->at + r->p, t->mac_n);
    r->p += t->mac_n;
    t->id = (uint16_t)number(r, 2);
    t->error = (uint16_t)number(r, 2);
    other = number(r, 2);
    if (!room(r, other) || r->p + other != end)
        r->bad = true;
    r->p = end;
}

enum section { ANSWERS, AUTHORITY, ADDITIONAL };

/* A signature is the last record of all. */
static void read_record(struct reader *r, enum section section, bool last, struct dns_message *m)
{
    size_t began = r->p, length, end;
    struct dns_name owner;
    uint16_t type, class;

    read_name(r, &owner);
    type = (uint16_t)number(r, 2);
    class = (uint16_t)number(r, 2);
    (void)number(r, 4);
    length = number(r, 2);
    if (!room(r, length))
        return;
    end = r->p + length;
    if (type == DNS_TSIG) {
        if (section != ADDITIONAL || !last || class != DNS_ANY) {
            r->bad = true;
            return;
        }
        m->tsig.there = true;
        m->tsig.at = began;
        m->tsig.key = owner;
        read_tsig(r, end, &m->tsig);
        return;
    }
    if (type == DNS_SOA && section == AUTHORITY && !m->has_serial)
        read_soa(r, end, m);
    m->edns |= type == DNS_OPT && section == ADDITIONAL;
    r->p = end;
}

enum dns_read dns_read(const uint8_t *at, size_t n, struct dns_message *m)
{
    struct reader r = { .at = at, .n = n };
    uint32_t flags, questions, counts[3];

    *m = (struct dns_message){ 0 };
    if (n < 12)
        return DNS_NOTHING;
    m->id = (uint16_t)number(&r, 2);
    flags = number(&r, 2);
    m->answer = flags >> 15 & 1;
    m->opcode = (uint8_t)(flags >> 11 & 15);
    m->authoritative = flags >> 10 & 1;
    m->cut = flags >> 9 & 1;
    m->rcode = (uint8_t)(flags & 15);
    questions = number(&r, 2);
    for (int i = 0; i < 3; i++)
        counts[i] = number(&r, 2);
    if (questions != 1)
        return DNS_UNREADABLE;
    read_name(&r, &m->name);
    m->type = (uint16_t)number(&r, 2);
    m->class = (uint16_t)number(&r, 2);
    for (int section = ANSWERS; section <= ADDITIONAL; section++)
        for (uint32_t i = 0; i < counts[section] && !r.bad; i++)
            read_record(&r, (enum section)section, i + 1 == counts[section], m);
    return r.bad || r.p != n ? DNS_UNREADABLE : DNS_READ;
}

/* -- writing ------------------------------------------------------------------------------------------------------------------------- */

static void put(struct dns_out *o, const void *bytes, size_t n)
{
    if (o->over || DNS_MESSAGE_MAX - o->n < n) {
        o->over = true;
        return;
    }
    if (n > 0)          /* an empty mac has no bytes to point at */
        memcpy(o->at + o->n, bytes, n);
    o->n += n;
}

static void put_number(struct dns_out *o, uint64_t v, size_t bytes)
{
    uint8_t all[8];

    for (size_t i = 0; i < bytes; i++)
        all[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
    put(o, all, bytes);
}

static void put_name(struct dns_out *o, const struct dns_name *name)
{
    put(o, name->at, name->n);
}

static void one_more(struct dns_out *o, size_t count_at)
{
    unsigned n = (unsigned)(o->at[count_at] << 8 | o->at[count_at + 1]) + 1;

    o->at[count_at] = (uint8_t)(n >> 8);
    o->at[count_at + 1] = (uint8_t)n;
}
enum { ANSWERS_AT = 6, ADDITIONAL_AT = 10, ZONE_POINTER = 0xc00c, TTL_S = 300 };

void dns_begin(struct dns_out *o, const struct dns_head *head)
{
    unsigned flags = (head->answer ? 0x8000u : 0) | (unsigned)head->opcode << 11 | head->rcode;

    if (head->rcode == DNS_NOERROR)
        flags |= 0x0400;
    o->n = 0;
    o->over = false;
    put_number(o, head->id, 2);
    put_number(o, flags, 2);
    put_number(o, head->name ? 1 : 0, 2);
    put_number(o, 0, 6);
    if (head->name == NULL)
        return;
    put_name(o, head->name);
    put_number(o, head->type, 2);
    put_number(o, DNS_IN, 2);
}

void dns_set_cut(struct dns_out *o)
{
    o->at[2] |= 2;
}

/* Owner is the zone itself; the length is filled in by end_record. */
static size_t begin_record(struct dns_out *o, uint16_t type)
{
    put_number(o, type, 2);
    put_number(o, DNS_IN, 2);
    put_number(o, TTL_S, 4);
    put_number(o, 0, 2);
    return o->n;
}

static void end_record(struct dns_out *o, size_t from)
{
    if (o->over)
        return;
    o->at[from - 2] = (uint8_t)((o->n - from) >> 8);
    o->at[from - 1] = (uint8_t)(o->n - from);
    one_more(o, ANSWERS_AT);
}

static const uint8_t localhost[] = "\x09localhost", hostmaster[] = "\x0ahostmaster\x09localhost";      /* with the 0 of the root */

void dns_soa(struct dns_out *o, uint32_t serial)
{
    size_t from;

    put_number(o, ZONE_POINTER, 2);
    from = begin_record(o, DNS_SOA);
    put(o, localhost, sizeof localhost);
    put(o, hostmaster, sizeof hostmaster);
    put_number(o, serial, 4);
    put_number(o, 600, 4);
    put_number(o, 120, 4);
    put_number(o, 604800, 4);
    put_number(o, 60, 4);
    end_record(o, from);
}

void dns_ns(struct dns_out *o)
{
    size_t from;

    put_number(o, ZONE_POINTER, 2);
    from = begin_record(o, DNS_NS);
    put(o, localhost, sizeof localhost);
    end_record(o, from);
}

void dns_cname(struct dns_out *o, const char *name, bool wildcard, const struct dns_name *target)
{
    struct dns_name below;
    size_t from;

    if (!dns_name_of(str_c(name), &below)) {
        o->over = true;
        return;
    }
    if (wildcard)
        put(o, "\x01*", 2);
    put(o, below.at, below.n - 1u);
    put_number(o, ZONE_POINTER, 2);
    from = begin_record(o, DNS_CNAME);
    put_name(o, target);
    end_record(o, from);
}

/* -- signatures ------------------------------------------------------------------------------------------------------------------------- */

static const uint8_t hmac_sha256[] = "\x0bhmac-sha256";        /* and the root's 0 */

static void hash_number(crypto_auth_hmacsha256_state *h, uint64_t v, size_t bytes)
{
    while (bytes-- > 0) {
        uint8_t one = (uint8_t)(v >> 8 * bytes);

        crypto_auth_hmacsha256_update(h, &one, 1);
    }
}

struct signing { uint64_t time; uint16_t fudge, error; bool timers_only; uint64_t other; size_t other_n; };

static void mac_of(uint8_t mac[DNS_MAC_BYTES], const struct dns_key *key, const struct dns_chain *prior, const uint8_t *message, size_t n,
                   const struct signing *s)
{
    crypto_auth_hmacsha256_state h;

    crypto_auth_hmacsha256_init(&h, key->secret, key->n);
    if (prior != NULL && prior->n > 0) {
        hash_number(&h, prior->n, 2);
        crypto_auth_hmacsha256_update(&h, prior->mac, prior->n);
    }
    crypto_auth_hmacsha256_update(&h, message, n);
    if (!s->timers_only) {
        crypto_auth_hmacsha256_update(&h, key->name.at, key->name.n);
        hash_number(&h, DNS_ANY, 2);
        hash_number(&h, 0, 4);
        crypto_auth_hmacsha256_update(&h, hmac_sha256, sizeof hmac_sha256);
    }
    hash_number(&h, s->time, 6);
    hash_number(&h, s->fudge, 2);
    if (!s->timers_only) {
        hash_number(&h, s->error, 2);
        hash_number(&h, s->other_n, 2);
        hash_number(&h, s->other, s->other_n);
    }
    crypto_auth_hmacsha256_final(&h, mac);
}

/* The message as it was before the signature was added: one record less, and the id that the sender had given it. */
static void unsigned_header(uint8_t head[12], const uint8_t *at, const struct dns_tsig *t)
{
    unsigned additional = (unsigned)(at[ADDITIONAL_AT] << 8 | at[ADDITIONAL_AT + 1]) - 1;

    memcpy(head, at, 12);
    head[0] = (uint8_t)(t->id >> 8);
    head[1] = (uint8_t)t->id;
    head[ADDITIONAL_AT] = (uint8_t)(additional >> 8);
    head[ADDITIONAL_AT + 1] = (uint8_t)additional;
}

int dns_verify(const uint8_t *at, size_t n, const struct dns_message *m, const struct dns_key *key, const struct dns_chain *prior,
               i64 now_s)
{
    const struct dns_tsig *t = &m->tsig;
    struct signing s = { .time = t->time, .fudge = t->fudge, .error = t->error };
    uint8_t mac[DNS_MAC_BYTES], plain[DNS_MESSAGE_MAX];
    i64 apart = now_s - (i64)t->time;

    if (t->algorithm.n != sizeof hmac_sha256 || memcmp(t->algorithm.at, hmac_sha256, sizeof hmac_sha256) != 0 ||
        !dns_name_eq(&t->key, &key->name))
        return DNS_BADKEY;
    if (t->at < 12 || t->at > n || n > DNS_MESSAGE_MAX || t->error != 0)
        return DNS_BADSIG;
    memcpy(plain, at, t->at);
    unsigned_header(plain, at, t);
    mac_of(mac, key, prior, plain, t->at, &s);
    if (t->mac_n != sizeof mac || sodium_memcmp(mac, t->mac, sizeof mac) != 0)
        return DNS_BADSIG;
    return apart > t->fudge || apart < -(i64)t->fudge ? DNS_BADTIME : 0;
}

static void put_tsig(struct dns_out *o, const struct dns_name *key, uint16_t id, const struct signing *s, const uint8_t *mac, size_t mac_n)
{
    put_name(o, key);
    put_number(o, DNS_TSIG, 2);
    put_number(o, DNS_ANY, 2);
    put_number(o, 0, 4);
    put_number(o, sizeof hmac_sha256 + 16 + mac_n + s->other_n, 2);
    put(o, hmac_sha256, sizeof hmac_sha256);
    put_number(o, s->time, 6);
    put_number(o, s->fudge, 2);
    put_number(o, mac_n, 2);
    put(o, mac, mac_n);
    put_number(o, id, 2);
    put_number(o, s->error, 2);
    put_number(o, s->other_n, 2);
    put_number(o, s->other, s->other_n);
    if (!o->over)
        one_more(o, ADDITIONAL_AT);
}

void dns_sign(struct dns_out *o, const struct dns_sign *sign)
{
    struct signing s = { .time = (uint64_t)sign->now_s, .fudge = DNS_FUDGE_S, .error = sign->error, .timers_only = !sign->first };
    uint16_t id = (uint16_t)(o->at[0] << 8 | o->at[1]);
    uint8_t mac[DNS_MAC_BYTES];

    assert(sign->chain != NULL);
    if (sign->error == DNS_BADTIME) {
        s.time = sign->their_time;
        s.other = (uint64_t)sign->now_s;
        s.other_n = 6;
    }
    mac_of(mac, sign->key, sign->chain, o->at, o->n, &s);
    put_tsig(o, &sign->key->name, id, &s, mac, sizeof mac);
    memcpy(sign->chain->mac, mac, sizeof mac);
    sign->chain->n = sizeof mac;
}

void dns_unsigned(struct dns_out *o, const struct dns_tsig *theirs, uint16_t error, i64 now_s)
{
    struct signing s = { .time = (uint64_t)now_s, .fudge = DNS_FUDGE_S, .error = error };

    put_tsig(o, &theirs->key, theirs->id, &s, NULL, 0);
}
