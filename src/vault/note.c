/* Signed notes: https://c2sp.org/signed-note (Ed25519, algorithm 0x01). A text that ends with a line feed, an empty line, and
   signature lines. */
#include "merkle.h"

#include <sodium.h>

enum { KEY_ID_BYTES = 4, SIGNATURE_BYTES = KEY_ID_BYTES + crypto_sign_BYTES };

/* an em dash and a blank begin every signature line */
static const struct str dash = { "\xe2\x80\x94 ", 4 };

static void key_id(struct str name, const uint8_t log_pk[32], uint8_t id[KEY_ID_BYTES])
{
    uint8_t hash[32];

    vault_sha256(hash, PARTS(name, STR("\n\x01"), str_of(log_pk, 32)));
    memcpy(id, hash, KEY_ID_BYTES);
}

struct str signed_note_make(struct arena *a, struct str text, struct str name, const struct house_keys *h)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct str line;

    key_id(name, h->log_pk, signature);
    crypto_sign_detached(signature + KEY_ID_BYTES, NULL, (const unsigned char *)text.at, text.n, h->log_sk);
    line = vault_base64(a, str_of(signature, sizeof signature));
    return arena_f(a, "%.*s\n%.*s%.*s %.*s\n", (int)text.n, text.at, (int)dash.n, dash.at, (int)name.n, name.at,
                   (int)line.n, line.at);
}

/* True for the signature line of this key. Other lines are cosignatures of witnesses and are passed over. */
static bool line_signs(struct str line, struct str name, struct str body, const uint8_t log_pk[32])
{
    uint8_t signature[SIGNATURE_BYTES], id[KEY_ID_BYTES];
    struct str who;

    if (!str_starts(line, dash))
        return false;
    line = str_from(line, dash.n);
    key_id(name, log_pk, id);
    return str_cut(&line, ' ', &who) && str_eq(who, name) && vault_base64_read(line, signature, sizeof signature) &&
        memcmp(id, signature, sizeof id) == 0 &&
        crypto_sign_verify_detached(signature + KEY_ID_BYTES, (const unsigned char *)body.at, body.n, log_pk) == 0;
}

bool signed_note_body(struct str text, struct str *body)
{
    size_t end = str_find(text, STR("\n\n"));

    *body = str_upto(text, end + 1);
    return end < text.n && str_ends(text, STR("\n"));
}

bool signed_note_is_of(struct str text, struct str name, const uint8_t log_pk[32])
{
    struct str body, rest, line;

    if (!signed_note_body(text, &body))
        return false;
    rest = str_from(text, body.n + 1);
    while (str_cut(&rest, '\n', &line))
        if (line_signs(line, name, body, log_pk))
            return true;
    return false;
}
