#include "session_seal.h"

struct str session_token_bytes(const struct session *s)
{
    return str_of(s->token, TOKEN_BYTES);
}

/* H(T, d): the token is the key. */
void session_hash(struct key *out, const struct session *s, const char *d, struct parts parts)
{
    struct key t;

    memcpy(t.b, s->token, TOKEN_BYTES);
    vault_hash(out, &t, d, parts);
    explicit_bzero(&t, sizeof t);
}

void session_name(struct session *s)
{
    vault_hash(&s->sid, NULL, "sid", PARTS(session_token_bytes(s)));
}

static struct key seal_ctx(const struct session *s)
{
    return vault_ctx("session", PARTS(key_str(&s->sid)));
}

struct session *session_make(struct ctx *c)
{
    struct session *s = NEW(c->arena, struct session);

    s->token = secrets_alloc(c->ledger->secrets, TOKEN_BYTES);
    s->head = SECRET(c->ledger->secrets, struct sealed_head);
    return s;
}

static void put_lp(uint8_t *to, size_t *n, struct str s)
{
    uint32_t length = (uint32_t)s.n;

    memcpy(to + *n, &length, sizeof length);
    memcpy(to + *n + sizeof length, s.at, s.n);
    *n += sizeof length + s.n;
}

/* Head and notes in the secrets block. */
static struct str payload(struct ctx *c, const struct session *s)
{
    uint8_t *plain = secrets_alloc(c->ledger->secrets, PAYLOAD_MAX);
    size_t n = sizeof *s->head;

    memcpy(plain, s->head, sizeof *s->head);
    for (size_t i = 0; i < s->n_notes; i++) {
        put_lp(plain, &n, s->notes[i].name);
        put_lp(plain, &n, s->notes[i].text);
        memcpy(plain + n, &s->notes[i].until, sizeof(i64));
        n += sizeof(i64);
    }
    return str_of(plain, n);
}

struct str session_seal(struct ctx *c, const struct session *s)
{
    struct key *k = SECRET(c->ledger->secrets, struct key);

    session_hash(k, s, "sess", NO_PARTS);
    return vault_box(c->arena, k, seal_ctx(s), payload(c, s));
}

static bool take_lp(struct str *from, struct str *s)
{
    uint32_t n;

    if (from->n < sizeof n)
        return false;
    memcpy(&n, from->at, sizeof n);
    if (from->n - sizeof n < n)
        return false;
    *s = str_of(from->at + sizeof n, n);
    *from = str_from(*from, sizeof n + n);
    return true;
}

static void take_notes(struct session *s, struct str from, i64 now)
{
    struct note note;

    while (s->n_notes < NOTES_MAX && take_lp(&from, &note.name) && take_lp(&from, &note.text) &&
           from.n >= sizeof(i64)) {
        memcpy(&note.until, from.at, sizeof(i64));
        from = str_from(from, sizeof(i64));
        if (note.until > now)
            s->notes[s->n_notes++] = note;
    }
}

static status open_under(struct ctx *c, struct session *s, const struct key *k, struct str sealed)
{
    size_t n = sealed.n - BOX_EXTRA;
    uint8_t *plain;

    if (sealed.n < BOX_EXTRA + sizeof *s->head || n > PAYLOAD_MAX)
        return BROKEN;
    plain = secrets_alloc(c->ledger->secrets, n);
    TRY(vault_unbox_secret(k, seal_ctx(s), sealed, plain, n));
    memcpy(s->head, plain, sizeof *s->head);
    if (s->head->layout != 1 || s->head->kind > SESSION_STAFF)
        return BROKEN;
    take_notes(s, str_of(plain + sizeof *s->head, n - sizeof *s->head), c->now);
    return OK;
}

status session_open(struct ctx *c, struct session *s, struct str sealed)
{
    struct key *k = SECRET(c->ledger->secrets, struct key);

    session_hash(k, s, "sess", NO_PARTS);
    return open_under(c, s, k, sealed);
}

/* -- notices -------------------------------------------------------------------------------------------- */

static void notice_key(struct key *k, const struct house_keys *h, const struct session *s)
{
    vault_hash(k, &h->job, "notice", PARTS(session_token_bytes(s)));
}

struct str notice_text(struct ctx *c, const struct session *s)
{
    struct key *k = SECRET(c->ledger->secrets, struct key);
    struct str boxed;
    char *both;

    notice_key(k, house_now(c->ledger->house), s);
    boxed = vault_box(c->arena, k, seal_ctx(s), payload(c, s));
    both = arena_alloc(c->arena, TOKEN_BYTES + boxed.n);
    memcpy(both, s->token, TOKEN_BYTES);
    memcpy(both + TOKEN_BYTES, boxed.at, boxed.n);
    return vault_base64url(c->arena, str_of(both, TOKEN_BYTES + boxed.n));
}

status notice_open(struct ctx *c, struct session *s, struct str text)
{
    const struct house *h = c->ledger->house;
    struct key *k = SECRET(c->ledger->secrets, struct key);
    size_t n = text.n / 4 * 3 + (text.n % 4 ? text.n % 4 - 1 : 0);      /* bytes of base64 without padding */
    uint8_t *both;

    if (n < TOKEN_BYTES + BOX_EXTRA || n > TOKEN_BYTES + BOX_EXTRA + NOTICE_MAX)
        return NOT_FOUND;
    both = arena_alloc(c->arena, n);
    if (!vault_base64url_read(text, both, n))
        return NOT_FOUND;
    memcpy(s->token, both, TOKEN_BYTES);
    session_name(s);
    for (size_t i = h->n; i-- > 0;) {
        notice_key(k, &h->gen[i], s);
        if (open_under(c, s, k, str_of(both + TOKEN_BYTES, n - TOKEN_BYTES)) == OK)
            return s->head->kind == SESSION_NOTICE ? OK : NOT_FOUND;
    }
    return NOT_FOUND;
}
