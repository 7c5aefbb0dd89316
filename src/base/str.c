#include "str.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool str_starts(struct str s, struct str start)
{
    return s.n >= start.n && str_eq(str_upto(s, start.n), start);
}

bool str_ends(struct str s, struct str end)
{
    return s.n >= end.n && str_eq(str_from(s, s.n - end.n), end);
}

size_t str_find(struct str s, struct str what)
{
    const char *hit = s.n ? memmem(s.at, s.n, what.at, what.n) : NULL;

    return hit ? (size_t)(hit - s.at) : s.n;
}

size_t str_find_char(struct str s, char what)
{
    const char *hit = s.n ? memchr(s.at, what, s.n) : NULL;

    return hit ? (size_t)(hit - s.at) : s.n;
}

int str_compare(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.at, b.at, n) : 0;

    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

struct str str_from(struct str s, size_t start)
{
    if (start > s.n)
        start = s.n;
    return (struct str){ s.at ? s.at + start : NULL, s.n - start };
}

struct str str_upto(struct str s, size_t n)
{
    return (struct str){ s.at, n < s.n ? n : s.n };
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.n && blank(s.at[0]))
        s = str_from(s, 1);
    while (s.n && blank(s.at[s.n - 1]))
        s.n--;
    return s;
}

bool str_cut(struct str *rest, char by, struct str *piece)
{
    size_t i;

    if (rest->at == NULL)
        return false;
    i = str_find_char(*rest, by);
    *piece = str_upto(*rest, i);
    *rest = i < rest->n ? str_from(*rest, i + 1) : STR_NULL;
    return true;
}

bool str_i64(struct str s, i64 *value)
{
    bool minus = s.n && s.at[0] == '-';
    i64 v = 0;

    s = str_from(s, minus);
    if (s.n == 0 || s.n > 19)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.at[i] - '0', &v))
            return false;
    }
    if (!minus && v == INT64_MIN)
        return false;
    *value = minus ? v : -v;
    return true;
}

int str_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool str_from_hex(struct str hex, uint8_t *bytes, size_t n)
{
    if (hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = str_hex_digit(hex.at[2 * i]), low = str_hex_digit(hex.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Makes room for n more bytes, or says that the maximum is passed. */
static bool out_room(struct out *o, size_t n)
{
    size_t size = o->size ? o->size : 256;

    if (o->over || n > o->max - o->n) {
        o->over = true;
        return false;
    }
    if (o->n + n <= o->size)
        return true;
    while (size < o->n + n)
        size *= 2;
    o->at = memory_grow(o->at, o->size, size);
    o->size = size;
    return true;
}

void out_bytes(struct out *o, const void *bytes, size_t n)
{
    if (n == 0 || !out_room(o, n))
        return;
    memcpy(o->at + o->n, bytes, n);
    o->n += n;
}

void out_str(struct out *o, struct str s)
{
    out_bytes(o, s.at, s.n);
}

void out_c(struct out *o, const char *c)
{
    out_bytes(o, c, strlen(c));
}

void out_char(struct out *o, char c)
{
    out_bytes(o, &c, 1);
}

void out_i64(struct out *o, i64 value)
{
    out_f(o, "%lld", (long long)value);
}

void out_hex(struct out *o, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *b = bytes;

    if (!out_room(o, 2 * n))
        return;
    for (size_t i = 0; i < n; i++) {
        o->at[o->n++] = digits[b[i] >> 4];
        o->at[o->n++] = digits[b[i] & 15];
    }
}

void out_f(struct out *o, const char *format, ...)
{
    char line[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof line)
        o->over = true;
    else
        out_bytes(o, line, (size_t)n);
}

static void json_char(struct out *o, char c)
{
    switch (c) {
    case '"':  out_c(o, "\\\""); break;
    case '\\': out_c(o, "\\\\"); break;
    case '\n': out_c(o, "\\n"); break;
    case '\r': out_c(o, "\\r"); break;
    case '\t': out_c(o, "\\t"); break;
    default:
        if ((unsigned char)c < 0x20)
            out_f(o, "\\u%04x", (unsigned)c);
        else
            out_char(o, c);
    }
}

void out_json(struct out *o, struct str s)
{
    out_char(o, '"');
    for (size_t i = 0; i < s.n; i++)
        json_char(o, s.at[i]);
    out_char(o, '"');
}

/* Entity of a character that means something in HTML, or NULL. */
static const char *html_entity(char c)
{
    switch (c) {
    case '&':  return "&amp;";
    case '<':  return "&lt;";
    case '>':  return "&gt;";
    case '"':  return "&quot;";
    case '\'': return "&#39;";
    default:   return NULL;
    }
}

void out_html(struct out *o, struct str s)
{
    size_t start = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *entity = html_entity(s.at[i]);

        if (entity == NULL)
            continue;
        out_bytes(o, s.at + start, i - start);
        out_c(o, entity);
        start = i + 1;
    }
    if (s.n > start)
        out_bytes(o, s.at + start, s.n - start);
}

void out_reset(struct out *o)
{
    o->n = 0;
    o->over = false;
}

void out_wipe(struct out *o)
{
    if (o->at != NULL)
        explicit_bzero(o->at, o->n);
    out_reset(o);
}

void out_free(struct out *o)
{
    free(o->at);
    *o = (struct out){ .max = o->max };
}
