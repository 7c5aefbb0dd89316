/* Argon2id in memory that is kept. libsodium maps its 4 MiB anew for each derivation, and the kernel clears a thousand pages
   each time: more work than the derivation itself (docs/benchmarks.md). So the short ones run in blocks of ours, by libargon2,
   with the same bytes out; it wipes the block after each use. There are as many blocks as processors: who finds none free
   waits for one, since more at once would only share the same processors and push each other out of the caches. */
#include "argon2_kept.h"

#include <argon2.h>
#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCKS_MAX = 8, HUGE_PAGE = 2 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static uint8_t *idle[BLOCKS_MAX];
static long n_idle, made;

static long blocks_most(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return processors < 1 ? 1 : processors > BLOCKS_MAX ? BLOCKS_MAX : processors;
}

/* Never into a core file; in huge pages where the kernel has them. */
static uint8_t *block_make(void)
{
    uint8_t *block = aligned_alloc(HUGE_PAGE, ARGON2_KEPT_BYTES);

    if (block == NULL)
        return NULL;
    (void)madvise(block, ARGON2_KEPT_BYTES, MADV_DONTDUMP);
    (void)madvise(block, ARGON2_KEPT_BYTES, MADV_HUGEPAGE);
    return block;
}

static uint8_t *block_take(void)
{
    uint8_t *block = NULL;

    pthread_mutex_lock(&lock);
    while (n_idle == 0 && made >= blocks_most())
        pthread_cond_wait(&freed, &lock);
    if (n_idle > 0)
        block = idle[--n_idle];
    else if ((block = block_make()) != NULL)
        made++;
    pthread_mutex_unlock(&lock);
    return block;
}

static void block_give(uint8_t *block)
{
    pthread_mutex_lock(&lock);
    idle[n_idle++] = block;
    pthread_cond_signal(&freed);
    pthread_mutex_unlock(&lock);
}

/* libargon2 asks for its memory by a function without an argument of ours. */
static _Thread_local uint8_t *mine;

static int lend(uint8_t **memory, size_t bytes)
{
    assert(bytes == ARGON2_KEPT_BYTES);
    *memory = mine;
    return mine == NULL ? ARGON2_MEMORY_ALLOCATION_ERROR : ARGON2_OK;
}

static void take_back(uint8_t *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

bool argon2_kept(struct key *m, struct str text, const uint8_t salt[SALT_BYTES], i64 ops)
{
    argon2_context context = {
        .out = m->b, .outlen = sizeof m->b, .pwd = (uint8_t *)(uintptr_t)(text.at ? text.at : ""), .pwdlen = (uint32_t)text.n,
        .salt = (uint8_t *)(uintptr_t)salt, .saltlen = SALT_BYTES, .t_cost = (uint32_t)ops,
        .m_cost = ARGON2_KEPT_BYTES / 1024, .lanes = 1, .threads = 1, .version = ARGON2_VERSION_13,
        .allocate_cbk = lend, .free_cbk = take_back, .flags = ARGON2_DEFAULT_FLAGS,
    };
    int error;

    mine = block_take();
    if (mine == NULL)
        return false;
    error = argon2id_ctx(&context);
    block_give(mine);
    mine = NULL;
    return error == ARGON2_OK;
}
