/* What officials set in content/banks/classes.txt. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

struct bank_class {
    struct str code, name, name_en, basis, basis_en, ncmec;
    bool two;                   /* a record needs two reviewers before it is in force */
    bool kept_in_view;          /* no negative bank may hide a match of it */
};
struct bank_classes { const struct bank_class *at; size_t n; };

status bank_classes_load(void);                         /* once at start; INVALID names file and line */
struct bank_classes bank_classes(void);
const struct bank_class *bank_class(struct str code);   /* NULL: none */
i64 bank_seen_days(void);
i64 bank_flood_usual(void);
