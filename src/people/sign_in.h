/* Inside people/: the roads into an account. Route column LANE_STAFF: one of these at a time. */
#pragma once

#include "account.h"

struct sign_in { struct str login, password, digits, recovery, new_password; };

/* DENIED for every reason alike. */
status sign_in(struct ctx *c, const struct sign_in *in, struct id *user, struct key **xsk);

struct recovered { struct id user; struct key *xsk; char recovery[RECOVERY_CHARS + 1]; };
/* The printed code and the password or the digits; sets what was lost anew (a new password, a new second factor), prints a
   new code, ends the person's sessions. DENIED for every reason alike. */
status recover(struct ctx *c, const struct sign_in *in, const uint8_t *new_totp, struct recovered *done);

/* Failures are counted in memory and logged as one entry for each account and hour: nobody can buy a disk write each. */
void sign_in_count_failure(struct ctx *c, struct str login);

bool recovery_code_is_old(struct ctx *c);        /* of who is signed in: under an old line of the key file */

status invite_open(struct ctx *c, struct str token, struct users_row *user);    /* NOT_FOUND: unknown, used or over */
void invite_totp(struct ctx *c, struct str token, uint8_t secret[TOTP_SECRET_BYTES]);
/* All links of the person are used up once the second factor is confirmed; until then they may be opened again. */
status invite_close(struct ctx *c);
status invite_accept(struct ctx *c, struct str token, struct str password, struct recovered *done);
