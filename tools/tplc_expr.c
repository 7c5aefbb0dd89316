#include "tplc.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_name_start(char c)
{
    return is_word(c) && !(c >= '0' && c <= '9');
}

/* Name of the pointer that `up` carets reach: a row, or the view. */
static const char *scope_name(const struct template *t, int up, struct place at)
{
    int level = t->depth - up;

    if (level < 0)
        stop_at(at, "%d '^' but only %d {{each}} around", up, t->depth);
    return level == 0 ? "v" : text_f("r%d", t->scopes[level - 1]);
}

/* A string or character constant at `i`: copied whole, so that a dot in it stays a dot. */
static size_t copy_constant(struct out *o, struct str text, size_t i, struct place at)
{
    char quote = text.at[i];
    size_t start = i;

    for (i++; i < text.n && text.at[i] != quote; i++)
        if (text.at[i] == '\\')
            i++;
    if (i >= text.n)
        stop_at(at, "%c is not closed", quote);
    out_str(o, str_of(text.at + start, i + 1 - start));
    return i + 1;
}

static bool begins_field(struct str text, size_t i)
{
    char before = i ? text.at[i - 1] : ' ';
    bool after_value = is_word(before) || before == ')' || before == ']';

    return i + 1 < text.n && text.at[i] == '.' && is_name_start(text.at[i + 1]) && !after_value;
}

/* Something of ours at `i` (^.x  $.x  .x  #i): writes its C and tells how many characters it took, 0 if none. */
static size_t own_syntax(const struct template *t, struct out *o, struct str text, size_t i, struct place at)
{
    int up = 0;

    while (i + (size_t)up < text.n && text.at[i + (size_t)up] == '^')
        up++;
    if (up > 0 && !begins_field(text, i + (size_t)up))
        up = 0;                             /* exclusive or */
    if (begins_field(text, i + (size_t)up)) {
        out_f(o, "%s->", scope_name(t, up, at));
        return (size_t)up + 1;
    }
    if (str_starts(str_from(text, i), STR("$."))) {
        out_c(o, "p->");
        return 2;
    }
    if (str_starts(str_from(text, i), STR("#i"))) {
        if (t->depth == 0)
            stop_at(at, "#i outside {{each}}");
        out_f(o, "i%d", t->scopes[t->depth - 1]);
        return 2;
    }
    return 0;
}

const char *expression(const struct template *t, struct str text, struct place at)
{
    struct out o = { .max = 8192 };

    for (size_t i = 0; i < text.n;) {
        size_t took;

        if (text.at[i] == '"' || text.at[i] == '\'') {
            i = copy_constant(&o, text, i, at);
            continue;
        }
        took = own_syntax(t, &o, text, i, at);
        if (took == 0)
            out_char(&o, text.at[i] == '\n' ? ' ' : text.at[i]);
        i += took ? took : 1;
    }
    if (o.n == 0)
        stop_at(at, "an expression is missing");
    out_char(&o, 0);
    return o.at;
}

/* .x  ^.x  $.x  .x.y  .x[0] and nothing else */
bool is_bare_field(struct str text)
{
    size_t i = 0;

    while (i < text.n && (text.at[i] == '^' || text.at[i] == '$'))
        i++;
    if (i == text.n || text.at[i] != '.')
        return false;
    for (; i < text.n; i++)
        if (!is_word(text.at[i]) && text.at[i] != '.' && text.at[i] != '[' && text.at[i] != ']')
            return false;
    return true;
}

/* The choice by type is written out at each place: behind a macro, gcc would report the header's line. */
#define INTEGERS(f) \
    " int: " f ", unsigned: " f ", long: " f ", unsigned long: " f ", long long: " f ", unsigned long long: " f
#define ADDRESSES "struct url: html_put_url, struct id: html_put_id," INTEGERS("html_put_int")
static const char url_writers[] = ADDRESSES;
static const char text_writers[] =
    "struct str: html_put_str, const char *: html_put_c, char *: html_put_c, struct html: html_put_html, " ADDRESSES;
static const char truths[] =
    "struct str: html_is_str, const char *: html_is_c, char *: html_is_c, struct url: html_is_url,"
    " struct html: html_is_html, bool: html_is_true," INTEGERS("html_is_int");

void write_value(struct template *t, struct str text, struct place at)
{
    const char *e = expression(t, text, at), *writers;

    html_meets_value(t, at, "a value");
    flush(t);
    code_line(t, at);
    /* "" or "?lang=en", made by the program from a fixed list: the one text that an address takes */
    writers = html_in_url(t) && !str_is(text, "$.lang_query") ? url_writers : text_writers;
    out_f(t->code, "_Generic((%s), %s)(o, %s);\n", e, writers, e);
}

const char *condition(const struct template *t, struct str text, struct place at)
{
    const char *e = expression(t, text, at);

    if (!is_bare_field(text))
        return e;
    return text_f("_Generic((%s), %s)(%s)", e, truths, e);
}
