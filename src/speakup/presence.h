/* Inside speakup/: who has a report open now. */
#pragma once

#include "speakup.h"

/* Inside an open transaction. */
status presence_put(struct ctx *c, struct id report, bool poll);
/* The others in words; STR_NULL: nobody. */
status presence_words(struct ctx *c, struct id report, struct str *words);

status presence_show(struct ctx *c);        /* GET /desk/:id/presence */
status news_show(struct ctx *c);            /* GET /desk/news */
