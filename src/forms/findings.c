/* Findings in the reader's language. */
#include "forms.h"
#include "texts.h"

#include "../web/html.h"

#include <stdio.h>

/* A text with its places filled, for a terminal or a log: as it is, unescaped. */
static void write_text(struct out *o, int lang, int key, struct str a, struct str b)
{
    struct str rest = text_in(lang, key);

    for (size_t i = 0; i < rest.n; i++) {
        bool place = i + 2 < rest.n && rest.at[i] == '{' && rest.at[i + 2] == '}' && (rest.at[i + 1] == '1' || rest.at[i + 1] == '2');

        if (!place) {
            out_char(o, rest.at[i]);
            continue;
        }
        out_str(o, rest.at[i + 1] == '1' ? a : b);
        i += 2;
    }
}

static void write_number(struct out *o, int lang, int key, int number)
{
    char text[16];

    snprintf(text, sizeof text, "%d", number);
    write_text(o, lang, key, str_c(text), STR(""));
}

void xform_finding_write(struct out *o, int lang, const struct xform_finding *f)
{
    out_str(o, f->file);
    if (f->sheet.n) {
        out_c(o, ", ");
        write_text(o, lang, T_FORMS_PLACE_SHEET, f->sheet, STR(""));
    }
    if (f->row) {
        out_c(o, ", ");
        write_number(o, lang, f->line ? T_FORMS_PLACE_LINE : T_FORMS_PLACE_ROW, f->row);
    }
    if (f->column.n) {
        out_c(o, ", ");
        write_text(o, lang, T_FORMS_PLACE_COLUMN, f->column, STR(""));
    }
    out_c(o, ": ");
    out_str(o, text_in(lang, f->error ? T_FORMS_PLACE_ERROR : T_FORMS_PLACE_WARNING));
    out_c(o, ": ");
    write_text(o, lang, f->text, f->a, f->b);
}

static int change_text(enum xform_change_kind kind)
{
    static const int texts[] = { T_FORMS_CHANGE_ADDED, T_FORMS_CHANGE_REMOVED, T_FORMS_CHANGE_RETYPED, T_FORMS_CHANGE_REWORDED,
                                 T_FORMS_CHANGE_MOVED, T_FORMS_CHANGE_RENAMED, T_FORMS_CHANGE_CHOICE_ADDED, T_FORMS_CHANGE_CHOICE_REMOVED,
                                 T_FORMS_CHANGE_RULE, T_FORMS_CHANGE_MAYBE_RENAMED };

    return texts[kind];
}

void xform_change_write(struct out *o, int lang, const struct xform_change *c)
{
    const struct xform_item *item = c->new ? c->new : c->old;

    out_str(o, item->path);
    out_c(o, ": ");
    write_text(o, lang, change_text(c->kind), c->before.n || c->after.n ? c->before : c->what, c->after);
    if (c->kind == XFORM_RULE_CHANGED || c->kind == XFORM_REWORDED) {
        out_c(o, " (");
        out_str(o, c->what);
        out_c(o, ")");
    }
}
