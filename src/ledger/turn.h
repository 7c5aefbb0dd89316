/* Turning to another line of the key file: what names an old line gets the current one. Logged rows get a new mark and keep their
   content, so that no entry is needed; what lies boxed under k_job is boxed anew, in an act. Both in pages, each a transaction of its own,
   so that a kill at any moment leaves whole rows of either line; each may run beside all other work and twice. */
#pragma once

#include "ledger.h"

/* What names a line. */
enum key_what {
    KEY_ROWS,                   /* marks of logged rows */
    KEY_ENTRIES,                /* and of entries of the log */
    KEY_BOXES,                  /* what jobs read: second factors, letters, dormant grants ... */
    KEY_PEOPLE,                 /* passwords: move when their owners sign in */
    KEY_RECOVERY,               /* recovery codes on paper: move when their owners make new ones */
    KEY_REPORTERS,              /* codes of children: move when they come back, go with their reports */
    KEY_HASHES,                 /* records of banks, and of the lists that go out */
    KEY_NAMES,                  /* names by which content is found again */
    KEY_RETRIES,                /* answers kept for requests that come twice: gone after a day */
    KEY_WHATS
};
extern const char *const key_what_words[KEY_WHATS];     /* "rows", ...: for people and for JSON */

/* One page of the work. The place is the caller's to keep; "" begins. */
struct key_turn {
    struct ledger *l;
    i64 now;
    i64 since;                  /* when the current line became that */
    bool move;                  /* else only counted */
    struct str after;           /* where to go on, in the arena */
    bool end;                   /* nothing is behind it */
    i64 n[KEY_WHATS][HOUSE_GENERATIONS];        /* what was met, by the line's place in the house */
    i64 other[KEY_WHATS];       /* of no line that is known: altered, or the line is gone */
};

/* A column of a logged table that holds a box under k_job; '' and NULL hold none. */
struct key_box {
    const struct table *table;  /* NULL ends a list */
    const char *column;
    struct key (*ctx)(const void *row);
};
/* What is not a logged row. */
struct key_step {
    const char *name;           /* NULL ends a list */
    status (*page)(struct key_turn *t);
};
/* All that the house's key is used for. app.c has the one; a test compares it with the schema. */
struct key_plan {
    const struct table *const *tables;
    const struct key_box *const *boxes;
    const struct key_step *const *steps;
};

/* The next page of one step. `step`: 0 .. key_steps - 1. */
size_t key_steps(const struct key_plan *plan);
const char *key_step_name(const struct key_plan *plan, size_t step);
status key_page(struct key_turn *t, const struct key_plan *plan, size_t step);

/* Goes on where it was, through all steps, until `until` on the monotonic clock (0: to the end). *left: there is more. */
status key_turn_on(struct ledger *l, const struct key_plan *plan, i64 now, i64 until, bool *left);
/* From the beginning again: for what was written under an old line behind the place. */
status key_turn_again(struct ledger *l, const struct key_plan *plan);
/* Counts everything, and changes nothing. */
status key_count(struct ledger *l, const struct key_plan *plan, i64 now, struct key_turn *sum);

/* -- for steps ---------------------------------------------------------------------------------------------------------------- */
/* Opens the box with any line, counts it, and gives the same under the current one in *fresh where that is to be moved (else STR_NULL). */
status key_box_turn(struct key_turn *t, struct key ctx, struct str boxed, struct str *fresh);
void key_count_line(struct key_turn *t, enum key_what what, i64 kgen, i64 n);

/* -- lines in the log ---------------------------------------------------------------------------------------------------------- */
/* The act that makes a line current: its row, with a note signed by the line before it. OK also where it stands, or none was before. */
status key_line_log(struct ledger *l, const struct house_keys *next, i64 now);
/* The act that says that a line goes. */
status key_line_end(struct ledger *l, i64 gen, i64 now);
/* When the current line became that; 0: it was the first. */
status key_since(struct ledger *l, i64 *since);
/* The notes of all lines, in the order of their numbers. */
struct log_notes;
status key_notes(struct ledger *l, struct log_notes *notes);
/* The key of the log after `pk`, by what its holder signed. NOT_FOUND: this note says nothing of it. */
status key_note_read(struct str note, struct str origin, const uint8_t pk[32], uint8_t next[32]);
