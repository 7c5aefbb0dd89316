/* Inside people/: what an organisation's administrator does. Functions that say "act" are whole acts; the others run inside one.
   Whatever the record, NOT_FOUND where it is not of the administrator's own organisation. */
#pragma once

#include "confirm.h"

#include "tables.sql.h"

enum { LINK_HOURS = 72 };

/* -- rules ------------------------------------------------------------------------------------------------------------------ */
bool login_right(struct str login);             /* 3 to 60 of a-z 0-9, and . - _ inside */
bool day_read(struct str text, i64 *day);       /* "2026-11-24" or "24/11/2026": the instant at which that local day begins */

extern const char *const org_kinds[], *const unit_kinds[];      /* codes; NULL ends */

/* -- records of the own organisation -------------------------------------------------------------------------------------------- */
status own_unit(struct ctx *c, struct id id, struct units_row *unit);
status own_person(struct ctx *c, struct id id, struct users_row *user);

/* -- acts ------------------------------------------------------------------------------------------------------------------------- */
/* A new organisation with its first administrator; both wait for a confirmation. */
struct org_wish { struct str code, name, kind, login, person; };
status act_add_organisation(struct ctx *c, const struct org_wish *wish, struct str *link);
status act_add_unit(struct ctx *c, struct str name, struct str kind, struct id *id);
/* A person with a one-time link. */
status act_add_person(struct ctx *c, struct str login, struct str name, struct id *id, struct str *link);
/* A link in place of the earlier ones; CONFLICT unless the person has not taken the account yet. */
status act_link(struct ctx *c, struct id user, struct str *link);
/* Two of three lost (anew.c): a new link and a new key to come. Sessions and keys go, deciding roles wait for a confirmation again, and
   so do memberships for a member who admits. INVALID: nobody in the house could confirm those roles again; the operator gives the link. */
status act_reset(struct ctx *c, struct id user, struct str *link);
/* Leaves the organisation: all units and roles end, the account is shut. INVALID: is the last in the house who confirms. */
status act_gone(struct ctx *c, struct id user);
struct role_wish { struct str role; i64 since; struct opt_i64 until; };
status act_add_role(struct ctx *c, struct id user, const struct role_wish *wish);
/* INVALID as act_gone. */
status act_end_role(struct ctx *c, struct id user, struct str role, i64 since);
/* Waits for a member who admits; the first of a unit waits for a confirmation. CONFLICT: is a member or waits already. */
status act_join(struct ctx *c, struct id user, struct id unit, struct opt_i64 until);
status act_join_withdraw(struct ctx *c, struct id user, struct id unit);
/* until in the future: by the job of that day. */
status act_leave(struct ctx *c, struct id user, struct id unit, struct opt_i64 until);
/* unit NULL: the organisation itself. */
status act_rename(struct ctx *c, const struct id *unit, struct str name, i64 since);
status act_merge(struct ctx *c, struct id into, i64 since);
/* Takes back what still waits, whatever it is. */
status act_withdraw(struct ctx *c, struct id proposal);

/* A member admits who waits, or says no. */
struct admitting { struct id unit, user; bool yes; };
status act_admit(struct ctx *c, const struct admitting *a);

/* A whole act again, on what another act on the same unit has left, while it ends in CONFLICT. */
typedef status one_try(struct ctx *c, void *what);
status act_until_done(struct ctx *c, one_try *once, void *what);

/* -- inside an act ------------------------------------------------------------------------------------------------------------------ */
/* In place of all earlier ones. */
status link_again(struct ctx *c, struct id user, struct str *link);
/* The account opens to nothing any more: sessions, secrets and keys go, memberships wait for a member who admits. */
status account_shut(struct ctx *c, struct id user);
status name_change(struct ledger *l, struct names_row next, i64 now);
status merger_carry_out(struct ledger *l, const struct proposals_row *p, i64 now);
/* Ends a role that has begun; takes away one that has not, or that nobody has confirmed. */
status role_end(struct ledger *l, struct roles_row *role, i64 now);
/* The row of a proposal that came to nothing. */
status proposed_drop(struct ledger *l, const struct proposals_row *p);
