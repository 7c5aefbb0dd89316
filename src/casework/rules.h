/* Pure decisions of case work: no database, no web, no clock. */
#pragma once

#include "process.h"

/* By what lists sort: 0 to 4, as a report's urgency. A person's conclusion on the risk stands above what a machine or a form
   said; an urgent state stands above all. */
i64 case_level(i64 urgency, struct str risk, bool urgent);

/* "TH-2026-0148"; read forgives case, blanks and missing zeros. */
struct str case_ref(struct arena *a, i64 year, i64 no);
bool case_ref_read(struct str typed, i64 *year, i64 *no);

/* A name that somebody searches for stands in a text: marks, case and blanks do not count (Nguyễn = nguyen). Both are keys
   made by text_search_key. */
bool name_matches(struct str key, struct str wanted);
