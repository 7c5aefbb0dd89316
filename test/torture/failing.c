#include "failing.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Symbols of the program come before those of libraries, so these are the malloc of SQLite and libpq as well. Behind them stands
   the C library's own, or the sanitizer's. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REAL(name) __interceptor_##name
#endif
#endif
#ifndef REAL
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t n);
void *REAL(calloc)(size_t count, size_t n);
void *REAL(realloc)(void *old, size_t n);
void *REAL(memalign)(size_t align, size_t n);

static atomic_long asked;
static atomic_bool on, happened;
static long fails_at;
static enum failing_kind fails;

void failing_set(long nth, enum failing_kind kind)
{
    on = false;
    asked = 0;
    happened = false;
    fails_at = nth;
    fails = kind;
}

void failing_on(void)
{
    on = true;
}

void failing_off(void)
{
    on = false;
}

long failing_count(void)
{
    return asked;
}

bool failing_happened(void)
{
    return happened;
}

static bool refuses(void)
{
    long n;

    if (!on)
        return false;
    n = ++asked;
    if (fails_at == 0 || (fails == FAIL_ONE ? n != fails_at : n < fails_at))
        return false;
    happened = true;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return refuses() ? NULL : REAL(malloc)(n);
}

void *calloc(size_t count, size_t n)
{
    return refuses() ? NULL : REAL(calloc)(count, n);
}

void *realloc(void *old, size_t n)
{
    return refuses() ? NULL : REAL(realloc)(old, n);
}

void *reallocarray(void *old, size_t count, size_t n)
{
    size_t all;

    if (__builtin_mul_overflow(count, n, &all)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, all);
}

void *memalign(size_t align, size_t n)
{
    return refuses() ? NULL : REAL(memalign)(align, n);
}

void *aligned_alloc(size_t align, size_t n)
{
    return memalign(align, n);
}

int posix_memalign(void **at, size_t align, size_t n)
{
    void *got = memalign(align, n);

    if (got == NULL)
        return ENOMEM;
    *at = got;
    return 0;
}
