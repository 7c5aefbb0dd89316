/* Inside speakup/: one made-up case on its way through a course. */
#pragma once

#include "demo_telling.h"

struct going {
    struct telling *t;
    const struct block *course;
    size_t n;                   /* which choice this case takes */
    i64 today;                  /* ms: when the demo was started; tasks are due from here */
};

struct id going_case(const struct going *g);
struct str going_word(struct str *rest);        /* the first word, and moves behind it */
status going_wrong(const struct going *g, const char *what, struct str value);

/* What is sent to another unit, and how far that went (demo_refer.c). */
status going_refer(struct going *g, struct str value);
status going_transfer(struct going *g, struct str value);
/* A paper (demo_paper.c): form, draft or done, answers. */
status going_paper(struct going *g, struct str value);
