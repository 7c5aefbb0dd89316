/* Checkpoints: https://c2sp.org/tlog-checkpoint, signed notes: https://c2sp.org/signed-note (Ed25519,
   algorithm 0x01). */
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

struct str checkpoint_sign(struct arena *a, struct str origin, const struct merkle *m,
                           const struct house_keys *h)
{
    struct digest root = merkle_root(m);
    struct str hash = vault_base64(a, digest_str(&root));
    struct str text = arena_f(a, "%.*s\n%lld\n%.*s\n", (int)origin.n, origin.at, (long long)m->size,
                              (int)hash.n, hash.at);
    uint8_t signature[SIGNATURE_BYTES];
    struct str line;

    key_id(origin, h->log_pk, signature);
    crypto_sign_detached(signature + KEY_ID_BYTES, NULL, (const unsigned char *)text.at, text.n, h->log_sk);
    line = vault_base64(a, str_of(signature, sizeof signature));
    return arena_f(a, "%.*s\n%.*s%.*s %.*s\n", (int)text.n, text.at, (int)dash.n, dash.at,
                   (int)origin.n, origin.at, (int)line.n, line.at);
}

/* The three lines of the body; the number must be written the one way that signing writes it. */
static bool read_body(struct str body, struct checkpoint *c)
{
    struct str size, hash;

    return str_cut(&body, '\n', &c->origin) && c->origin.n > 0 &&
        str_cut(&body, '\n', &size) && str_i64(size, &c->size) && c->size >= 0 &&
        (size.at[0] != '0' || size.n == 1) && size.at[0] != '-' &&
        str_cut(&body, '\n', &hash) && vault_base64_read(hash, c->root.b, sizeof c->root.b);
}

/* True for the signature line of this key. Other lines are cosignatures of witnesses and are passed over. */
static bool line_signs(struct str line, const struct checkpoint *c, struct str body, const uint8_t log_pk[32])
{
    uint8_t signature[SIGNATURE_BYTES], id[KEY_ID_BYTES];
    struct str name;

    if (!str_starts(line, dash))
        return false;
    line = str_from(line, dash.n);
    key_id(c->origin, log_pk, id);
    return str_cut(&line, ' ', &name) && str_eq(name, c->origin) &&
        vault_base64_read(line, signature, sizeof signature) && memcmp(id, signature, sizeof id) == 0 &&
        crypto_sign_verify_detached(signature + KEY_ID_BYTES, (const unsigned char *)body.at, body.n,
                                    log_pk) == 0;
}

status checkpoint_read(struct str text, const uint8_t log_pk[32], struct checkpoint *c)
{
    size_t end = str_find(text, STR("\n\n"));
    struct str body = str_upto(text, end + 1), rest = str_from(text, end + 2), line;

    if (end == text.n || !read_body(body, c) || !str_ends(rest, STR("\n")))
        return fail(INVALID, "not a checkpoint");
    while (str_cut(&rest, '\n', &line))
        if (line_signs(line, c, body, log_pk))
            return OK;
    return fail(BROKEN, "the checkpoint of size %lld is not signed by this log", (long long)c->size);
}
