#include "text.h"

#include <stdlib.h>
#include <utf8proc.h>

/* One code point from s at *i; -1 where the bytes are broken (then *i moves by one byte). */
static utf8proc_int32_t next_point(struct str s, size_t *i)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.at + *i, (utf8proc_ssize_t)(s.n - *i), &c);

    if (n <= 0) {
        *i += 1;
        return -1;
    }
    *i += (size_t)n;
    return c;
}

bool text_valid(struct str s, size_t *bad_offset)
{
    for (size_t i = 0; i < s.n;) {
        size_t start = i;

        if (next_point(s, &i) < 0) {
            *bad_offset = start;
            return false;
        }
    }
    return true;
}

size_t text_length(struct str s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.n; count++)
        next_point(s, &i);
    return count;
}

struct str text_upto(struct str s, size_t code_points)
{
    size_t i = 0;

    while (i < s.n && code_points-- > 0)
        next_point(s, &i);
    return str_upto(s, i);
}

static bool kept(utf8proc_int32_t c)
{
    return c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f);
}

/* Repaired copy of s: valid UTF-8 with LF line ends and no control characters. Three bytes for each broken one suffice. */
static struct str repair(struct arena *a, struct str s)
{
    utf8proc_uint8_t *at = arena_array(a, s.n + 1, 3);
    size_t n = 0;

    for (size_t i = 0; i < s.n;) {
        bool cr = s.at[i] == '\r';
        utf8proc_int32_t c = next_point(s, &i);

        if (cr && i < s.n && s.at[i] == '\n')
            continue;
        if (cr)
            c = '\n';
        if (c < 0)
            c = 0xfffd;
        if (kept(c))
            n += (size_t)utf8proc_encode_char(c, at + n);
    }
    return str_of(at, n);
}

static struct str map(struct arena *a, struct str s, utf8proc_option_t options)
{
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.n, &mapped, options);
    struct str copy;

    if (n < 0)
        return s;
    copy = arena_copy(a, str_of(mapped, (size_t)n));
    explicit_bzero(mapped, (size_t)n);
    free(mapped);
    return copy;
}

static bool plain_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.at[i] < 0x20 || (unsigned char)s.at[i] >= 0x7f)
            return false;
    return true;
}

struct str text_clean(struct arena *a, struct str typed)
{
    if (plain_ascii(typed))
        return arena_copy(a, str_of(typed.at ? typed.at : "", typed.n));
    return map(a, repair(a, typed), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

status text_strict(struct arena *a, struct str typed, struct str *clean)
{
    size_t bad;

    if (!text_valid(typed, &bad))
        return fail(INVALID, "the text is not UTF-8 at byte %zu", bad);
    *clean = text_clean(a, typed);
    return OK;
}

struct str text_nfkc(struct arena *a, struct str s)
{
    size_t bad;

    if (!text_valid(s, &bad))
        return s;
    return map(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

struct str text_search_key(struct arena *a, struct str s)
{
    struct str plain = map(a, text_clean(a, s),
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
    char *at = arena_alloc(a, plain.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < plain.n; i++) {
        if (i + 1 < plain.n && memcmp(plain.at + i, "\xc4\x91", 2) == 0) {     /* đ has no decomposition */
            at[n++] = 'd';
            i++;
        } else {
            at[n++] = plain.at[i];
        }
    }
    return str_of(at, n);
}
