/* The head of the log in the database: right border of the tree, and its signed checkpoint. */
#pragma once

#include "ledger.h"

struct log_head {
    struct merkle tree;
    i64 hour;                   /* last full hour at which anonymous entries were numbered */
    struct str signed_head;     /* "" at size 0 */
    bool exists;
    uint8_t log_pk[32];         /* of the checkpoint's key */
};

/* Reads the head and checks it: BROKEN unless one of the house's keys signed exactly this tree. */
status log_head_load(struct ledger *l, struct log_head *head);
