/* What the key derivation alone allows with libsodium, as anybody would call it: reports a second if a report were nothing but
   its Argon2id (t=1, 4 MiB), on as many threads as given, for as many seconds. With "ours" as the third word: our own
   (vault/argon2_kept.h). Prints the rate, and the milliseconds of processor time that one takes. It is
   the ceiling that script/bench holds durable reports against. */
#include "../src/vault/vault.h"

#include "../src/base/clock.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Atomic long derived;
static i64 until;
static bool ours;

static void *derive(void *argument)
{
    static const uint8_t salt[SALT_BYTES] = { 1 };
    struct key m;

    while (clock_mono_ms() < until)
        if (ours ? vault_pwhash(&m, STR("123456789ABCDEFP"), salt, pw_reporter) == OK
                 : crypto_pwhash(m.b, sizeof m.b, "123456789ABCDEFP", 16, salt, (unsigned long long)pw_reporter.ops,
                                 (size_t)pw_reporter.mem_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0)
            derived++;
    return argument;
}

int main(int argc, char **argv)
{
    i64 threads = 2, seconds = 5;
    pthread_t thread[64];

    if (argc > 1 && (!str_i64(str_c(argv[1]), &threads) || threads < 1 || threads > 64))
        return 2;
    if (argc > 2 && (!str_i64(str_c(argv[2]), &seconds) || seconds < 1 || seconds > 60))
        return 2;
    ours = argc > 3 && strcmp(argv[3], "ours") == 0;
    vault_start();
    until = clock_mono_ms() + seconds * SECOND_MS;
    for (i64 i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, derive, NULL);
    for (i64 i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    printf("%.1f %.3f\n", (double)derived / (double)seconds,
           (double)clock() * 1000 / CLOCKS_PER_SEC / (double)(derived ? derived : 1));
    return 0;
}
