#include "html.h"

#include "texts.h"

#include <stdarg.h>

enum { URL_MAX = 4096, TEXT_FILLED_MAX = 1 << 16 };

/* -- values ------------------------------------------------------------------------------------------ */

void html_put_str(struct out *o, struct str s)
{
    out_html(o, s);
}

void html_put_c(struct out *o, const char *c)
{
    out_html(o, str_c(c));
}

void html_put_int(struct out *o, i64 value)
{
    out_i64(o, value);
}

void html_put_html(struct out *o, struct html html)
{
    out_str(o, html.raw);
}

void html_put_url(struct out *o, struct url url)
{
    out_html(o, url.raw);           /* '&' between the parts of a query is an entity in HTML */
}

void html_put_id(struct out *o, struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    out_c(o, text);
}

/* -- texts ------------------------------------------------------------------------------------------- */

static bool lacks(int lang, int key)
{
    return text_table[lang][key].at == NULL;
}

struct str text_in(int lang, int key)
{
    return text_table[lacks(lang, key) ? 0 : lang][key];
}

int text_key_of(struct str id)
{
    int low = 0, high = TEXT_KEYS;

    while (low < high) {
        int middle = low + (high - low) / 2, order = str_compare(text_ids[middle], id);

        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return T_NONE;
}

size_t text_missing(int lang)
{
    size_t n = 0;

    for (int key = T_NONE + 1; key < TEXT_KEYS; key++)
        n += lacks(lang, key);
    return n;
}

/* Gives what stands before the next place {n} and moves behind it; 0 where no place is left. */
static int next_place(struct str *rest, struct str *before)
{
    size_t i = str_find_char(*rest, '{');
    int place = 0;

    *before = str_upto(*rest, i);
    if (i + 2 < rest->n)
        place = rest->at[i + 1] - '0';      /* langc let nothing else than {1} to {9} through */
    *rest = str_from(*rest, i + 3);
    return place;
}

int html_text_next(struct out *o, struct str *rest)
{
    struct str before;
    int place = next_place(rest, &before);

    out_html(o, before);
    return place;
}

struct str html_text_begin(struct out *o, int lang, int key, bool markup)
{
    if (markup && lacks(lang, key)) {
        out_c(o, "<span lang=\"");
        out_str(o, text_langs[0]);
        out_c(o, "\">");
    }
    return text_in(lang, key);
}

void html_text_end(struct out *o, int lang, int key, bool markup)
{
    if (markup && lacks(lang, key))
        out_c(o, "</span>");
}

void html_text(struct out *o, int lang, int key, bool markup)
{
    out_html(o, html_text_begin(o, lang, key, markup));
    html_text_end(o, lang, key, markup);
}

static struct str kept(struct arena *a, struct out *o)
{
    struct str s = arena_copy(a, out_done(o));

    out_wipe(o);                            /* may hold what a child wrote */
    out_free(o);
    return s;
}

struct str text_fill(struct arena *a, int lang, int key, struct str first, struct str second)
{
    struct out o = { .max = TEXT_FILLED_MAX };
    struct str rest = text_in(lang, key), before;
    int place;

    do {
        place = next_place(&rest, &before);
        out_str(&o, before);
        if (place > 0)
            out_str(&o, place == 1 ? first : second);
    } while (place > 0);
    return kept(a, &o);
}

/* -- addresses --------------------------------------------------------------------------------------- */

static bool unreserved(char c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    return letter || (c >= '0' && c <= '9') || (c && strchr("-._~", c) != NULL);
}

static void put_encoded(struct out *o, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (unreserved(s.at[i]))
            out_char(o, s.at[i]);
        else
            out_f(o, "%%%02X", (unsigned char)s.at[i]);
    }
}

struct url url_path(const char *path)
{
    return (struct url){ str_c(path) };
}

/* Writes the argument of one conversion and gives what stands behind it. */
static const char *put_conversion(struct out *o, const char *f, va_list *args)
{
    static const struct { const char *text; int kind; } known[] = {
        { "s", 's' }, { ".*s", '*' }, { "d", 'd' }, { "lld", 'l' }, { "zu", 'z' }, { "%", '%' },
    };
    size_t i = 0;
    int n;

    while (i < COUNT_OF(known) && strncmp(f, known[i].text, strlen(known[i].text)) != 0)
        i++;
    if (i == COUNT_OF(known)) {
        o->over = true;
        return f;
    }
    switch (known[i].kind) {
    case 's': put_encoded(o, str_c(va_arg(*args, const char *))); break;
    case '*': n = va_arg(*args, int); put_encoded(o, str_of(va_arg(*args, const char *), (size_t)n)); break;
    case 'd': out_i64(o, va_arg(*args, int)); break;
    case 'l': out_i64(o, va_arg(*args, long long)); break;
    case 'z': out_i64(o, (i64)va_arg(*args, size_t)); break;
    default:  out_char(o, '%');
    }
    return f + strlen(known[i].text);
}

struct url url_f(struct arena *a, const char *format, ...)
{
    struct out o = { .max = URL_MAX };
    va_list args;

    va_start(args, format);
    for (const char *f = format; *f && !o.over;) {
        if (*f == '%')
            f = put_conversion(&o, f + 1, &args);
        else
            out_char(&o, *f++);
    }
    va_end(args);
    if (o.over) {               /* too long, or a conversion that is not known: an address that leads nowhere */
        out_free(&o);
        return url_path("#");
    }
    return (struct url){ kept(a, &o) };
}

struct url url_id(struct arena *a, const char *before, struct id id, const char *after)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return (struct url){ arena_f(a, "%s%s%s", before, text, after) };
}

struct url url_query(struct arena *a, struct url to, const char *name, struct str value)
{
    size_t mark = str_find_char(to.raw, '#');       /* the place on the page stays last */
    struct out o = { .max = URL_MAX };

    if (value.n == 0)
        return to;
    out_str(&o, str_upto(to.raw, mark));
    out_char(&o, str_find_char(to.raw, '?') < mark ? '&' : '?');
    out_c(&o, name);
    out_char(&o, '=');
    put_encoded(&o, value);
    out_str(&o, str_from(to.raw, mark));
    if (o.over) {
        out_free(&o);
        return to;
    }
    return (struct url){ kept(a, &o) };
}

struct url url_lang(struct arena *a, struct url to, struct str lang_query)
{
    return url_query(a, to, "lang", str_from(lang_query, strlen("?lang=")));
}

struct url url_tel(struct arena *a, struct str number)
{
    struct out o = { .max = 64 };

    out_c(&o, "tel:");
    for (size_t i = 0; i < number.n; i++)
        if (number.at[i] >= '*' && number.at[i] <= '9' && strchr(",-./", number.at[i]) == NULL)
            out_char(&o, number.at[i]);
    return (struct url){ kept(a, &o) };
}

struct url url_web(struct arena *a, struct str address)
{
    struct out o = { .max = URL_MAX };

    if (!str_starts(address, STR("https://")) && !str_starts(address, STR("http://")))
        return url_path("#");
    for (size_t i = 0; i < address.n; i++) {
        char c = address.at[i];

        if (unreserved(c) || (c && strchr(":/?#[]@!$&'()*+,;=%", c) != NULL))
            out_char(&o, c);
        else
            out_f(&o, "%%%02X", (unsigned char)c);
    }
    if (o.over) {
        out_free(&o);
        return url_path("#");
    }
    return (struct url){ kept(a, &o) };
}
