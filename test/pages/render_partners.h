/* Made-up views of the pages of partners. */
#pragma once

#include "partners/views.h"

void partners_sample(struct staff_nav nav, bool faults, int lang, struct partners_view *v);
void partner_sample(struct staff_nav nav, struct partner_view *v);
