#include "vault.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { SECRETS_BYTES = 64 * 1024, BLOCKS_MAX = 256, ALIGN = 16 };

/* sodium_malloc costs 28 us because of its guard pages and locks: hence one block for each worker, given
   out in order. A request that opens more than fits (a case with hundreds of threads) gets more blocks, which go with it:
   no number of rows may end the process. `used` counts over all blocks; nothing lies across the end of one. */
struct secrets {
    uint8_t *blocks[BLOCKS_MAX];
    size_t n_blocks, used;
};

static _Noreturn void no_memory(const char *what)
{
    fprintf(stderr, "error vault %s\n", what);
    abort();
}

void vault_start(void)
{
    if (sodium_init() < 0)
        no_memory("sodium_init");
}

static void block_add(struct secrets *s)
{
    uint8_t *block = s->n_blocks < BLOCKS_MAX ? sodium_malloc(SECRETS_BYTES) : NULL;

    if (block == NULL)
        no_memory("no_locked_memory");
    sodium_memzero(block, SECRETS_BYTES);
    s->blocks[s->n_blocks++] = block;
}

struct secrets *secrets_make(void)
{
    struct secrets *s = memory_new(sizeof *s);

    block_add(s);
    return s;
}

/* Zeroes what lies behind the mark; further blocks than the mark needs go. */
void secrets_back(struct secrets *s, size_t mark)
{
    size_t keep = mark / SECRETS_BYTES + 1, from = mark % SECRETS_BYTES;
    size_t end = s->used / SECRETS_BYTES + 1 == keep ? s->used % SECRETS_BYTES : SECRETS_BYTES;

    assert(mark <= s->used);
    for (; s->n_blocks > keep; s->n_blocks--)
        sodium_free(s->blocks[s->n_blocks - 1]);        /* zeroes it first */
    if (s->n_blocks == keep)
        sodium_memzero(s->blocks[keep - 1] + from, end - from);
    s->used = mark;
}

void secrets_wipe(struct secrets *s)
{
    secrets_back(s, 0);
}

size_t secrets_mark(const struct secrets *s)
{
    return s->used;
}

bool secrets_are_zero(const struct secrets *s)
{
    return s->n_blocks == 1 && sodium_is_zero(s->blocks[0], SECRETS_BYTES);
}

void secrets_free(struct secrets *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n_blocks; i++)
        sodium_free(s->blocks[i]);
    free(s);
}

void *secrets_alloc(struct secrets *s, size_t n)
{
    size_t rounded = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1), left = SECRETS_BYTES - s->used % SECRETS_BYTES;
    uint8_t *at;

    assert(n <= SECRETS_BYTES);
    if (rounded > left)
        s->used += left;
    while (s->used / SECRETS_BYTES >= s->n_blocks)
        block_add(s);
    at = s->blocks[s->used / SECRETS_BYTES] + s->used % SECRETS_BYTES;
    s->used += rounded;
    return at;
}
