/* Inside casework/: tables of many cases that leave the house. One asks with a reason, another supervisor of the unit agrees, the asker
   fetches the file once within a day. The file is made at that moment and never kept. */
#pragma once

#include "casefile.h"
#include "sheet.h"

enum {
    EXPORT_CASES_MAX = 5000, EXPORT_NAMED_MAX = 1000,       /* in one file; in one that opens what is sealed */
    EXPORT_COLUMNS_MAX = 400
};
#define EXPORT_FETCH_MS DAY_MS

/* What may stand in a column. */
struct export_field { const char *code; int name; bool identity; };
size_t export_fields_count(void);
const struct export_field *export_field_at(size_t i);
bool export_has(struct str fields, struct str code);        /* of a list "ref,opened" */
bool export_names(struct str fields);                       /* one of them says who a child is */

/* export_forms.c: coded answers of the newest finished paper of each chosen form, "form:mau-02" in the list of columns. */
struct xform;
struct str export_form_code(struct ctx *c, const struct xform *form);
bool export_asks_forms(struct str fields);
i64 export_most(struct str fields);                         /* cases in one file of such columns */
size_t export_form_heads(struct ctx *c, struct str fields, struct sheet_cell *cells, size_t n);
status export_form_cells(struct ctx *c, struct id case_id, struct str fields, struct sheet_cell *cells, size_t n);

struct export_ask { struct id unit; struct str format, scope, fields, reason; i64 since, until; };
/* How many cases it would hold now. */
status export_count(struct ctx *c, const struct export_ask *ask, i64 *n);
/* Inserts the row, its reason sealed to the unit. */
status export_new(struct ctx *c, const struct export_ask *ask, struct id *id);

/* One request of one of the reader's units; NOT_FOUND for every other. Words are STR_NULL where the unit's key does not open them. */
struct export_one { struct exports_row row; struct str reason, answer; };
status export_open(struct ctx *c, struct id id, struct export_one *e);
/* What its row says, with time: "agreed" becomes "over" after a day. */
struct str export_state(const struct exports_row *row, i64 now);
struct str export_ref(struct ctx *c, struct id id);         /* XK-3F9K2M */

/* state: agreed or refused, by another supervisor than who asked; withdrawn, by who asked. CONFLICT: it is in another state by now,
   or this person may not. */
status export_decide(struct ctx *c, struct id id, const char *state, struct str answer);
/* Makes the file into c->out. CONFLICT: not agreed, over, or fetched already. TOO_LARGE: more cases than one file may have. */
status export_fetch(struct ctx *c, struct id id, struct exports_row *row);

/* The cells of one case in the order of `fields`; `named` tells that something out of I is among them. */
status export_cells(struct ctx *c, const struct casefiles_row *file, struct str fields, struct sheet_cell *cells, bool *named);
size_t export_heads(struct ctx *c, struct str fields, struct sheet_cell *cells);
