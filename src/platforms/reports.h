/* Inside platforms/: a report from its opening to its end, whatever protocol it came by. Each step is one act, durable before it is
   answered. Production reports are sealed to the police unit as they arrive; the house forgets the keys with the request. Those of
   the sandbox are checked by the same rules, counted, and nothing that they say is kept. */
#pragma once

#include "../casework/casework.h"
#include "../partners/partners.h"
#include "look.h"
#include "told.h"

#include "platforms.sql.h"
#include "tables.sql.h"

enum {
    REPORT_WORDS_MAX = 8 << 20,         /* sealed bytes of all that is said in one report: a reader opens them all at once */
    REPORT_FILES_MAX = 2000, PLATFORM_FILE_MAX = 256 << 20,
    EXPIRES_OPENED_HOURS = 24, EXPIRES_CHANGED_HOURS = 1, INCIDENT_CHARS = 200
};

/* What came of a step, in the protocol's codes. A status that is not OK goes with it only where nobody can answer by a code: BUSY,
   BROKEN. */
struct outcome {
    enum ispws_code code;
    struct str words;                   /* for a program; "" where the code says it all */
    i64 report;
    struct id file;
    char md5[33];
    struct id *files;                   /* of a report that was finished, in their order */
    size_t n_files;
    bool again;                         /* the same request came before: this is its report */
};

/* document: as it came, in XML. incident: the platform's own number of it, "" if none. key: idempotency of our JSON, "" if none. */
struct submission { const char *via; struct str document, incident, key; const struct told *told; };
status report_open(struct ctx *c, const struct partner *p, const struct submission *s, struct outcome *o);
status report_add_file(struct ctx *c, const struct partner *p, i64 no, const struct form_file *file, struct outcome *o);
/* `about` was read of `document`. */
status report_describe(struct ctx *c, const struct partner *p, const struct told_file *about, struct str document, struct outcome *o);
status report_finish(struct ctx *c, const struct partner *p, i64 no, struct outcome *o);
status report_retract(struct ctx *c, const struct partner *p, i64 no, struct outcome *o);
/* A partner's own report. NOT_FOUND: of somebody else, of the other environment, or there is none. */
status report_of_no(struct ctx *c, const struct partner *p, i64 no, struct platform_reports_row *row);

/* Words of a code for its answer, in English: programs read them, and their makers. */
struct str code_words(enum ispws_code code);
/* "ispws.4100": for the partner's page. */
const char *code_error(enum ispws_code code);

/* -- inside: how reports are put together (bundle.c) ------------------------------------------------------------------------------- */
enum mark { MARK_INCIDENT, MARK_ACCOUNT, MARK_FILE, MARKS };
const char *mark_code(enum mark kind);
/* Inside the act: a keyed hash of what two reports may share. Empty values are none. */
struct mark_new { enum mark kind; bool sandbox; struct id org; struct str value; };
status mark_add(struct ledger *l, struct id report, const struct mark_new *m);
/* Inside the act that finishes it: the bundle that the report belongs to from now on, its own id where it shares nothing. */
status bundle_join(struct ledger *l, struct id report, struct id *bundle);

/* -- inside: what is forgotten (forget.c) ---------------------------------------------------------------------------------------------- */
/* The case of a report that was taken back or ran out: keys first, then all else, some hundred rows to an act. OK: nothing is left. */
status report_forget(struct ledger *l, const char *data_dir, struct platform_reports_row *row, i64 now);
