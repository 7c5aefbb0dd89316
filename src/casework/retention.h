/* Inside casework/: how long closed cases are kept, legal holds, and erasure by two persons (docs/retention.md). */
#pragma once

#include "casefile.h"

/* -- content/process/retention.txt --------------------------------------------------------------------------------------------- */
struct keep_class { struct str code, name, name_en, source; i64 years; bool usual_case, usual_report, checked; };
struct keep_word { struct str code, name, name_en; bool early; };       /* a reason; early: before the time is over */
enum { KEEP_CLASSES = 16, KEEP_WORDS = 16 };
struct keeping {
    struct keep_class classes[KEEP_CLASSES];
    struct keep_word whys[KEEP_WORDS], holds[KEEP_WORDS];
    size_t n_classes, n_whys, n_holds;
};
/* retention_load (casework.h) reads it. INVALID names the line: a class without years, a code twice, no usual class. */
const struct keeping *retention_now(void);
const struct keep_class *keep_class(struct str code);                   /* NULL: there is none of that code */
const struct keep_word *keep_why(struct str code);
const struct keep_word *keep_hold(struct str code);

/* -- rules: no database --------------------------------------------------------------------------------------------------------- */
/* The same day, years later; of 29 February the 28th. */
i64 keep_until(i64 since, i64 years);

struct keep_facts {
    bool open;              /* somebody still works on it */
    bool unread;            /* words of the child that nobody has answered */
    bool held;              /* a legal hold stands */
    bool shared;            /* a referral or transfer is not at its end */
    bool merged;            /* goes with the report that it was merged into */
    bool jumped;            /* the machine's clock jumped and nobody has said which time is right */
    i64 due;
};
enum keep_block { KEEP_FREE, KEEP_OPEN, KEEP_UNREAD, KEEP_HELD, KEEP_SHARED, KEEP_MERGED, KEEP_JUMPED, KEEP_NOT_DUE };
/* What stops the erasure for this reason; the first that applies. */
enum keep_block keep_block(const struct keep_facts *f, const struct keep_word *why, i64 now);

/* -- acts: by people of the unit whose case it is; the second is a supervisor --------------------------------------------------------------------------- */
struct kept {
    struct cases_row row;
    struct casefiles_row file;          /* case_id zero: a report that did not become a case */
    struct retentions_row keep;
    struct legal_holds_row hold;        /* id zero: none stands */
    struct keep_facts facts;
};
/* NOT_FOUND: not of the reader's units, or its time does not run. Inside an act too. */
status kept_open(struct ctx *c, struct id id, struct kept *k);

status kept_classify(struct ctx *c, struct id id, struct str class);
/* A hold is set by one, and taken off by a second who is not the one who asks for that. */
status kept_hold(struct ctx *c, struct id id, struct str why, struct str words);
status kept_release(struct ctx *c, struct id id);                       /* asks; or, by another, ends it */
status kept_ask(struct ctx *c, struct id id, struct str why);
status kept_withdraw(struct ctx *c, struct id id);
/* The second person. DENIED: the same who asked. CONFLICT: something stops it now. What is erased is gone when this returns OK but for
   the files' sealed bytes, whose keys are gone, and which a job takes away within a minute. */
status kept_erase(struct ctx *c, struct id id);

/* erase.c: all rows of a case, of what was merged into it, and its cells of number_kept; inside an open act. */
struct erased { i64 records, files; };
status case_erase(struct ctx *c, struct id id, struct erased *sum);
/* stats_count.c: what one case counts for goes into number_kept. Inside an open act, before its rows go. */
status stats_keep(struct ctx *c, struct id id);
