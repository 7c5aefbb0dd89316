/* Which answers an expression reads by paths of its own ("../a", "/data/g/a", "current()/../a"), as far as their names tell: so that
   a circle through them is found before anybody fills the form in. Wildcards, axes that lead sideways and single instances of a
   repeat around ("../../r[1]/a") tell nothing. */
#include "expr_read.h"

enum { ROOT = -1, DOCUMENT = -2, UNKNOWN = -3, DEPTH = NESTING_MAX };

/* What stands open: a predicate or parentheses, and where the path went on before it. */
struct opened { int at, context; bool counts, current; char bracket; };

struct scan {
    struct expr_reader r;
    int base, context, at;          /* at: where the path stands; context: from where a new one begins */
    bool step, moved;               /* a step may come now; the path has left the place where it began */
    struct opened open[DEPTH];
    size_t depth;
    int *refs;
    size_t n;
};

/* -- the tree ---------------------------------------------------------------------------------------------- */

/* The element around an item. */
static int above(const struct xform *form, int item)
{
    if (item < 0)
        return item == ROOT ? DOCUMENT : UNKNOWN;
    do
        item = form->items[item].parent;
    while (item >= 0 && form->items[item].no_node);
    return item < 0 ? ROOT : item;
}

static int child_of(const struct xform *form, int at, struct str name)
{
    if (at == DOCUMENT)
        return str_is(name, "data") ? ROOT : UNKNOWN;
    for (int i = 0; at != UNKNOWN && i < (int)form->n_items; i++)
        if (!form->items[i].no_node && str_eq(form->items[i].name, name) && above(form, i) == at)
            return i;
    return UNKNOWN;
}

static bool encloses(const struct xform *form, int outer, int item)
{
    return outer >= 0 && item > outer && item < form->items[outer].end;
}

/* -- paths ------------------------------------------------------------------------------------------------- */

static bool only_counted(const struct scan *s)
{
    for (size_t i = 0; i < s->depth; i++)
        if (s->open[i].counts)
            return true;
    return false;
}

/* A path is over: what it names is read. */
static void end_path(struct scan *s)
{
    if (!s->step && s->moved && s->at >= 0 && !only_counted(s) && s->n < REFS_MAX)
        s->refs[s->n++] = s->at;
    s->at = s->context;
    s->step = true;
    s->moved = false;
}

static void step_to(struct scan *s, int at)
{
    s->at = at;
    s->step = false;
    s->moved = true;
}

static void open_bracket(struct scan *s, char bracket, bool counts, bool current)
{
    if (s->depth == DEPTH)
        return;
    s->open[s->depth++] = (struct opened){ s->at, s->context, counts, current, bracket };
    if (bracket == '[')
        s->context = s->at;
    s->at = s->context;
    s->step = true;
    s->moved = false;
}

static void close_bracket(struct scan *s)
{
    struct opened *o;

    end_path(s);
    if (s->depth == 0)
        return;
    o = &s->open[--s->depth];
    s->context = o->context;
    s->at = o->bracket == '[' ? o->at : o->current ? s->base : UNKNOWN;
    if (o->bracket == '[' && encloses(s->r.form, o->at, s->r.item))
        s->at = UNKNOWN;            /* perhaps another instance than the own one */
    s->step = false;
    s->moved = o->bracket == '[';
}

/* NAME(, axis::, or a step. */
static void take_word(struct scan *s, struct str word)
{
    bool counts = str_is(word, "count") || str_is(word, "position");

    if (!s->step) {                 /* and, or, div, mod */
        end_path(s);
        return;
    }
    if (expr_is(&s->r, "::")) {
        expr_next(&s->r);
        if (str_is(word, "child"))
            return;
        expr_next(&s->r);
        step_to(s, str_is(word, "parent") ? above(s->r.form, s->at) : str_is(word, "self") ? s->at : UNKNOWN);
        return;
    }
    if (expr_is(&s->r, "(")) {
        expr_next(&s->r);
        open_bracket(s, '(', counts, str_is(word, "current"));
        return;
    }
    step_to(s, child_of(s->r.form, s->at, word));
}

static void take_operator(struct scan *s, struct str word)
{
    if (str_is(word, "/")) {
        if (s->step)
            s->at = DOCUMENT;
        s->step = true;
    } else if (str_is(word, "//")) {
        s->at = UNKNOWN;
        s->step = true;
    } else if (str_is(word, "..") && s->step) {
        step_to(s, above(s->r.form, s->at));
    } else if (str_is(word, ".") && s->step) {
        s->step = false;
    } else if ((str_is(word, "*") || str_is(word, "@")) && s->step) {
        step_to(s, UNKNOWN);
    } else if (str_is(word, "(") || str_is(word, "[")) {
        open_bracket(s, word.at[0], false, false);
    } else if (str_is(word, ")") || str_is(word, "]")) {
        close_bracket(s);
    } else {
        end_path(s);
    }
}

static void take_token(struct scan *s)
{
    enum token token = s->r.token;
    struct str word = s->r.word;

    expr_next(&s->r);
    if (token == REF) {
        int item = expr_resolve(s->r.form, s->r.item, word);

        s->at = item >= 0 ? item : UNKNOWN;
        s->step = false;
        s->moved = false;           /* by itself it is known already */
    } else if (token == NAME) {
        take_word(s, word);
    } else if (token == OPERATOR) {
        take_operator(s, word);
    } else {
        step_to(s, UNKNOWN);
    }
}

size_t expr_paths(struct arena *a, const struct xform *form, struct expr_place place, struct str source, int **refs)
{
    struct expr to = { .error = 0 };
    struct scan s = { .r = { .a = a, .form = form, .item = place.item, .kind = place.kind, .source = source, .to = &to } };

    s.refs = *refs = NEW_N(a, int, REFS_MAX);
    s.base = place.item < 0 ? ROOT : place.item;
    if (place.item >= 0 && (place.kind == XFORM_COUNT || form->items[place.item].no_node))
        s.base = above(form, place.item);
    s.context = s.at = s.base;
    s.step = true;
    for (expr_next(&s.r); s.r.token != END && s.r.token != BAD;)
        take_token(&s);
    end_path(&s);
    return s.n;
}
