#include "thief.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEYS_MAX = 8192, WORDS_MAX = 64, NONCE = 24, TAG = 16, BOX_MAX = 1 << 20 };
enum { GRANT_BYTES = 8 + WRAP_BYTES };

struct thief {
    size_t n, n_words;
    struct str words[WORDS_MAX];
    struct key keys[KEYS_MAX];
    struct pair pairs[KEYS_MAX];        /* each key as a secret key */
    struct pair seeded[KEYS_MAX];       /* and as the seed of a pair */
    uint8_t plain[BOX_MAX];
};

struct thief *thief_with_nothing(void)
{
    return calloc(1, sizeof(struct thief));
}

void thief_free(struct thief *t)
{
    free(t);
}

void thief_add(struct thief *t, const void *key)
{
    struct key k;

    memcpy(k.b, key, sizeof k.b);
    for (size_t i = 0; i < t->n; i++)
        if (memcmp(&t->keys[i], &k, sizeof k) == 0)
            return;
    if (t->n == KEYS_MAX)
        abort();
    t->keys[t->n] = t->pairs[t->n].secret = k;
    vault_pair_of_secret(&t->pairs[t->n]);
    vault_pair_of_seed(&t->seeded[t->n], &k);
    t->n++;
}

void thief_knows(struct thief *t, struct str words)
{
    if (t->n_words == WORDS_MAX)
        abort();
    t->words[t->n_words++] = words;
}

/* Every name under which the vault derives something, without further parts and for each key that is there. */
static void add_derived(struct thief *t, struct key k)
{
    static const char *const names[] = { "user-kek", "user-rec", "rep-look", "rep-seed", "sid", "sess", "csrf", "draft", "idem",
                                         "idem-key", "idem-owner", "idem-talk", "row", "invite", "invite-totp", "lately" };
    struct key made;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        vault_hash(&made, &k, names[i], NO_PARTS);
        thief_add(t, made.b);
    }
    for (uint64_t n = 1; n <= 4; n++) {
        vault_kdf(&made, &k, n, "lachan_c");
        thief_add(t, made.b);
    }
}

struct thief *thief_of_house(const char *folder)
{
    struct thief *t = thief_with_nothing();
    char path[256], line[256];
    struct str text, kgen;
    struct key k, made;
    size_t own;
    FILE *f;

    snprintf(path, sizeof path, "%s/keys/inst.key", folder);
    f = fopen(path, "re");
    if (f == NULL || fgets(line, sizeof line, f) == NULL)
        abort();
    fclose(f);
    text = str_trim(str_c(line));
    if (!str_cut(&text, ' ', &kgen) || !str_from_hex(text, k.b, sizeof k.b))
        abort();
    thief_add(t, k.b);
    for (uint64_t n = 1; n <= 8; n++) {
        vault_kdf(&made, &k, n, "lachan_1");
        thief_add(t, made.b);
    }
    own = t->n;
    for (size_t i = 0; i < own; i++)
        add_derived(t, t->keys[i]);
    return t;
}

bool thief_reads(const struct thief *t, struct str bytes)
{
    for (size_t i = 0; i < t->n_words; i++)
        if (str_find(bytes, t->words[i]) < bytes.n)
            return true;
    return false;
}

/* A secret key is known by the public one, which stands in the database and so among the thief's keys. */
static bool is_secret_key(const struct thief *t, struct str plain)
{
    struct pair pair;

    if (plain.n != KEY_BYTES)
        return false;
    memcpy(pair.secret.b, plain.at, KEY_BYTES);
    vault_pair_of_secret(&pair);
    for (size_t i = 0; i < t->n; i++)
        if (memcmp(pair.open.b, t->keys[i].b, KEY_BYTES) == 0)
            return true;
    return false;
}

static bool seal_opens(struct thief *t, struct str value)
{
    const uint8_t *at = (const uint8_t *)value.at;

    if (value.n < 1 + crypto_box_SEALBYTES || value.n > BOX_MAX)
        return false;
    for (size_t i = 0; i < t->n; i++)
        if (crypto_box_seal_open(t->plain, at + 1, value.n - 1, t->pairs[i].open.b, t->pairs[i].secret.b) == 0 ||
            crypto_box_seal_open(t->plain, at + 1, value.n - 1, t->seeded[i].open.b, t->seeded[i].secret.b) == 0)
            return true;
    return false;
}

/* The stream of a box without its tag: whatever the context was, the right key gives the text. */
static struct str box_text(struct thief *t, const struct key *k, struct str value)
{
    const uint8_t *at = (const uint8_t *)value.at;
    size_t n = value.n - 1 - NONCE - TAG;

    crypto_stream_xchacha20_xor_ic(t->plain, at + 1 + NONCE, n, at + 1, 1, k->b);
    return str_of(t->plain, n);
}

/* Layout and kind of a session, then zeros (web/session.c): 2^-48 by chance. */
static bool is_session(struct str plain)
{
    return plain.n >= 64 && plain.at[0] == 1 && (uint8_t)plain.at[1] <= 2 && memcmp(plain.at + 3, "\0\0\0\0\0", 5) == 0;
}

static bool is_grant(struct str plain)
{
    return plain.n == GRANT_BYTES && plain.at[8] == 1 && memcmp(plain.at + 2, "\0\0\0\0\0\0", 6) == 0;
}

static enum loot box_opens(struct thief *t, struct str value)
{
    if (value.n < 1 + NONCE + TAG + 1 || value.n > BOX_MAX || value.at[0] != 1)
        return LOOT_NONE;
    for (size_t i = 0; i < t->n; i++) {
        struct str plain = box_text(t, &t->keys[i], value);

        if (is_grant(plain)) {          /* an epoch looks like the head of a session: this shape first */
            uint8_t inner[WRAP_BYTES];

            memcpy(inner, plain.at + 8, sizeof inner);
            return seal_opens(t, str_of(inner, sizeof inner)) ? LOOT_SEAL : LOOT_DORMANT;
        }
        if (thief_reads(t, plain) || is_session(plain) || is_secret_key(t, plain))
            return LOOT_BOX;
    }
    return LOOT_NONE;
}

enum loot thief_opens(const struct thief *thief, struct str value)
{
    struct thief *t = (struct thief *)thief;        /* only its scratch changes */
    enum loot loot = box_opens(t, value);

    if (loot != LOOT_NONE)
        return loot;
    return value.n && (value.at[0] == 1 || value.at[0] == 2) && seal_opens(t, value) ? LOOT_SEAL : LOOT_NONE;
}

/* The tag of a chunk's stream needs its context, so the first chunk is tried by its text: the tag byte, then the words. */
static bool file_opens_with(struct thief *t, const struct key *k, struct str bytes)
{
    crypto_secretstream_xchacha20poly1305_state state;
    const uint8_t *at = (const uint8_t *)bytes.at;
    size_t header = crypto_secretstream_xchacha20poly1305_HEADERBYTES, n;

    if (bytes.n < header + crypto_secretstream_xchacha20poly1305_ABYTES + 1)
        return false;
    crypto_secretstream_xchacha20poly1305_init_pull(&state, at, k->b);
    n = bytes.n - header - crypto_secretstream_xchacha20poly1305_ABYTES;
    n = n < BOX_MAX ? n : BOX_MAX;
    /* block 0 keys the tag, block 1 is the tag byte's, the text begins in block 2 (libsodium, secretstream) */
    crypto_stream_chacha20_ietf_xor_ic(t->plain, at + header + 1, n, state.nonce, 2, state.k);
    return thief_reads(t, str_of(t->plain, n));
}

bool thief_opens_file(const struct thief *thief, struct str bytes)
{
    struct thief *t = (struct thief *)thief;

    for (size_t i = 0; i < t->n; i++)
        if (file_opens_with(t, &t->keys[i], bytes))
            return true;
    return false;
}

static status into(void *to, const void *bytes, size_t n)
{
    out_str(to, str_of(bytes, n));
    return OK;
}

bool thief_can_open_files(struct id file)
{
    struct thief *t = thief_with_nothing();
    struct out sealed = { .max = 1 << 20 };
    struct file_seal *seal = file_seal_start(file, into, &sealed);
    struct str words = STR("hoa-cuc-vang trong tep");
    struct file_sealed done;
    struct key fk;
    bool before, after;

    thief_knows(t, words);
    if (file_seal_add(seal, words.at, words.n) != OK || file_seal_finish(seal, &done, &fk) != OK)
        abort();
    file_seal_free(seal);
    before = thief_opens_file(t, out_done(&sealed));
    thief_add(t, fk.b);
    after = thief_opens_file(t, out_done(&sealed));
    out_free(&sealed);
    thief_free(t);
    return !before && after;
}
