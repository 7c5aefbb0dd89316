/* What a platform said, in the words of who reads it. */
#pragma once

#include "told.h"

/* Text keys: of a part of the document; of an element ("" and 0 where it has no words of its own: then its name is shown). */
int section_text(enum section section);
int told_text(struct str name);
/* Lines about people (who is accused, addressed, harmed, and who reports), as one text in Vietnamese for the file of a case. */
struct str told_people(struct arena *a, const struct told_lines *lines);
