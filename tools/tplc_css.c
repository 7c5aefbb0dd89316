#include "tplc.h"

#include <sodium.h>

/* Tokens of assets/tokens.css by theme. Those that never change are written into the rules; of the colours only
   those that the page uses are declared, for light, dark and paper. */
enum theme { LIGHT, DARK, PRINT, THEMES };
enum { TOKENS_MAX = 128 };

struct token {
    struct str name, value[THEMES];
    bool used;
};

struct sheet {
    struct token tokens[TOKENS_MAX];
    size_t n;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* A blank may go beside these. Not beside ':' on its left (a :hover), nor '+' and '-' (calc). */
static bool blank_free(char before, char after)
{
    return strchr("{};,:>(", before) != NULL || strchr("{};,>)!", after) != NULL;
}

static size_t skip_comment(struct str css, size_t i, struct place at)
{
    size_t end = str_find(str_from(css, i + 2), STR("*/"));

    if (i + 2 + end >= css.n)
        stop_at(at, "a comment is not closed");
    return i + 2 + end + 2;
}

static size_t copy_quoted(struct out *o, struct str css, size_t i, struct place at)
{
    size_t end = str_find_char(str_from(css, i + 1), css.at[i]);

    if (i + 1 + end >= css.n)
        stop_at(at, "a quote is not closed");
    out_bytes(o, css.at + i, end + 2);
    return i + end + 2;
}

static char last_char(const struct out *o)
{
    return o->n ? o->at[o->n - 1] : '{';
}

/* Comments and blanks off. */
static struct str minify(struct str css, struct place at)
{
    struct out o = { .max = 1 << 20 };
    bool blank = false;

    for (size_t i = 0; i < css.n;) {
        char c = css.at[i];

        if (str_starts(str_from(css, i), STR("/*"))) {
            i = skip_comment(css, i, at);
            continue;
        }
        if (is_blank(c)) {
            blank = true;
            i++;
            continue;
        }
        if (blank && o.n && !blank_free(last_char(&o), c))
            out_char(&o, ' ');
        blank = false;
        if (c == '}' && last_char(&o) == ';')
            o.n--;
        if (c == '"' || c == '\'') {
            i = copy_quoted(&o, css, i, at);
            continue;
        }
        out_char(&o, c);
        i++;
    }
    return out_done(&o);
}

static struct token *token_named(struct sheet *s, struct str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->tokens[i].name, name))
            return &s->tokens[i];
    return NULL;
}

static void read_token(struct sheet *s, struct str declaration, enum theme theme, struct place at)
{
    struct str value = declaration, name;
    struct token *token;

    str_cut(&value, ':', &name);
    if (!str_starts(name, STR("--")))
        return;
    token = token_named(s, name);
    if (token == NULL) {
        if (s->n == TOKENS_MAX)
            stop_at(at, "more than %d tokens", TOKENS_MAX);
        token = &s->tokens[s->n++];
        token->name = name;
    }
    token->value[theme] = value;
}

/* Reads one block "selector{declarations}" that begins with `start`. */
static void read_block(struct sheet *s, struct str css, const char *start, enum theme theme, struct place at)
{
    size_t i = str_find(css, str_c(start));
    struct str block = str_from(css, i + strlen(start)), declaration;

    if (i == css.n)
        stop_at(at, "tokens.css has no %s", start);
    block = str_upto(block, str_find_char(block, '}'));
    while (str_cut(&block, ';', &declaration))
        read_token(s, declaration, theme, at);
}

static void read_tokens(struct template *t, struct sheet *s, struct place from)
{
    const char *path = text_f("%s/assets/tokens.css", t->root);
    struct place at = { path, 1 };
    struct str css = minify(file_text(path, from), at);

    out_f(t->deps, " %s", path);
    read_block(s, css, ":root{", LIGHT, at);
    read_block(s, css, "@media(prefers-color-scheme:dark){:root:not([data-theme=light]){", DARK, at);
    read_block(s, css, "@media print{:root,:root[data-theme]{", PRINT, at);
}

static bool changes_in(const struct token *t, enum theme theme)
{
    return t->value[theme].at != NULL && !str_eq(t->value[theme], t->value[LIGHT]);
}

static bool changes(const struct token *t)
{
    return changes_in(t, DARK) || changes_in(t, PRINT);
}

/* A page declares its colours under one letter each: names are for the sources, and cost 300 bytes a page. */
static char letter_of(const struct sheet *s, const struct token *t, struct place at)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t n = 0;

    for (const struct token *other = s->tokens; other < t; other++)
        n += changes(other);
    if (n + 1 >= sizeof letters)
        stop_at(at, "more than %zu tokens change with the theme", sizeof letters - 1);
    return letters[n];
}

/* Writes rules with var(--x) replaced where x never changes. Values may name tokens themselves. */
static void write_rules(struct out *o, struct sheet *s, struct str css, struct place at)
{
    size_t i;

    while ((i = str_find(css, STR("var(--"))) < css.n) {
        struct str name = str_from(css, i + 4);
        struct token *token;

        name = str_upto(name, str_find_char(name, ')'));
        token = token_named(s, name);
        if (token == NULL)
            stop_at(at, "no token %.*s in tokens.css", (int)name.n, name.at);
        out_str(o, str_upto(css, i));
        if (changes(token))
            out_f(o, "var(--%c)", letter_of(s, token, at));
        else
            write_rules(o, s, token->value[LIGHT], at);
        token->used = true;
        css = str_from(css, i + 4 + name.n + 1);
    }
    out_str(o, css);
}

static void write_theme(struct out *o, const struct sheet *s, enum theme theme, const char *before,
                        const char *after)
{
    const struct place at = { "tokens.css", 1 };

    out_c(o, before);
    for (size_t i = 0; i < s->n; i++) {
        const struct token *t = &s->tokens[i];

        if (t->used && changes(t) && t->value[theme].at != NULL) {
            out_f(o, "%s--%c:", last_char(o) == '{' ? "" : ";", letter_of(s, t, at));
            out_str(o, t->value[theme]);
        }
    }
    out_c(o, after);
}

const char *asset_path(struct template *t, const char *folder, struct str name)
{
    const char *path = text_f("%s/assets/%s%.*s", t->root, folder, (int)name.n, name.at);

    out_f(t->deps, " %s", path);
    return path;
}

static const char *hash_of(struct str s)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    char base64[64];

    crypto_hash_sha256(hash, (const uint8_t *)s.at, s.n);
    sodium_bin2base64(base64, sizeof base64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return text_f("%s", base64);
}

/* Order matters: the page's own rules come last and win. */
void write_style(struct template *t, struct str files, struct place at)
{
    struct sheet sheet = { 0 };
    struct out rules = { .max = 1 << 20 }, style = { .max = 1 << 20 };
    struct str file;

    if (t->style_hash != NULL)
        stop_at(at, "a second {{css}}: a page has one");
    if (t->html.state != IN_TEXT)
        stop_at(at, "{{css}} inside a tag");
    read_tokens(t, &sheet, at);
    while (str_cut(&files, ' ', &file)) {
        const char *path = asset_path(t, "", file);
        struct place here = { path, 1 };

        write_rules(&rules, &sheet, minify(file_text(path, at), here), here);
    }
    write_theme(&style, &sheet, LIGHT, ":root{color-scheme:light dark", "}");
    write_theme(&style, &sheet, DARK, "@media(prefers-color-scheme:dark){:root{", "}}");
    /* only a page that is made to be printed needs the colours of paper */
    if (str_find(out_done(&rules), STR("@media print")) < rules.n)
        write_theme(&style, &sheet, PRINT, "@media print{:root{color-scheme:light", "}}");
    out_str(&style, out_done(&rules));
    t->style_hash = hash_of(out_done(&style));
    html_literal(t, str_c(text_f("<style>%.*s</style>", (int)style.n, style.at)));
    t->last = PIECE_BLOCK;
}

/* One script of a page, whole: without the blanks and the comment lines that are for the readers of its source. */
void write_script(struct template *t, struct str name, struct place at)
{
    struct str rest = file_text(asset_path(t, "", name), at), line;
    struct out o = { .max = 1 << 16 };

    if (t->script_hash != NULL)
        stop_at(at, "a second {{js}}: a page has one");
    if (t->html.state != IN_TEXT)
        stop_at(at, "{{js}} inside a tag");
    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.n == 0 || str_starts(line, STR("//")))
            continue;
        if (o.n)
            out_char(&o, '\n');
        out_str(&o, line);
    }
    if (str_find(out_done(&o), STR("</")) < o.n)
        stop_at(at, "the script holds '</'");
    t->script_hash = hash_of(out_done(&o));
    html_literal(t, str_c(text_f("<script>%.*s</script>", (int)o.n, o.at)));
    t->last = PIECE_BLOCK;
}

/* An icon is a file of our own: markup as it is, without the line breaks. */
void write_icon(struct template *t, struct str name, struct place at)
{
    const char *path = text_f("%s.svg", asset_path(t, "icons/", name));
    struct str svg = str_trim(file_text(path, at));
    struct out o = { .max = 1 << 16 };

    if (t->html.state != IN_TEXT)
        stop_at(at, "{{svg}} inside a tag");
    out_c(t->deps, ".svg");
    for (size_t i = 0; i < svg.n; i++)
        if (svg.at[i] != '\n')
            out_char(&o, svg.at[i]);
    html_literal(t, out_done(&o));
}
