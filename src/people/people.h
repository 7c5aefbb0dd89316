/* Organisations, units, people: who somebody is, which keys they hold, and how they prove it (SECURITY.md, "Keys").
   What other modules may call. */
#pragma once

#include "rights.h"

#include "../ledger/turn.h"

/* -- who is asking --------------------------------------------------------------------------------------------------- */
/* Fills c->actor for a staff session: user, units by membership today, rights by roles today. DENIED if the account may
   not enter any more (left, altered row). app.c hands this to web. */
status people_actor(struct ctx *c, struct id user, struct actor *actor);

/* -- keys of units ------------------------------------------------------------------------------------------------------ */
/* What one needs to seal something to a unit. */
struct unit_key {
    struct id unit;
    i64 epoch;
    struct key opk;
};
/* Present key of a unit that is fit: confirmed, with an active member who holds its epoch, and as the log has it. NOT_FOUND if
   it is not. at_last: where nobody else is left, a row that contradicts the log is taken at its mark: intake never stops. */
status people_unit_key(struct ledger *l, struct id unit, i64 now, struct unit_key *key);
status people_unit_key_at_last(struct ledger *l, struct id unit, i64 now, struct unit_key *key);
/* The key pair of an epoch for a person who holds it: into the secrets block. NOT_FOUND if they do not. */
status people_open_unit(struct ctx *c, struct id unit, i64 epoch, struct pair **pair);

/* -- making people and places (init, demo, administrators) ---------------------------------------------------------------
   Each runs inside an open act of l and writes its rows there. What they make is confirmed by the house: only init and the
   demo may say so. What an administrator makes goes through confirm.h. */
struct organisation_new { struct str code, name, kind; bool waits; };   /* waits: for a second person's confirmation */
struct unit_new { struct id org; struct str name, kind; bool confirmed; };
struct user_new { struct id org; struct str login, name; };

status people_add_organisation(struct ledger *l, struct organisation_new o, i64 now, struct id *id);
status people_add_unit(struct ledger *l, struct unit_new u, i64 now, struct id *id);
status people_add_user(struct ledger *l, struct user_new u, i64 now, struct id *id);
status people_add_role(struct ledger *l, struct id user, struct str role, i64 now);
/* The first member makes epoch 1 of the unit; each further one gets every epoch from `by`, who holds them.
   `by` is NULL for the first. */
struct member_by { struct id user; const struct pair *pair; };
status people_add_member(struct ledger *l, struct id unit, struct id user, const struct member_by *by, i64 now);

/* A member leaves, by hand or by date. Needs no secret: the membership ends, keys and sessions go, and epoch e+1 is wrapped to
   those who stay and to the organisation's recovery key. Of two acts on one unit at once the second waits, and gets CONFLICT
   where the unit has changed since: repeat the whole act. NOT_FOUND where the person is no member. */
enum { UNIT_MEMBERS_MAX = 200 };
status people_leave(struct ledger *l, struct id unit, struct id user, i64 now);

/* The secrets of an account, made outside any transaction (Argon2) and stored inside one. */
struct account_secrets {
    struct pair keys;                       /* in the secrets block */
    struct str salt, bundle, rec_bundle, totp;
    char recovery[RECOVERY_CHARS + 1];      /* shown once */
    i64 pgen, rgen;                         /* lines of the key file under which the two bundles lie */
};
/* user: the account's id. INVALID (text key in fail_message) where the password is too weak. */
status people_make_secrets(struct ledger *l, struct id user, struct str password, const uint8_t totp[TOTP_SECRET_BYTES],
                           struct account_secrets **made);
status people_store_secrets(struct ledger *l, struct id user, const struct account_secrets *made);

/* A one-time link: the token for the address (43 characters), stored as a hash. */
status people_invite(struct ledger *l, struct id user, i64 until, struct str *token);

/* -- names by date --------------------------------------------------------------------------------------------------------- */
/* What an organisation or a unit was called at an instant, and (units) to which organisation it belonged. The name may be
   STR_NULL where the rows were altered. */
struct name_at { struct str name; struct id org; };
status people_name_at(struct ledger *l, struct id subject, i64 at, struct name_at *name);
/* "Ca trực · Đường dây hỗ trợ", as both were called then: for old records. */
status people_unit_words(struct ledger *l, struct id unit, i64 at, struct str *words);

/* Timed: ends memberships whose date has passed, and carries out renamings and mergers whose day has come. */
status people_dates(struct ledger *l, const struct app *app, i64 now);

/* -- the log of one object ---------------------------------------------------------------------------------------------- */
/* What was done to it, read of it and refused, the newest first, in words (people/log_views.h). The caller has made sure that
   the reader may open the object. `from`: zero, or where the page before ended. */
struct log_place;
struct object_log;
status people_log_of(struct ctx *c, struct id object, struct log_place from, struct object_log *list);

/* -- passwords ---------------------------------------------------------------------------------------------------------- */
enum password_fault { PASSWORD_FINE, PASSWORD_SHORT, PASSWORD_LONG, PASSWORD_WEAK, PASSWORD_LIKE_NAME };
/* At least 15 characters, at most 1,024 bytes, not on the shipped list of weak ones, not the person's own name. */
enum password_fault password_check(struct arena *a, struct str password, struct str login, struct str name);
status password_list_load(void);            /* content/passwords-weak.txt, once at start */
size_t password_list_size(void);            /* so that the page can say how small the list is */

/* Rows that decide who may enter must equal the newest log entry that names them. */
status people_rows_agree(struct ledger *l, struct id user, i64 now);

/* "Tư vấn viên": a role's name in the reader's language. */
struct str people_role_title(const struct ctx *c, struct str role);

/* Text key of a scope of tokens: "Gửi báo cáo". */
int people_scope_text(struct str word);

/* Text key of a kind of organisation or unit: "Đường dây nóng". */
int people_kind_text(struct str kind);

/* The page for 403 and 404 alike, so that a foreign record cannot be told from a missing one. app.c hands it to web. */
status people_not_found(struct ctx *c);

/* Timed: what sign-in counted in memory becomes log entries. */
status people_failures_write(struct ledger *l, const struct app *app, i64 now);

/* The same for a program's token (tokens.h); the actor's user is the token's id, its login the organisation's code. */
status people_actor_of_token(struct ctx *c, const struct credential *credential, struct actor *actor);

extern const struct route people_routes[], log_routes[], witness_routes[], admin_routes[], rescue_routes[];

extern const struct route recovery_code_routes[];

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_box secrets_boxes[], token_boxes[];
