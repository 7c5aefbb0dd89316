#include "vault.h"

#include <assert.h>
#include <sodium.h>

enum {
    FORM_KEYED = 0x01,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BOX_EXTRA = 1 + NONCE_BYTES + TAG_BYTES
};

static_assert(WRAP_BYTES == 1 + crypto_box_SEALBYTES + 2 * KEY_BYTES, "the size of a wrap is frozen");

void vault_pair_new(struct pair *pair)
{
    crypto_box_keypair(pair->open.b, pair->secret.b);
}

void vault_pair_of_seed(struct pair *pair, const struct key *seed)
{
    crypto_box_seed_keypair(pair->open.b, pair->secret.b, seed->b);
}

void vault_pair_of_secret(struct pair *pair)
{
    crypto_scalarmult_base(pair->open.b, pair->secret.b);
}

void vault_key_new(struct key *k)
{
    randombytes_buf(k->b, sizeof k->b);
}

struct str vault_wrap(struct arena *a, const struct key *pk, struct key ctx, const struct key *k)
{
    uint8_t *wrapped = arena_alloc(a, WRAP_BYTES);
    struct key plain[2] = { ctx, *k };

    wrapped[0] = FORM_KEYED;
    if (crypto_box_seal(wrapped + 1, plain[0].b, sizeof plain, pk->b) != 0)
        wrapped[0] = 0;         /* a weak public key, which no pair of ours has: nobody shall open it */
    sodium_memzero(plain, sizeof plain);
    return str_of(wrapped, WRAP_BYTES);
}

status vault_unwrap(const struct pair *pair, struct key ctx, struct str wrapped, struct key *k)
{
    struct key plain[2];
    bool opened = wrapped.n == WRAP_BYTES && wrapped.at[0] == FORM_KEYED &&
        crypto_box_seal_open(plain[0].b, (const unsigned char *)wrapped.at + 1, WRAP_BYTES - 1,
                             pair->open.b, pair->secret.b) == 0 &&
        vault_same(&plain[0], &ctx, sizeof ctx);

    if (opened)
        *k = plain[1];
    sodium_memzero(plain, sizeof plain);
    return opened ? OK : fail(BROKEN, "a wrapped key does not open here");
}

struct str vault_box(struct arena *a, const struct key *k, struct key ctx, struct str m)
{
    uint8_t *boxed = arena_alloc(a, m.n + BOX_EXTRA);

    boxed[0] = FORM_KEYED;
    randombytes_buf(boxed + 1, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(boxed + 1 + NONCE_BYTES, NULL,
                                               (const unsigned char *)m.at, m.n, ctx.b, sizeof ctx.b,
                                               NULL, boxed + 1, k->b);
    return str_of(boxed, m.n + BOX_EXTRA);
}

/* Opens into `at`, which has room for boxed.n - BOX_EXTRA bytes. */
static bool unbox(const struct key *k, const struct key *ctx, struct str boxed, uint8_t *at)
{
    const uint8_t *bytes = (const uint8_t *)boxed.at, *sealed = bytes + 1 + NONCE_BYTES;

    return bytes[0] == FORM_KEYED &&
        crypto_aead_xchacha20poly1305_ietf_decrypt(at, NULL, NULL, sealed, boxed.n - 1 - NONCE_BYTES,
                                                   ctx->b, sizeof ctx->b, bytes + 1, k->b) == 0;
}

status vault_unbox(struct arena *a, const struct key *k, struct key ctx, struct str boxed, struct str *m)
{
    uint8_t *at;

    if (boxed.n < BOX_EXTRA)
        return fail(BROKEN, "a box is cut short");
    at = arena_alloc(a, boxed.n - BOX_EXTRA + 1);
    if (!unbox(k, &ctx, boxed, at))
        return fail(BROKEN, "a box does not open here");
    *m = str_of(at, boxed.n - BOX_EXTRA);
    return OK;
}

status vault_unbox_secret(const struct key *k, struct key ctx, struct str boxed, void *at, size_t n)
{
    if (boxed.n != n + BOX_EXTRA || !unbox(k, &ctx, boxed, at))
        return fail(BROKEN, "a boxed secret does not open here");
    return OK;
}
