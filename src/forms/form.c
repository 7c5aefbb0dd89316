/* Asking a definition. */
#include "forms.h"

struct str form_text(const struct form_text *t, int lang)
{
    if (lang >= 0 && lang < FORM_LANGS && t->at[lang].n)
        return t->at[lang];
    for (int i = 0; i < FORM_LANGS; i++)
        if (t->at[i].n)
            return t->at[i];
    return STR("");
}

/* Languages are free text: "Tiếng Việt (vi)", "English", "vi". */
bool form_speaks(struct str language, struct str code)
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

int form_lang(const struct form *form, struct str code)
{
    for (size_t i = 0; i < form->n_langs; i++)
        if (form_speaks(form->langs[i], code))
            return (int)i;
    return 0;
}

/* The name behind "bind::" and its like, or the whole. */
static bool column_is(struct str column, const char *name)
{
    size_t two = str_find(column, STR("::"));

    return str_is(column, name) || (two < column.n && str_is(str_from(column, two + 2), name));
}

struct str form_extra(const struct form_item *item, const char *column)
{
    for (size_t i = 0; i < item->n_extra; i++)
        if (column_is(item->extra[i].column, column))
            return item->extra[i].value;
    return STR("");
}

struct str form_setting(const struct form *form, const char *column)
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

int form_item_named(const struct form *form, struct str path)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (!form->items[i].no_node && same_path(form->items[i].path, path))
            return (int)i;
    return -1;
}

bool form_asks(enum form_type type)
{
    return type <= FORM_DATETIME || type == FORM_ACKNOWLEDGE;
}

bool form_appearance(const struct form_item *item, const char *word)
{
    struct str rest = item->appearance, piece;

    while (str_cut(&rest, ' ', &piece))
        if (str_is(piece, word))
            return true;
    return false;
}

struct str form_parameter(const struct form_item *item, const char *name)
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

const struct form_choice *form_choice(const struct form *form, int list, struct str name)
{
    for (size_t i = 0; list >= 0 && i < form->lists[list].n; i++)
        if (str_eq(form->lists[list].at[i].name, name))
            return &form->lists[list].at[i];
    return NULL;
}
