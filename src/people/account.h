/* Inside people/: one account while somebody proves that it is theirs. */
#pragma once

#include "people.h"

#include "people.sql.h"
#include "tables.sql.h"

struct account {
    struct users_row user;
    struct user_secrets_row secrets;
    struct key *m;              /* what Argon2 made of the password, once account_password found it right */
};

/* NOT_FOUND where the name is unknown, or the account has no secrets yet or has left. */
status account_of_login(struct ledger *l, struct str login, struct account *a);

/* The TOTP step that the digits fit; DENIED if none. Says nothing about use: totp_use does. An account at which much is
   guessed (guesses.c) opens to the digits of two steps only, which anybody may type at any time. */
status account_totp(struct ledger *l, const struct account *a, struct str digits, i64 now, i64 *step);
/* DENIED unless right. One Argon2 of 64 MiB: only in the staff lane, only after a right TOTP or recovery code (V18). */
status account_password(struct ledger *l, struct account *a, struct str password, struct key **xsk);
status account_recovery(struct ledger *l, const struct account *a, struct str typed, struct key **xsk);

/* The same work for a name that is nobody's. */
i64 account_digits_fit(struct ledger *l, const uint8_t *secret, struct str digits, i64 now, bool two);

/* Wrong digits at an account within an hour: counted in memory, never on the disk. */
void guess_count(struct id user, i64 now);
bool guessed_much(struct id user, i64 now);

/* Boxes the bundle of a password that was right under the current line of the key file, into a->secrets. False: it is already. */
bool account_turn(struct ledger *l, struct account *a, const struct key *xsk);

/* Seals anew what was lost, and always the recovery code, into a->secrets (the caller stores the row in an act). */
struct renewal { struct str password; const uint8_t *totp; };
status account_renew(struct ledger *l, struct account *a, const struct key *xsk, struct renewal renew,
                     char recovery[RECOVERY_CHARS + 1]);
