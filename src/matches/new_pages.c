/* Proposing: one name, or a list of names. */
#include "pages.h"

#include "../base/text.h"

#include "matches_pages.h"
#include "texts.h"

enum { FAULT_LINES = 50 };

static struct choices class_choices(struct ctx *c, struct str chosen)
{
    struct list_classes all = lists_classes();
    struct choices list = { .at = NEW_N(c->arena, struct choice, all.n), .n = all.n };

    for (size_t i = 0; i < all.n; i++)
        list.at[i] = (struct choice){ all.at[i].code, class_name(c, all.at[i].code), str_eq(chosen, all.at[i].code) };
    return list;
}

static void show_faults(struct ctx *c, struct list_new_view *v, const struct import_lines *faults)
{
    v->lines.at = NEW_N(c->arena, struct import_fault_line, faults->n + 1);
    for (size_t i = 0; i < faults->n && i < FAULT_LINES; i++)
        v->lines.at[v->lines.n++] = (struct import_fault_line){ faults->at[i].line, text_upto(faults->at[i].text, 80),
                                                                name_fault_text(faults->at[i].fault) };
    v->lines_more = (i64)(faults->n - v->lines.n);
}

/* Class first: the legal basis and the days that it stands for are offered with it, and an analyst may write others. */
static void fill_shared(struct ctx *c, struct list_new_view *v)
{
    struct str code = form_failed(c) ? form_text(c, "class") : query_text(c, "class");
    const struct list_class *class = lists_class(code);

    v->class = (struct typed){ code, form_error(c, "class") };
    v->classes = class_choices(c, code);
    v->source = typed_of(c, "source", STR(""));
    v->basis = typed_of(c, "basis", class ? c->lang == LANG_EN && class->basis_en.n ? class->basis_en : class->basis : STR(""));
    v->days = typed_of(c, "days", class ? arena_f(c->arena, "%lld", (long long)class->days) : STR(""));
}

status blocklist_new_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "class", "source", "basis", "days", "words", NULL };
    struct list_new_view v = { .faults = faults_of(c, fields), .name = typed_of(c, "name", query_text(c, "name")),
                               .words = typed_of(c, "words", STR("")) };

    fill_shared(c, &v);
    TRY(people_nav(c, &v.nav, STAFF_LISTS));
    return page(c, tpl_matches_new, &v);
}

status blocklist_import_show(struct ctx *c)
{
    static const char *const fields[] = { "names", "class", "source", "basis", "days", NULL };
    struct list_new_view v = { .faults = faults_of(c, fields), .names = typed_of(c, "names", STR("")), .most = IMPORT_LINES };
    struct import_read in;

    fill_shared(c, &v);
    if (form_failed(c)) {
        import_read(c->arena, form_text(c, "names"), &in);
        show_faults(c, &v, &in.faults);
    }
    TRY(people_nav(c, &v.nav, STAFF_LISTS));
    return page(c, tpl_matches_import, &v);
}

static void read_shared(struct ctx *c, struct entry_wish *wish)
{
    const struct list_class *class;

    *wish = (struct entry_wish){ .class = trimmed(c, "class"), .source = trimmed(c, "source"), .basis = trimmed(c, "basis"),
                                 .words = trimmed(c, "words") };
    class = lists_class(wish->class);
    if (class == NULL)
        refuse(c, "class", T_MATCHES_WRONG_CLASS);
    if (wish->source.n == 0)
        refuse(c, "source", T_MATCHES_WRONG_SOURCE);
    if (wish->basis.n == 0 && class != NULL)
        wish->basis = class->basis;
    if (wish->basis.n == 0)
        refuse(c, "basis", T_MATCHES_WRONG_BASIS);
    if (trimmed(c, "days").n == 0 && class != NULL)
        wish->days = class->days;
    else if (!str_i64(trimmed(c, "days"), &wish->days) || wish->days < 1 || wish->days > 3650)
        refuse(c, "days", T_MATCHES_WRONG_DAYS);
}

status blocklist_new_add(struct ctx *c)
{
    struct listed name = { 0 };
    struct entry_wish wish;
    struct entry_made made;
    enum name_fault fault = name_read(c->arena, form_text(c, "name"), &name);

    if (fault != NAME_FINE)
        refuse(c, "name", name_fault_text(fault));
    read_shared(c, &wish);
    TRY(refused(c));
    TRY(act_propose(c, name.key, &wish, &made));
    return done_at(c, made.there ? T_MATCHES_FLASH_THERE : T_MATCHES_FLASH_PROPOSED, "/blocklist/entries/", made.id);
}

static void read_names(struct ctx *c, struct import_read *in)
{
    import_read(c->arena, form_text(c, "names"), in);
    if (in->too_many)
        refuse(c, "names", T_MATCHES_WRONG_MANY);
    else if (in->faults.n > 0)
        refuse(c, "names", T_MATCHES_WRONG_LINES);
    else if (in->keys.n == 0)
        refuse(c, "names", T_MATCHES_WRONG_NAMES);
}

status blocklist_import_add(struct ctx *c)
{
    struct entry_wish wish;
    struct import_read in;
    struct import_made made;
    char batch[ID_TEXT + 1];

    read_names(c, &in);
    read_shared(c, &wish);
    TRY(refused(c));
    TRY(act_import(c, &in.keys, &wish, &made));
    session_put(c, "flash", text_fill(c->arena, (int)c->lang, T_MATCHES_FLASH_IMPORTED, arena_f(c->arena, "%lld", (long long)made.added),
                                      arena_f(c->arena, "%lld", (long long)made.there)), 5);
    id_text(made.batch, batch);
    return see_other_f(c, "/blocklist?batch=%s", batch);
}
