/* View of the test page. */
#pragma once

#include "web/html.h"

struct demo_row {
    struct str name;
    struct { struct str *at; size_t n; } tags;
};

struct demo_view {
    struct str text, empty;
    const char *c;
    int number;
    unsigned long count;
    bool yes;
    struct url link;
    struct html raw;
    struct id id;
    int key;
    struct { struct demo_row *at; size_t n; } rows, none;
};
