/* malloc of the whole program, libraries too, which answers NULL when it is told to. */
#pragma once

#include <stdbool.h>

enum failing_kind { FAIL_ONE, FAIL_REST };      /* the nth allocation alone, or it and every one after */
void failing_set(long nth, enum failing_kind kind);     /* 0: none fails; counting begins anew */
/* Only what is asked for between these two counts. */
void failing_on(void);
void failing_off(void);
long failing_count(void);                       /* allocations since failing_set */
bool failing_happened(void);
