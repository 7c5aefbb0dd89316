/* Fixed keys and ids, the same as in vectors.py. Holds what every vault test wants before its first line. */
#pragma once

#include "vault/vault.h"

#include <stdlib.h>

static inline struct key key_no(int n)
{
    struct key k;

    for (int i = 0; i < KEY_BYTES; i++)
        k.b[i] = (uint8_t)(n + i);
    return k;
}

static inline struct id id_no(int n)
{
    struct id id;

    for (int i = 0; i < 16; i++)
        id.b[i] = (uint8_t)(16 * n + i);
    return id;
}

/* One arena for the test program: what leaks here would leak in a request. */
static inline struct arena *test_arena(void)
{
    static struct arena a;

    if (a.first == NULL) {
        vault_start();
        a = arena_make((size_t)256 << 20);
    }
    return &a;
}

/* Bytes of a hex literal. */
static inline struct str of_hex(const char *hex)
{
    size_t n = strlen(hex) / 2;
    uint8_t *bytes = arena_alloc(test_arena(), n + 1);

    if (!str_from_hex(str_c(hex), bytes, n))
        abort();
    return str_of(bytes, n);
}

static inline bool is_hex(const void *bytes, size_t n, const char *hex)
{
    return str_eq(str_of(bytes, n), of_hex(hex));
}

/* A copy with one byte changed. */
static inline struct str altered(struct str s, size_t at)
{
    struct str copy = arena_copy(test_arena(), s);

    ((char *)copy.at)[at] ^= 1;
    return copy;
}
