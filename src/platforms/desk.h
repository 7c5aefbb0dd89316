/* Inside platforms/: what people do with a report. Only who holds the key of its sealed part sees it; every reading is an entry of the
   log, committed before the first byte goes out. */
#pragma once

#include "../casework/casework.h"
#include "../takedown/takedown.h"
#include "reports.h"
#include "views.h"

enum { REASON_CHARS = 2000, ITEMS_MAX = TAKEDOWN_ITEMS };

/* A file as its record in P tells it. */
struct kept_hit { struct str bank, class, kind; i64 distance; bool live; };
struct kept_file {
    struct id id;
    struct str name, type, md5, sha256, pdq, look, class;   /* class: of the nearest live hit, "" */
    i64 size, quality;
    bool film, asked;           /* asked: the banks could answer */
    struct kept_hit *hits;
    size_t n_hits;
    struct told_lines said;     /* by the platform about this file */
};
struct kept_files { struct kept_file *at; size_t n; };

/* A finished report whose sealed part the reader can open. */
struct open_report {
    struct platform_reports_row row;
    struct cases_row kept;
    struct comps comps;
    struct str document, incident;
    struct told told;
    struct kept_files files;
};
/* NOT_FOUND for foreign, missing and unfinished ones alike. Logs the reading where `log`. */
status report_open_for(struct ctx *c, struct id id, bool log, struct open_report *r);

/* -- acts: each one transaction with one log entry. CONFLICT: it was decided meanwhile. --------------------------------------------- */
struct case_wish { struct str age, province; };
status report_make_case(struct ctx *c, struct id id, const struct case_wish *wish);

struct ask_new { struct str decision; struct opt_id of_report; struct str reason; };
status report_ask(struct ctx *c, struct id id, const struct ask_new *ask);
/* The second person agrees; DENIED: it is who asked. */
status report_agree(struct ctx *c, struct id id);
/* Refused by the second person, or taken back by who asked; with a reason. */
status report_disagree(struct ctx *c, struct id id, struct str reason);
/* The decision is taken back: the report waits again. */
status report_reopen(struct ctx *c, struct id id, struct str reason);

struct track_wish { struct takedown_items items; struct str class, words; };
status report_open_track(struct ctx *c, struct id id, const struct track_wish *wish, struct takedown_opened *opened);

/* What the platform hears: read, taken, more, ended. Nothing else of what people made of it. */
status report_answer(struct ctx *c, struct id id, struct str answer);
extern const char *const report_answers[];      /* codes; NULL ends */

/* Reason of the ask or decision that stands: the newest record of its kind in N; "" if N does not open. */
status report_reason(struct ctx *c, const struct comps *comps, struct str *reason);
