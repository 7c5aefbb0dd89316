/* Inside casework/: the caseworker's day. What is to be done is drawn from the state of cases each time, never stored. */
#pragma once

#include "casefile.h"
#include "words.h"

/* Open cases of a unit in a state from which only a supervisor's act leads on. */
typedef status each_casefile(struct ctx *c, const struct casefiles_row *file, void *to);
status case_approvals(struct ctx *c, struct id unit, each_casefile *each, void *to);

/* -- forms (day_papers.c) ------------------------------------------------------------------------------------------------------------- */
/* One form that a step demands; paper: it is begun already, or was sent back. */
struct demand { struct str form; const struct process_act *act; i64 since; };
struct due_form { struct str name, title; struct opt_id paper; bool returned; };
/* demanded: the first of them, without which the act is refused; the rest is what the state is for. */
struct due_forms { struct due_form at[8]; size_t n, demanded; };
struct day_step { const struct casefiles_row *file; const struct process *process; const struct process_state *state; const struct process_act *act; };
struct str day_form_title(struct ctx *c, struct str name);
/* All papers of the cases that the reader carries, for day_due_forms. */
status day_papers(struct ctx *c, struct papers_rows *papers);
/* act: the one that leads on, NULL where there is none. */
status day_due_forms(struct ctx *c, const struct papers_rows *papers, const struct day_step *step, struct due_forms *due);

/* -- records with named words (day_words.c) ---------------------------------------------------------------------------------------- */
struct said { struct id id, author; i64 time; struct str json; };
struct said_list { struct said *at; size_t n; };
struct said_wanted { const char *letter; enum record_kind kind; };
/* All records of a kind in the open compartments of a letter, the oldest first; altered ones are left out. */
status case_said(struct ctx *c, const struct comps *comps, struct said_wanted want, struct said_list *list);
const struct said *said_find(const struct said_list *list, struct opt_id record);      /* NULL: not there */

/* A flat object of texts: what the day's records hold. */
struct named { const char *name; struct str text; };
struct str named_json(struct ctx *c, const struct named *pairs, size_t n);
struct str named_get(struct ctx *c, struct str json, const char *name);                /* "" where it is not there */

/* -- services and follow-ups (support.c) ------------------------------------------------------------------------------------------- */
struct support_new {
    struct str kind, type;          /* service, follow; a code of the list of that name */
    struct opt_id service;          /* of the directory */
    struct str provider, aim;       /* words; the provider's name as it was when it was planned */
    i64 due;
    struct opt_id referral;
};
status case_add_support(struct ctx *c, struct id id, const struct support_new *new);
/* state: given or not_given, with what came of it. NOT_FOUND: none of this case. */
status case_end_support(struct ctx *c, struct id id, struct id support, struct str state, struct str words);
/* Inside the act that ends a referral: what was linked to it is given or not given by that. */
status supports_of_outcome(struct ctx *c, const struct referrals_row *r, struct str words);

/* -- meetings (meeting.c) ---------------------------------------------------------------------------------------------------------- */
struct meeting_new {
    i64 at;
    struct str place, subject, others;      /* others: guests without an account */
    struct id guests[50];
    size_t n_guests;
    struct id referrals[50];                /* whose units are asked in their thread */
    size_t n_referrals;
};
status case_call_meeting(struct ctx *c, struct id id, const struct meeting_new *new);
/* state: held (words: minutes) or dropped (why). */
status case_end_meeting(struct ctx *c, struct id id, struct id meeting, struct str state, struct str words);
/* The newest meeting that was held; "" where there was none. */
struct meeting_last { struct str at, place; };          /* at: 2026-11-24T14:00 */
status case_last_meeting(struct ctx *c, const struct casefile *f, struct meeting_last *last);
