#include "argon2_kept.h"

#include "../base/text.h"

#include <sodium.h>

enum { PASSWORD_MAX = 1024 };

const struct pw_cost pw_user = { .ops = 3, .mem_bytes = 64 << 20 };
const struct pw_cost pw_reporter = { .ops = 1, .mem_bytes = 4 << 20 };

status vault_pwhash(struct key *m, struct str password, const uint8_t salt[SALT_BYTES], struct pw_cost cost)
{
    struct arena a;
    struct str plain;
    bool done;

    if (password.n > PASSWORD_MAX)
        return fail(INVALID, "a password has at most %d bytes", PASSWORD_MAX);
    /* an arena of its own: what was typed is wiped here, whatever the caller does */
    a = arena_make(1 << 20);
    plain = text_nfkc(&a, password);
    if (cost.mem_bytes == ARGON2_KEPT_BYTES)
        done = argon2_kept(m, plain, salt, cost.ops);
    else
        done = crypto_pwhash(m->b, sizeof m->b, plain.at ? plain.at : "", plain.n, salt, (unsigned long long)cost.ops,
                             (size_t)cost.mem_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0;
    arena_free(&a);
    return !done ? fail(BUSY, "no memory for Argon2id") : OK;
}

void vault_user_kek(struct key *kek, const struct house_keys *h, struct id user, const struct key *m)
{
    vault_hash(kek, &h->pep, "user-kek", PARTS(id_bytes(&user), key_str(m)));
}

void vault_user_rec(struct key *kek, const struct house_keys *h, struct id user, struct str recovery_code)
{
    vault_hash(kek, &h->pep, "user-rec", PARTS(id_bytes(&user), recovery_code));
}

void vault_reporter(const struct house_keys *h, const struct key *m, struct key *lookup, struct pair *pair)
{
    struct key seed;

    vault_hash(lookup, &h->pep, "rep-look", PARTS(key_str(m)));
    vault_hash(&seed, &h->pep, "rep-seed", PARTS(key_str(m)));
    vault_pair_of_seed(pair, &seed);
    sodium_memzero(&seed, sizeof seed);
}
