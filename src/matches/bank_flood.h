/* Inside matches/: a hash with too many matches in a day waits for a person: it is more likely a picture that everybody has. */
#pragma once

#include "bank_store.h"

/* Counts one live hit in this process. */
void flood_count(const struct bank *bank, struct id hash);
/* Writes what was counted, once a minute or where one hash ran over; never inside an open transaction. What it cannot write it keeps. */
void flood_write(struct ctx *c);
