/* Inside speakup/: one made-up report while it is told. */
#pragma once

#include "demo.h"

struct telling {
    struct ctx c;
    const struct block *b;
    struct demo_stage *stage;
    struct report_made *made;
    const struct demo_person *by;       /* who acts */
    i64 today;                  /* ms: when the demo was started */
    bool claimed;
};

/* Acts from now on as this person, as if signed in. */
void telling_actor(struct telling *t, const struct demo_person *p);
/* As the one whom the report's `by` names; the first time they take it. */
status telling_act_as(struct telling *t);
status telling_child_says(struct telling *t, struct str text);

/* The report becomes a case and goes the way of a [course] block. */
status telling_course(struct telling *t, struct str code);
