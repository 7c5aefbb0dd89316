/* The functions that forms may call, and which question a ${name} means. */
#include "expr.h"

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

/* -- patterns of regex() ----------------------------------------------------------------------------------------------------- */

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
