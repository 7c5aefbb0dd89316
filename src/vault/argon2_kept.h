/* Inside vault/: Argon2id (RFC 9106) in blocks of memory that are kept. */
#pragma once

#include "vault.h"

enum { ARGON2_KEPT_BYTES = 4 << 20 };

/* m = Argon2id(text, salt, ops, 4 MiB, one lane): the bytes of libsodium's crypto_pwhash with the same parameters. False where
   there is no memory. May wait for the derivation of another thread. */
bool argon2_kept(struct key *m, struct str text, const uint8_t salt[SALT_BYTES], i64 ops);
