/* Inside casework/: what the page files of papers share. */
#pragma once

#include "pages.h"
#include "papers.h"

/* The paper of the path, and the head of its pages. */
status paper_of_path(struct ctx *c, struct case_paper *p, struct paper_head *head);
enum paper_look paper_look(struct str state);
struct str paper_when(struct ctx *c, i64 ms);                           /* "14:20, 29/11/2026" */
struct str paper_user(struct ctx *c, struct id user);
/* "29/11/2026" of a version 2026112901, with its number of that day where it is not the first; any other as it is written. */
struct str paper_version(struct ctx *c, struct str version);

/* 303 to a page of the paper: tail "" or "/read". flash 0: none. */
status paper_go(struct ctx *c, struct id case_id, struct id paper, const char *tail, int flash);
/* The same to one page of it, checked or not (enum form_check). */
status paper_go_page(struct ctx *c, const struct case_paper *p, size_t page, int check);

status paper_fill_show(struct ctx *c);
status paper_fill_do(struct ctx *c);
status paper_draft_do(struct ctx *c);
status paper_merge_show(struct ctx *c);
status paper_merge_do(struct ctx *c);
status paper_risk_show(struct ctx *c);
status paper_risk_do(struct ctx *c);
status paper_move_show(struct ctx *c);
status paper_move_do(struct ctx *c);
status paper_step_do(struct ctx *c);
status paper_step_show(struct ctx *c);
