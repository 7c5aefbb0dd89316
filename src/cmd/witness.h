/* Inside cmd/: a witness and the way to its log's server. */
#pragma once

#include "cmd.h"

#include "../ledger/look.h"

struct witness {
    const char *url, *dir;
    struct str name, token;
    struct arena arena;                 /* of one round */
    struct witness_key key;
    bool pinned;                        /* log_pk is known from an earlier round */
    uint8_t log_pk[32], log_pk_before[32];
    struct merkle tree;                 /* of the last head */
    struct str head, origin;            /* its checkpoint; the log's name in it */
    bool leaves_proved;                 /* by an earlier round of this process */
    struct str bad;                     /* what is wrong with the log; "" nothing was found */
};

const char *witness_path(struct witness *w, const char *name);
[[gnu::format(printf, 2, 3)]] status witness_bad(struct witness *w, const char *format, ...);

/* witness_leaves.c. DIR/leaves: a hash of each entry. whole: they make the known head. mend: where they do not, those of the server are
   taken if they do; else it is bad. take: the new ones, kept and added to the tree, which must then have the signed root.
   first_other: the first number whose hash is not the one that was seen; `until` where all are. */
bool witness_leaves_whole(struct witness *w);
status witness_leaves_mend(struct witness *w);
status witness_leaves_take(struct witness *w, i64 until, struct merkle *tree);
status witness_first_other(struct witness *w, i64 until, i64 *entry);

/* witness_http.c. BUSY: the server could not be asked, or refuses; nothing is known of the log by that. */
status witness_growth(struct witness *w, i64 old, struct str *said, struct log_growth *growth);
status witness_leaves(struct witness *w, i64 from, struct str *leaves);
status witness_sign(struct witness *w, struct str head, i64 seconds);
