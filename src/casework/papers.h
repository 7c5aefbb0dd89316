/* Papers of a case: forms (content/forms/) filled in by those who work on it. The answers are one ODK submission (forms.h), in two
   parts: questions of compartment I as a record in I, all others as a record in N; the paper's id and the revision join them. Every
   save is a revision of its own and says from which it began, so that two people who fill in one paper lose nothing. */
#pragma once

#include "casefile.h"

#include "../forms/answers.h"

/* -- definitions ------------------------------------------------------------------------------------------------------------------ */
/* Keeps the text of each form that was read at start, beside forms_load: a paper goes on under the words that it began with. */
status papers_load(void);
/* Timed: notes what was read as met now, for cases that are opened from now on. */
status papers_meet(struct ledger *l, const struct app *app, i64 now);

/* A form for one case: as it was when the case was opened. form is "" where content/ has it no more and no case ever met it. */
struct case_form { struct str name, digest; const struct xform *form; };
struct case_forms { struct case_form *at; size_t n; };
/* Those that its process names, in that order; where it names none, all that are kept for cases. */
status papers_forms(struct ctx *c, const struct casefile *f, struct case_forms *list);
/* The definition of a digest; NOT_FOUND where it cannot be read any more. */
status papers_definition(struct ctx *c, struct str digest, const struct xform **form);
/* What content/ has of this name now. */
status papers_newest(struct ctx *c, struct str name, struct case_form *newest);
struct str paper_form_title(const struct ctx *c, const struct xform *form);

/* -- one paper ---------------------------------------------------------------------------------------------------------------------- */
struct case_paper {
    struct casefile file;
    struct papers_row row;
    const struct xform *form;
    struct str title;
    bool asks_identity, closed;         /* it has questions of compartment I; they do not open for the reader */
    struct xform_run *run;               /* the newest answers */
};
/* NOT_FOUND where the case or the paper is not the reader's. */
status paper_open(struct ctx *c, struct id case_id, struct id paper, struct case_paper *p);
/* Its answers at a revision, under the version of the form that it was saved with; NOT_FOUND where that was altered. */
status paper_run_at(struct ctx *c, const struct case_paper *p, i64 revision, struct xform_run **run);
/* The same as answers of the paper's present version. */
status paper_run_like(struct ctx *c, const struct case_paper *p, i64 revision, struct xform_run **run);
/* The newest answers as whoever may not know who the child is would see them: none of I, nothing worked out of it. */
status paper_run_nameless(struct ctx *c, const struct case_paper *p, struct xform_run **run);
/* What was typed and not saved yet, over the revision `base` (0: there is none). Where the paper moved to another version of its
   form since, it moves along. */
struct paper_draft {
    i64 base;
    struct str xml, tab;            /* the page in a browser that it was typed in; "" of none that said so */
    struct str mark;                /* says whether it is still the same */
    i64 at;
};
struct paper_drafts { struct paper_draft *at; size_t n; };
status paper_run_draft(struct ctx *c, const struct case_paper *p, const struct paper_draft *draft, struct xform_run **run);
/* Answers that somebody holds outside the case (a draft): the whole submission. */
status paper_run_of(struct ctx *c, const struct case_paper *p, struct str xml, struct xform_run **run);
bool paper_may_write(const struct case_paper *p);                             /* its state and the case let answers change */
/* What of a form does not open to somebody without I: for form_asking.closed. */
const char *paper_closed(const struct case_paper *p);

struct paper_revision { i64 no, time; struct id author; bool altered; };
struct paper_revisions { struct paper_revision *at; size_t n; };
status paper_history(struct ctx *c, const struct case_paper *p, struct paper_revisions *list);      /* newest first */

/* -- acts ------------------------------------------------------------------------------------------------------------------------------ */
/* A new paper with what the case already knows. INVALID: the case has no such form. */
status paper_begin(struct ctx *c, struct id case_id, struct str form, struct id *paper);

/* Saves what a run holds. base: the revision from which it began. Somebody saved meanwhile: what one alone changed is taken from
   whoever changed it; where both changed one answer nothing is saved, INVALID, and `merged` holds both. */
struct paper_save { struct id paper; i64 base; struct xform_run *run; struct merged merged; i64 revision; };
status paper_save(struct ctx *c, struct id case_id, struct paper_save *save);

enum paper_act { PAPER_FINISH, PAPER_REOPEN, PAPER_SUBMIT, PAPER_APPROVE, PAPER_RETURN, PAPER_VOID, PAPER_ACTS };
/* INVALID: the paper is in another state by now, or this person may not. Nobody approves or returns what they finished. */
struct paper_step { struct id paper; enum paper_act act; struct str words; };
status paper_step(struct ctx *c, struct id case_id, const struct paper_step *step);
bool paper_act_asks(enum paper_act act);                                  /* a reason */
bool paper_allows(const struct ctx *c, const struct papers_row *row, enum paper_act act);

/* Moves a paper to the definition that content/ has now. */
status paper_move(struct ctx *c, struct id case_id, struct id paper);

/* Inside an open act of the process: the newest paper of the form that is far enough for it goes along. Where there is none, or this
   person may not, INVALID. */
status paper_follow(struct ctx *c, struct casefile *f, struct str form, enum paper_act act, struct str words);
/* There is a paper of the form in a state from which it goes that way. */
status paper_fits(struct ctx *c, struct id case_id, struct str form, enum paper_act act, bool *fits);
/* The paper is what an act of the process demands (`form:`): finished; not one that was approved already where the act asks for approval;
   where the act is `fresh`, finished since the track came into its present state (`since`, else 0). */
bool paper_serves(const struct papers_row *row, const struct process_act *act, i64 since);
/* Since when a track of the case (its code) stands where it stands. */
status stands_since(struct ctx *c, struct id case_id, struct str track, i64 *since);
/* Titles of forms that an act demands and that no paper of the case serves for. */
status papers_missing(struct ctx *c, const struct casefile *f, const struct process_act *act, struct strs *titles);
/* Titles of forms whose papers the act submits or approves, and of which none is far enough for that. */
status papers_behind(struct ctx *c, const struct casefile *f, const struct process_act *act, struct strs *titles);
/* Inside the act's own transaction: the case's papers go along with what the act does (`papers:`). INVALID, with nothing done, where
   one is behind. */
status papers_follow(struct ctx *c, struct casefile *f, const struct process_act *act, struct str words);
/* The case's process does this to papers of the form: nobody does it by hand. */
bool papers_ruled(const struct casefile *f, struct str form, enum paper_act what);
/* The act approves or returns a paper that this person finished: it takes somebody else. */
status papers_own(struct ctx *c, const struct casefile *f, const struct process_act *act, bool *own);

/* -- what a paper concludes ------------------------------------------------------------------------------------------------------------ */
/* Questions that say so in bind::lachan:meaning. Levels are codes of the list "risk"; "" where it asks none. */
struct paper_conclusion { struct str computed, concluded, reason, lower_reason; bool emergency; };
void paper_conclusion(struct xform_run *run, struct paper_conclusion *made);
/* Flags that answers speak for (bind::lachan:meaning "flag:CODE", answered yes) and that the case does not carry: proposed to whoever
   reads the paper, and set by a person alone. No answer takes one away. */
struct paper_hint { struct str flag, question; };
struct paper_hints { struct paper_hint *at; size_t n; };
status paper_hints(struct ctx *c, const struct case_paper *p, struct paper_hints *list);
/* 0 for "", 1 low, 2 medium, 3 high. */
int risk_rank(struct str level);

/* -- what the case knows already -------------------------------------------------------------------------------------------------------- */
/* Fills questions that name a source in bind::lachan:prefill, or in their default as "lachan:SOURCE". */
status paper_prefill(struct ctx *c, struct casefile *f, struct xform_run *run);

/* -- drafts: what was typed and not saved yet, sealed for whoever typed it. Each page that stands open has its own, so that two windows
      of one person lose no more than two people do. ------------------------------------------------------------------------------------- */
status paper_draft_keep(struct ctx *c, struct id paper, const struct paper_draft *where, struct xform_run *run);    /* base and tab of it */
status paper_drafts(struct ctx *c, struct id paper, struct paper_drafts *list);         /* the newest first */
const struct paper_draft *paper_draft_of(const struct paper_drafts *list, struct str tab);      /* NULL */
status paper_draft_end(struct ctx *c, struct id paper, struct str tab);
/* Nothing of it is new against the newest answers: it was saved meanwhile, from another window or by another person. */
bool paper_draft_stale(struct ctx *c, const struct case_paper *p, i64 base, struct xform_run *draft);

extern const struct route paper_routes[];
