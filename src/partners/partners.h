/* Programs of other organisations: platforms, hotlines, whoever exchanges hashes. A credential is a token of people/tokens.h with
   scopes and an environment; here are its quotas, signatures, traffic, and the address that its notices go to.

   A route for programs names a right of a token (MAY_SEND_REPORTS ...) and `.api = true`, and its page begins with partner_of.
   Whatever such a route answers is counted by itself: calls, refusals, bytes and errors, for the partner's own page. */
#pragma once

#include "../people/people.h"

/* -- who is calling ------------------------------------------------------------------------------------------------------- */
/* The token was given in one of three ways: "Authorization: Bearer TOKEN", "Authorization: Basic" of CODE:TOKEN, or
   "x-functions-key: TOKEN" with "Ocp-Apim-Subscription-Key: CODE". Two that contradict each other are no token at all. */
struct partner {
    struct id id;               /* of the token */
    struct id org;              /* whose program it is */
    struct id member;           /* under which the exchange names it to others: the same for all tokens of one organisation and
                                   environment, and tells neither */
    struct str code, name;      /* of the organisation */
    struct str title;           /* of the token: "moderation queue, Hanoi" */
    bool sandbox;               /* nothing of production may be read or written for it */
};
/* Who calls, in the page and before anything else. Checks the signature where the token demands one (the body may be read once
   more afterwards); what it returns then ends the request as 401 `signature` or 409 `replayed`. The quota was counted before the
   page: 429 with Retry-After needs nothing of a page. How these refusals look in a protocol of others: `.refuses` of its routes. */
status partner_of(struct ctx *c, struct partner *p);
/* The same from a job or a command: of a token's id. NOT_FOUND: it was ended, or was never confirmed. BROKEN: not as
   the log has it. */
status partner_by_id(struct ledger *l, struct id token, i64 now, struct partner *p);
struct id partner_member(struct id org, bool sandbox);

/* What went wrong, for the partner's own page: a code of the protocol in use ("ispws.1200", "stopncii.invalid-page-size"), at
   most 60 characters. Without it the error is counted under the name of the problem ("invalid"). One for each request: the last
   call stands. Words and remedy for a code: error_words.c. Never anything of what was sent. */
void partner_error(struct ctx *c, const char *code);

/* -- what we send to a partner ----------------------------------------------------------------------------------------------- */
/* Standard Webhooks 1.0, signed with the partner's secret, to the address that it configured; tried again with growing pauses for
   some three days, always under the same id. Only https; no redirects; the connection is refused unless the address that the
   name led to is a public one (settings `webhook-private`, and loopback in the demo). */
struct webhook_new {
    struct id org;
    bool sandbox;
    struct str type;            /* "takedown.requested" */
    struct str data;            /* a JSON object */
    struct id object;           /* of the caller's choice: what it looks deliveries up by */
};
/* Inside an open act or transaction. *id is the webhook-id. NOT_FOUND: the partner has no address. */
status webhook_queue(struct ledger *l, const struct webhook_new *w, i64 now, struct id *id);
bool webhook_has(struct ledger *l, struct id org, bool sandbox);

enum webhook_state { WEBHOOK_WAITS, WEBHOOK_TAKEN, WEBHOOK_GIVEN_UP };
struct webhook_sent {
    enum webhook_state state;
    i64 made, last, next;       /* ms; 0: not tried yet, not tried again */
    int tries, code;            /* of the last answer; 0: no connection */
};
/* NOT_FOUND: there is none, or it is older than 90 days. */
status webhook_look(struct ledger *l, struct id id, struct webhook_sent *sent);

/* Timed: sends what is due; writes what this process counted; forgets what is old. */
status webhooks_send(struct ledger *l, const struct app *app, i64 now);
status traffic_write(struct ledger *l, const struct app *app, i64 now);
status partners_sweep(struct ledger *l, const struct app *app, i64 now);
status quotas_load(void);       /* content/partners/quotas.txt, once at start */

/* app.c hands these to web: the token with its quota, and what was answered. */
status partners_actor(struct ctx *c, const struct credential *credential, struct actor *actor);
void partners_called(struct ctx *c);

extern const struct route partner_admin_routes[], partner_routes[], partner_api_routes[];

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_box webhook_boxes[];
