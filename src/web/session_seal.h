/* Inside session.c: a session as sealed bytes, in its row or, for a notice to nobody in particular, in the cookie itself. */
#pragma once

#include "web.h"

enum {
    TOKEN_BYTES = 32, BOX_EXTRA = 1 + 24 + 16,          /* what a box adds: version, nonce, tag */
    PAYLOAD_MAX = 8 * 1024, NOTES_MAX = 16,
    NOTICE_MAX = 2048                                   /* a cookie has 4,096 bytes, in base64 */
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

struct session *session_make(struct ctx *c);
struct str session_token_bytes(const struct session *s);
void session_name(struct session *s);                   /* sid, from the token */
void session_hash(struct key *out, const struct session *s, const char *d, struct parts parts);     /* H(T, d, parts) */

struct str session_seal(struct ctx *c, const struct session *s);
status session_open(struct ctx *c, struct session *s, struct str sealed);

/* A notice is T and a box under H(k_job, "notice", T): any process of the house opens it, and no row is written. */
struct str notice_text(struct ctx *c, const struct session *s);
status notice_open(struct ctx *c, struct session *s, struct str text);
