/* Cosignatures of witnesses: https://c2sp.org/tlog-cosignature (Ed25519, algorithm 0x04). */
#include "merkle.h"

#include <sodium.h>

enum { KEY_ID_BYTES = 4, TIME_BYTES = 8, LINE_BYTES = KEY_ID_BYTES + TIME_BYTES + crypto_sign_BYTES };

static const struct str dash = { "\xe2\x80\x94 ", 4 };

static void key_id(struct str name, const uint8_t pk[32], uint8_t id[KEY_ID_BYTES])
{
    uint8_t hash[32];

    vault_sha256(hash, PARTS(name, STR("\n\x04"), str_of(pk, 32)));
    memcpy(id, hash, KEY_ID_BYTES);
}

/* What is signed: a head line with the time, and the three lines of the checkpoint. */
static struct str message(struct out *o, struct str text, i64 seconds)
{
    out_f(o, "cosignature/v1\ntime %lld\n", (long long)seconds);
    out_str(o, str_upto(text, str_find(text, STR("\n\n")) + 1));
    return out_done(o);
}

void witness_key_of_seed(struct witness_key *key, const uint8_t seed[32])
{
    crypto_sign_seed_keypair(key->pk, key->sk, seed);
}

struct str checkpoint_cosign(struct arena *a, struct str text, struct str name, const struct witness_key *key, i64 seconds)
{
    struct out o = { .max = 1 << 16 };
    struct str said = message(&o, text, seconds), line;
    uint8_t bytes[LINE_BYTES];

    key_id(name, key->pk, bytes);
    for (int i = 0; i < TIME_BYTES; i++)
        bytes[KEY_ID_BYTES + i] = (uint8_t)(seconds >> 8 * (TIME_BYTES - 1 - i));
    crypto_sign_detached(bytes + KEY_ID_BYTES + TIME_BYTES, NULL, (const unsigned char *)said.at, said.n, key->sk);
    out_free(&o);
    line = vault_base64(a, str_of(bytes, sizeof bytes));
    return arena_f(a, "%.*s%.*s %.*s\n", (int)dash.n, dash.at, (int)name.n, name.at, (int)line.n, line.at);
}

static bool line_of(struct str line, struct str name, const uint8_t pk[32], uint8_t bytes[LINE_BYTES])
{
    uint8_t id[KEY_ID_BYTES];
    struct str who;

    if (!str_starts(line, dash))
        return false;
    line = str_from(line, dash.n);
    key_id(name, pk, id);
    return str_cut(&line, ' ', &who) && str_eq(who, name) && vault_base64_read(line, bytes, LINE_BYTES) &&
           memcmp(id, bytes, sizeof id) == 0;
}

static bool line_signs(struct str text, const uint8_t bytes[LINE_BYTES], const uint8_t pk[32], i64 *seconds)
{
    struct out o = { .max = 1 << 16 };
    struct str said;
    bool right;

    *seconds = 0;
    for (int i = 0; i < TIME_BYTES; i++)
        *seconds = (i64)((uint64_t)*seconds << 8 | bytes[KEY_ID_BYTES + i]);
    said = message(&o, text, *seconds);
    right = crypto_sign_verify_detached(bytes + KEY_ID_BYTES + TIME_BYTES, (const unsigned char *)said.at, said.n, pk) == 0;
    out_free(&o);
    return right;
}

status checkpoint_cosigned(struct str text, struct str name, const uint8_t pk[32], i64 *seconds)
{
    struct str rest = str_from(text, str_find(text, STR("\n\n")) + 2), line;
    uint8_t bytes[LINE_BYTES];

    while (str_cut(&rest, '\n', &line))
        if (line_of(line, name, pk, bytes) && line_signs(text, bytes, pk, seconds))
            return OK;
    return fail(BROKEN, "no signature of the witness");
}
