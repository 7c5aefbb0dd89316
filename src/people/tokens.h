/* Tokens of programs: what another organisation's program proves itself with, instead of a session. */
#pragma once

#include "people.h"

/* scope: what it may do; one that token_scope_known. key: public key of the program, "" for none. */
struct token_new { struct id org; struct str scope, key; };
bool token_scope_known(struct str scope);

/* Inside an open act. text: 43 characters, to be shown once. */
status token_make(struct ledger *l, const struct token_new *new, struct id *id, struct str *text);
/* Inside an open act: at once no request with it is answered any more. NOT_FOUND: there is none. */
status token_end(struct ledger *l, struct id id);
