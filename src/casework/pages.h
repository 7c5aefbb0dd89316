/* Inside casework/: what its page files share. */
#pragma once

#include "casefile.h"
#include "views.h"

/* Name of the case's state in the reader's language. */
struct str case_state_name(const struct ctx *c, const struct casefiles_row *file);

/* 303 to /cases/ID and tail, without or with a notice. */
status case_go(struct ctx *c, struct id id, const char *tail);
status case_back(struct ctx *c, struct id id, const char *tail, int flash);

/* Opens the case of the path for a page: its head filled, the read logged (committed before the first byte goes out). */
status case_page_open(struct ctx *c, enum case_tab tab, struct casefile *f, struct case_head *head);

/* The page that asks for words, and for a choice where v->field names one; what was typed comes back from the form. */
status case_ask_page(struct ctx *c, struct case_ask_view *v);
struct str case_day_text(struct ctx *c, i64 ms);       /* 24/11/2026 */

status cases_show(struct ctx *c);
status case_timeline(struct ctx *c, const struct casefile *f, struct case_view *v);
/* One moment in words. *day: of the moment before it, 0 at first; the first of a day bears its heading. */
struct case_moment case_moment_view(struct ctx *c, const struct casefile *f, const struct moment *m, i64 *day);
/* What went out of the case and came into it, as far as the reader's units stand in it. */
status case_referral_lines(struct ctx *c, const struct casefile *f, struct referral_lines *lines);
/* What each letter holds for the reader: the newest compartment of each, each T. */
void case_parts_fill(struct ctx *c, const struct comps *comps, struct case_parts *parts);
status case_work_lists(struct ctx *c, const struct casefile *f, struct case_tasks *tasks, struct case_flags *flags);
/* Members of the unit today, for a select. */
struct choices case_workers(struct ctx *c, struct id unit, struct opt_id chosen);

/* Referrals of the case of which nothing has come yet, for a select or ticks (field "referral"). */
status case_open_referrals(struct ctx *c, struct id case_id, struct choices *list);

status case_log_show(struct ctx *c);
status case_tasks_show(struct ctx *c);
status case_tasks_add(struct ctx *c);
status case_tasks_end(struct ctx *c);
status case_flags_add(struct ctx *c);
status case_flags_end(struct ctx *c);
status case_people_show(struct ctx *c);
status case_people_put(struct ctx *c);

/* Another version of the process, and acts for two (process_pages.c). */
status case_process_show(struct ctx *c);
status case_process_do(struct ctx *c);
status case_ask_show(struct ctx *c);
status case_ask_do(struct ctx *c);
/* The version in force, where it is newer than that of the case; else NULL. */
const struct process *process_newer(const struct ctx *c, const struct casefiles_row *file);
status case_ask_shown(struct ctx *c, const struct casefile *f, struct case_ask_shown *shown);
status case_tracks_shown(struct ctx *c, const struct casefile *f, struct case_tracks *tracks);
