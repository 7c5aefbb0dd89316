/* Inside matches/: what the interfaces of the exchange share. */
#pragma once

#include "hash_feeds.h"

/* The body as text, at most GIVEN_BYTES. TOO_LARGE. */
status exchange_body(struct ctx *c, struct str *text);
/* A number of the query between least and most; false: it is none of these. Absent: *n stays. */
bool exchange_number(struct ctx *c, const char *name, i64 least, i64 most, i64 *n);

/* The partner's word on a record, by the id under which the list has it. Inside an open act. */
struct exchange_said { struct str value, words; };
status exchange_say(struct ctx *c, const struct partner *p, const struct exchange_records_row *r, const struct exchange_said *said);
/* The bank of the partner, made where it has none yet. Inside an open act. */
status exchange_own_bank(struct ctx *c, const struct partner *p, struct id *bank);
