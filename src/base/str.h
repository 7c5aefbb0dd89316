/* Borrowed strings, and a builder with a maximum. Bytes may hold anything; text is UTF-8. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef int64_t i64;

/* A piece of memory that somebody else owns. `at` is NULL for "absent" (SQL NULL), which is not "empty". */
struct str {
    const char *at;
    size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NULL ((struct str){ 0 })
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static inline struct str str_of(const void *at, size_t n)
{
    return (struct str){ at, n };
}

static inline struct str str_c(const char *c)
{
    return (struct str){ c, c ? strlen(c) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

static inline bool str_is(struct str a, const char *c)
{
    return str_eq(a, str_c(c));
}

bool str_eq_nocase(struct str a, struct str b);             /* ASCII letters only */
bool str_starts(struct str s, struct str start);
bool str_ends(struct str s, struct str end);
size_t str_find(struct str s, struct str what);             /* index, or s.n where absent */
size_t str_find_char(struct str s, char what);
int str_compare(struct str a, struct str b);                /* by bytes, like memcmp */
struct str str_from(struct str s, size_t start);            /* clamped */
struct str str_upto(struct str s, size_t n);                /* clamped */
struct str str_trim(struct str s);                          /* ASCII blanks off both ends */

/* Cuts `rest` at the first `by`: gives what stands before it and moves `rest` behind it. False at the end. */
bool str_cut(struct str *rest, char by, struct str *piece);

/* Decimal number with optional '-', nothing else around it. */
bool str_i64(struct str s, i64 *value);

int str_hex_digit(char c);                                  /* value of one digit of either case, or -1 */
bool str_from_hex(struct str hex, uint8_t *bytes, size_t n);    /* exactly n bytes, either case */

/* Builder. Grows by malloc up to `max`; beyond that it only sets `over`. Zero-initialise with a max:
   struct out o = { .max = 1 << 20 }. Every writer of ours ends with out_free() or keeps it for a worker. */
struct out {
    char *at;
    size_t n, size, max;
    bool over;
};

void out_bytes(struct out *o, const void *bytes, size_t n);
void out_str(struct out *o, struct str s);
void out_c(struct out *o, const char *c);
void out_char(struct out *o, char c);
void out_i64(struct out *o, i64 value);
void out_hex(struct out *o, const void *bytes, size_t n);
[[gnu::format(printf, 2, 3)]] void out_f(struct out *o, const char *format, ...);
void out_json(struct out *o, struct str s);                 /* with quotes; letters are never \u-escaped */
void out_html(struct out *o, struct str s);                 /* & < > " ' as entities */
void out_reset(struct out *o);                              /* keeps the memory */
void out_wipe(struct out *o);                               /* zeroes what was written, keeps the memory */
void out_free(struct out *o);

static inline struct str out_done(const struct out *o)
{
    return (struct str){ o->at ? o->at : "", o->n };
}
