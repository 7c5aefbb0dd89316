/* Inside matches/: the rows of banks. */
#pragma once

#include "bank_classes.h"
#include "banks.h"

#include "../ledger/turn.h"

#include "matches.sql.h"

/* -- rules (pure) -------------------------------------------------------------------------------------------------------------- */
bool hash_value_right(enum hash_kind kind, struct str value);           /* its length fits its kind */
struct id hash_id_of_key(enum hash_kind kind, enum hash_family family, struct str key);     /* of an address: of an expression's SHA-256 */
/* Whether a record matches: not withdrawn, and nobody holds it. Hashes of too flat pictures match nothing. */
bool record_in_force(const struct bank_hashes_row *r);
/* What a newer word of the source makes of a record; false: nothing new. */
bool record_merge(struct bank_hashes_row *r, const struct hash_new *h, struct opt_id batch);
/* What reviewers' words make of it. need: confirmations that bring a waiting record into force. */
enum { CONFIRMED_BY = 2, DENIED_BY = 2 };
bool record_judge(struct bank_hashes_row *r, i64 confirms, i64 denies, i64 need);
bool bank_code_right(struct str code);
bool bank_code_kept(struct str code);      /* the program's own: no person opens a bank of this code */

/* -- writing records: inside an open act ------------------------------------------------------------------------------------------- */
/* From begin to the commit the counter is this act's alone; acts on records of any bank stand in a row. */
struct record_pen {
    struct ledger *l;
    i64 bank, at, first, seq;   /* seq: the last that was given */
    struct bank_versions_row version;
    uint8_t sum[16];
    struct banks_added done;
};
status record_begin(struct ledger *l, i64 bank, i64 now, struct record_pen *pen);
status record_put(struct record_pen *pen, const struct hash_new *h, struct opt_id batch);
/* A record as it was read, changed by rules: number, mark and version follow. CONFLICT: another act changed it. */
status record_change(struct record_pen *pen, const struct bank_hashes_row *was, struct bank_hashes_row *now);
/* All records of a source's id; none is no mistake. */
status record_end_source(struct record_pen *pen, const struct hash_ended *e);
status record_end(struct record_pen *pen);
/* The current line's mark on a record as it was read and checked; number and content stay. Then the sum that the newest version says. */
status record_mark_anew(struct record_pen *pen, const struct bank_hashes_row *r);
status record_marks_end(struct record_pen *pen);

/* The mark of a record and its secret half, which goes into the sum. */
struct record_mark { uint8_t mark[16], secret[16]; };
status record_mark(const struct house *house, const struct bank_hashes_row *r, struct record_mark *m);
/* BROKEN where the row is not as it was written. */
status record_check(const struct house *house, const struct bank_hashes_row *r);
status version_sum(struct ledger *l, const struct bank_versions_row *v, uint8_t sum[16]);
status version_newest(struct ledger *l, i64 bank, struct bank_versions_row *v);     /* NOT_FOUND: the bank is empty */

/* -- reading ---------------------------------------------------------------------------------------------------------------------------- */
void record_of_row(struct ledger *l, struct id bank, const struct bank_hashes_row *row, struct hash_record *r);
struct bank bank_of_row(const struct banks_row *row);
status record_row(struct ledger *l, i64 bank, struct id hash, struct bank_hashes_row *row);    /* checked */
/* What all readers of banks have to hear of: a bank, its files or its records changed. Inside an open act. */
status banks_turn(struct ledger *l, i64 now);

/* -- the timed work ------------------------------------------------------------------------------------------------------------------------ */
#define BANK_IMPORT_DIR "banks/import"
status banks_build(struct ledger *l, const struct app *app, i64 now);
status bank_rows_check(struct ledger *l, const struct banks_row *bank, i64 *records);       /* BROKEN says what is wrong */
status banks_import(struct ledger *l, const struct app *app, i64 now);
status seen_later(struct ledger *l, const struct app *app, i64 now);
