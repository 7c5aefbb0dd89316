/* Inside casework/: what the pages of files share (evidence_list_pages.c). */
#pragma once

#include "evidence.h"
#include "evidence_views.h"

struct url evidence_address(struct ctx *c, struct id case_id, const char *tail);
/* The head of a page; what it shows comes out of sealed records, so it is an entry in the log before it goes out. */
status evidence_head_of(struct ctx *c, const struct evidence_case *k, struct evidence_head *head);
struct evidence_tile evidence_tile_of(struct ctx *c, struct id case_id, const struct evidence *e);
/* 303 to /desk/ID and tail, with a notice unless flash is 0. */
status evidence_back_to(struct ctx *c, struct id case_id, const char *tail, int flash);

status evidence_list_show(struct ctx *c);
status evidence_list_add(struct ctx *c);
status evidence_seal_show(struct ctx *c);
status evidence_seal_do(struct ctx *c);
