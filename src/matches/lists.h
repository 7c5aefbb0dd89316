/* What officials set in content/lists/: classes of entries, the lists that go out, and sites that need two reviewers. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

struct list_class {
    struct str code, name, name_en, basis, basis_en;
    bool two;                   /* every entry needs two reviewers */
    i64 days;                   /* how long an entry stands */
};
struct list_classes { const struct list_class *at; size_t n; };

struct list_def { struct str code, name, name_en, classes; };
struct list_defs { const struct list_def *at; size_t n; };

status lists_load(void);                                /* once at start; INVALID names file and line */
struct list_classes lists_classes(void);
struct list_defs lists_all(void);
const struct list_class *lists_class(struct str code);  /* NULL: none */
const struct list_def *lists_def(struct str code);      /* NULL: none */
bool lists_takes(const struct list_def *list, struct str class);

/* The key, or the name that was registered above it, is that of a site which very many people use. */
bool lists_top(struct arena *a, struct str key);
