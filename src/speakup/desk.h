/* Inside speakup/: the desk. */
#pragma once

#include "conversation.h"
#include "rules.h"

#include <jansson.h>

struct answers { struct str who, danger, harm, where, age, province, commune; struct strs urls, exclude; };

status desk_open(struct ctx *c, struct id report, struct cases_row *row, struct comps *comps);
status desk_log_read(struct ctx *c, struct id report);      /* committed before the first byte goes out */
status desk_answers(struct ctx *c, const struct comps *comps, struct answers *answers);

/* The reader's units may read the conversation: only they can claim and answer. */
bool holds_talk(const struct comps *comps);

struct act_info desk_act(const struct ctx *c, const char *act, struct id report);

/* -- acts: each is one transaction with one log entry, tried again on the new row where somebody changed it meanwhile ------------- */

/* A report as an act finds it, read inside its transaction. */
struct desk_case {
    struct cases_row row;
    struct comps comps;
    struct standing standing;
};
/* NOT_FOUND unless the reader's units may read the conversation as it goes on. */
status desk_case_open(struct ctx *c, struct id report, struct desk_case *d);
/* What an act does between its beginning and its commit. CONFLICT: the act does not fit any more. */
typedef status desk_body(struct ctx *c, struct desk_case *d, const void *what);
status desk_do(struct ctx *c, struct id report, const char *name, desk_body *body, const void *what);
/* Line of the timeline. */
status desk_tell(struct ctx *c, const struct desk_case *d, const struct event *e);

/* CONFLICT: somebody was faster, and the act does not fit the report any more. */
status desk_claim(struct ctx *c, struct id report);
status desk_release(struct ctx *c, struct id report);
status desk_reply(struct ctx *c, struct id report, struct str text);
/* The file of a case is begun, and the report claimed if nobody had it; OK also where there is one already. */
status desk_open_case(struct ctx *c, struct id report);
status desk_note(struct ctx *c, struct id report, struct str text);

/* To a colleague of the unit that has the report. */
struct hand_over { struct id to; struct str words; };
status desk_hand_over(struct ctx *c, struct id report, const struct hand_over *to);
/* Whom it can be handed to: members of its unit who may write, without who holds it. Empty where the reader is none of them. */
status desk_colleagues(struct ctx *c, const struct cases_row *row, struct users_rows *people);

/* A decision with an item of a list and words. */
struct decision { struct str reason, words; };
status desk_prank(struct ctx *c, struct id report, const struct decision *why);
status desk_unprank(struct ctx *c, struct id report, const struct decision *why);
status desk_close(struct ctx *c, struct id report, const struct decision *why);
status desk_reopen(struct ctx *c, struct id report, const struct decision *why);

/* Two reports of one child (desk_merge.c): `other` leaves the queue, and both codes write into one conversation. */
struct merging { struct id other; struct str words; };
status desk_merge(struct ctx *c, struct id main, const struct merging *m);
/* The report goes its own way again: each has what it wrote and what staff answered. It is then the reader's. */
status desk_unmerge(struct ctx *c, struct id report, struct str words);
