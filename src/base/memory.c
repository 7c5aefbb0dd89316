#include "memory.h"

#include <assert.h>
#include <malloc.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(at, n) ASAN_POISON_MEMORY_REGION(at, n)
#define UNPOISON(at, n) ASAN_UNPOISON_MEMORY_REGION(at, n)
#else
#define POISON(at, n) ((void)(at), (void)(n))
#define UNPOISON(at, n) ((void)(at), (void)(n))
#endif

enum { BLOCK_BYTES = 64 * 1024, ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    alignas(ALIGN) char bytes[];
};

struct arena_end {
    struct arena_end *before;
    void (*end)(void *what);
    void *what;
};

void *memory_new(size_t n)
{
    void *at = calloc(1, n ? n : 1);

    if (at == NULL) {
        fputs("error memory out_of_memory\n", stderr);
        abort();
    }
    return at;
}

void *memory_grow(void *old, size_t old_n, size_t n)
{
    void *at = memory_new(n);

    if (old != NULL) {
        memcpy(at, old, old_n);
        explicit_bzero(old, old_n);
        free(old);
    }
    return at;
}

void memory_free(void *at)
{
    if (at == NULL)
        return;
    explicit_bzero(at, malloc_usable_size(at));
    free(at);
}

void *memory_library_new(size_t n)
{
    return memory_new(n);
}

void *memory_library_resize(void *old, size_t n)
{
    size_t old_n = old ? malloc_usable_size(old) : 0;

    return memory_grow(old, old_n < n ? old_n : n, n);
}

char *memory_library_copy(const char *text)
{
    size_t n = strlen(text) + 1;

    return memcpy(memory_new(n), text, n);
}

static struct arena_block *block_new(size_t n)
{
    size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
    struct arena_block *b = memory_new(sizeof *b + size);

    b->size = size;
    POISON(b->bytes, size);
    return b;
}

struct arena arena_make(size_t limit)
{
    struct arena_block *b = block_new(0);

    return (struct arena){ .first = b, .now = b, .limit = limit };
}

static void block_reset(struct arena_block *b, bool wipe)
{
    UNPOISON(b->bytes, b->size);
    if (wipe)
        explicit_bzero(b->bytes, b->used);
    else
        memset(b->bytes, 0, b->used);
    b->used = 0;
    POISON(b->bytes, b->size);
}

void arena_at_end(struct arena *a, void (*end)(void *what), void *what)
{
    struct arena_end *e = NEW(a, struct arena_end);

    *e = (struct arena_end){ a->ends, end, what };
    a->ends = e;
}

static void run_ends(struct arena *a, const struct arena_end *until)
{
    while (a->ends != until) {
        struct arena_end *e = a->ends;

        a->ends = e->before;
        e->end(e->what);
    }
}

void arena_reset(struct arena *a, bool wipe)
{
    struct arena_block *b, *next;

    run_ends(a, NULL);
    b = a->first->next;
    block_reset(a->first, wipe);
    for (; b != NULL; b = next) {
        next = b->next;
        block_reset(b, wipe);
        UNPOISON(b->bytes, b->size);
        free(b);
    }
    a->first->next = NULL;
    a->now = a->first;
    a->used = 0;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){ a->now, a->ends, a->now->used, a->used };
}

void arena_back(struct arena *a, struct arena_mark mark)
{
    struct arena_block *b = mark.now->next, *next;

    run_ends(a, mark.ends);
    for (; b != NULL; b = next) {
        next = b->next;
        block_reset(b, true);
        UNPOISON(b->bytes, b->size);
        free(b);
    }
    explicit_bzero(mark.now->bytes + mark.block_used, mark.now->used - mark.block_used);
    POISON(mark.now->bytes + mark.block_used, mark.now->used - mark.block_used);
    mark.now->next = NULL;
    mark.now->used = mark.block_used;
    a->now = mark.now;
    a->used = mark.used;
}

void arena_free(struct arena *a)
{
    arena_reset(a, true);
    UNPOISON(a->first->bytes, a->first->size);
    free(a->first);
    *a = (struct arena){ 0 };
}

static void arena_over(struct arena *a)
{
    if (a->over != NULL)
        longjmp(*a->over, 1);
    fputs("error memory arena_limit\n", stderr);
    abort();
}

void *arena_alloc(struct arena *a, size_t n)
{
    size_t need = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    void *at;

    if (need < n || need > a->limit - a->used)
        arena_over(a);
    if (a->now->size - a->now->used < need) {
        a->now->next = block_new(need);
        a->now = a->now->next;
    }
    at = a->now->bytes + a->now->used;
    UNPOISON(at, need);
    a->now->used += need;
    a->used += need;
    return at;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n))
        arena_over(a);
    return arena_alloc(a, n);
}

struct str arena_copy(struct arena *a, struct str s)
{
    char *at;

    if (s.at == NULL)
        return STR_NULL;
    at = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(at, s.at, s.n);
    return (struct str){ at, s.n };
}

struct str arena_f(struct arena *a, const char *format, ...)
{
    va_list args, again;
    char *at;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    assert(n >= 0);
    at = arena_alloc(a, (size_t)n + 1);
    vsnprintf(at, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return (struct str){ at, (size_t)n };
}
