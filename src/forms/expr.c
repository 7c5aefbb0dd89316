/* Reads an expression by XPath's grammar and writes it anew. */
#include "expr.h"
#include "texts.h"

#include <libxml/xmlregexp.h>

enum { NESTING_MAX = 60, REFS_MAX = 400, SOURCE_MAX = 8 << 10, XPATH_MAX = 64 << 10 };

enum token { END, NUMBER, LITERAL, NAME, REF, OPERATOR, BAD };
enum kind { K_OTHER, K_PATH, K_NUMBER, K_LITERAL, K_BOOLEAN, K_SUM };       /* what a piece gives, as far as it is known */

struct piece { struct str text; enum kind kind; };

struct reader {
    struct arena *a;
    const struct xform *form;
    int item;
    enum xform_expr kind;
    struct str source;
    size_t at;
    enum token token;
    struct str word;                /* of the present token; of a REF its name */
    int nesting;
    bool absolute;                  /* inside indexed-repeat: all instances are meant */
    struct expr *to;
};

static const struct expr_function functions[] = {
    { "true", 0, 0 }, { "false", 0, 0 }, { "not", 1, 1 }, { "boolean", 1, 1 }, { "boolean-from-string", 1, 1 }, { "string", 0, 1 },
    { "number", 0, 1 }, { "int", 1, 1 }, { "concat", 0, 99 }, { "contains", 2, 2 }, { "starts-with", 2, 2 }, { "ends-with", 2, 2 },
    { "substring", 2, 3 }, { "substr", 2, 3 }, { "substring-before", 2, 2 }, { "substring-after", 2, 2 }, { "string-length", 0, 1 },
    { "normalize-space", 0, 1 }, { "translate", 3, 3 }, { "regex", 2, 2 }, { "join", 1, 99 }, { "if", 3, 3 }, { "coalesce", 1, 99 },
    { "once", 1, 1 }, { "selected", 2, 2 }, { "selected-at", 2, 2 }, { "count-selected", 1, 1 }, { "choice-name", 2, 2 },
    { "jr:choice-name", 2, 2 }, { "indexed-repeat", 3, 7 }, { "position", 0, 1 }, { "last", 0, 0 }, { "count", 1, 1 },
    { "count-non-empty", 1, 1 }, { "sum", 1, 1 }, { "min", 1, 99 }, { "max", 1, 99 }, { "round", 1, 2 }, { "floor", 1, 1 },
    { "ceiling", 1, 1 }, { "abs", 1, 1 }, { "pow", 2, 2 }, { "sqrt", 1, 1 }, { "exp", 1, 1 }, { "log", 1, 1 }, { "log10", 1, 1 },
    { "today", 0, 0 }, { "now", 0, 0 }, { "date", 1, 1 }, { "date-time", 1, 1 }, { "decimal-date-time", 1, 1 }, { "decimal-time", 1, 1 },
    { "format-date", 2, 2 }, { "format-date-time", 2, 2 }, { "pulldata", 4, 4 }, { "instance", 1, 1 }, { "current", 0, 0 },
    { "checklist", 3, 99 }, { "weighted-checklist", 4, 99 }, { "name", 0, 1 }, { "local-name", 0, 1 }, { "version", 0, 0 },
};

const struct expr_function *expr_function(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (str_is(name, functions[i].name))
            return &functions[i];
    return NULL;
}

/* -- names ------------------------------------------------------------------------------------------------------------------------- */

static bool within(const struct xform *form, int item, int outer)
{
    return outer < 0 || (item >= outer && item < form->items[outer].end);
}

static int only_one(const struct xform *form, int outer, struct str name)
{
    int from = outer < 0 ? 0 : outer, to = outer < 0 ? (int)form->n_items : form->items[outer].end, found = -1;

    for (int i = from; i < to; i++)
        if (str_eq(form->items[i].name, name)) {
            if (found >= 0)
                return -2;
            found = i;
        }
    return found;
}

int expr_resolve(const struct xform *form, int item, struct str name)
{
    int all = only_one(form, -1, name);

    for (int outer = item; all == -2 && outer >= 0; outer = form->items[outer].parent) {
        int near = only_one(form, outer, name);

        if (near != -1)
            return near;
    }
    return all;
}

bool expr_next_ref(struct str text, size_t *at, size_t *begin, struct str *name)
{
    for (size_t i = *at; i + 2 < text.n; i++) {
        size_t end;

        if (text.at[i] != '$' || text.at[i + 1] != '{')
            continue;
        end = str_find_char(str_from(text, i), '}');
        if (end == text.n - i)
            return false;
        *begin = i;
        *name = str_trim(str_upto(str_from(text, i + 2), end - 2));
        *at = i + end + 1;
        return true;
    }
    return false;
}

/* -- errors and references -------------------------------------------------------------------------------------------------------- */

static struct piece wrong(struct reader *r, int text, struct str a, struct str b)
{
    if (r->to->error == 0) {
        r->to->error = text;
        r->to->a = a;
        r->to->b = b;
    }
    r->token = END;
    return (struct piece){ STR(""), K_OTHER };
}

static struct piece wrong_here(struct reader *r)
{
    struct str rest = str_from(r->source, r->at > r->word.n ? r->at - r->word.n : 0);

    if (r->token == END)
        return wrong(r, T_FORMS_FIND_EXPR_END, r->source, STR(""));
    return wrong(r, T_FORMS_FIND_EXPR_SYNTAX, str_upto(rest, 40), STR(""));
}

static void add_ref(struct reader *r, int item)
{
    for (size_t i = 0; i < r->to->n_refs; i++)
        if (r->to->refs[i] == item)
            return;
    if (r->to->n_refs < REFS_MAX)
        r->to->refs[r->to->n_refs++] = item;
}

static int slashes(struct str path)
{
    int n = 0;

    for (size_t i = 0; i < path.n; i++)
        n += path.at[i] == '/';
    return n;
}

/* Nearest repeat around both, -1: none. A repeat's own expressions stand in one of its instances; its count stands outside. */
static int shared_repeat(const struct reader *r, int target)
{
    const struct xform_item *items = r->form->items;
    int repeat;

    if (r->item < 0)
        return -1;
    repeat = items[r->item].type == XFORM_REPEAT && r->kind != XFORM_COUNT ? r->item : items[r->item].repeat;
    while (repeat >= 0 && (repeat == target || !within(r->form, target, repeat)))
        repeat = items[repeat].repeat;
    return repeat;
}

/* Elements between the place where an expression is evaluated and the root. */
static struct str place_path(const struct reader *r)
{
    int i = r->item;

    if (i >= 0 && (r->kind == XFORM_COUNT || r->form->items[i].no_node))
        i = r->form->items[i].parent;
    while (i >= 0 && r->form->items[i].no_node)
        i = r->form->items[i].parent;
    return i < 0 ? STR("/data") : r->form->items[i].path;
}

static struct str path_to(struct reader *r, int target)
{
    int repeat = r->absolute ? -1 : shared_repeat(r, target);
    const struct xform_item *t = &r->form->items[target];
    struct out o = { .max = 4096 };
    struct str path;

    if (repeat < 0) {
        out_c(&o, "lachan.root()");
        out_str(&o, str_from(t->path, 5));      /* without "/data" */
    } else {
        out_c(&o, "current()");
        for (int up = slashes(place_path(r)) - slashes(r->form->items[repeat].path); up > 0; up--)
            out_c(&o, "/..");
        out_str(&o, str_from(t->path, r->form->items[repeat].path.n));
    }
    path = arena_copy(r->a, out_done(&o));
    out_free(&o);
    return path;
}

/* -- tokens -------------------------------------------------------------------------------------------------------------------------- */

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (uint8_t)c >= 0x80;
}

static bool name_char(char c)
{
    return name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static char peek(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->source.n ? r->source.at[r->at + ahead] : '\0';
}

static void take(struct reader *r, enum token token, size_t n)
{
    r->token = token;
    r->word = str_upto(str_from(r->source, r->at), n);
    r->at += n;
}

static void take_name(struct reader *r)
{
    size_t n = 0;

    while (name_char(peek(r, n)) || (peek(r, n) == ':' && name_start(peek(r, n + 1)) && peek(r, n - 1) != ':'))
        n++;
    take(r, NAME, n);
}

static void take_ref(struct reader *r)
{
    size_t end = str_find_char(str_from(r->source, r->at), '}');

    if (peek(r, 1) != '{' || end + r->at == r->source.n) {
        take(r, BAD, 1);
        return;
    }
    take(r, REF, end + 1);
    r->word = str_trim(str_upto(str_from(r->word, 2), r->word.n - 3));
}

static void take_number(struct reader *r)
{
    size_t n = 0;

    while (peek(r, n) >= '0' && peek(r, n) <= '9')
        n++;
    if (peek(r, n) == '.')
        n++;
    while (peek(r, n) >= '0' && peek(r, n) <= '9')
        n++;
    take(r, NUMBER, n);
}

static void next(struct reader *r)
{
    static const char *const two[] = { "!=", "<=", ">=", "//", "::", ".." };
    char c;

    while (r->at < r->source.n && strchr(" \t\r\n", r->source.at[r->at]))
        r->at++;
    c = peek(r, 0);
    if (r->at == r->source.n || r->to->error) {
        take(r, END, 0);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(two); i++)
        if (c == two[i][0] && peek(r, 1) == two[i][1]) {
            take(r, OPERATOR, 2);
            return;
        }
    if (c == '\'' || c == '"') {
        size_t end = str_find_char(str_from(r->source, r->at + 1), c);

        take(r, end + r->at + 1 == r->source.n ? BAD : LITERAL, end + 2);
    } else if ((c >= '0' && c <= '9') || (c == '.' && peek(r, 1) >= '0' && peek(r, 1) <= '9')) {
        take_number(r);
    } else if (c == '$') {
        take_ref(r);
    } else if (name_start(c)) {
        take_name(r);
    } else {
        take(r, c != '\0' && strchr("()[],|=<>+-*/@.", c) ? OPERATOR : BAD, 1);
    }
}

static bool is(const struct reader *r, const char *operator)
{
    return r->token == OPERATOR && str_is(r->word, operator);
}

static bool is_word(const struct reader *r, const char *word)
{
    return r->token == NAME && str_is(r->word, word);
}

static struct str join(struct reader *r, struct str a, struct str b)
{
    return arena_f(r->a, "%.*s%.*s", (int)a.n, a.at, (int)b.n, b.at);
}

/* Takes the operator that must stand here. */
static bool expect(struct reader *r, const char *operator)
{
    if (!is(r, operator)) {
        (void)wrong_here(r);
        return false;
    }
    next(r);
    return true;
}

/* -- pieces ---------------------------------------------------------------------------------------------------------------------------- */

static struct piece read_or(struct reader *r);

static struct str truth(struct reader *r, struct piece p)
{
    return p.kind == K_PATH ? arena_f(r->a, "lachan.b(%.*s)", (int)p.text.n, p.text.at) : p.text;
}

static struct str number(struct reader *r, struct piece p)
{
    return p.kind == K_NUMBER || p.kind == K_SUM ? p.text : arena_f(r->a, "lachan.n(%.*s)", (int)p.text.n, p.text.at);
}

/* A literal may name questions, for jr:choice-name and indexed paths: '${a}' becomes the path as text. */
static struct piece read_literal(struct reader *r)
{
    struct str word = r->word, name, text = STR("");
    size_t at = 0, begin, copied = 0;

    while (expr_next_ref(word, &at, &begin, &name)) {
        int item = expr_resolve(r->form, r->item, name);

        if (item < 0)
            return wrong(r, item == -2 ? T_FORMS_FIND_REF_TWICE : T_FORMS_FIND_REF, name, STR(""));
        text = join(r, join(r, text, str_upto(str_from(word, copied), begin - copied)), r->form->items[item].path);
        copied = at;
    }
    text = join(r, text, str_from(word, copied));
    next(r);
    return (struct piece){ text, K_LITERAL };
}

static struct piece read_ref(struct reader *r)
{
    int item = expr_resolve(r->form, r->item, r->word);

    if (item < 0)
        return wrong(r, item == -2 ? T_FORMS_FIND_REF_TWICE : T_FORMS_FIND_REF, r->word, STR(""));
    add_ref(r, item);
    next(r);
    return (struct piece){ path_to(r, item), K_PATH };
}

static enum kind kind_of_call(struct str name)
{
    static const char *const truths[] = { "true", "false", "not", "boolean", "boolean-from-string", "contains", "starts-with", "ends-with",
                                          "regex", "selected", "checklist", "weighted-checklist" };

    for (size_t i = 0; i < COUNT_OF(truths); i++)
        if (str_is(name, truths[i]))
            return K_BOOLEAN;
    return str_is(name, "indexed-repeat") || str_is(name, "current") || str_is(name, "instance") ? K_PATH : K_OTHER;
}

static struct piece check_pattern(struct reader *r, struct piece p)
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
        return wrong(r, T_FORMS_FIND_REGEX, p.text, STR(""));
    xmlRegFreeRegexp(compiled);
    return p;
}

static struct piece read_argument(struct reader *r, struct str function, int place)
{
    bool before = r->absolute;
    struct piece p;

    r->absolute = str_is(function, "indexed-repeat") ? place == 0 || place % 2 == 1 : before;
    p = read_or(r);
    r->absolute = before;
    if (place == 0 && (str_is(function, "not") || str_is(function, "if") || str_is(function, "boolean")))
        p.text = truth(r, p);
    if (place == 1 && str_is(function, "regex"))
        p = check_pattern(r, p);
    return p;
}

static struct piece read_call(struct reader *r, struct str name)
{
    const struct expr_function *f = expr_function(name);
    struct str text = str_starts(name, STR("jr:")) ? str_from(name, 3) : name;
    int n = 0;

    if (f == NULL)
        return wrong(r, T_FORMS_FIND_FUNCTION, name, STR(""));
    text = join(r, text, STR("("));
    next(r);
    while (!is(r, ")")) {
        if (n > 0 && !expect(r, ","))
            return (struct piece){ STR(""), K_OTHER };
        text = join(r, n ? join(r, text, STR(", ")) : text, read_argument(r, name, n).text);
        n++;
        if (r->token == END)
            return wrong_here(r);
    }
    next(r);
    if (n < f->min || n > f->max)
        return wrong(r, T_FORMS_FIND_ARGUMENTS, name, arena_f(r->a, "%d", n));
    return (struct piece){ join(r, text, STR(")")), kind_of_call(name) };
}

static bool is_axis(struct str name)
{
    static const char *const axes[] = { "child", "parent", "self", "ancestor", "ancestor-or-self", "descendant", "descendant-or-self",
                                        "following", "following-sibling", "preceding", "preceding-sibling", "attribute" };

    for (size_t i = 0; i < COUNT_OF(axes); i++)
        if (str_is(name, axes[i]))
            return true;
    return false;
}

/* NAME, axis::NAME, column::language of a list of choices, or a test like node(). */
static struct piece read_name_step(struct reader *r, struct str name)
{
    struct str text = name;

    if (is(r, "::")) {
        next(r);
        if (r->token != NAME && !is(r, "*"))
            return wrong_here(r);
        text = arena_f(r->a, "%.*s%s%.*s", (int)name.n, name.at, is_axis(name) ? "::" : "..", (int)r->word.n, r->word.at);
        next(r);
    }
    if (is(r, "(")) {
        next(r);
        if (!expect(r, ")"))
            return (struct piece){ STR(""), K_OTHER };
        text = join(r, text, STR("()"));
    }
    return (struct piece){ text, K_PATH };
}

static struct piece read_step(struct reader *r)
{
    struct str text = r->word;

    if (is(r, "@")) {
        next(r);
        text = join(r, STR("@"), r->word);
    } else if (r->token == NAME) {
        next(r);
        return read_name_step(r, text);
    } else if (!is(r, ".") && !is(r, "..") && !is(r, "*")) {
        return wrong_here(r);
    }
    next(r);
    return (struct piece){ text, K_PATH };
}

/* What may follow a step or a piece in parentheses: [..] and further steps. */
static struct piece read_rest(struct reader *r, struct piece p)
{
    while (is(r, "[") || is(r, "/") || is(r, "//")) {
        struct str operator = r->word;

        p.kind = K_PATH;
        next(r);
        if (str_is(operator, "[")) {
            struct piece inside = read_or(r);

            p.text = arena_f(r->a, "%.*s[%.*s]", (int)p.text.n, p.text.at, (int)inside.text.n, inside.text.at);
            if (!expect(r, "]"))
                return p;
        } else {
            p.text = join(r, join(r, p.text, operator), read_step(r).text);
        }
    }
    return p;
}

/* /data/a, //a: from the answers, also where the expression is evaluated over a list of choices. */
static struct piece read_absolute(struct reader *r)
{
    if (is(r, "//"))
        return read_rest(r, (struct piece){ STR("lachan.root()"), K_PATH });
    next(r);
    if (r->token != NAME)
        return wrong_here(r);
    next(r);
    return read_rest(r, (struct piece){ STR("lachan.root()"), K_PATH });
}

static struct piece read_path(struct reader *r)
{
    struct str name = r->word;

    if (r->token == NUMBER) {
        bool broken = str_find_char(name, '.') < name.n;        /* libxml2 reads 2.345 as a little less */

        next(r);
        return (struct piece){ broken ? arena_f(r->a, "lachan.n('%.*s')", (int)name.n, name.at) : name, K_NUMBER };
    }
    if (r->token == LITERAL)
        return read_literal(r);
    if (r->token == REF)
        return read_rest(r, read_ref(r));
    if (is(r, "(")) {
        struct piece p;

        next(r);
        p = read_or(r);
        p.text = arena_f(r->a, "(%.*s)", (int)p.text.n, p.text.at);
        return expect(r, ")") ? read_rest(r, p) : p;
    }
    if (is(r, "/") || is(r, "//"))
        return read_absolute(r);
    if (r->token == NAME) {
        next(r);
        if (is(r, "(") && !str_is(name, "node") && !str_is(name, "text"))
            return read_rest(r, read_call(r, name));
        return read_rest(r, read_name_step(r, name));
    }
    return read_rest(r, read_step(r));
}

static struct piece read_union(struct reader *r)
{
    struct piece p;

    if (++r->nesting > NESTING_MAX)
        return wrong(r, T_FORMS_FIND_EXPR_DEEP, STR(""), STR(""));
    if (is(r, "-")) {
        next(r);
        p = read_union(r);
        p = (struct piece){ join(r, STR("-"), number(r, p)), K_SUM };
    } else {
        p = read_path(r);
    }
    while (is(r, "|")) {
        next(r);
        p.text = join(r, join(r, p.text, STR(" | ")), read_path(r).text);
    }
    r->nesting--;
    return p;
}

static struct piece read_product(struct reader *r)
{
    struct piece p = read_union(r);

    while (is(r, "*") || is_word(r, "div") || is_word(r, "mod")) {
        struct str operator = r->word;

        next(r);
        p.text = join(r, join(r, number(r, p), arena_f(r->a, " %.*s ", (int)operator.n, operator.at)), number(r, read_union(r)));
        p.kind = K_SUM;
    }
    return p;
}

static struct piece read_sum(struct reader *r)
{
    struct piece p = read_product(r);

    while (is(r, "+") || is(r, "-")) {
        const char *operator = is(r, "+") ? " + " : " - ";

        next(r);
        p.text = join(r, join(r, number(r, p), str_c(operator)), number(r, read_product(r)));
        p.kind = K_SUM;
    }
    return p;
}

static struct piece read_order(struct reader *r)
{
    struct piece p = read_sum(r);

    while (is(r, "<") || is(r, "<=") || is(r, ">") || is(r, ">=")) {
        struct str operator = r->word;

        next(r);
        p.text = join(r, join(r, number(r, p), arena_f(r->a, " %.*s ", (int)operator.n, operator.at)), number(r, read_sum(r)));
        p.kind = K_BOOLEAN;
    }
    return p;
}

/* Equality of texts, unless one side was reckoned: then the other may be a date. An answer beside a truth value counts as one. */
static struct piece read_equal(struct reader *r)
{
    struct piece p = read_order(r), q;

    while (is(r, "=") || is(r, "!=")) {
        const char *operator = is(r, "=") ? " = " : " != ";
        bool reckoned, truths;

        next(r);
        q = read_order(r);
        reckoned = (p.kind == K_SUM && q.kind != K_LITERAL) || (q.kind == K_SUM && p.kind != K_LITERAL);
        truths = p.kind == K_BOOLEAN || q.kind == K_BOOLEAN;
        if (reckoned)
            p.text = join(r, join(r, number(r, p), str_c(operator)), number(r, q));
        else if (truths)
            p.text = join(r, join(r, truth(r, p), str_c(operator)), truth(r, q));
        else
            p.text = join(r, join(r, p.text, str_c(operator)), q.text);
        p.kind = K_BOOLEAN;
    }
    return p;
}

static struct piece read_and(struct reader *r)
{
    struct piece p = read_equal(r);

    while (is_word(r, "and")) {
        next(r);
        p.text = join(r, join(r, truth(r, p), STR(" and ")), truth(r, read_equal(r)));
        p.kind = K_BOOLEAN;
    }
    return p;
}

static struct piece read_or(struct reader *r)
{
    struct piece p;

    if (++r->nesting > NESTING_MAX)
        return wrong(r, T_FORMS_FIND_EXPR_DEEP, STR(""), STR(""));
    p = read_and(r);
    while (is_word(r, "or")) {
        next(r);
        p.text = join(r, join(r, truth(r, p), STR(" or ")), truth(r, read_and(r)));
        p.kind = K_BOOLEAN;
    }
    r->nesting--;
    return p;
}

/* -- whole ----------------------------------------------------------------------------------------------------------------------------- */

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

static struct expr translate(struct arena *a, const struct xform *form, int item, enum xform_expr kind, struct str source, int *refs)
{
    struct expr to = { .refs = refs };
    struct reader r = { .a = a, .form = form, .item = item, .kind = kind, .source = plain_quotes(a, source), .to = &to };
    struct piece p;
    bool truths = kind == XFORM_RELEVANT || kind == XFORM_REQUIRED || kind == XFORM_READONLY || kind == XFORM_CONSTRAINT || kind == XFORM_FILTER;

    next(&r);
    p = read_or(&r);
    if (to.error == 0 && r.token != END)
        (void)wrong_here(&r);
    if (to.error == 0)
        to.xpath = truths ? truth(&r, p) : p.text;
    if (to.xpath.n > XPATH_MAX)
        (void)wrong(&r, T_FORMS_FIND_EXPR_DEEP, STR(""), STR(""));
    return to;
}

/* What is joined on the way is many times the result, so it goes back at once. */
struct expr expr_translate(struct arena *a, const struct xform *form, int item, enum xform_expr kind, struct str source)
{
    int *refs = NEW_N(a, int, REFS_MAX);
    struct arena_mark mark = arena_mark(a);
    struct out o = { .max = 1 << 20 };
    struct expr to;

    if (source.n > SOURCE_MAX)
        return (struct expr){ .error = T_FORMS_FIND_EXPR_DEEP };
    to = translate(a, form, item, kind, source, refs);
    out_str(&o, to.xpath);
    out_str(&o, to.a);
    out_str(&o, to.b);
    arena_back(a, mark);
    to.a = arena_copy(a, str_of(o.at + to.xpath.n, to.a.n));
    to.b = arena_copy(a, str_of(o.at + to.xpath.n + to.a.n, to.b.n));
    to.xpath = arena_copy(a, str_of(o.at, to.xpath.n));
    out_free(&o);
    return to;
}

void expr_pattern_write(struct out *o, struct str pattern)
{
    if (str_starts(pattern, STR("^")))
        pattern = str_from(pattern, 1);
    if (str_ends(pattern, STR("$")) && !str_ends(pattern, STR("\\$")))
        pattern = str_upto(pattern, pattern.n - 1);
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.at[i], after = i + 1 < pattern.n ? pattern.at[i + 1] : '\0';

        if (c == '\\' && after && strchr("$/@:;,'\"=<>&%#!~_ ", after)) {
            out_char(o, after);             /* this engine knows no such escape, and needs none */
            i++;
            continue;
        }
        out_char(o, c);
        if (c == '(' && str_starts(str_from(pattern, i), STR("(?:")))
            i += 2;
        else if (c == '\\' && after)
            out_char(o, pattern.at[++i]);
    }
}
