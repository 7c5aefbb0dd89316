/* What was seen: things that hit a bank or a text signal and wait for an analyst (module review), and hashes of things that hit nothing,
   kept for some days so that a hash that becomes known later still finds them. Never content: hashes, classes, context. */
#pragma once

#include "banks.h"

enum seen_source { SEEN_PARTNER = 1, SEEN_REPORT /* file of a platform's report */, SEEN_CHILD /* hash from a child's phone */, SEEN_TEXT,
                   SEEN_LATER /* found by a hash that came later */, SEEN_SOURCES };
/* "new" "confirmed" "rejected" "doubtful" "second" (waits for a second pair of eyes). */

struct seen_new {
    enum seen_source source;
    struct id partner;          /* token of who sent it; zero: none */
    struct id object;           /* report, file, case ... that it belongs to; zero: none */
    struct str kind;            /* what object is: "report", "file", "case", "" */
    struct str class;           /* of a text: the topic; "": that of the nearest live hit */
    struct str ref;             /* the sender's own reference, sealed; "" */
    struct str context;         /* JSON: what else was said, signals and offsets; sealed under the house's key, never shown in a list */
    const struct bank_query *query;     /* its hashes: kept sealed */
    const struct bank_hits *hits;       /* NULL or none: it only waits for a later match */
    bool sandbox, urgent;
    bool anonymous;             /* a child's act: only its day is kept */
};
/* Inside the open act of c->ledger, or in one of its own where none is open. With hits or a class: a row for the analyst, *id. Without:
   only the hashes are kept for later (no log entry: nothing of it is a decision), and *id is zero. */
status seen_add(struct ctx *c, const struct seen_new *s, struct id *id);

struct seen_item {
    struct id id, partner, object;
    enum seen_source source;
    struct str state, kind, class, ref, context;        /* ref and context: opened */
    i64 at;
    bool sandbox, urgent;
    struct opt_id decided_by, second_by;
};
struct seen_hash { enum hash_kind kind; enum hash_family family; i64 quality; struct str value; };
struct seen_hashes { struct seen_hash *at; size_t n; };
struct seen_detail { struct seen_item item; struct bank_hits hits; struct seen_hashes hashes; };
/* Of a state ("": all that wait: new, doubtful, second), urgent first, then the oldest; `after` the last id of the page before. */
struct seen_paging { struct str state; bool sandbox; struct opt_id after; size_t limit; };
struct seen_items { struct seen_item *at; size_t n; };
status seen_list(struct ledger *l, const struct seen_paging *p, struct seen_items *out);
status seen_get(struct ledger *l, struct id id, struct seen_detail *out);
status seen_waiting(struct ledger *l, bool sandbox, i64 *n);
/* Inside an open act: the state after a verdict. CONFLICT: it is not as it was shown (`was`). */
struct seen_verdict { struct id id, by; struct str was, state; i64 now; };
status seen_decide(struct ledger *l, const struct seen_verdict *v);
/* One act of its own: the words of a message ("words" of its context) are taken out; the reasons stay. OK also where there are none. */
status seen_forget_words(struct ledger *l, struct id id, i64 now);
