/* Made-up reports for `lachan demo` and for tests: told, claimed and answered through the same code as real ones. */
#pragma once

#include "speakup.h"

#include "../base/blocks.h"

enum { DEMO_PEOPLE = 64 };
struct demo_person { struct str login; struct id user, org, unit; struct pair keys; };
struct demo_people { struct demo_person *at; size_t n; };     /* sodium_malloc'd: it holds secret keys */

void demo_people_make(struct demo_people *people);
void demo_people_free(struct demo_people *people);
struct demo_person *demo_person_new(struct demo_people *people);
struct demo_person *demo_member(struct demo_people *people, struct id unit);    /* any member of a unit, or NULL */

/* One [report] block of content/demo/reports.txt. */
status demo_report(struct conn *conn, struct ledger *l, const struct app *app, const struct block *b,
                   struct demo_people *people);
