/* Inside matches/: reading the feeds of others into banks of ours (docs/hash-exchange.md). */
#pragma once

#include "../outbox/reach.h"
#include "hash_feeds.h"

/* -- one answer (exchange_http.c) ------------------------------------------------------------------------------------------------- */
enum { ANSWER_BYTES = 12 << 20 };
struct feed {
    struct id id, bank;
    struct str code, kind, base, user, secret;
    i64 minutes;                /* between two rounds */
    struct reach reach;         /* where its server may stand */
};
/* GET of base and path; the answer in the arena. BUSY: try again later (*wait_ms: after what the other side asks for, or 0).
   DENIED: it does not know our key. INVALID: an answer of another kind, or one that the protocol does not have. Follows no redirect. */
status feed_get(struct arena *a, const struct feed *f, const char *path, struct str *answer, i64 *wait_ms);
/* https://HOST[:PORT][/PATH]; in the demo also http to this machine. */
bool feed_base_right(struct arena *a, struct str base, struct reach reach);
struct reach feed_reach(const struct app *app);

/* -- one page (exchange_take.c) ------------------------------------------------------------------------------------------------------ */
enum { PLACE_CHARS = 2000 };
/* Where a round stands: seconds from which it asks (NCMEC: and until which), and its next page, "" for the first. */
struct feed_place { i64 since, until; struct str next; };
struct feed_page {
    const struct feed *f;
    struct feed_place after;    /* in: of this page; out: of the next */
    bool end;                   /* the round is over */
    struct fed_page stopncii;
    struct ncmec_page ncmec;
    struct hash_new *at;        /* what it becomes: each value once */
    struct id *ids;
    uint32_t *places;
    size_t n, skipped;
};
/* Pure. INVALID: it is not a page of that protocol, or it leads nowhere. */
status feed_page_read(struct arena *a, struct feed_page *p, struct str text);
/* In the transaction that keeps it, because entries of NCMEC are compared with what was kept of them. */
status feed_page_take(struct ledger *l, struct feed_page *p);

/* -- a round of one feed (exchange_fetch.c) ------------------------------------------------------------------------------------------ */
struct feed_new { struct str code, kind, base, user, secret; struct id bank; i64 minutes; };
/* Whole act of a person. CONFLICT: the code is taken. */
status act_feed_add(struct ctx *c, const struct feed_new *new);
status act_feed_switch(struct ctx *c, struct id source, bool on);
status feed_of_source(struct ledger *l, const struct app *app, const struct exchange_sources_row *row, struct feed *f);

struct fetched { i64 pages, records, skipped; bool end; };      /* end: the feed has nothing newer */
/* Goes on where the last round stopped, page by page; each page and its place are one transaction, so a process that dies loses and
   repeats nothing. Stops after `budget_ms`. BUSY: another process reads this feed now, or its server is not there. */
status feed_fetch(struct ledger *l, const struct feed *f, i64 now, i64 budget_ms, struct fetched *sum);
/* Timed: every feed that is due. */
status feeds_fetch(struct ledger *l, const struct app *app, i64 now);
