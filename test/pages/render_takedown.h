/* Made-up views of the pages of take-down. */
#pragma once

#include "takedown/views.h"

void take_list_sample(struct staff_nav nav, int lang, struct take_list_view *v);
void take_new_sample(struct staff_nav nav, int lang, bool of_case, struct take_new_view *v);
/* kind: 0 runs and one appeals, 1 waits for a second person, 2 just reported */
void take_track_sample(struct staff_nav nav, int lang, int kind, struct take_view *v);
void take_to_sample(struct staff_nav nav, int lang, struct take_to_view *v);
void notice_sample(int lang, bool wrong, struct notice_view *v);
