#include "dialect.h"

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

static bool blank_char(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Length of the run from `start` for which `is` holds. */
static size_t run(struct str s, size_t start, bool is(char))
{
    size_t i = start;

    while (i < s.n && is(s.at[i]))
        i++;
    return i;
}

/* Up to and with `end`, or to the end of the text. */
static size_t until(struct str s, size_t start, struct str end)
{
    size_t found = str_find(str_from(s, start), end) + start;

    return found < s.n ? found + end.n : s.n;
}

/* A doubled quote inside is two tokens that stand side by side, which no user of the tokens can tell from one. */
static size_t quoted(struct str s)
{
    return until(s, 1, str_upto(s, 1));
}

static struct sql_token cut(struct str *rest, enum sql_token_kind kind, size_t n)
{
    struct sql_token t = { kind, str_upto(*rest, n) };

    *rest = str_from(*rest, n);
    return t;
}

struct sql_token sql_token(struct str *rest)
{
    struct str s = *rest;

    if (s.n == 0)
        return cut(rest, TOKEN_END, 0);
    if (blank_char(s.at[0]))
        return cut(rest, TOKEN_BLANK, run(s, 0, blank_char));
    if (str_starts(s, STR("--")))
        return cut(rest, TOKEN_BLANK, until(s, 2, STR("\n")));
    if (str_starts(s, STR("/*")))
        return cut(rest, TOKEN_BLANK, until(s, 2, STR("*/")));
    if (s.at[0] == '\'')
        return cut(rest, TOKEN_STRING, quoted(s));
    if (s.at[0] == '"')
        return cut(rest, TOKEN_QUOTED, quoted(s));
    if (str_starts(s, STR("::")))
        return cut(rest, TOKEN_SIGN, 2);
    if (s.at[0] == ':' && run(s, 1, word_char) > 1)
        return cut(rest, TOKEN_PARAM, run(s, 1, word_char));
    if (word_char(s.at[0]))
        return cut(rest, TOKEN_WORD, run(s, 0, word_char));
    return cut(rest, TOKEN_SIGN, 1);
}

static struct str sqlite_word(struct str word)
{
    if (str_eq_nocase(word, STR("BYTEA")))
        return STR("BLOB");
    if (str_eq_nocase(word, STR("BIGINT")))
        return STR("INTEGER");
    return word;
}

void dialect_sqlite(struct str migration, struct out *o)
{
    int words = 0;          /* of this statement */
    bool creates = false, table = false;

    for (struct sql_token t = sql_token(&migration); t.kind != TOKEN_END; t = sql_token(&migration)) {
        if (t.kind == TOKEN_WORD && words++ == 0)
            creates = str_eq_nocase(t.text, STR("CREATE"));
        else if (t.kind == TOKEN_WORD && words == 2)
            table = creates && str_eq_nocase(t.text, STR("TABLE"));
        if (str_is(t.text, ";")) {
            out_c(o, table ? " STRICT, WITHOUT ROWID" : "");
            words = 0;
            creates = table = false;
        }
        out_str(o, t.kind == TOKEN_WORD ? sqlite_word(t.text) : t.text);
    }
}
