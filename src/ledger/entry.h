/* The bytes of a log entry: lp of id, time, actor, unit, act, object, then lp of (table, row, was, is) for
   each row that the act wrote. `was` and `is` are row hashes, zero where the row did not exist before or does
   not exist after.

   `was` makes the present hash of a row the XOR of all `was` and `is` of the entries that name it, in
   whatever order they were numbered: entries of anonymous acts are numbered in the order of random ids, so
   the last number need not be the last act. */
#pragma once

#include "ledger.h"

enum { ROW_HASH_BYTES = 32, ENTRY_MAX = 4 << 20 };

struct entry_row {
    struct str table, key;
    uint8_t was[ROW_HASH_BYTES], is[ROW_HASH_BYTES];
};

struct entry {
    struct id id, actor, unit, object;
    i64 time;
    struct str act, rows;       /* rows: what entry_next_row has not read yet */
};

void entry_write_part(struct out *o, struct str part);              /* lp */
bool entry_read_part(struct str *rest, struct str *part);  /* moves `rest` behind it; false where it is cut */
void entry_write_head(struct out *o, const struct entry *e);
void entry_write_row(struct out *o, const struct entry_row *row);

/* BROKEN where the bytes are not an entry; the rows are checked by entry_next_row as they come. */
status entry_read(struct str bytes, struct entry *e);
/* True where the bytes are the entry of this id. The log's key is the id, so an entry can stand in it only once: a
   second copy would take back what the first says of its rows. */
bool entry_is_of(struct str bytes, struct id id);
/* NOT_FOUND behind the last row. */
status entry_next_row(struct entry *e, struct entry_row *row);
/* What the entry says of a row last. NOT_FOUND if it does not name it. */
status entry_find_row(struct str bytes, struct str table, struct str key, struct entry_row *row);

/* The house's mark on an entry: kgen i64le ‖ H(k_mac, "log", entry). It holds an entry that has no number
   yet. */
struct entry_mac {
    uint8_t b[8 + KEY_BYTES];
};
struct entry_mac entry_mac(const struct house_keys *h, struct str bytes);
bool entry_mac_ok(const struct house *house, struct str bytes, struct str mac);
