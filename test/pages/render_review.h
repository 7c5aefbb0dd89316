/* Made-up views of the review, and of pictures that stayed with a child. */
#pragma once

#include "review/views.h"
#include "speakup/views.h"

struct review_view review_sample(struct staff_nav nav, bool over);
struct review_item_view review_item_sample(struct staff_nav nav, int lang, bool message);
struct review_agreement_view review_agreement_sample(struct staff_nav nav);
struct desk_pictures_view pictures_sample(struct staff_nav nav);
struct desk_picture_view picture_sample(struct staff_nav nav, bool faults);
