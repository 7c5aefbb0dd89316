/* Checkpoints: https://c2sp.org/tlog-checkpoint, a signed note of three lines. */
#include "merkle.h"

struct str checkpoint_sign(struct arena *a, struct str origin, const struct merkle *m,
                           const struct house_keys *h)
{
    struct digest root = merkle_root(m);
    struct str hash = vault_base64(a, digest_str(&root));

    return signed_note_make(a, arena_f(a, "%.*s\n%lld\n%.*s\n", (int)origin.n, origin.at, (long long)m->size, (int)hash.n, hash.at),
                     origin, h);
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

status checkpoint_read(struct str text, const uint8_t log_pk[32], struct checkpoint *c)
{
    struct str body;

    if (!signed_note_body(text, &body) || !read_body(body, c))
        return fail(INVALID, "not a checkpoint");
    return signed_note_is_of(text, c->origin, log_pk)
               ? OK : fail(BROKEN, "the checkpoint of size %lld is not signed by this log", (long long)c->size);
}
