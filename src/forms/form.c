/* Asking a definition. */
#include "forms.h"

struct str xform_text(const struct xform_text *t, int lang)
{
    if (lang >= 0 && lang < XFORM_LANGS && t->at[lang].n)
        return t->at[lang];
    for (int i = 0; i < XFORM_LANGS; i++)
        if (t->at[i].n)
            return t->at[i];
    return STR("");
}

/* Languages are free text: "Tiếng Việt (vi)", "English", "vi". */
bool xform_speaks(struct str language, struct str code)
{
    static const struct { const char *code, *name; } names[] = { { "vi", "Tiếng Việt" }, { "vi", "Vietnamese" }, { "en", "English" } };
    size_t open = str_find_char(language, '(');

    if (str_eq_nocase(language, code) ||
        (str_ends(language, STR(")")) && str_eq_nocase(str_upto(str_from(language, open + 1), language.n - open - 2), code)))
        return true;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(code, names[i].code) && str_eq_nocase(language, str_c(names[i].name)))
            return true;
    return false;
}

int xform_lang(const struct xform *form, struct str code)
{
    for (size_t i = 0; i < form->n_langs; i++)
        if (xform_speaks(form->langs[i], code))
            return (int)i;
    return 0;
}

/* The name behind "bind::" and its like, or the whole. */
static bool column_is(struct str column, const char *name)
{
    size_t two = str_find(column, STR("::"));

    return str_is(column, name) || (two < column.n && str_is(str_from(column, two + 2), name));
}

struct str xform_extra(const struct xform_item *item, const char *column)
{
    for (size_t i = 0; i < item->n_extra; i++)
        if (column_is(item->extra[i].column, column))
            return item->extra[i].value;
    return STR("");
}

struct str xform_setting(const struct xform *form, const char *column)
{
    for (size_t i = 0; i < form->n_settings; i++)
        if (str_is(form->settings[i].column, column))
            return form->settings[i].value;
    return STR("");
}

/* "/data/child[2]/name" and "/data/child/name" are the same item. */
static bool same_path(struct str plain, struct str placed)
{
    size_t p = 0;

    for (size_t i = 0; i < placed.n; i++) {
        if (placed.at[i] == '[') {
            while (i < placed.n && placed.at[i] != ']')
                i++;
            continue;
        }
        if (p == plain.n || plain.at[p++] != placed.at[i])
            return false;
    }
    return p == plain.n;
}

int xform_item_named(const struct xform *form, struct str path)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (!form->items[i].no_node && same_path(form->items[i].path, path))
            return (int)i;
    return -1;
}

bool xform_asks(enum xform_type type)
{
    return type <= XFORM_DATETIME || type == XFORM_ACKNOWLEDGE;
}

bool xform_appearance(const struct xform_item *item, const char *word)
{
    struct str rest = item->appearance, piece;

    while (str_cut(&rest, ' ', &piece))
        if (str_is(piece, word))
            return true;
    return false;
}

struct str xform_parameter(const struct xform_item *item, const char *name)
{
    struct str rest = item->parameters;
    size_t n = strlen(name);

    for (size_t i = 0; i + n < rest.n; i++) {
        bool begins = i == 0 || strchr(" ,;", rest.at[i - 1]);
        size_t at = i + n, end;

        if (!begins || memcmp(rest.at + i, name, n) != 0)
            continue;
        while (at < rest.n && rest.at[at] == ' ')
            at++;
        if (at == rest.n || rest.at[at++] != '=')
            continue;
        while (at < rest.n && rest.at[at] == ' ')
            at++;
        for (end = at; end < rest.n && !strchr(" ,;", rest.at[end]);)
            end++;
        return str_upto(str_from(rest, at), end - at);
    }
    return STR("");
}

const struct xform_choice *xform_choice(const struct xform *form, int list, struct str name)
{
    for (size_t i = 0; list >= 0 && i < form->lists[list].n; i++)
        if (str_eq(form->lists[list].at[i].name, name))
            return &form->lists[list].at[i];
    return NULL;
}
