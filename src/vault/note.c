/* Signed notes: https://c2sp.org/signed-note (Ed25519, algorithm 0x01). A text that ends with a line feed, an empty line, and
   signature lines. */
#include "note.h"

#include "merkle.h"

#include <sodium.h>

enum { SIGNATURE_BYTES = NOTE_KEY_ID + crypto_sign_BYTES };

/* an em dash and a blank begin every signature line */
static const struct str dash = { "\xe2\x80\x94 ", 4 };

void note_key_id(struct str name, const uint8_t pk[32], uint8_t algorithm, uint8_t id[NOTE_KEY_ID])
{
    uint8_t hash[32], between[2] = { '\n', algorithm };

    vault_sha256(hash, PARTS(name, str_of(between, sizeof between), str_of(pk, 32)));
    memcpy(id, hash, NOTE_KEY_ID);
}

struct str note_line(struct arena *a, struct str name, struct str bytes)
{
    struct str text = vault_base64(a, bytes);

    return arena_f(a, "%.*s%.*s %.*s\n", (int)dash.n, dash.at, (int)name.n, name.at, (int)text.n, text.at);
}

bool note_line_read(struct str line, struct str name, const uint8_t id[NOTE_KEY_ID], void *bytes, size_t n)
{
    struct str who;

    if (!str_starts(line, dash))
        return false;
    line = str_from(line, dash.n);
    return str_cut(&line, ' ', &who) && str_eq(who, name) && vault_base64_read(line, bytes, n) &&
        memcmp(id, bytes, NOTE_KEY_ID) == 0;
}

struct str signed_note_make(struct arena *a, struct str text, struct str name, const struct house_keys *h)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct str line;

    note_key_id(name, h->log_pk, NOTE_ED25519, signature);
    crypto_sign_detached(signature + NOTE_KEY_ID, NULL, (const unsigned char *)text.at, text.n, h->log_sk);
    line = note_line(a, name, str_of(signature, sizeof signature));
    return arena_f(a, "%.*s\n%.*s", (int)text.n, text.at, (int)line.n, line.at);
}

/* True for the signature line of this key; *names: it says that it is. Other lines are cosignatures of witnesses and are passed over. */
static bool line_signs(struct str line, struct str name, struct str body, const uint8_t log_pk[32], bool *names)
{
    uint8_t signature[SIGNATURE_BYTES], id[NOTE_KEY_ID];

    note_key_id(name, log_pk, NOTE_ED25519, id);
    *names = note_line_read(line, name, id, signature, sizeof signature);
    return *names && crypto_sign_verify_detached(signature + NOTE_KEY_ID, (const unsigned char *)body.at, body.n, log_pk) == 0;
}

bool signed_note_body(struct str text, struct str *body)
{
    size_t end = str_find(text, STR("\n\n"));

    *body = str_upto(text, end + 1);
    return end < text.n && str_ends(text, STR("\n"));
}

static bool any_line_signs(struct str text, struct str name, const uint8_t log_pk[32], bool *named)
{
    struct str body, rest, line;
    bool signs = false, names;

    *named = false;
    if (!signed_note_body(text, &body))
        return false;
    rest = str_from(text, body.n + 1);
    while (!signs && str_cut(&rest, '\n', &line)) {
        signs = line_signs(line, name, body, log_pk, &names);
        *named = *named || names;
    }
    return signs;
}

bool signed_note_is_of(struct str text, struct str name, const uint8_t log_pk[32])
{
    bool named;

    return any_line_signs(text, name, log_pk, &named);
}

bool signed_note_names(struct str text, struct str name, const uint8_t log_pk[32])
{
    bool named;

    (void)any_line_signs(text, name, log_pk, &named);
    return named;
}
