/* Columns by their many names, and findings with their place. */
#include "book.h"

/* Names that older forms and other tools write; the second is XLSForm's. */
static const struct { const char *written, *name; } names[] = {
    { "read_only", "readonly" }, { "calculate", "calculation" }, { "relevance", "relevant" }, { "list", "list_name" },
    { "value", "name" }, { "caption", "label" }, { "command", "type" }, { "tag", "name" }, { "count", "repeat_count" },
    { "jr:count", "repeat_count" }, { "requiredmsg", "required_message" }, { "constraint_msg", "constraint_message" },
    { "image", "media::image" }, { "audio", "media::audio" }, { "video", "media::video" }, { "big_image", "media::big-image" },
    { "title", "form_title" }, { "id_string", "form_id" }, { "set_form_title", "form_title" }, { "set_form_id", "form_id" },
};

/* What may have a language or a part behind it with one colon, as older forms wrote it. */
static const char *const prefixes[] = { "label", "hint", "guidance_hint", "constraint_message", "required_message", "media", "image",
                                        "audio", "video", "bind", "body", "instance" };

static struct str plain_name(struct arena *a, struct str s)
{
    char *at = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];

        c = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c == ' ' || c == '\t' || c == '\n' ? '_' : c;
        if (c != '_' || (n > 0 && at[n - 1] != '_'))
            at[n++] = c;
    }
    return str_of(at, n);
}

static struct str known_name(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(name, names[i].written))
            return str_c(names[i].name);
    return name;
}

static bool takes_one_colon(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (str_is(name, prefixes[i]))
            return true;
    return false;
}

struct str book_column(struct arena *a, struct str heading)
{
    struct str h = str_trim(heading), first, rest;
    size_t two = str_find(h, STR("::")), one = str_find_char(h, ':');

    if (two == h.n && (one == h.n || !takes_one_colon(plain_name(a, str_upto(h, one)))))
        return known_name(plain_name(a, h));
    first = known_name(plain_name(a, str_trim(str_upto(h, two < h.n ? two : one))));
    rest = str_trim(str_from(h, two < h.n ? two + 2 : one + 1));
    return arena_f(a, "%.*s::%.*s", (int)first.n, first.at, (int)rest.n, rest.at);
}

void book_headings(struct book *b, struct book_table *t, const struct str *written, size_t n, int row)
{
    t->row = row;
    t->columns = NEW_N(b->arena, struct str, n + 1);
    t->written = NEW_N(b->arena, struct str, n + 1);
    t->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        t->written[i] = str_trim(written[i]);
        t->columns[i] = t->written[i].n ? book_column(b->arena, written[i]) : STR("");
        for (size_t k = 0; k < i && t->columns[i].n; k++)
            if (str_eq(t->columns[k], t->columns[i])) {
                struct book_row at = { .row = row };

                book_find(b, true, T_FORMS_FIND_COLUMN_TWICE, t, &at, arena_copy(b->arena, t->columns[i]).at, t->written[i], STR(""));
                break;
            }
    }
}

struct book_table *book_table_named(struct book *b, struct str name)
{
    if (str_eq_nocase(name, STR("survey")))
        return &b->survey;
    if (str_eq_nocase(name, STR("choices")))
        return &b->choices;
    return str_eq_nocase(name, STR("settings")) ? &b->settings : NULL;
}

int book_place(const struct book_table *t, const char *column)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (str_is(t->columns[i], column))
            return (int)i;
    return -1;
}

struct str book_cell(const struct book_table *t, const struct book_row *r, const char *column)
{
    int i = book_place(t, column);

    return i < 0 ? STR("") : r->cells[i];
}

void book_find(struct book *b, bool error, int text, const struct book_table *t, const struct book_row *r, const char *column,
               struct str first, struct str second)
{
    struct xform_findings *found = b->found;
    int place = t && column ? book_place(t, column) : -1;
    struct xform_finding f = { .error = error, .text = text, .a = first, .b = second, .file = b->file, .line = b->text };

    if (t != NULL)
        f.sheet = t->name;
    if (column != NULL)
        f.column = place >= 0 ? t->written[place] : str_c(column);
    if (r != NULL)
        f.row = place >= 0 && r->lines && r->lines[place] ? r->lines[place] : r->row;
    else if (t != NULL)
        f.row = t->row;
    found->errors += error;
    if (found->at == NULL)
        found->at = NEW_N(b->arena, struct xform_finding, BOOK_FINDINGS);
    if (found->n < BOOK_FINDINGS)
        found->at[found->n++] = f;
    else if (error && found->errors == 1)
        found->at[BOOK_FINDINGS - 1] = f;       /* the first error is never pushed out by warnings */
}
