/* Inside matches/: what goes out of the banks to others (docs/hash-exchange.md). There are two lists, of production and of the sandbox.
   A list has each value once, under the number of its latest change, so whoever pages by numbers loses and repeats nothing; a second
   that somebody was told about is over: nothing is added to it any more. */
#pragma once

#include "../partners/partners.h"
#include "banks.h"

#include "tables.sql.h"

enum { LIST_PRODUCTION, LIST_SANDBOX };
static inline i64 exchange_list(bool sandbox) { return sandbox ? LIST_SANDBOX : LIST_PRODUCTION; }

enum {
    STOPNCII_USUAL = 800, STOPNCII_MOST = 5000,         /* records of a page */
    NCMEC_PAGE = 1000,
    HASHES_USUAL = 1000, HASHES_MOST = 5000,
    PAGE_BYTES = 8 << 20,                               /* a page ends earlier where its values are long */
    GIVEN_MOST = 5000, GIVEN_BYTES = 8 << 20,           /* what one call may bring */
    WORDS_MOST = 50                                     /* partners whose word goes out beside a record */
};

/* -- what goes out --------------------------------------------------------------------------------------------------------------- */
/* Timed: takes over what changed in the banks that are shared. */
status exchange_publish(struct ledger *l, const struct app *app, i64 now);
/* The same for tests and the command line: until nothing is left to take over. */
status exchange_publish_all(struct ledger *l, i64 now);

/* Numbers after `after` up to `upto`; head: the second up to which all of them are final. */
struct exchange_window { i64 list, after, upto, head; };
/* What was added in `since` or later (seconds). */
status exchange_since(struct ledger *l, i64 list, i64 since, struct exchange_window *w);
/* What was added from `from` on and before `to`; nothing will ever be added there after this call. Needs a transaction of its own. */
status exchange_between(struct ledger *l, i64 list, i64 from, i64 to, struct exchange_window *w);

/* Calls for each record whose mark is the house's; the others are passed over and said in the log. Stops where `each` says so. */
enum exchange_kind { KIND_STOPNCII, KIND_NCMEC, KIND_ALL };
struct exchange_reader {
    const struct house *house;
    enum exchange_kind kind;
    bool (*each)(void *to, const struct exchange_records_row *r);
    void *to;
};
/* more: records may follow; last: number of the last one that was given. */
struct exchange_page { i64 n, last, last_at; bool more; };
status exchange_read(struct ledger *l, const struct exchange_window *w, i64 most, struct exchange_reader reader, struct exchange_page *page);
/* One record; NOT_FOUND where it is not on the list, or was put there by another hand. */
status exchange_record(struct ledger *l, i64 list, struct id key, struct exchange_records_row *r);
void exchange_mark(const struct house_keys *keys, const struct exchange_records_row *r, struct key *mark);       /* its first 16 bytes */
bool exchange_mark_right(const struct house *house, const struct exchange_records_row *r);

/* What partners say of a record of a bank, as JSON: [{"source","feedbackValue","tags"}]. */
status exchange_words(struct ledger *l, struct id bank, struct id hash, struct str *words);

/* -- pages of a list, as a text that only its taker can go on with ------------------------------------------------------------------ */
struct exchange_token { i64 since; struct exchange_window at; };
struct str exchange_token_text(struct ctx *c, const struct partner *p, const struct exchange_token *t);
bool exchange_token_read(struct ctx *c, const struct partner *p, struct str text, struct exchange_token *t);

/* -- pure ---------------------------------------------------------------------------------------------------------------------------- */
/* How one of several records of the same value stands for it: the best one in force, else withdrawn, else deleted. 0: none was ever
   in force. */
enum hash_status exchange_status(enum hash_status said, enum hash_hold hold);
int exchange_rank(enum hash_status is);
