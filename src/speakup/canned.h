/* Inside speakup/: ready-made answers of the desk, data in content/desk/answers.txt. */
#pragma once

#include "speakup.h"
#include "views.h"

/* All of them in the reader's language, those that fit what happened first. */
struct desk_canneds canned_for(struct ctx *c, struct id report, struct str harms);
/* Text of one; "" where there is none of this code. */
struct str canned_text(const struct ctx *c, struct str code);
