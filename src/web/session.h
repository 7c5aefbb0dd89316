/* What the engine does with sessions; what pages do stands in web.h. */
#pragma once

#include "web.h"

/* Finds the session of the cookie (or of the bearer token on the API). Leaves c->session NULL where there
   is none, it is past its time, or does not open. BROKEN, BUSY: the database. */
status session_load(struct ctx *c);
/* Fails a wrong or missing token of a form. */
bool session_csrf_ok(const struct ctx *c, struct str token);
/* Counts a refusal; a session with a hundred of them ends. */
void session_refused(struct ctx *c);
