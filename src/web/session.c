#include "session.h"

#include "answer.h"
#include "request.h"
#include "session_seal.h"

#include "web.sql.h"

enum {
    REFUSALS_MAX = 100,
    TOUCH_MS = MINUTE_MS                    /* an idle time is kept to the minute: not a write for every page */
};
static const char cookie_name[] = "__Host-s";

/* How long a session lives without a request, and at all. */
static const struct { i64 idle, whole; } limits[] = {
    [SESSION_NOTICE] = { 30 * MINUTE_MS, 30 * MINUTE_MS },
    [SESSION_CHILD] = { 30 * MINUTE_MS, 4 * (i64)HOUR_MS },
    [SESSION_STAFF] = { 30 * MINUTE_MS, 12 * (i64)HOUR_MS },
};

static bool has_row(const struct session *s)
{
    return s->head->kind != SESSION_NOTICE;
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

    session_name(s);
    TRY(sql_session_by_sid(c->ledger->db, (struct sql_session_by_sid){ .sid = key_str(&s->sid) }, &row));
    if (session_open(c, s, row.sealed) != OK || !has_row(s) || !alive(s, c->now))
        return NOT_FOUND;
    if (row.who.has && !id_eq(row.who.v, s->head->who))
        return NOT_FOUND;
    return OK;
}

static void touch(struct ctx *c, struct session *s)
{
    if (!has_row(s) || c->now - s->head->seen < TOUCH_MS)
        return;
    s->head->seen = c->now;
    s->work = WORK_UPDATE;
}

static void csrf_text(struct ctx *c, struct session *s)
{
    struct key csrf;
    struct out hex = { .max = 2 * KEY_BYTES };

    session_hash(&csrf, s, "csrf", PARTS(STR("form")));
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
    if (vault_base64url_read(text, s->token, TOKEN_BYTES))
        found = find(c, s);
    else
        found = !c->route->api && notice_open(c, s, text) == OK && alive(s, c->now) ? OK : NOT_FOUND;
    if (found != OK)
        return found == NOT_FOUND ? OK : found;
    if (!c->route->quiet)
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
    session_name(s);
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

/* Bytes that the notes take in the payload, with one more of these. */
static size_t notes_bytes(const struct session *s, size_t name, size_t text)
{
    size_t extra = 2 * sizeof(uint32_t) + sizeof(i64), n = extra + name + text;

    for (size_t i = 0; i < s->n_notes; i++)
        n += extra + s->notes[i].name.n + s->notes[i].text.n;
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
        notes_bytes(s, strlen(name), text.n) > (has_row(s) ? PAYLOAD_MAX : NOTICE_MAX) - sizeof *s->head)
        return;                 /* notices are small; one that does not fit is left out, the rest stays */
    kept = secrets_alloc(c->ledger->secrets, text.n + 1);
    memcpy(kept, text.at ? text.at : "", text.n);
    s->notes[s->n_notes++] = (struct note){ str_c(name), str_of(kept, text.n),
                                            c->now + (minutes ? minutes * (i64)MINUTE_MS : limits[s->head->kind].whole) };
    change(s);
}

struct str session_token(const struct ctx *c)
{
    return open_now(c) ? vault_base64url(c->arena, session_token_bytes(c->session)) : STR("");
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

static bool rows_replaced(const struct session *s)
{
    for (const struct session *old = s->replaced; old != NULL; old = old->replaced)
        if (old->work != WORK_INSERT && has_row(old))
            return true;
    return false;
}

static status write_all(struct ctx *c, const struct session *s)
{
    for (const struct session *old = s->replaced; old != NULL; old = old->replaced)
        if (old->work != WORK_INSERT && has_row(old))
            TRY(delete(c, old));
    if (!has_row(s))
        return OK;
    if (s->ended)
        return s->work == WORK_INSERT ? OK : delete(c, s);
    return s->work == WORK_INSERT ? insert(c, s) : update(c, s);
}

static void set_cookie(struct ctx *c, const struct session *s)
{
    static const char rest[] = "Path=/; Secure; HttpOnly; SameSite=Strict";
    bool gone = s->ended || (!has_row(s) && s->n_notes == 0);       /* a notice that was read leaves nothing behind */
    struct str text = gone ? STR("") : has_row(s) ? vault_base64url(c->arena, session_token_bytes(s)) : notice_text(c, s);

    answer_header(c, "Set-Cookie", arena_f(c->arena, "%s=%.*s; %s%s", cookie_name, (int)text.n, text.at, rest,
                                           gone ? "; Max-Age=0" : ""));
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

/* A notice without a session in its place costs no write: nobody can buy one with a mistyped code or password. */
status session_store(struct ctx *c)
{
    struct session *s = c->session;
    status done = OK;

    if (s == NULL || (s->work == WORK_NONE && !s->ended && s->replaced == NULL))
        return OK;
    if (has_row(s) || rows_replaced(s))
        done = tx_open(c->ledger->db) ? write_all(c, s) : write_alone(c, s);
    if (done == FULL && s->work == WORK_UPDATE && c->request->method <= HEAD)
        done = OK;              /* a full disk keeps nobody from reading */
    if (done == OK && !c->route->api && (s->work == WORK_INSERT || s->ended || !has_row(s)))
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
