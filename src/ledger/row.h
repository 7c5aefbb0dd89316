/* Rows of logged tables as bytes: what the generic parts of ledger/ share. */
#pragma once

#include "entry.h"

void row_hash(const struct table *t, const void *row, uint8_t rh[ROW_HASH_BYTES]);
/* The row's key in the log: the bytes of its key column, or lp of each where there are several. */
void row_write_key(struct out *o, const struct table *t, const void *row);
struct str row_key(struct arena *a, const struct table *t, const void *row);
/* The key's columns of `row` from such bytes; they live as long as `key`. False where that is no key of the table. */
bool row_of_key(const struct table *t, struct str key, void *row);
/* The key as a person reads it: "grants 7f01..", parts joined by '/', text as text. */
struct str row_name_of_key(struct arena *a, const struct table *t, struct str key);
struct str row_name(struct arena *a, const struct table *t, const void *row);

/* kgen and mac, the last two columns. */
i64 *row_kgen(const struct table *t, void *row);
struct str *row_mac(const struct table *t, void *row);
bool *row_altered(const struct table *t, void *row);        /* stands right behind mac */
/* True where the row, whatever mark it bears now, bore `mac` under a line of the house: its content is what it was. */
bool row_was_marked(const struct house *house, const struct table *t, const void *row, struct str mac);
bool row_mac_ok(const struct house *house, const struct table *t, const void *row);
