/* What the pages of administration share: those of people/, and those of network/ (confirmations, routes, services). */
#pragma once

#include "admin.h"
#include "views.h"

struct typed typed_of(const struct ctx *c, const char *field, struct str before);      /* what was typed, else what was before */
/* The refused fields in the order of the list, which NULL ends. */
struct form_faults faults_of(const struct ctx *c, const char *const *fields);
void refuse(struct ctx *c, const char *field, int text);                               /* and goes on to the next field */
status refused(struct ctx *c);                                                         /* INVALID where any was */
struct str trimmed(const struct ctx *c, const char *field);
/* An optional day: {has false} where the field is empty; refuses what is no day. */
struct opt_i64 day_field(struct ctx *c, const char *field);
/* The end of a day that is the last: an instant for `until`. */
struct opt_i64 last_day_field(struct ctx *c, const char *field);

struct str day_words(struct ctx *c, i64 ms);            /* 24/11/2026 */
struct str last_day_words(struct ctx *c, struct opt_i64 until);        /* "" where there is no end */
struct str iso_day(struct ctx *c, i64 ms);              /* for <input type=date> */
struct choices kind_choices(struct ctx *c, const char *const *kinds, struct str chosen);
struct str joined_words(struct ctx *c, struct str list, struct str more);   /* "a · b" */
struct str user_name(struct ctx *c, struct opt_id user);
status former_names(struct ctx *c, struct id subject, struct former_names *names);
status role_titles(struct ctx *c, struct id user, struct str *titles);  /* "Tư vấn viên, Giám sát" */
status proposal_state(struct ctx *c, struct id object, int *state, struct str *reason);        /* of an organisation or a unit */

status done(struct ctx *c, int flash, const char *path);
status done_at(struct ctx *c, int flash, const char *before, struct id id);
/* The whole address of a one-time link, as the reader's browser reaches us. */
struct str link_address(struct ctx *c, struct str token);
struct proposal_line proposal_line(struct ctx *c, const struct proposals_row *p);
status count_admissions(struct ctx *c, i64 *n);
status check_login(struct ctx *c, const char *field);

/* Pages of admin_people_pages.c, for the route table in admin_pages.c. */
page_function admin_people_show, admin_people_add, admin_person_show, admin_person_do, admin_reset_show, admin_reset_do,
    admin_gone_show, admin_gone_do, admin_leave_show, admin_leave_do, admissions_show, admissions_do;
