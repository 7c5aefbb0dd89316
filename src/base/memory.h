/* Memory that is there or ends the process, and the arena of one request. */
#pragma once

#include "str.h"

#include <setjmp.h>

/* Zeroed memory for the life of the process or of a worker. Out of memory ends the process: a request half done is worse. */
void *memory_new(size_t n);
/* Moves to a larger block and zeroes the old one, which may have held what a child wrote. */
void *memory_grow(void *old, size_t old_n, size_t n);
void memory_free(void *at);                     /* zeroes all of it first; NULL is fine */

/* Memory of one request, given back as a whole. Over the limit it jumps to `over` (web_handle answers 413), which is
   safe because a request owns nothing but its arena and its transaction. */
struct arena {
    struct arena_block *first, *now;
    struct arena_end *ends;
    size_t used, limit;
    jmp_buf *over;
};

struct arena arena_make(size_t limit);
void arena_reset(struct arena *a, bool wipe);   /* keeps the first block; `wipe` zeroes all that was given out */
void arena_free(struct arena *a);
void *arena_alloc(struct arena *a, size_t n);   /* zeroed, aligned for anything */

/* For work in many steps of which each forgets what it opened: back to a mark wipes and gives back all since. */
struct arena_mark { struct arena_block *now; struct arena_end *ends; size_t block_used, used; };
struct arena_mark arena_mark(const struct arena *a);
void arena_back(struct arena *a, struct arena_mark mark);

/* What a library allocated and only a call of its own gives back: `end(what)` runs when the arena is reset, freed, or taken back to
   an earlier mark, the latest first. It must bear that everything else of the arena still lies there, and nothing after it. */
void arena_at_end(struct arena *a, void (*end)(void *what), void *what);

/* An allocator for libraries that take one: out of memory ends the process, and what is given back or moved is zeroed. */
void *memory_library_new(size_t n);
void *memory_library_resize(void *old, size_t n);
char *memory_library_copy(const char *text);

#define NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define NEW_N(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

void *arena_array(struct arena *a, size_t count, size_t size);
struct str arena_copy(struct arena *a, struct str s);       /* with a 0 byte behind it that n does not count */
[[gnu::format(printf, 2, 3)]] struct str arena_f(struct arena *a, const char *format, ...);
