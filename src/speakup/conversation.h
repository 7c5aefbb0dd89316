/* Inside speakup/: reading and writing what a report's compartments hold. */
#pragma once

#include "intake.h"
#include "ladder.h"

/* What a child adds: texts in order, files already sealed. The same token says it once. */
/* A compartment for the police unit, made when the first private file comes in the conversation; its rows are written by
   child_write. */
struct police_new { struct compartments_row comp; struct grants_row grant; };
/* NOT_FOUND: no police unit may open it, for want of one or because the reporter left it out. */
status police_comp(struct ctx *c, struct id report, struct comps *comps, struct police_new **made);

struct child_message {
    struct id report;
    struct comps *comps;
    struct strs texts, pictures;
    const struct files_new *files;
    struct str token;
    struct key fingerprint;         /* of all that the form said; with the token it tells a retry */
    struct police_new *police;      /* NULL: none is needed */
};
/* CONFLICT: staff merged or separated this report meanwhile: open its compartments anew, and write again. */
status child_write(struct ctx *c, const struct child_message *m);

/* The row that shows how it stands: of a merged report it is the other one's. */
status row_in_queue(struct ctx *c, struct id report, struct cases_row *row);

/* A new code for the same report; the old one opens nothing any more. One Argon2. CONFLICT as with child_write. */
status code_renew(struct ctx *c, struct id report, const struct comps *comps, struct report_made *made);
/* A report that was just found by its code, and is under an old line of the key file, comes under the current one. True: it has another
   pair from now on; false: nothing changed, for nothing had to or it could not be done now. */
bool code_turn(struct ctx *c, struct report_made *made);
