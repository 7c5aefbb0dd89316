/* Argon2id in kept memory against libsodium's. */
#include "../../../test/test.h"

#include "../argon2_kept.h"

#include <pthread.h>
#include <sodium.h>

enum { THREADS = 6, ROUNDS = 12 };

static bool same_as_sodium(size_t n, i64 ops)
{
    char text[256];
    uint8_t salt[SALT_BYTES];
    struct key ours, theirs;

    random_bytes(text, sizeof text);
    random_bytes(salt, sizeof salt);
    return argon2_kept(&ours, str_of(text, n), salt, ops) &&
           crypto_pwhash(theirs.b, sizeof theirs.b, text, n, salt, (unsigned long long)ops, ARGON2_KEPT_BYTES,
                         crypto_pwhash_ALG_ARGON2ID13) == 0 &&
           memcmp(ours.b, theirs.b, sizeof ours.b) == 0;
}

TEST(a_kept_block_gives_the_bytes_of_libsodium_for_every_length)
{
    const size_t lengths[] = { 0, 1, 15, 16, 17, 63, 64, 65, 128, 255 };

    vault_start();
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        CHECK(same_as_sodium(lengths[i], 1 + (i64)i % 3));
}

TEST(no_text_and_an_empty_one_are_the_same)
{
    uint8_t salt[SALT_BYTES] = { 1 };
    struct key none, empty;

    CHECK(argon2_kept(&none, STR_NULL, salt, 1) && argon2_kept(&empty, STR(""), salt, 1) && vault_same(&none, &empty, KEY_BYTES));
}

static void *derive(void *wrong)
{
    for (int i = 0; i < ROUNDS; i++)
        if (!same_as_sodium(16, 1))
            *(bool *)wrong = true;
    return NULL;
}

TEST(more_threads_than_blocks_wait_for_each_other_and_mix_nothing_up)
{
    pthread_t threads[THREADS];
    bool wrong[THREADS] = { false };

    for (size_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, derive, &wrong[i]) == 0);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(!wrong[i]);
    }
}

TEST_MAIN
