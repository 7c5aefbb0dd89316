/* Inside matches/: what is sealed of a thing that was seen. */
#pragma once

#include "bank_store.h"
#include "seen.h"

struct seen_kept {
    struct str ref, context;
    struct seen_hashes hashes;
    /* of a thing that waits for a later match: what its row will say */
    enum seen_source source;
    struct id partner, object;
    struct str kind;
    bool sandbox, anonymous, urgent;
};
status seen_later_turn(struct key_turn *t);     /* a step of ledger/turn.h */
struct str seen_seal(struct ledger *l, struct id id, const struct seen_kept *k);
status seen_open(struct ledger *l, struct id id, struct str sealed, struct seen_kept *k);
/* The query that these hashes are. In the arena. */
struct bank_query seen_query(struct arena *a, const struct seen_kept *k);
/* Inside an open act: the row and its hits. */
status seen_row_add(struct ledger *l, struct id id, const struct seen_kept *k, const struct bank_hits *hits, struct str class, i64 at);
