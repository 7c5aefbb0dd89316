/* Words of an expression, and the paths that its names become. */
#include "expr_read.h"

static bool within(const struct xform *form, int item, int outer)
{
    return outer < 0 || (item >= outer && item < form->items[outer].end);
}

/* -- errors and references -------------------------------------------------------------------------------------------------------- */

struct expr_piece expr_wrong(struct expr_reader *r, int text, struct str a, struct str b)
{
    if (r->to->error == 0) {
        r->to->error = text;
        r->to->a = a;
        r->to->b = b;
    }
    r->token = END;
    return (struct expr_piece){ STR(""), K_OTHER };
}

struct expr_piece expr_wrong_here(struct expr_reader *r)
{
    struct str rest = str_from(r->source, r->at > r->word.n ? r->at - r->word.n : 0);

    if (r->token == END)
        return expr_wrong(r, T_FORMS_FIND_EXPR_END, r->source, STR(""));
    return expr_wrong(r, T_FORMS_FIND_EXPR_SYNTAX, str_upto(rest, 40), STR(""));
}

void expr_add_ref(struct expr_reader *r, int item)
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
static int shared_repeat(const struct expr_reader *r, int target)
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
static struct str place_path(const struct expr_reader *r)
{
    int i = r->item;

    if (i >= 0 && (r->kind == XFORM_COUNT || r->form->items[i].no_node))
        i = r->form->items[i].parent;
    while (i >= 0 && r->form->items[i].no_node)
        i = r->form->items[i].parent;
    return i < 0 ? STR("/data") : r->form->items[i].path;
}

struct str expr_path_to(struct expr_reader *r, int target)
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

static char peek(const struct expr_reader *r, size_t ahead)
{
    return r->at + ahead < r->source.n ? r->source.at[r->at + ahead] : '\0';
}

static void take(struct expr_reader *r, enum token token, size_t n)
{
    r->token = token;
    r->word = str_upto(str_from(r->source, r->at), n);
    r->at += n;
}

static void take_name(struct expr_reader *r)
{
    size_t n = 0;

    while (name_char(peek(r, n)) || (peek(r, n) == ':' && name_start(peek(r, n + 1)) && peek(r, n - 1) != ':'))
        n++;
    take(r, NAME, n);
}

static void take_ref(struct expr_reader *r)
{
    size_t end = str_find_char(str_from(r->source, r->at), '}');

    if (peek(r, 1) != '{' || end + r->at == r->source.n) {
        take(r, BAD, 1);
        return;
    }
    take(r, REF, end + 1);
    r->word = str_trim(str_upto(str_from(r->word, 2), r->word.n - 3));
}

static void take_number(struct expr_reader *r)
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

void expr_next(struct expr_reader *r)
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

bool expr_is(const struct expr_reader *r, const char *operator)
{
    return r->token == OPERATOR && str_is(r->word, operator);
}

bool expr_is_word(const struct expr_reader *r, const char *word)
{
    return r->token == NAME && str_is(r->word, word);
}

struct str expr_join(struct expr_reader *r, struct str a, struct str b)
{
    return arena_f(r->a, "%.*s%.*s", (int)a.n, a.at, (int)b.n, b.at);
}

/* Takes the operator that must stand here. */
bool expr_expect(struct expr_reader *r, const char *operator)
{
    if (!expr_is(r, operator)) {
        (void)expr_wrong_here(r);
        return false;
    }
    expr_next(r);
    return true;
}
