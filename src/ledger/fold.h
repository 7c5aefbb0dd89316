/* What all entries together say of every row: a map from the row's name to the XOR of the hashes that its
   entries give (entry.h says why this is the present hash, whatever the order). Open addressing; names are
   kept as hashes. */
#pragma once

#include "entry.h"

struct fold_slot {
    uint8_t name[16];
    uint8_t is[ROW_HASH_BYTES];         /* zero: not there, or deleted */
    bool used, met, short_cut;          /* met: the row stands in its table; short_cut: log_rows is right */
};

struct fold {
    struct arena memory;
    struct fold_slot *slots;
    size_t n, size;
};

struct fold fold_make(void);
void fold_free(struct fold *f);
void fold_add(struct fold *f, const struct entry_row *row);
struct fold_slot *fold_find(struct fold *f, struct str table, struct str key);  /* NULL: no entry names it */
bool fold_gone(const struct fold_slot *slot);  /* the newest word is "deleted" */
