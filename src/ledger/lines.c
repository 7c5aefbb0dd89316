#include "lines.h"

void line_write(struct out *o, struct arena *a, const char *what, struct str bytes)
{
    out_c(o, what);
    out_char(o, ' ');
    out_str(o, vault_base64(a, bytes));         /* the entry of an act on many rows is longer than a line of out_f */
    out_char(o, '\n');
}

void line_path_write(struct out *o, struct arena *a, struct str path)
{
    for (size_t at = 0; at < path.n; at += sizeof(struct digest))
        line_write(o, a, "path", str_of(path.at + at, sizeof(struct digest)));
    out_c(o, "end\n");
}

/* The bytes of a line that begins with `word`. */
bool line_bytes(struct arena *a, struct str *text, const char *word, struct str *bytes)
{
    struct str rest = *text, line, said;
    size_t pad = 0, n;
    char *at;

    if (!str_cut(&rest, '\n', &line) || !str_cut(&line, ' ', &said) || !str_is(said, word) || line.n % 4 != 0)
        return false;
    while (pad < 2 && pad < line.n && line.at[line.n - 1 - pad] == '=')
        pad++;
    n = line.n / 4 * 3 - pad;
    at = arena_alloc(a, n + 1);
    if (n > 0 && !vault_base64_read(line, (uint8_t *)at, n))
        return false;
    *bytes = str_of(at, n);
    *text = rest;
    return true;
}

bool line_number(struct str *text, const char *word, i64 *n)
{
    struct str line, said;

    return str_cut(text, '\n', &line) && str_cut(&line, ' ', &said) && str_is(said, word) && str_i64(line, n) && *n >= 0;
}

bool line_path(struct arena *a, struct str *text, struct str *path)
{
    char *at = arena_alloc(a, (MERKLE_EDGE_MAX + 1) * sizeof(struct digest));
    struct str hash;
    size_t n = 0;

    while (line_bytes(a, text, "path", &hash)) {
        if (hash.n != sizeof(struct digest) || n == MERKLE_EDGE_MAX)
            return false;
        memcpy(at + n++ * sizeof(struct digest), hash.at, hash.n);
    }
    *path = str_of(at, n * sizeof(struct digest));
    return str_is(*text, "end\n");
}
