#include "session.h"

#include "answer.h"
#include "request.h"

#include "web.sql.h"

enum {
    TOKEN_BYTES = 32, BOX_EXTRA = 1 + 24 + 16,          /* what a box adds: version, nonce, tag */
    PAYLOAD_MAX = 8 * 1024, NOTES_MAX = 16, REFUSALS_MAX = 100,
    TOUCH_MS = MINUTE_MS                    /* an idle time is kept to the minute: not a write for every page */
};
static const char cookie_name[] = "__Host-s";

/* How long a session lives without a request, and at all. */
static const struct { i64 idle, whole; } limits[] = {
    [SESSION_NOTICE] = { 30 * MINUTE_MS, 30 * MINUTE_MS },
    [SESSION_CHILD] = { 30 * MINUTE_MS, 4 * (i64)HOUR_MS },
    [SESSION_STAFF] = { 30 * MINUTE_MS, 12 * (i64)HOUR_MS },
};

/* What is sealed, in this order, then the notes as lp(name) lp(text) until. Never kept beyond its own
   time, so the layout may change: an old one does not open and the person signs in again. */
struct sealed_head {
    uint8_t layout, kind, refusals, reserved[5];
    struct id who;
    i64 began, seen, proof;
    struct pair pair;
};

struct note { struct str name, text; i64 until; };

enum work { WORK_NONE, WORK_INSERT, WORK_UPDATE, WORK_DELETE };
struct session {
    struct sealed_head *head;           /* in the secrets block */
    uint8_t *token;                     /* in the secrets block */
    struct key sid;
    struct note notes[NOTES_MAX];
    size_t n_notes;
    enum work work;
    bool ended;
    struct session *replaced;           /* its row goes when this one comes */
};

/* -- keys ----------------------------------------------------------------------------------------------- */

static struct str token_str(const struct session *s)
{
    return str_of(s->token, TOKEN_BYTES);
}

/* H(T, d): the token is the key. */
static void token_hash(struct key *out, const struct session *s, const char *d, struct parts parts)
{
    struct key t;

    memcpy(t.b, s->token, TOKEN_BYTES);
    vault_hash(out, &t, d, parts);
    explicit_bzero(&t, sizeof t);
}

static struct key seal_ctx(const struct session *s)
{
    return vault_ctx("session", PARTS(key_str(&s->sid)));
}

static struct session *session_make(struct ctx *c)
{
    struct session *s = NEW(c->arena, struct session);

    s->token = secrets_alloc(c->ledger->secrets, TOKEN_BYTES);
    s->head = SECRET(c->ledger->secrets, struct sealed_head);
    return s;
}

/* -- sealing -------------------------------------------------------------------------------------------- */

static void put_lp(uint8_t *to, size_t *n, struct str s)
{
    uint32_t length = (uint32_t)s.n;

    memcpy(to + *n, &length, sizeof length);
    memcpy(to + *n + sizeof length, s.at, s.n);
    *n += sizeof length + s.n;
}

static struct str session_seal(struct ctx *c, const struct session *s)
{
    uint8_t *plain = secrets_alloc(c->ledger->secrets, PAYLOAD_MAX);
    struct key *k = SECRET(c->ledger->secrets, struct key);
    size_t n = sizeof *s->head;

    memcpy(plain, s->head, sizeof *s->head);
    for (size_t i = 0; i < s->n_notes; i++) {
        put_lp(plain, &n, s->notes[i].name);
        put_lp(plain, &n, s->notes[i].text);
        memcpy(plain + n, &s->notes[i].until, sizeof(i64));
        n += sizeof(i64);
    }
    token_hash(k, s, "sess", NO_PARTS);
    return vault_box(c->arena, k, seal_ctx(s), str_of(plain, n));
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

static status session_open(struct ctx *c, struct session *s, struct str sealed)
{
    size_t n = sealed.n - BOX_EXTRA;
    struct key *k = SECRET(c->ledger->secrets, struct key);
    uint8_t *plain;

    if (sealed.n < BOX_EXTRA + sizeof *s->head || n > PAYLOAD_MAX)
        return BROKEN;
    plain = secrets_alloc(c->ledger->secrets, n);
    token_hash(k, s, "sess", NO_PARTS);
    TRY(vault_unbox_secret(k, seal_ctx(s), sealed, plain, n));
    memcpy(s->head, plain, sizeof *s->head);
    if (s->head->layout != 1 || s->head->kind > SESSION_STAFF)
        return BROKEN;
    take_notes(s, str_of(plain + sizeof *s->head, n - sizeof *s->head), c->now);
    return OK;
}

/* -- finding -------------------------------------------------------------------------------------------- */

static bool alive(const struct session *s, i64 now)
{
    const struct sealed_head *h = s->head;

    /* A clock that was set back must not give a session more life. */
    return now >= h->began && now >= h->seen && now < h->seen + limits[h->kind].idle &&
           now < h->began + limits[h->kind].whole;
}

/* A session that was replaced, ended, altered or is past its time is none at all: the page says what to
   do. */
static status find(struct ctx *c, struct session *s)
{
    struct session_by_sid_row row;

    vault_hash(&s->sid, NULL, "sid", PARTS(token_str(s)));
    TRY(sql_session_by_sid(c->ledger->db, (struct sql_session_by_sid){ .sid = key_str(&s->sid) }, &row));
    if (session_open(c, s, row.sealed) != OK || !alive(s, c->now))
        return NOT_FOUND;
    if (row.who.has && !id_eq(row.who.v, s->head->who))
        return NOT_FOUND;
    return OK;
}

static void touch(struct ctx *c, struct session *s)
{
    if (c->now - s->head->seen < TOUCH_MS)
        return;
    s->head->seen = c->now;
    s->work = WORK_UPDATE;
}

static void csrf_text(struct ctx *c, struct session *s)
{
    struct key csrf;
    struct out hex = { .max = 2 * KEY_BYTES };

    token_hash(&csrf, s, "csrf", PARTS(STR("form")));
    out_hex(&hex, csrf.b, KEY_BYTES);
    c->page.csrf = arena_copy(c->arena, out_done(&hex));
    out_free(&hex);
}

status session_load(struct ctx *c)
{
    struct str text = c->route->api ? request_bearer(c->request) : request_cookie(c->request, cookie_name);
    struct session *s;
    status found;

    if (text.n == 0 || c->ledger->db == NULL)
        return OK;
    s = session_make(c);
    if (!vault_base64url_read(text, s->token, TOKEN_BYTES))
        return OK;
    found = find(c, s);
    if (found != OK)
        return found == NOT_FOUND ? OK : found;
    touch(c, s);
    csrf_text(c, s);
    c->session = s;
    return OK;
}

bool session_csrf_ok(const struct ctx *c, struct str token)
{
    return token.n == c->page.csrf.n && token.n > 0 && vault_same(token.at, c->page.csrf.at, token.n);
}

/* -- what pages do -------------------------------------------------------------------------------------- */

void session_begin(struct ctx *c, enum session_kind kind, struct id who, const struct pair *pair)
{
    struct session *s = session_make(c);

    random_bytes(s->token, TOKEN_BYTES);
    vault_hash(&s->sid, NULL, "sid", PARTS(token_str(s)));
    *s->head = (struct sealed_head){ .layout = 1, .kind = (uint8_t)kind, .who = who, .began = c->now, .seen = c->now,
                                     .proof = c->now };
    if (pair != NULL)
        s->head->pair = *pair;
    s->work = WORK_INSERT;
    s->replaced = c->session;
    c->session = s;
    csrf_text(c, s);
}

void session_end(struct ctx *c)
{
    if (c->session != NULL)
        c->session->ended = true;
}

static bool open_now(const struct ctx *c)
{
    return c->session != NULL && !c->session->ended;
}

enum session_kind session_kind(const struct ctx *c)
{
    return open_now(c) ? (enum session_kind)c->session->head->kind : SESSION_NOTICE;
}

struct id session_who(const struct ctx *c)
{
    return open_now(c) ? c->session->head->who : (struct id){ 0 };
}

const struct pair *session_pair(const struct ctx *c)
{
    return open_now(c) && session_kind(c) != SESSION_NOTICE ? &c->session->head->pair : NULL;
}

i64 session_proof(const struct ctx *c)
{
    return open_now(c) ? c->session->head->proof : 0;
}

static void change(struct session *s)
{
    if (s->work == WORK_NONE)
        s->work = WORK_UPDATE;
}

void session_prove(struct ctx *c)
{
    if (!open_now(c))
        return;
    c->session->head->proof = c->now;
    change(c->session);
}

void session_refused(struct ctx *c)
{
    if (!open_now(c))
        return;
    change(c->session);
    if (++c->session->head->refusals >= REFUSALS_MAX)
        c->session->ended = true;
}

static struct note *note_of(const struct ctx *c, const char *name)
{
    for (size_t i = 0; open_now(c) && i < c->session->n_notes; i++)
        if (str_is(c->session->notes[i].name, name))
            return &c->session->notes[i];
    return NULL;
}

struct str session_peek(const struct ctx *c, const char *name)
{
    const struct note *n = note_of(c, name);

    return n ? n->text : STR("");
}

struct str session_take(struct ctx *c, const char *name)
{
    struct note *n = note_of(c, name);
    struct str text = n ? n->text : STR("");

    if (n != NULL) {
        *n = c->session->notes[--c->session->n_notes];
        change(c->session);
    }
    return text;
}

/* Bytes that the notes take in the payload. */
static size_t notes_bytes(const struct session *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_notes; i++)
        n += 2 * sizeof(uint32_t) + sizeof(i64) + s->notes[i].name.n + s->notes[i].text.n;
    return n;
}

void session_put(struct ctx *c, const char *name, struct str text, int minutes)
{
    struct session *s;
    char *kept;

    if (!open_now(c))
        session_begin(c, SESSION_NOTICE, (struct id){ 0 }, NULL);
    s = c->session;
    (void)session_take(c, name);
    if (s->n_notes == NOTES_MAX ||
        notes_bytes(s) + text.n + strlen(name) + 2 * sizeof(uint32_t) + sizeof(i64) > PAYLOAD_MAX - sizeof *s->head)
        return;                 /* notices are small; one that does not fit is left out, the rest stays */
    kept = secrets_alloc(c->ledger->secrets, text.n + 1);
    memcpy(kept, text.at ? text.at : "", text.n);
    s->notes[s->n_notes++] = (struct note){ str_c(name), str_of(kept, text.n),
                                            c->now + (minutes ? minutes * (i64)MINUTE_MS : limits[s->head->kind].whole) };
    change(s);
}

struct str session_token(const struct ctx *c)
{
    return open_now(c) ? vault_base64url(c->arena, token_str(c->session)) : STR("");
}

/* -- writing -------------------------------------------------------------------------------------------- */

/* The clear time of an anonymous session is the full hour after its end (V15); of staff the exact one. */
static i64 until_of(const struct session *s)
{
    const struct sealed_head *h = s->head;
    i64 idle = h->seen + limits[h->kind].idle, whole = h->began + limits[h->kind].whole;
    i64 until = idle < whole ? idle : whole;

    return h->kind == SESSION_STAFF ? until : clock_hour_ceil(until);
}

static status delete(struct ctx *c, const struct session *s)
{
    return sql_session_delete(c->ledger->db, (struct sql_session_delete){ .sid = key_str(&s->sid) });
}

static status insert(struct ctx *c, const struct session *s)
{
    return sql_session_insert(c->ledger->db, (struct sql_session_insert){
        .sid = key_str(&s->sid), .who = { s->head->kind == SESSION_STAFF, s->head->who },
        .sealed = session_seal(c, s), .until = until_of(s) });
}

/* Only a row that is still there: a sign-out in another window stays one. */
static status update(struct ctx *c, const struct session *s)
{
    i64 changed;

    return sql_session_update(c->ledger->db, (struct sql_session_update){
        .sid = key_str(&s->sid), .sealed = session_seal(c, s), .until = until_of(s) }, &changed);
}

static status write_all(struct ctx *c, const struct session *s)
{
    for (const struct session *old = s->replaced; old != NULL; old = old->replaced)
        if (old->work != WORK_INSERT)
            TRY(delete(c, old));
    if (s->ended)
        return s->work == WORK_INSERT ? OK : delete(c, s);
    return s->work == WORK_INSERT ? insert(c, s) : update(c, s);
}

static void set_cookie(struct ctx *c, const struct session *s)
{
    static const char rest[] = "Path=/; Secure; HttpOnly; SameSite=Strict";
    struct str token = s->ended ? STR("") : vault_base64url(c->arena, token_str(s));

    answer_header(c, "Set-Cookie", arena_f(c->arena, "%s=%.*s; %s%s", cookie_name, (int)token.n, token.at, rest,
                                           s->ended ? "; Max-Age=0" : ""));
}

static status write_alone(struct ctx *c, const struct session *s)
{
    status done;

    TRY(tx_begin(c->ledger->db));
    done = write_all(c, s);
    if (done == OK)
        return tx_commit(c->ledger->db);
    tx_rollback(c->ledger->db);
    return done;
}

status session_store(struct ctx *c)
{
    struct session *s = c->session;
    status done;

    if (s == NULL || (s->work == WORK_NONE && !s->ended && s->replaced == NULL))
        return OK;
    done = tx_open(c->ledger->db) ? write_all(c, s) : write_alone(c, s);
    if (done == OK && !c->route->api && (s->work == WORK_INSERT || s->ended))
        set_cookie(c, s);
    s->work = WORK_NONE;
    s->replaced = NULL;
    return done;
}

status session_end_all(struct conn *db, struct id user)
{
    return sql_sessions_delete_of(db, (struct sql_sessions_delete_of){ .who = user });
}

status session_sweep(struct conn *db, i64 now)
{
    status done;

    TRY(tx_begin(db));
    done = sql_sessions_delete_before(db, (struct sql_sessions_delete_before){ .now = now });
    if (done == OK)
        return tx_commit(db);
    tx_rollback(db);
    return done;
}
