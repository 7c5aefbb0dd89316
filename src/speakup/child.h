/* Inside speakup/: what the child's pages and the API share. */
#pragma once

#include "conversation.h"
#include "views.h"

#include "../takedown/takedown.h"

#include "texts.h"

/* What is true about waiting now. report: of the conversation, or zero before there is one. */
struct waiting child_waiting(struct ctx *c, struct id report);

/* Where a code is typed: what every address of the conversation answers without a session. */
status talk_entry(struct ctx *c);

/* What became of the requests to remove what a report is about, of a merged one under both numbers (more_pages.c). */
status child_progress(struct ctx *c, struct id report, struct takedown_progress *sum);

/* Kinds of organisations that a child may leave out. */
struct choices child_exclude_choices(struct ctx *c);

/* The fields of one told story, from a form or from JSON: the same names (contract.md). */
extern const struct form speak_form;        /* the page's */
extern const struct form speak_api_form;
struct report_new told_of_form(struct ctx *c);

/* Tells and sends: uploads, writes, and takes the files back where it failed. Leaves the act open as report_submit does;
   a commit that fails then leaves files without rows, which the sweep of orphans takes. */
status child_submit(struct ctx *c, bool strict_key, struct report_made *made, struct refused *refused);

/* One more message with its files, from the form of the conversation. A text that holds a code (shape and check character)
   is not sent, for a code in a thread is a key in it: it comes back in *held, whole, while the files go. "" where it was sent. */
status child_send(struct ctx *c, struct id report, const struct pair *reporter, struct refused *refused, struct str *held);
bool holds_code(struct str text);

/* A part of the conversation for its writer, oldest first, with days only. */
struct child_thread {
    struct cases_row row;
    struct cases_row shown;     /* whose state and holder count: of a merged report the other one's, else the same */
    struct comps comps;
    struct messages messages;
};
status child_thread(struct ctx *c, struct id report, const struct pair *reporter, struct messages_part part,
                    struct child_thread *thread);

/* "files 3" of a system record: 3; 0 for any other text. */
i64 system_files(struct str text);
