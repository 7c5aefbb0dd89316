#include "tplc.h"

void flush(struct template *t)
{
    struct str markup = out_done(&t->literal);

    if (markup.n == 0)
        return;
    out_c(t->code, "out_bytes(o, ");
    out_c_literal(t->code, markup);
    out_f(t->code, ", %zu);\n", markup.n);
    out_reset(&t->literal);
    t->attr_plain = false;
}

void code_line(struct template *t, struct place at)
{
    out_f(t->code, "#line %d \"%s\"\n", at.line, at.file);
}

/* Next word of a directive: a key, a value, or a literal in quotes. False at the end. */
static bool next_word(struct str *rest, struct str *word)
{
    size_t end;

    *rest = str_trim(*rest);
    if (rest->n == 0)
        return false;
    if (rest->at[0] == '"') {
        end = str_find_char(str_from(*rest, 1), '"') + 2;
    } else {
        end = str_find_char(*rest, ' ');
    }
    *word = str_upto(*rest, end);
    *rest = str_from(*rest, end);
    return true;
}

/* -- branches ---------------------------------------------------------------------------------------- */

static struct block *block_open(struct template *t, struct place at)
{
    if (t->n_blocks == BLOCKS_MAX)
        stop_at(at, "more than %d blocks in one another", BLOCKS_MAX);
    html_meets_control(t, at);
    flush(t);
    t->blocks[t->n_blocks] = (struct block){ .at = at, .html = t->html };
    return &t->blocks[t->n_blocks++];
}

static struct block *block_now(struct template *t, struct place at, const char *what)
{
    struct block *b;

    if (t->n_blocks == 0)
        stop_at(at, "{{%s}} without {{if}} or {{each}}", what);
    b = &t->blocks[t->n_blocks - 1];
    html_meets_control(t, at);
    if (!html_same(&t->html, &b->html))
        stop_at(at, "{{%s}} stands elsewhere in the HTML than the beginning on line %d", what, b->at.line);
    flush(t);
    return b;
}

static void open_if(struct template *t, struct str rest, struct place at)
{
    block_open(t, at)->kind = BLOCK_IF;
    code_line(t, at);
    out_f(t->code, "if (%s) {\n", condition(t, rest, at));
}

static void open_each(struct template *t, struct str rest, struct place at)
{
    struct block *b = block_open(t, at);
    const char *rows = expression(t, rest, at);
    int n = ++t->counter;

    b->kind = BLOCK_EACH;
    b->rows = rows;
    code_line(t, at);
    out_f(t->code, "for (size_t i%d = 0; i%d < (%s).n; i%d++) { ", n, n, rows, n);
    out_f(t->code, "const __typeof__(*(%s).at) *r%d = &(%s).at[i%d]; (void)r%d;\n", rows, n, rows, n, n);
    t->scopes[t->depth++] = n;
}

static void meet_else(struct template *t, struct place at)
{
    struct block *b = block_now(t, at, "else");

    if (b->has_else)
        stop_at(at, "a second {{else}} for line %d", b->at.line);
    b->has_else = true;
    if (b->kind == BLOCK_IF) {
        out_c(t->code, "} else {\n");
        return;
    }
    t->depth--;
    code_line(t, at);
    out_f(t->code, "} if ((%s).n == 0) {\n", b->rows);
}

static void meet_end(struct template *t, struct place at)
{
    struct block *b = block_now(t, at, "end");

    if (b->kind == BLOCK_EACH && !b->has_else)
        t->depth--;
    t->n_blocks--;
    out_c(t->code, "}\n");
}

/* -- texts ------------------------------------------------------------------------------------------- */

/* speakup.done.title -> T_SPEAKUP_DONE_TITLE: a key that no .po file has does not compile. */
static const char *text_key(struct str name, const char *more, struct place at)
{
    char *key = (char *)text_f("T_%.*s%s", (int)name.n, name.at, more);

    for (char *c = key + 2; *c; c++) {
        bool small = *c >= 'a' && *c <= 'z';

        if (small)
            *c = (char)(*c - 32);
        else if (*c == '.')
            *c = '_';
        else if (!(*c >= '0' && *c <= '9') && !(*c >= 'A' && *c <= 'Z') && *c != '_')
            stop_at(at, "'%c' in the key of a text", *c);
    }
    return key;
}

/* One value of a text: a field, or markup in quotes, which may hold directives of its own. */
static void write_argument(struct template *t, struct str word, struct place at)
{
    if (word.at[0] != '"') {
        write_value(t, word, at);
        return;
    }
    if (word.n < 2 || word.at[word.n - 1] != '"')
        stop_at(at, "a quote is not closed");
    if (t->html.state != IN_TEXT)
        stop_at(at, "markup as a value in an attribute");
    compile(t, str_upto(str_from(word, 1), word.n - 2), at);
    if (t->html.state != IN_TEXT)
        stop_at(at, "markup of a value ends inside a tag");
    flush(t);
}

/* The text is walked place by place when the page is made, since a translation may turn the order round. */
static void write_text_with(struct template *t, const char *key, struct str rest, struct place at)
{
    int n = ++t->counter, i = 0;
    struct str word;
    bool markup = html_takes_markup(t);

    code_line(t, at);
    out_f(t->code, "{ struct str t%d = html_text_begin(o, p->lang, %s, %d); ", n, key, markup);
    out_f(t->code, "for (int n%d; (n%d = html_text_next(o, &t%d)) != 0;) switch (n%d) {\n", n, n, n, n);
    while (next_word(&rest, &word)) {
        out_f(t->code, "case %d: ;\n", ++i);
        write_argument(t, word, at);
        out_c(t->code, "break;\n");
    }
    code_line(t, at);
    if (strncmp(key, "T_", 2) == 0)
        out_f(t->code, "static_assert(PLACES_%s == %d, \"the text has other places\");\n", key, i);
    out_f(t->code, "}\nhtml_text_end(o, p->lang, %s, %d); }\n", key, markup);
    t->last = PIECE_TEXT;
}

static void write_text(struct template *t, const char *key, struct str rest, struct place at)
{
    html_meets_value(t, at, "a text");
    if (html_in_url(t))
        stop_at(at, "a text in %s=", t->html.attr);
    flush(t);
    if (str_trim(rest).n > 0) {
        write_text_with(t, key, rest, at);
        return;
    }
    code_line(t, at);
    out_f(t->code, "html_text(o, p->lang, %s, %d);", key, html_takes_markup(t));
    if (strncmp(key, "T_", 2) == 0)
        out_f(t->code, " static_assert(PLACES_%s == 0, \"the text has places to fill\");", key);
    out_c(t->code, "\n");
}

static void write_text_key(struct template *t, struct str rest, struct place at)
{
    struct str word;

    if (!next_word(&rest, &word))
        stop_at(at, "which text?");
    write_text(t, text_key(word, "", at), rest, at);
}

/* {{tv key}}: the same words to a child and to a grown-up, which are two texts. */
static void write_text_voice(struct template *t, struct str rest, struct place at)
{
    struct str word;
    const char *child, *adult;

    if (!next_word(&rest, &word))
        stop_at(at, "which text?");
    child = text_key(word, "", at);
    adult = text_key(word, "_ADULT", at);
    code_line(t, at);
    out_f(t->code, "static_assert(PLACES_%s == PLACES_%s, \"the voices differ in places\");\n", child, adult);
    write_text(t, text_f("(p->adult ? %s : %s)", adult, child), rest, at);
}

static void write_text_field(struct template *t, struct str rest, struct place at)
{
    struct str word;

    if (!next_word(&rest, &word))
        stop_at(at, "which field holds the key?");
    write_text(t, text_f("(%s)", expression(t, word, at)), rest, at);
}

/* -- the rest ---------------------------------------------------------------------------------------- */

static void use_file(struct template *t, struct str rest, struct place at)
{
    const char *file = text_f("%.*s", (int)rest.n, rest.at);
    const char *own = text_f("%s/src/%.*s/pages/%s", t->root, (int)t->module.n, t->module.at, file);
    const char *common = text_f("%s/src/web/pages/%s", t->root, file);
    const char *path = file_is(own) ? own : common;

    out_f(t->deps, " %s", path);
    compile(t, str_trim(file_text(path, at)), (struct place){ path, 1 });
}

static void set_view(struct template *t, struct str rest, struct place at)
{
    if (t->view.n > 0)
        stop_at(at, "a second {{view}}");
    t->view = rest;
}

typedef void directive(struct template *t, struct str rest, struct place at);

static const struct { const char *word; directive *run; } directives[] = {
    { "view", set_view },
    { "if", open_if },
    { "each", open_each },
    { "t", write_text_key },
    { "tv", write_text_voice },
    { "tk", write_text_field },
    { "use", use_file },
    { "css", write_style },
    { "js", write_script },
    { "svg", write_icon },
};

static void run_directive(struct template *t, struct str text, struct place at)
{
    struct str body = str_trim(text), rest = body, word;

    if (body.n == 0)
        stop_at(at, "empty {{}}");
    if (str_is(body, "else"))
        return meet_else(t, at);
    if (str_is(body, "end"))
        return meet_end(t, at);
    if (body.at[0] == '.' || body.at[0] == '^' || body.at[0] == '$' || body.at[0] == '(' || body.at[0] == '#')
        return write_value(t, body, at);
    str_cut(&rest, ' ', &word);
    for (size_t i = 0; i < COUNT_OF(directives); i++)
        if (str_is(word, directives[i].word))
            return directives[i].run(t, str_trim(rest), at);
    stop_at(at, "unknown directive {{%.*s}}", (int)word.n, word.at);
}

/* Length of what stands before the closing }}, which may be quoted inside. */
static size_t directive_length(struct str text, struct place at)
{
    bool quoted = false;

    for (size_t i = 0; i + 1 < text.n; i++) {
        if (text.at[i] == '"')
            quoted = !quoted;
        if (!quoted && text.at[i] == '}' && text.at[i + 1] == '}')
            return i;
    }
    stop_at(at, "{{ without }}");
}

static int lines_in(struct str s)
{
    int n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += s.at[i] == '\n';
    return n;
}

void compile(struct template *t, struct str text, struct place at)
{
    for (size_t i = 0; i < text.n;) {
        struct str rest = str_from(text, i);

        if (str_starts(rest, STR("{{"))) {
            size_t n = directive_length(str_from(rest, 2), at);

            run_directive(t, str_upto(str_from(rest, 2), n), at);
            at.line += lines_in(str_upto(rest, n));
            i += n + 4;
        } else {
            html_char(t, text.at[i], at);
            at.line += text.at[i++] == '\n';
        }
    }
}
