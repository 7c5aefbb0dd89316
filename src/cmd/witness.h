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
    struct str bad;                     /* what is wrong with the log; "" nothing was found */
};

/* witness_http.c. BUSY: the server could not be asked, or refuses; nothing is known of the log by that. */
status witness_growth(struct witness *w, i64 old, struct str *said, struct log_growth *growth);
status witness_leaves(struct witness *w, i64 from, struct str *leaves);
status witness_sign(struct witness *w, struct str head, i64 seconds);
