/* What the engine needs of answer.c beyond web.h. */
#pragma once

#include "web.h"

/* The headers that every answer carries; pages then narrow the policy. */
void answer_fixed_headers(struct ctx *c);
/* The last of an anonymous page: makes all its headers together as long as those of others. */
void answer_pad_headers(struct ctx *c);
