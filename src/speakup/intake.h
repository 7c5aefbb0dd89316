/* Inside speakup/: a report while it is being written. Lives in the secrets block: it holds the code and keys. */
#pragma once

#include "speakup.h"

#include "../base/text.h"

#include "casework.sql.h"
#include "people.sql.h"
#include "speakup.sql.h"
#include "tables.sql.h"

#include <assert.h>

struct pending_row { const struct table *table; void *row; };
/* 5 compartments with 5 grants each, 10 files with a record each, and the most words that one form holds: FORM_TEXT_BYTES
   of crumbs, each with a line end, in pieces of STORY_CHARS. */
enum { PENDING_MAX = 640 };
struct pending { struct pending_row at[PENDING_MAX]; size_t n; };

void pending_add(struct pending *p, const struct table *t, void *row);
status pending_write(struct ledger *l, const struct pending *p);

struct comp_new {
    struct id id;
    const char *letter;
    struct comp_keys *keys;
    i64 records;
};

struct draft {
    struct ctx *c;
    const struct report_new *told;
    const struct files_new *files;
    struct report_made *made;
    struct key lookup;
    struct id report;
    i64 day, urgency;
    struct ladder ladder;
    struct unit_key police;
    bool has_police;
    struct comp_new comps[5], *talk, *notes, *identity, *evidence, *sealed;
    size_t n_comps;
    struct pending rows;
};

/* Where a retry finds its code: id names it, key opens it, owner marks the Idempotency-Key itself. */
struct idem { struct key id, key, owner; };
status idem_find(struct ctx *c, const struct idem *idem, char code[CODE_CHARS + 1]);

/* Draws a code and its pair; one Argon2 of 4 MiB. */
status reporter_draw(struct ctx *c, struct report_made *made, struct key *lookup);

