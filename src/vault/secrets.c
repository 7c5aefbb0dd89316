#include "vault.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { SECRETS_BYTES = 64 * 1024, ALIGN = 16 };

/* sodium_malloc costs 28 us because of its guard pages and locks: hence one block for each worker, given
   out in order. */
struct secrets {
    uint8_t *block;
    size_t used;
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

struct secrets *secrets_make(void)
{
    struct secrets *s = memory_new(sizeof *s);

    s->block = sodium_malloc(SECRETS_BYTES);
    if (s->block == NULL)
        no_memory("no_locked_memory");
    sodium_memzero(s->block, SECRETS_BYTES);
    return s;
}

void secrets_wipe(struct secrets *s)
{
    sodium_memzero(s->block, s->used);
    s->used = 0;
}

size_t secrets_mark(const struct secrets *s)
{
    return s->used;
}

void secrets_back(struct secrets *s, size_t mark)
{
    assert(mark <= s->used);
    sodium_memzero(s->block + mark, s->used - mark);
    s->used = mark;
}

bool secrets_are_zero(const struct secrets *s)
{
    return sodium_is_zero(s->block, SECRETS_BYTES);
}

void secrets_free(struct secrets *s)
{
    if (s == NULL)
        return;
    sodium_free(s->block);
    free(s);
}

void *secrets_alloc(struct secrets *s, size_t n)
{
    void *at = s->block + s->used;

    assert(n <= SECRETS_BYTES - s->used);
    s->used += (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    assert(s->used <= SECRETS_BYTES);
    return at;
}
