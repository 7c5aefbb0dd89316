/* Reading the log for its pages: the newest first, by what the clear columns say, shown from the entries themselves. */
#pragma once

#include "entry.h"

/* What a reader asks for. Zero is "all" for each. */
struct log_filter {
    struct opt_id reader_org;           /* an organisation's own auditor: entries that concern it alone */
    struct opt_id org, actor, object;
    struct str act;
    i64 since, until;                   /* ms; until is exclusive, 0: no end */
};

/* Behind the last line of a page. Zero: the beginning. */
struct log_place { i64 at; struct id id; };

struct log_line {
    struct id id;
    i64 seq;                            /* -1: held by its mark only, no number yet */
    bool anonymous, altered;            /* altered: its mark is wrong, so nothing of it is shown */
    struct entry entry;
    i64 rows;
};
struct log_lines {
    struct log_line *at;
    size_t n;
    bool more;                          /* there may be older ones */
    bool wide;                          /* the search gave up after LOG_LOOKED entries, at `next` */
    struct log_place next;              /* where the next page begins */
};

enum { LOG_PAGE = 50, LOG_LOOKED = 5000 };

/* Entries of anonymous acts are listed once they have their number, on the full hour: whoever looks at the page each minute
   must not learn the minute of a child's act (V15). */
status log_look(struct ledger *l, const struct log_filter *filter, struct log_place after, struct log_lines *lines);
/* One entry. NOT_FOUND also where it does not concern the reader's organisation. */
status log_look_one(struct ledger *l, struct opt_id reader_org, struct id id, struct log_line *line, struct str *bytes);

/* That the entry of this number stands in the tree of the signed head (RFC 6962, 2.1.1): all that a stranger needs to check
   it. NOT_FOUND behind the head; BROKEN where it cannot be proved. */
struct log_proof {
    struct digest leaf, root;
    struct str path;                    /* hashes of 32 bytes, from the leaf upwards */
    i64 size;
    struct str signed_head;
    uint8_t log_pk[32];
};
status log_prove(struct ledger *l, i64 seq, struct log_proof *proof);

/* The same as lines of text (proof_text.c), and the check of such a text: BROKEN with audit->bad, or OK with entries 1. */
void log_proof_write(struct out *o, struct arena *a, i64 seq, struct str entry, const struct log_proof *proof);
bool log_is_proof(struct str text);
status log_proof_verify(struct arena *a, struct str text, struct audit *audit);

/* -- for witnesses (docs/log.md): hashes alone, which say nothing of what was done ------------------------------------------------- */

/* The signed head, and that its tree begins with the tree of `old` entries (RFC 6962, 2.1.2). The path is empty where there is
   nothing to prove: old is 0, the present size, or beyond it, which the asker must not take for well. */
struct log_notes { struct str *at; size_t n; };
struct log_growth {
    i64 old, size;
    struct str path, signed_head;
    struct log_notes notes;         /* by which each key of the log named the next (turn.h) */
    uint8_t log_pk[32];
};
/* Follows the notes from the key that was known to the one that signed the head. False: they do not lead there. */
bool log_growth_leads(const struct log_growth *growth, struct str origin, const uint8_t known[32]);
status log_growth(struct ledger *l, i64 old, struct log_growth *growth);

/* Leaf hashes from this number on, 32 bytes each, at most LOG_LEAVES; none behind the head. */
enum { LOG_LEAVES = 65536 };
status log_leaves(struct ledger *l, i64 from, struct str *bytes);

/* As lines of text, and back (growth_text.c). INVALID: not such a text. */
void log_growth_write(struct out *o, struct arena *a, const struct log_growth *growth);
status log_growth_read(struct arena *a, struct str text, struct log_growth *growth);

/* The present head. */
struct log_head_now { i64 size; struct digest root; };
status log_head_look(struct ledger *l, struct log_head_now *head);
