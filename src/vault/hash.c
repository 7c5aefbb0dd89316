#include "vault.h"

#include <sodium.h>
#include <stdio.h>

struct le64 vault_le64(i64 value)
{
    struct le64 le;

    for (size_t i = 0; i < sizeof le.b; i++)
        le.b[i] = (uint8_t)((uint64_t)value >> 8 * i);
    return le;
}

/* lp(x): the length before the bytes, so that no two lists of parts run together into the same bytes. */
static void hash_part(crypto_generichash_state *state, struct str part)
{
    struct le64 n = vault_le64((i64)part.n);

    crypto_generichash_update(state, n.b, 4);
    crypto_generichash_update(state, (const unsigned char *)part.at, part.n);
}

void vault_hash(struct key *hash, const struct key *k, const char *d, struct parts parts)
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, k ? k->b : NULL, k ? sizeof k->b : 0, sizeof hash->b);
    hash_part(&state, str_c(d));
    for (size_t i = 0; i < parts.n; i++)
        hash_part(&state, parts.at[i]);
    crypto_generichash_final(&state, hash->b, sizeof hash->b);
    sodium_memzero(&state, sizeof state);
}

struct key vault_ctx(const char *d, struct parts parts)
{
    char name[64];
    struct key ctx;

    snprintf(name, sizeof name, "lachan1/%s", d);
    vault_hash(&ctx, NULL, name, parts);
    return ctx;
}

void vault_kdf(struct key *out, const struct key *k, uint64_t n, const char context[8])
{
    crypto_kdf_derive_from_key(out->b, sizeof out->b, n, context, k->b);
}

bool vault_same(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

void vault_sha256(uint8_t hash[32], struct parts raw)
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < raw.n; i++)
        crypto_hash_sha256_update(&state, (const unsigned char *)raw.at[i].at, raw.at[i].n);
    crypto_hash_sha256_final(&state, hash);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct vault_sha256_run), "the state of SHA-256 fits");

static crypto_hash_sha256_state *state_of(struct vault_sha256_run *run)
{
    return (crypto_hash_sha256_state *)(void *)run->state;
}

void vault_sha256_begin(struct vault_sha256_run *run)
{
    crypto_hash_sha256_init(state_of(run));
}

void vault_sha256_add(struct vault_sha256_run *run, const void *bytes, size_t n)
{
    crypto_hash_sha256_update(state_of(run), bytes, n);
}

void vault_sha256_end(struct vault_sha256_run *run, uint8_t hash[32])
{
    crypto_hash_sha256_final(state_of(run), hash);
}

_Static_assert(sizeof(crypto_auth_hmacsha256_state) <= sizeof(struct vault_hmac_run), "the state of HMAC fits");

static crypto_auth_hmacsha256_state *hmac_of(struct vault_hmac_run *run)
{
    return (crypto_auth_hmacsha256_state *)(void *)run->state;
}

void vault_hmac_begin(struct vault_hmac_run *run, struct str key)
{
    crypto_auth_hmacsha256_init(hmac_of(run), (const unsigned char *)key.at, key.n);
}

void vault_hmac_add(struct vault_hmac_run *run, struct str bytes)
{
    crypto_auth_hmacsha256_update(hmac_of(run), (const unsigned char *)bytes.at, bytes.n);
}

void vault_hmac_end(struct vault_hmac_run *run, uint8_t mac[32])
{
    crypto_auth_hmacsha256_final(hmac_of(run), mac);
    sodium_memzero(run, sizeof *run);
}

static void row_part(crypto_hash_sha256_state *state, struct str part)
{
    static const uint8_t null[4] = { 0xff, 0xff, 0xff, 0xff };
    struct le64 n = vault_le64((i64)part.n);

    crypto_hash_sha256_update(state, part.at ? n.b : null, 4);
    crypto_hash_sha256_update(state, (const unsigned char *)part.at, part.n);
}

void vault_row_hash(uint8_t rh[32], struct str table, struct parts columns)
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    row_part(&state, table);
    for (size_t i = 0; i < columns.n; i++)
        row_part(&state, columns.at[i]);
    crypto_hash_sha256_final(&state, rh);
}

void vault_row_mac(struct key *mac, const struct house_keys *h, const uint8_t rh[32])
{
    vault_hash(mac, &h->mac, "row", PARTS(str_of(rh, 32)));
}
