/* Made-up views of the pages of papers. */
#pragma once

#include "casework/views.h"

void papers_sample(struct staff_nav nav, struct case_head head, struct case_papers_view *v);
void paper_fill_sample(struct staff_nav nav, bool faults, struct paper_fill_view *v);
void paper_read_sample(struct staff_nav nav, int lang, struct paper_read_view *v);
void paper_merge_sample(struct staff_nav nav, struct paper_merge_view *v);
void paper_move_sample(struct staff_nav nav, struct paper_move_view *v);
void paper_risk_sample(struct staff_nav nav, int lang, struct paper_risk_view *v);
void paper_ask_sample(struct staff_nav nav, int lang, struct paper_ask_view *v);
