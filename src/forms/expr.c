/* Reads an expression by XPath's grammar and writes it anew. */
#include "expr_read.h"

#include <libxml/xmlregexp.h>

/* -- pieces ------------------------------------------------------------------------------------------------ */

static struct expr_piece read_or(struct expr_reader *r);

static struct str truth(struct expr_reader *r, struct expr_piece p)
{
    return p.kind == K_PATH ? arena_f(r->a, "lachan.b(%.*s)", (int)p.text.n, p.text.at) : p.text;
}

static struct str number(struct expr_reader *r, struct expr_piece p)
{
    return p.kind == K_NUMBER || p.kind == K_SUM ? p.text : arena_f(r->a, "lachan.n(%.*s)", (int)p.text.n, p.text.at);
}

/* A literal may name questions, for jr:choice-name and indexed paths: '${a}' becomes the path as text. */
static struct expr_piece read_literal(struct expr_reader *r)
{
    struct str word = r->word, name, text = STR("");
    size_t at = 0, begin, copied = 0;

    while (expr_next_ref(word, &at, &begin, &name)) {
        int item = expr_resolve(r->form, r->item, name);

        if (item < 0)
            return expr_wrong(r, item == -2 ? T_FORMS_FIND_REF_TWICE : T_FORMS_FIND_REF, name, STR(""));
        text = expr_join(r, expr_join(r, text, str_upto(str_from(word, copied), begin - copied)),
                         r->form->items[item].path);
        copied = at;
    }
    text = expr_join(r, text, str_from(word, copied));
    expr_next(r);
    return (struct expr_piece){ text, K_LITERAL };
}

static struct expr_piece read_ref(struct expr_reader *r)
{
    int item = expr_resolve(r->form, r->item, r->word);

    if (item < 0)
        return expr_wrong(r, item == -2 ? T_FORMS_FIND_REF_TWICE : T_FORMS_FIND_REF, r->word, STR(""));
    expr_add_ref(r, item);
    expr_next(r);
    return (struct expr_piece){ expr_path_to(r, item), K_PATH };
}

static enum kind kind_of_call(struct str name)
{
    static const char *const truths[] = { "true", "false", "not", "boolean", "boolean-from-string", "contains",
                                          "starts-with", "ends-with",
                                          "regex", "selected", "checklist", "weighted-checklist" };

    for (size_t i = 0; i < COUNT_OF(truths); i++)
        if (str_is(name, truths[i]))
            return K_BOOLEAN;
    return str_is(name, "indexed-repeat") || str_is(name, "current") || str_is(name, "instance") ? K_PATH : K_OTHER;
}

static struct expr_piece check_pattern(struct expr_reader *r, struct expr_piece p)
{
    struct out o = { .max = 1 << 12 };
    xmlRegexpPtr compiled;

    if (p.kind != K_LITERAL)
        return p;
    expr_pattern_write(&o, str_upto(str_from(p.text, 1), p.text.n - 2));
    out_char(&o, '\0');
    compiled = o.over ? NULL : xmlRegexpCompile((const xmlChar *)o.at);
    out_free(&o);
    if (compiled == NULL)
        return expr_wrong(r, T_FORMS_FIND_REGEX, p.text, STR(""));
    xmlRegFreeRegexp(compiled);
    return p;
}

static struct expr_piece read_argument(struct expr_reader *r, struct str function, int place)
{
    bool before = r->absolute, wide = r->to->wide;
    struct expr_piece p;

    r->absolute = str_is(function, "indexed-repeat") ? place == 0 || place % 2 == 1 : before;
    p = read_or(r);
    r->absolute = before;
    if (str_is(function, "position") || str_is(function, "count"))
        r->to->wide = wide;             /* where and how many, not what */
    if (place == 0 && (str_is(function, "not") || str_is(function, "if") || str_is(function, "boolean")))
        p.text = truth(r, p);
    if (place == 1 && str_is(function, "regex"))
        p = check_pattern(r, p);
    return p;
}

static struct expr_piece read_call(struct expr_reader *r, struct str name)
{
    const struct expr_function *f = expr_function(name);
    struct str text = str_starts(name, STR("jr:")) ? str_from(name, 3) : name;
    int n = 0;

    if (f == NULL)
        return expr_wrong(r, T_FORMS_FIND_FUNCTION, name, STR(""));
    text = expr_join(r, text, STR("("));
    expr_next(r);
    while (!expr_is(r, ")")) {
        if (n > 0 && !expr_expect(r, ","))
            return (struct expr_piece){ STR(""), K_OTHER };
        text = expr_join(r, n ? expr_join(r, text, STR(", ")) : text, read_argument(r, name, n).text);
        n++;
        if (r->token == END)
            return expr_wrong_here(r);
    }
    expr_next(r);
    if (n < f->min || n > f->max)
        return expr_wrong(r, T_FORMS_FIND_ARGUMENTS, name, arena_f(r->a, "%d", n));
    return (struct expr_piece){ expr_join(r, text, STR(")")), kind_of_call(name) };
}

static bool is_axis(struct str name)
{
    static const char *const axes[] = { "child", "parent", "self", "ancestor", "ancestor-or-self", "descendant",
                                        "descendant-or-self",
                                        "following", "following-sibling", "preceding", "preceding-sibling",
                                        "attribute" };

    for (size_t i = 0; i < COUNT_OF(axes); i++)
        if (str_is(name, axes[i]))
            return true;
    return false;
}

/* NAME, axis::NAME, column::language of a list of choices, or a test like node(). */
static struct expr_piece read_name_step(struct expr_reader *r, struct str name)
{
    struct str text = name;

    r->to->wide = true;
    if (expr_is(r, "::")) {
        expr_next(r);
        if (r->token != NAME && !expr_is(r, "*"))
            return expr_wrong_here(r);
        text = arena_f(r->a, "%.*s%s%.*s", (int)name.n, name.at, is_axis(name) ? "::" : "..", (int)r->word.n,
                       r->word.at);
        expr_next(r);
    }
    if (expr_is(r, "(")) {
        expr_next(r);
        if (!expr_expect(r, ")"))
            return (struct expr_piece){ STR(""), K_OTHER };
        text = expr_join(r, text, STR("()"));
    }
    return (struct expr_piece){ text, K_PATH };
}

static struct expr_piece read_step(struct expr_reader *r)
{
    struct str text = r->word;

    r->to->wide |= !expr_is(r, ".");
    if (expr_is(r, "@")) {
        expr_next(r);
        text = expr_join(r, STR("@"), r->word);
    } else if (r->token == NAME) {
        expr_next(r);
        return read_name_step(r, text);
    } else if (!expr_is(r, ".") && !expr_is(r, "..") && !expr_is(r, "*")) {
        return expr_wrong_here(r);
    }
    expr_next(r);
    return (struct expr_piece){ text, K_PATH };
}

/* What may follow a step or a piece in parentheses: [..] and further steps. */
static struct expr_piece read_rest(struct expr_reader *r, struct expr_piece p)
{
    while (expr_is(r, "[") || expr_is(r, "/") || expr_is(r, "//")) {
        struct str operator = r->word;

        p.kind = K_PATH;
        expr_next(r);
        if (str_is(operator, "[")) {
            struct expr_piece inside = read_or(r);

            p.text = arena_f(r->a, "%.*s[%.*s]", (int)p.text.n, p.text.at, (int)inside.text.n, inside.text.at);
            if (!expr_expect(r, "]"))
                return p;
        } else {
            p.text = expr_join(r, expr_join(r, p.text, operator), read_step(r).text);
        }
    }
    return p;
}

/* /data/a, //a: from the answers, also where the expression is evaluated over a list of choices. */
static struct expr_piece read_absolute(struct expr_reader *r)
{
    r->to->wide = true;
    if (expr_is(r, "//"))
        return read_rest(r, (struct expr_piece){ STR("lachan.root()"), K_PATH });
    expr_next(r);
    if (r->token != NAME)
        return expr_wrong_here(r);
    expr_next(r);
    return read_rest(r, (struct expr_piece){ STR("lachan.root()"), K_PATH });
}

static struct expr_piece read_path(struct expr_reader *r)
{
    struct str name = r->word;

    if (r->token == NUMBER) {
        bool broken = str_find_char(name, '.') < name.n;        /* libxml2 reads 2.345 as a little less */

        expr_next(r);
        return (struct expr_piece){ broken ? arena_f(r->a, "lachan.n('%.*s')", (int)name.n, name.at) : name, K_NUMBER };
    }
    if (r->token == LITERAL)
        return read_literal(r);
    if (r->token == REF)
        return read_rest(r, read_ref(r));
    if (expr_is(r, "(")) {
        struct expr_piece p;

        expr_next(r);
        p = read_or(r);
        p.text = arena_f(r->a, "(%.*s)", (int)p.text.n, p.text.at);
        return expr_expect(r, ")") ? read_rest(r, p) : p;
    }
    if (expr_is(r, "/") || expr_is(r, "//"))
        return read_absolute(r);
    if (r->token == NAME) {
        expr_next(r);
        if (expr_is(r, "(") && !str_is(name, "node") && !str_is(name, "text"))
            return read_rest(r, read_call(r, name));
        return read_rest(r, read_name_step(r, name));
    }
    return read_rest(r, read_step(r));
}

static struct expr_piece read_union(struct expr_reader *r)
{
    struct expr_piece p;

    if (++r->nesting > NESTING_MAX)
        return expr_wrong(r, T_FORMS_FIND_EXPR_DEEP, STR(""), STR(""));
    if (expr_is(r, "-")) {
        expr_next(r);
        p = read_union(r);
        p = (struct expr_piece){ expr_join(r, STR("-"), number(r, p)), K_SUM };
    } else {
        p = read_path(r);
    }
    while (expr_is(r, "|")) {
        expr_next(r);
        p.text = expr_join(r, expr_join(r, p.text, STR(" | ")), read_path(r).text);
    }
    r->nesting--;
    return p;
}

static struct expr_piece read_product(struct expr_reader *r)
{
    struct expr_piece p = read_union(r);

    while (expr_is(r, "*") || expr_is_word(r, "div") || expr_is_word(r, "mod")) {
        struct str operator = r->word;

        expr_next(r);
        p.text = expr_join(r, expr_join(r, number(r, p), arena_f(r->a, " %.*s ", (int)operator.n, operator.at)),
                           number(r, read_union(r)));
        p.kind = K_SUM;
    }
    return p;
}

static struct expr_piece read_sum(struct expr_reader *r)
{
    struct expr_piece p = read_product(r);

    while (expr_is(r, "+") || expr_is(r, "-")) {
        const char *operator = expr_is(r, "+") ? " + " : " - ";

        expr_next(r);
        p.text = expr_join(r, expr_join(r, number(r, p), str_c(operator)), number(r, read_product(r)));
        p.kind = K_SUM;
    }
    return p;
}

static struct expr_piece read_order(struct expr_reader *r)
{
    struct expr_piece p = read_sum(r);

    while (expr_is(r, "<") || expr_is(r, "<=") || expr_is(r, ">") || expr_is(r, ">=")) {
        struct str operator = r->word;

        expr_next(r);
        p.text = expr_join(r, expr_join(r, number(r, p), arena_f(r->a, " %.*s ", (int)operator.n, operator.at)),
                           number(r, read_sum(r)));
        p.kind = K_BOOLEAN;
    }
    return p;
}

/* Equality of texts, unless one side was reckoned: then the other may be a date. An answer beside a truth value counts as one. */
static struct expr_piece read_equal(struct expr_reader *r)
{
    struct expr_piece p = read_order(r), q;

    while (expr_is(r, "=") || expr_is(r, "!=")) {
        const char *operator = expr_is(r, "=") ? " = " : " != ";
        bool reckoned, truths;

        expr_next(r);
        q = read_order(r);
        reckoned = (p.kind == K_SUM && q.kind != K_LITERAL) || (q.kind == K_SUM && p.kind != K_LITERAL);
        truths = p.kind == K_BOOLEAN || q.kind == K_BOOLEAN;
        if (reckoned)
            p.text = expr_join(r, expr_join(r, number(r, p), str_c(operator)), number(r, q));
        else if (truths)
            p.text = expr_join(r, expr_join(r, truth(r, p), str_c(operator)), truth(r, q));
        else
            p.text = expr_join(r, expr_join(r, p.text, str_c(operator)), q.text);
        p.kind = K_BOOLEAN;
    }
    return p;
}

static struct expr_piece read_and(struct expr_reader *r)
{
    struct expr_piece p = read_equal(r);

    while (expr_is_word(r, "and")) {
        expr_next(r);
        p.text = expr_join(r, expr_join(r, truth(r, p), STR(" and ")), truth(r, read_equal(r)));
        p.kind = K_BOOLEAN;
    }
    return p;
}

static struct expr_piece read_or(struct expr_reader *r)
{
    struct expr_piece p;

    if (++r->nesting > NESTING_MAX)
        return expr_wrong(r, T_FORMS_FIND_EXPR_DEEP, STR(""), STR(""));
    p = read_and(r);
    while (expr_is_word(r, "or")) {
        expr_next(r);
        p.text = expr_join(r, expr_join(r, truth(r, p), STR(" or ")), truth(r, read_and(r)));
        p.kind = K_BOOLEAN;
    }
    r->nesting--;
    return p;
}

/* -- whole ------------------------------------------------------------------------------------------------- */

/* Word processors turn quotes; no expression means the turned ones. */
static struct str plain_quotes(struct arena *a, struct str s)
{
    static const struct { const char *turned; char plain; } quotes[] = {
        { "\xe2\x80\x98", '\'' }, { "\xe2\x80\x99", '\'' }, { "\xe2\x80\x9c", '"' }, { "\xe2\x80\x9d", '"' } };
    char *at = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];

        for (size_t k = 0; k < COUNT_OF(quotes) && (uint8_t)s.at[i] == 0xe2; k++)
            if (str_starts(str_from(s, i), str_c(quotes[k].turned))) {
                c = quotes[k].plain;
                i += 2;
            }
        at[n++] = c;
    }
    return str_of(at, n);
}

static struct expr translate(struct arena *a, const struct xform *form, int item, enum xform_expr kind,
                             struct str source, int *refs)
{
    struct expr to = { .refs = refs };
    struct expr_reader r = { .a = a, .form = form, .item = item, .kind = kind,
                             .source = plain_quotes(a, source), .to = &to };
    struct expr_piece p;
    bool truths = kind == XFORM_RELEVANT || kind == XFORM_REQUIRED || kind == XFORM_READONLY ||
        kind == XFORM_CONSTRAINT || kind == XFORM_FILTER;

    expr_next(&r);
    p = read_or(&r);
    if (to.error == 0 && r.token != END)
        (void)expr_wrong_here(&r);
    if (to.error == 0)
        to.xpath = truths ? truth(&r, p) : p.text;
    if (to.xpath.n > XPATH_MAX)
        (void)expr_wrong(&r, T_FORMS_FIND_EXPR_DEEP, STR(""), STR(""));
    return to;
}

/* What is joined on the way is many times the result, so it goes back at once. */
struct expr expr_translate(struct arena *a, const struct xform *form, int item, enum xform_expr kind, struct str source)
{
    int *refs = NEW_N(a, int, REFS_MAX);
    struct arena_mark mark = arena_mark(a);
    struct out o = { .max = 1 << 20 };
    struct str all;
    struct expr to;

    if (source.n > SOURCE_MAX)
        return (struct expr){ .error = T_FORMS_FIND_EXPR_DEEP };
    to = translate(a, form, item, kind, source, refs);
    out_str(&o, to.xpath);
    out_str(&o, to.a);
    out_str(&o, to.b);
    arena_back(a, mark);
    all = out_done(&o);
    to.b = arena_copy(a, str_from(all, to.xpath.n + to.a.n));
    to.a = arena_copy(a, str_upto(str_from(all, to.xpath.n), to.a.n));
    to.xpath = arena_copy(a, str_upto(all, to.xpath.n));
    out_free(&o);
    return to;
}
