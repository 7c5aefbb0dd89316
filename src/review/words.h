/* Inside review/: words and values that its pages share. */
#pragma once

#include "rules.h"
#include "review.h"
#include "views.h"

struct review_figures { i64 blind, day, words_days; };
const struct review_figures *review_figures(void);

/* "abuse", "grooming": the class of a bank or the topic of a message, in the reader's words; the code where it is not known here. */
struct str review_class(const struct ctx *c, struct str code);
int review_source(enum seen_source source);         /* T_REVIEW_SOURCE_* */
int review_state(struct str state);                 /* T_REVIEW_STATE_* */
int verdict_text(enum verdict v);                   /* T_REVIEW_VERDICT_* */
struct str review_when(struct ctx *c, const struct seen_item *item);    /* "14:20, 24/11/2026"; of a child's act the day alone */

/* -- verdicts (verdicts.c) -------------------------------------------------------------------------------------------------------------- */
struct verdict_said { enum verdict verdict; struct id by; struct str reason, words; i64 at; bool blind; };
struct verdicts_said { struct verdict_said *at; size_t n; };
/* All of one thing, the first first; altered ones are left out. */
status verdicts_said(struct ctx *c, struct id seen, struct verdicts_said *list);
struct review_standing review_standing(struct ctx *c, const struct seen_item *item, const struct verdicts_said *list);

struct verdict_new { struct id seen; struct str was; enum verdict verdict; struct str reason, words; };
/* One act. CONFLICT: somebody decided meanwhile, or the reader may not decide here. *state: how it stands now. */
status verdict_give(struct ctx *c, const struct verdict_new *v, const char **state);
/* Verdicts of the reader today. */
status verdicts_today(struct ctx *c, i64 *n);
/* The next thing that waits and that the reader may decide about; NOT_FOUND. */
status review_next_id(struct ctx *c, bool sandbox, struct id *id);

/* -- messages (message.c) ---------------------------------------------------------------------------------------------------------------- */
/* The words of a message in pieces, some with the reasons why they are marked; without the words, the reasons alone. */
status message_read(struct ctx *c, struct str context, struct review_message *m);

/* -- pages that stand in other files ---------------------------------------------------------------------------------------------------- */
status review_removal(struct ctx *c);           /* act_pages.c */
status review_opinion(struct ctx *c);
status review_agreement_show(struct ctx *c);    /* agreement_page.c */
