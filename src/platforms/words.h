/* Inside platforms/: codes in the reader's words. */
#pragma once

#include "desk.h"

int incident_text(struct str code);                     /* "Tài liệu xâm hại": T_PLATFORMS_KIND_* */
int decision_text(struct str decision, bool asked);     /* T_PLATFORMS_STATE_* */
enum platform_look decision_look(struct str decision, bool asked);
int told_answer_text(struct str answer);                     /* 0: none yet */
int mark_text(struct str kind);
int look_text(struct str look);                         /* 0: it was looked at, or is no picture */
struct str report_moment(struct ctx *c, struct opt_i64 at);      /* "24/11/2026, 14:20" */
struct str report_org(struct ctx *c, struct id org);
