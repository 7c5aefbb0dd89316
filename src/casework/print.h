/* Inside casework/: a case on paper. One form, or the whole file as one bundle: cover with index, finished forms, people,
   timeline, referrals, and the proof that its newest entries stand in the log. What is sealed is named and not shown; who a child is
   stands in it only where somebody with the key asked for that. */
#pragma once

#include "pages.h"

#include "../paper/doc.h"

enum print_what { PRINT_BUNDLE, PRINT_PAPER };
struct print_ask {
    enum print_what what;
    struct id paper;
    bool identity;              /* with what compartment I holds; the caller made sure that it opens */
    struct str words;           /* why: a line of the timeline */
};

/* Makes the document; `title` is what the timeline calls it. NOT_FOUND: no such finished paper. */
status print_doc(struct ctx *c, struct casefile *f, const struct print_ask *ask, struct doc **doc, struct str *title);

/* print_papers.c: one finished paper as its form is set; all of them, each a part of the bundle. */
status print_paper(struct ctx *c, struct casefile *f, const struct print_ask *ask, struct doc *doc, struct str *name);
status print_papers(struct ctx *c, struct casefile *f, bool identity, struct doc *doc);
/* print_bundle.c: its parts. */
status print_bundle(struct ctx *c, struct casefile *f, const struct print_ask *ask, struct doc *doc);
void print_letterhead(struct ctx *c, const struct casefile *f, struct str form, struct doc *doc);       /* form: "Mẫu số 02", or "" */
struct str print_day_words(struct ctx *c, i64 ms);      /* "ngày 29 tháng 11 năm 2026" */
/* print_log.c: who did what, and the proof of the newest entries. */
status print_log(struct ctx *c, const struct casefile *f, struct doc *doc);

/* What of the case can be printed by itself: finished papers, the oldest first. `code` is the paper's id. */
status print_choices(struct ctx *c, const struct casefile *f, struct choices *papers);
