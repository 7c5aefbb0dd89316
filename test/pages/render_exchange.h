/* Made-up views of the pages of the exchange of hashes. */
#pragma once

#include "matches/views.h"

struct exchange_samples { struct sharing_view sharing; struct sources_view feeds, wrong; };
void exchange_samples(struct staff_nav reviewer, struct staff_nav keeper, struct exchange_samples *s);
