/* Inside papers*.c: one act on a paper. */
#pragma once

#include "papers.h"

/* What an act does between its beginning and its commit, on rows that were read inside it. */
typedef status paper_body(struct ctx *c, struct case_paper *p, void *what);
/* paper: zero where it is only made. */
struct paper_work { const char *act; struct id paper; paper_body *body; void *what; };
status paper_do(struct ctx *c, struct id case_id, struct paper_work work);

/* A new revision of the run's answers: records, and the row's columns. The caller inserts or updates the row. */
status paper_write(struct ctx *c, struct case_paper *p, struct xform_run *run);
/* A line of the timeline: cases.event.WHAT, with the form's title. */
status paper_tell(struct ctx *c, const struct case_paper *p, const char *what, struct str words);
/* p->file is open: the row, the definition, and what opens of it. paper_newest_run then reads the answers into p->run. */
status paper_open_row(struct ctx *c, struct id paper, struct case_paper *p);
status paper_newest_run(struct ctx *c, struct case_paper *p);
/* Sets what follows from p->form: whether it asks who and where, and whether that opens. */
void paper_asks(struct case_paper *p);
/* The text of what content/ has now is kept, if it is not yet; an act of its own. */
status papers_meet_one(struct ctx *c, struct str name);
