/* Inside matches/: what is done with entries of the blocklist. Functions that say "act" are whole acts of a person. */
#pragma once

#include "../network/network.h"
#include "lists.h"
#include "names.h"

#include "tables.sql.h"

enum { IMPORT_LINES = 5000, APPEALS_OF_ENTRY = 20, APPEALS_OPEN = 200, WORDS_CHARS = 2000 };

/* -- rules (pure) ------------------------------------------------------------------------------------------------------------- */
/* Why somebody cannot decide about an entry or an appeal. */
enum list_bar {
    LIST_FINE,
    LIST_OWN,                   /* has proposed it */
    LIST_SEEN,                  /* has approved it already: the second pair of eyes is another person's; of an appeal: has decided then */
    LIST_OVER                   /* it is not waiting any more */
};
enum list_bar blocklist_review_bar(const struct blocklist_row *entry, struct id who);
enum list_bar blocklist_reject_bar(const struct blocklist_row *entry, struct id who);
bool blocklist_live(struct str state);
bool blocklist_in_zone(const struct blocklist_row *entry, i64 now);     /* active or appealed, and not past its day */
/* The state after one more approval. */
const char *blocklist_state_after(const struct blocklist_row *entry);

/* -- proposing ------------------------------------------------------------------------------------------------------------------ */
/* What all entries of one form share. */
struct entry_wish { struct str class, source, basis, words; i64 days; };

struct entry_made { struct id id; bool there; };                /* there: a live entry for this name existed, its id */
/* CONFLICT: somebody proposed the same name at the same moment. */
status act_propose(struct ctx *c, struct str key, const struct entry_wish *wish, struct entry_made *made);

/* A list of names, one a line; '#' begins a comment. */
struct import_line { i64 line; struct str text; enum name_fault fault; };
struct import_lines { struct import_line *at; size_t n; };
struct import_read {
    struct strs keys;           /* canonical, each once */
    struct import_lines faults;
    bool too_many;
};
void import_read(struct arena *a, struct str text, struct import_read *in);
struct import_made { struct id batch; i64 added, there; };
status act_import(struct ctx *c, const struct strs *keys, const struct entry_wish *wish, struct import_made *made);

/* -- deciding ---------------------------------------------------------------------------------------------------------------------- */
/* DENIED: this person may not. CONFLICT: it is not as it was shown. `words` may be empty for an approval alone. */
status act_approve(struct ctx *c, struct id entry);
status act_refuse(struct ctx *c, struct id entry, struct str words);
status act_remove(struct ctx *c, struct id entry, struct str words);
/* Of those that were ticked or belong to an import: approves what this person may approve. */
struct approved { i64 done, waiting, barred; };         /* waiting: for a second reviewer */
status act_approve_many(struct ctx *c, const struct blocklist_rows *rows, struct approved *sum);

/* -- appeals --------------------------------------------------------------------------------------------------------------------------- */
/* The live entry that covers a host or address: its own, or a parent's. NOT_FOUND: none does. */
status blocklist_covering(struct ledger *l, struct str key, struct blocklist_row *entry);
struct appeal_words { struct str words, contact; };
/* An anonymous act. TOO_LARGE: so many wait already that one more would tell nothing new. */
status act_appeal(struct ctx *c, const struct blocklist_row *entry, const struct appeal_words *a);
status appeal_open_words(struct ledger *l, const struct blocklist_appeals_row *row, struct appeal_words *a);
/* All open appeals of the entry: upheld takes it off the list, rejected keeps it. */
status act_appeals_decide(struct ctx *c, struct id entry, bool uphold, struct str words);

/* Timed: entries whose day has passed. */
status blocklist_expire(struct ledger *l, const struct app *app, i64 now);
