/* Inside web/: routes with `once`. */
#pragma once

#include "web.h"

struct once { bool is; struct key *id, *key; struct str where; };
/* Takes the form's token. o->where is set: it was used for the same words, and this is where that led. */
status once_begin(struct ctx *c, struct once *o);
/* Behind the page, with nothing open: keeps where its answer leads, or gives the token back where it was refused. */
void once_end(struct ctx *c, const struct once *o);
