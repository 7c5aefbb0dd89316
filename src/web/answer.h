/* What the engine needs of answer.c beyond web.h. */
#pragma once

#include "web.h"

/* The headers that every answer carries; pages then narrow the policy. */
void answer_fixed_headers(struct ctx *c);
