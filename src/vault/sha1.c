#include "sha1.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { BLOCK = 64 };

static uint32_t rotate(uint32_t v, int n)
{
    return v << n | v >> (32 - n);
}

static void put_be(uint8_t *at, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        at[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

/* The function and constant of one of the four rounds of twenty steps. */
static uint32_t mix(int step, uint32_t b, uint32_t c, uint32_t d)
{
    switch (step / 20) {
    case 0:  return ((b & c) | (~b & d)) + 0x5a827999;
    case 1:  return (b ^ c ^ d) + 0x6ed9eba1;
    case 2:  return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    default: return (b ^ c ^ d) + 0xca62c1d6;
    }
}

static void sha1_block(uint32_t h[5], const uint8_t block[BLOCK])
{
    uint32_t w[80], v[5];

    memcpy(v, h, sizeof v);
    for (int i = 0; i < 80; i++) {
        const uint8_t *p = block + 4 * i;
        uint32_t sum;

        if (i < 16)
            w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        else
            w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        sum = rotate(v[0], 5) + mix(i, v[1], v[2], v[3]) + v[4] + w[i];
        v[4] = v[3], v[3] = v[2], v[2] = rotate(v[1], 30), v[1] = v[0], v[0] = sum;
    }
    for (int i = 0; i < 5; i++)
        h[i] += v[i];
}

/* Hash of one block `first` followed by a tail of at most 55 bytes: all that an HMAC of short text needs. */
static void sha1_block_and_tail(uint8_t hash[SHA1_BYTES], const uint8_t first[BLOCK],
                                const uint8_t *tail, size_t n)
{
    uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    uint8_t last[BLOCK] = { 0 };

    memcpy(last, tail, n);
    last[n] = 0x80;
    put_be(last + 56, 8 * (BLOCK + (uint64_t)n), 8);
    sha1_block(h, first);
    sha1_block(h, last);
    for (int i = 0; i < 5; i++)
        put_be(hash + 4 * i, h[i], 4);
}

void hmac_sha1(uint8_t mac[SHA1_BYTES], const uint8_t *key, size_t key_n, const uint8_t text[8])
{
    uint8_t inner[BLOCK], outer[BLOCK];

    assert(key_n <= BLOCK);
    for (size_t i = 0; i < BLOCK; i++) {
        uint8_t k = i < key_n ? key[i] : 0;

        inner[i] = k ^ 0x36;
        outer[i] = k ^ 0x5c;
    }
    sha1_block_and_tail(mac, inner, text, 8);
    sha1_block_and_tail(mac, outer, mac, SHA1_BYTES);
    sodium_memzero(inner, sizeof inner);
    sodium_memzero(outer, sizeof outer);
}
