#include "blocks.h"

static size_t count_kind(struct str text)
{
    struct str line;
    size_t n = 0;

    while (str_cut(&text, '\n', &line))
        n += line.n && line.at[0] == '[';
    return n;
}

static size_t count_lines(struct str text)
{
    struct str line;
    size_t n = 0;

    while (str_cut(&text, '\n', &line))
        n++;
    return n;
}

static struct str unescape(struct arena *a, struct str value)
{
    char *at = arena_alloc(a, value.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < value.n; i++) {
        bool line_end = value.at[i] == '\\' && i + 1 < value.n && value.at[i + 1] == 'n';

        at[n++] = line_end ? '\n' : value.at[i];
        i += line_end;
    }
    return str_of(at, n);
}

static bool begins(struct str line, struct str *kind)
{
    if (line.n < 3 || line.at[0] != '[' || line.at[line.n - 1] != ']')
        return false;
    *kind = str_upto(str_from(line, 1), line.n - 2);
    return true;
}

static status add_line(struct arena *a, struct block *b, struct str line, int number)
{
    struct str rest = line, key;

    if (!str_cut(&rest, ':', &key) || rest.at == NULL)
        return INVALID;
    b->at[b->n++] = (struct block_line){ str_trim(key), unescape(a, str_trim(rest)), number };
    return OK;
}

status blocks_read(struct arena *a, const char *name, struct str text, struct blocks *blocks)
{
    struct block_line *lines = NEW_N(a, struct block_line, count_lines(text));
    struct str line, kind;

    *blocks = (struct blocks){ .at = NEW_N(a, struct block, count_kind(text) + 1) };
    for (int n = 1; str_cut(&text, '\n', &line); n++) {
        struct block *b = blocks->n ? &blocks->at[blocks->n - 1] : NULL;

        line = str_trim(line);
        if (line.n == 0 || line.at[0] == '#')
            continue;
        if (begins(line, &kind)) {
            blocks->at[blocks->n++] = (struct block){ .kind = kind, .line = n, .at = b ? b->at + b->n : lines };
        } else if (b == NULL || add_line(a, b, line, n) != OK) {
            return fail(INVALID, "%s line %d: expected \"[kind]\" or \"key: value\"", name, n);
        }
    }
    return OK;
}

struct str block_get(const struct block *b, const char *key)
{
    for (size_t i = 0; i < b->n; i++)
        if (str_is(b->at[i].key, key))
            return b->at[i].value;
    return STR("");
}
