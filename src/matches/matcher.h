/* Events of a platform that has outgrown request and answer: a stream of NATS JetStream in, a stream of verdicts out, exactly one
   for each event, however often and wherever matchers are killed (docs/match-api.md, "NATS"). Any number of matchers share one
   durable consumer. Only matcher.c names the NATS library. */
#pragma once

#include "../web/web.h"

enum { MATCHER_ACK_SECONDS = 30, MATCHER_WINDOW_SECONDS = 2 * 3600 };

struct matcher_config {
    const char *url;            /* nats://127.0.0.1:4222; tls:// for TLS */
    const char *creds;          /* file of credentials, or NULL */
    const char *ca;             /* certificates that TLS trusts, or NULL: the system's */
    const char *stream;         /* of events; must be there */
    const char *subject;        /* which of its events, or NULL: all */
    const char *verdicts;       /* stream of verdicts, made where it is missing */
    const char *durable;        /* name of the shared consumer, made where it is missing */
    i64 ack_seconds;            /* after how long an event that nobody acknowledged goes to another */
    i64 until_idle;             /* not 0: ends after so many seconds without an event */
    struct id partner;          /* the token whose events these are */
};

struct matcher;
/* INVALID, BUSY (nobody answers there), BROKEN, NOT_FOUND (no such stream). */
status matcher_open(const struct matcher_config *config, struct matcher **m);
void matcher_close(struct matcher *m);
/* One batch: takes events, matches, publishes, acknowledges. *n: how many events it took. Failures of a batch (OK: it goes on) leave
   its events for the next; BROKEN and DENIED end the program. *c is a context without a request whose arena the caller resets. */
status matcher_step(struct matcher *m, struct ctx *c, size_t *n);
