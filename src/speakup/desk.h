/* Inside speakup/: the smallest desk. Each call is one act with its log entry. */
#pragma once

#include "conversation.h"

#include <jansson.h>

struct answers { struct str who, danger, harm, where, age, province, commune; struct strs urls, exclude; };

status desk_open(struct ctx *c, struct id report, struct cases_row *row, struct comps *comps);
status desk_log_read(struct ctx *c, struct id report);      /* committed before the first byte goes out */
status desk_answers(struct ctx *c, const struct comps *comps, struct answers *answers);

/* The reader's units may read the conversation: only they can claim and answer. */
bool holds_talk(const struct comps *comps);

/* CONFLICT where somebody else has it. */
status desk_claim(struct ctx *c, struct id report);
status desk_release(struct ctx *c, struct id report);
status desk_reply(struct ctx *c, struct id report, struct str text);
/* The file of a case is begun, and the report claimed if nobody had it; OK also where there is one already. */
status desk_open_case(struct ctx *c, struct id report);
status desk_note(struct ctx *c, struct id report, struct str text);

/* The same grant in a new box. Inside an open act. */
status dormant_rebox(struct ledger *l, struct dormant_grants_row *d);
