/* Made-up views of the pages of banks. */
#pragma once

#include "matches/views.h"

struct bank_samples {
    struct banks_view banks, found;
    struct bank_new_view fresh;
    struct bank_view bank, negative;
    struct bank_hash_view hash;
    struct bank_add_view add;
    struct bank_import_view import;
    struct bank_list_view list, running;
};
void bank_samples(struct staff_nav nav, int lang, struct bank_samples *s);
