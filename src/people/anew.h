/* An account begun anew for somebody who lost two of three: by a colleague's page, or by the operator at the console where no
   page can (SECURITY.md, "Two of three lost"). */
#pragma once

#include "people.h"

#include "tables.sql.h"

/* Why the console does not give a link. */
enum console_bar {
    CONSOLE_FINE,
    CONSOLE_HELPED,         /* `who` can give one at /admin/people */
    CONSOLE_SEEN,           /* `who` is said to have lost the account too, and was in it within the last day */
    CONSOLE_LATER           /* `who` are its administrators: their accounts first, then they give links themselves */
};
struct console_link {
    bool lost_too;                  /* the operator's word: whoever could help by the page has lost the account as well */
    enum console_bar bar;
    struct users_rows who;
    bool anew;                      /* there was an account: it is shut, units are left, everybody is told */
    bool waits, holds;              /* roles that decide: wait for a second person again; hold, for nobody is left who could confirm */
    struct str link;
};
/* A whole act of the house's own: a link for somebody who has no account yet, or has lost it. DENIED with `bar`; CONFLICT where the
   person has left. */
status console_invite(struct ctx *c, const struct users_row *user, struct console_link *w);

/* What everybody concerned sees for a week: "Nga (nga.mau) · Đường dây · 29/11/2026". STR_NULL: nothing. */
status console_notice(struct ctx *c, struct str *notice);

/* -- inside people/ ------------------------------------------------------------------------------------------------------------ */

/* `user` holds a role that decides, and if `by` gave the account anew nobody else in the house could confirm it again. */
status anew_barred(struct ctx *c, struct id user, struct id by, bool *barred);
/* `user` is the last in the house who confirms what others set. */
status confirms_last(struct ctx *c, struct id user, bool *last);
