/* Inside casework/: the forms that an act of the process asks for, and the papers that go along with it. */
#pragma once

#include "papers.h"

/* The first form that has to be finished before the act, and is not. `title` is STR_NULL where nothing is missing. wants: what state
   its newest paper has to be in. */
enum paper_want { WANT_FINISHED, WANT_FRESH, WANT_DONE, WANT_SUBMITTED, WANT_TO_RETURN, WANT_OTHER_PERSON };
struct form_missing { struct str form, title; enum paper_want want; };
status act_form_missing(struct ctx *c, const struct casefile *f, const struct process_act *act, struct form_missing *missing);

/* Inside the act: its papers are submitted, approved or returned with it. INVALID where one is not far enough. */
status act_papers_go_along(struct ctx *c, struct casefile *f, const struct process_act *act, struct str words);
