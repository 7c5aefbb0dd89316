/* SHA-1 (FIPS 180-4), for the HMAC of TOTP and nothing else: authenticator apps know no other hash, and
   libsodium has none. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { SHA1_BYTES = 20 };
/* key_n <= 64 */
void hmac_sha1(uint8_t mac[SHA1_BYTES], const uint8_t *key, size_t key_n, const uint8_t text[8]);
