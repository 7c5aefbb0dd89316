/* Cosignatures of witnesses: https://c2sp.org/tlog-cosignature (Ed25519, algorithm 0x04). */
#include "note.h"

#include "merkle.h"

#include <sodium.h>

enum { TIME_BYTES = 8, LINE_BYTES = NOTE_KEY_ID + TIME_BYTES + crypto_sign_BYTES };

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
    struct str said = message(&o, text, seconds);
    uint8_t bytes[LINE_BYTES];

    note_key_id(name, key->pk, NOTE_COSIGNATURE, bytes);
    for (int i = 0; i < TIME_BYTES; i++)
        bytes[NOTE_KEY_ID + i] = (uint8_t)(seconds >> 8 * (TIME_BYTES - 1 - i));
    crypto_sign_detached(bytes + NOTE_KEY_ID + TIME_BYTES, NULL, (const unsigned char *)said.at, said.n, key->sk);
    out_free(&o);
    return note_line(a, name, str_of(bytes, sizeof bytes));
}

static bool line_signs(struct str text, const uint8_t bytes[LINE_BYTES], const uint8_t pk[32], i64 *seconds)
{
    struct out o = { .max = 1 << 16 };
    struct str said;
    bool right;

    *seconds = 0;
    for (int i = 0; i < TIME_BYTES; i++)
        *seconds = (i64)((uint64_t)*seconds << 8 | bytes[NOTE_KEY_ID + i]);
    said = message(&o, text, *seconds);
    right = crypto_sign_verify_detached(bytes + NOTE_KEY_ID + TIME_BYTES, (const unsigned char *)said.at, said.n, pk) == 0;
    out_free(&o);
    return right;
}

status checkpoint_cosigned(struct str text, struct str name, const uint8_t pk[32], i64 *seconds)
{
    struct str rest = str_from(text, str_find(text, STR("\n\n")) + 2), line;
    uint8_t bytes[LINE_BYTES], id[NOTE_KEY_ID];

    note_key_id(name, pk, NOTE_COSIGNATURE, id);
    while (str_cut(&rest, '\n', &line))
        if (note_line_read(line, name, id, bytes, sizeof bytes) && line_signs(text, bytes, pk, seconds))
            return OK;
    return fail(BROKEN, "no signature of the witness");
}
