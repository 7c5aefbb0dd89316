/* Shapes of the provinces for maps: content/geo/shapes.svg. Officials may put any file of that format in its place, so of what
   is read only numbers, path data and words reach a page; the markup itself never does. */
#include "network.h"

#include "../base/content.h"

enum { SHAPES_MAX = 100, LABELS_MAX = 100, ATTRIBUTES = 16, SHAPE_BYTES = 128 << 10, SHAPES_BYTES = 2 << 20 };

static struct arena memory;
static struct shapes shapes;

struct tag { struct str name, keys[ATTRIBUTES], values[ATTRIBUTES]; size_t n; };

struct shapes network_shapes(void)
{
    return shapes;
}

/* -- tags ------------------------------------------------------------------------------------------------------------------------ */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct str *s)
{
    while (s->n && is_blank(s->at[0]))
        *s = str_from(*s, 1);
}

static struct str take_name(struct str *s)
{
    size_t n = 0;

    while (n < s->n && !is_blank(s->at[n]) && strchr("=/>\"'", s->at[n]) == NULL)
        n++;
    struct str name = str_upto(*s, n);

    *s = str_from(*s, n);
    return name;
}

/* key="value" or key='value'. */
static bool take_attribute(struct str *s, struct str *key, struct str *value)
{
    char quote;

    skip_blanks(s);
    *key = take_name(s);
    skip_blanks(s);
    if (key->n == 0 || s->n < 2 || s->at[0] != '=')
        return false;
    *s = str_from(*s, 1);
    skip_blanks(s);
    quote = s->n ? s->at[0] : 0;
    if (quote != '"' && quote != '\'')
        return false;
    *s = str_from(*s, 1);
    return str_cut(s, quote, value);
}

/* The next opening tag; comments, closing tags and what begins with ? or ! are passed over. False at the end. */
static bool next_tag(struct str *s, struct tag *t)
{
    struct str before, skipped;

    while (str_cut(s, '<', &before) && s->n) {
        if (str_starts(*s, STR("!--"))) {
            *s = str_from(*s, str_find(*s, STR("-->")));
            continue;
        }
        if (strchr("/!?", s->at[0]) != NULL)
            continue;
        *t = (struct tag){ .name = take_name(s) };
        while (t->n < ATTRIBUTES && take_attribute(s, &t->keys[t->n], &t->values[t->n]))
            t->n++;
        return str_cut(s, '>', &skipped);
    }
    return false;
}

static struct str attribute(const struct tag *t, const char *key)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_is(t->keys[i], key))
            return t->values[i];
    return STR("");
}

/* -- what is let through ------------------------------------------------------------------------------------------------------------ */
/* A whole number up to 99,999; what stands behind a point is dropped. */
static bool coordinate(struct str text, i64 *value)
{
    return str_i64(str_upto(text, str_find_char(text, '.')), value) && *value > -100000 && *value < 100000;
}

/* "0 0 4600 4950" */
static bool view_box(struct str text, i64 view[4])
{
    struct str rest = str_trim(text), part;

    for (int i = 0; i < 4; i++) {
        skip_blanks(&rest);
        if (i == 3)
            return coordinate(rest, &view[i]) && view[2] > 0 && view[3] > 0;
        if (!str_cut(&rest, ' ', &part) || !coordinate(part, &view[i]))
            return false;
    }
    return false;
}

static bool path_data(struct str d)
{
    bool fine = d.n > 0 && d.n <= SHAPE_BYTES && (d.at[0] == 'M' || d.at[0] == 'm');

    for (size_t i = 0; i < d.n; i++)
        fine &= d.at[i] != '\0' && strchr("MmLlHhVvCcSsQqTtAaZz0123456789 ,.-\t\r\n", d.at[i]) != NULL;
    return fine;
}

static bool province_there(struct str code)
{
    return code.n > 0 && network_province_name(code, false).n > 0;
}

static bool shape_there(const struct shapes *s, struct str code)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->at[i].code, code))
            return true;
    return false;
}

static status read_path(const struct tag *t, struct shapes *s)
{
    struct str id = attribute(t, "id"), d = attribute(t, "d");
    struct str code = str_from(id, 1);

    if (!str_starts(id, STR("p")) || code.n == 0 || strchr("0123456789", code.at[0]) == NULL)
        return OK;
    if (!province_there(code))
        return fail(INVALID, "content/geo/shapes.svg: there is no province %.*s", (int)(code.n < 40 ? code.n : 40), code.at);
    if (shape_there(s, code) || s->n == SHAPES_MAX)
        return fail(INVALID, "content/geo/shapes.svg: province %.*s stands there twice", (int)code.n, code.at);
    if (!path_data(d))
        return fail(INVALID, "content/geo/shapes.svg: d of province %.*s is not path data", (int)code.n, code.at);
    s->at[s->n++] = (struct shape){ code, d };
    return OK;
}

static status read_label(const struct tag *t, struct str words, struct shapes *s)
{
    struct str id = attribute(t, "id");
    struct shape_label label = { .code = str_starts(id, STR("t")) ? str_from(id, 1) : STR(""), .words = str_trim(words) };

    if (!coordinate(attribute(t, "x"), &label.x) || !coordinate(attribute(t, "y"), &label.y) || words.n > 40 || s->n_labels == LABELS_MAX)
        return fail(INVALID, "content/geo/shapes.svg: a text needs x, y and at most 40 bytes: %.*s", (int)(words.n < 40 ? words.n : 40), words.at);
    s->labels[s->n_labels++] = label;
    return OK;
}

static status all_there(const struct shapes *s)
{
    struct provinces all = network_provinces();

    if (s->view[2] == 0)
        return fail(INVALID, "content/geo/shapes.svg: svg has no viewBox of four numbers");
    for (size_t i = 0; i < all.n; i++)
        if (!shape_there(s, all.at[i].code))
            return fail(INVALID, "content/geo/shapes.svg: province %.*s has no path", (int)all.at[i].code.n, all.at[i].code.at);
    return OK;
}

status network_read_shapes(struct arena *a, struct str text, struct shapes *s)
{
    struct tag t;

    *s = (struct shapes){ .at = NEW_N(a, struct shape, SHAPES_MAX), .labels = NEW_N(a, struct shape_label, LABELS_MAX) };
    while (next_tag(&text, &t)) {
        if (str_is(t.name, "svg") && s->view[2] == 0 && !view_box(attribute(&t, "viewBox"), s->view))
            return fail(INVALID, "content/geo/shapes.svg: svg has no viewBox of four numbers");
        if (str_is(t.name, "path"))
            TRY(read_path(&t, s));
        if (str_is(t.name, "text"))
            TRY(read_label(&t, str_upto(text, str_find_char(text, '<')), s));
    }
    return all_there(s);
}

status network_load_shapes(void)
{
    struct str text;

    if (memory.first == NULL)
        memory = arena_make(SHAPES_BYTES + (SHAPES_BYTES >> 1));
    TRY(content_read(&memory, "geo/shapes.svg", &text));
    return network_read_shapes(&memory, text, &shapes);
}
