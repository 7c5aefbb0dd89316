/* What the form parsers say while they read: one part begins, brings bytes, ends. */
#pragma once

#include "../base/str.h"

struct part {                   /* borrowed for the call only */
    struct str name;
    struct str filename;        /* NULL: a text */
    struct str type;            /* of a file, as the sender says; "" if not said */
    bool wrong;                 /* a value that is no text (JSON: a list in a list, an object); it brings no bytes */
};

struct part_sink {
    void (*begin)(void *to, const struct part *p);
    void (*data)(void *to, struct str bytes, i64 at);       /* `at`: where in the body the first of them stands */
    void (*end)(void *to, bool whole);                      /* not whole: the body ended inside the part */
    void *to;
};
