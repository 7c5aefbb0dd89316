/* Made-up reports for `lachan demo` and for tests: told, claimed and answered through the same code as real ones. */
#pragma once

#include "speakup.h"

#include "../base/blocks.h"

enum { DEMO_PEOPLE = 64 };
struct demo_person { struct str login, name, role; struct id user, org, unit; struct pair keys; };
struct demo_people { struct demo_person *at; size_t n; };     /* sodium_malloc'd: it holds secret keys */

void demo_people_make(struct demo_people *people);
void demo_people_free(struct demo_people *people);
struct demo_person *demo_person_new(struct demo_people *people);
struct demo_person *demo_member(struct demo_people *people, struct id unit);    /* any member of a unit, or NULL */
struct demo_person *demo_person_of_login(struct demo_people *people, struct str login);

/* Unit by its code in content/demo/, for cases that are sent on. */
struct demo_unit { struct str code; struct id id; };

/* All that a made-up report needs around it. */
struct demo_stage {
    struct conn *conn;
    struct ledger *ledger;
    const struct app *app;
    struct demo_people *people;
    const struct demo_unit *units;
    size_t n_units;
    const struct blocks *courses;           /* content/demo/courses.txt: how cases went */
    size_t cases;                           /* so many were opened: what the next one takes of each choice */
};

/* One [report] block of content/demo/reports.txt, and its case where it has a course. */
status demo_report(struct demo_stage *stage, const struct block *b);

/* -- patterns (content/demo/more.txt) ------------------------------------------------------------------------------------------- */
/* "{a|b|c}" anywhere in a value: choice n, from the first again after the last. INVALID: a brace without its other one. */
status demo_choose(struct arena *a, struct str pattern, size_t n, struct str *text);

/* The [report] blocks of one [story] block. `told` counts tellings over all stories: it draws place, day and person, so that
   every instance tells the same. */
status demo_tellings(struct arena *a, const struct block *story, const struct blocks *courses, size_t *told,
                     struct blocks *reports);
const struct block *demo_course(const struct blocks *courses, struct str code);     /* NULL: none is called so */
