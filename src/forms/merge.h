/* Two people filled in one paper at the same time. What one of them alone changed stands; what both changed is for a person to
   decide, answer by answer. Pure: three lists of answers in, one out. */
#pragma once

#include "../base/memory.h"

/* path: "child/name", "goals[2]/who". An entry of a repeat counts as there while any answer of it is listed, also an empty one. */
struct one_answer { struct str path, value; };
struct answers { struct one_answer *at; size_t n; };

/* Both changed it, and to different things. whole: a repeat to which one of them added or from which one took an entry, so that
   its entries cannot be told apart by their numbers: path is the repeat's, and the values are all its answers in lines. */
struct clash { struct str path, theirs, mine; bool whole; };
struct clashes { struct clash *at; size_t n; };

struct merged { struct answers answers; struct clashes clashes; };      /* answers: in a clash, theirs */

/* base: what both began from. */
void answers_merge(struct arena *a, struct answers base, struct answers theirs, struct answers mine, struct merged *m);

/* The answers with what `from` holds at a path: the answer, or all of a repeat. */
void answers_take(struct arena *a, struct answers *answers, struct str path, struct answers from);

/* "" where there is none. */
bool answers_same(struct answers one, struct answers other);
struct str answers_value(struct answers answers, struct str path);
