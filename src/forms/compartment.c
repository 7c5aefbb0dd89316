/* In which compartment of a case an answer lies, and where what lies in I could come out again. */
#include "compile.h"

#include "texts.h"

/* Whoever writes I at a group means all that is in it. */
void compartment_inherit(struct maker *m, int place)
{
    struct xform_item *item = &m->form->items[place];
    struct str of_group = item->parent < 0 ? STR("") : xform_extra(&m->form->items[item->parent], "lachan:compartment");
    struct xform_extra *more;

    if (of_group.n == 0 || xform_extra(item, "lachan:compartment").n)
        return;
    more = NEW_N(m->a, struct xform_extra, item->n_extra + 1);
    if (item->n_extra)
        memcpy(more, item->extra, item->n_extra * sizeof *more);
    more[item->n_extra++] = (struct xform_extra){ STR("bind::lachan:compartment"), of_group };
    item->extra = more;
}

static bool any_identity(const struct xform *form)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (form->items[i].identity)
            return true;
    return false;
}

/* The first item of I that comes out in this one; itself where it goes by paths and so may reach one. NULL: none. */
static const struct xform_item *identity_read(const struct xform *form, int place, enum xform_expr kind)
{
    const struct xform_rules *rules = form->items[place].rules;

    for (size_t i = 0; i < rules->n_refs[kind]; i++)
        if (form->items[rules->refs[kind][i]].identity)
            return &form->items[rules->refs[kind][i]];
    return rules->wide[kind] && any_identity(form) ? &form->items[place] : NULL;
}

/* What is worked out of I says as much as I: by several steps, too. */
static void identity_spreads(struct maker *m)
{
    struct xform *form = m->form;
    bool more = true;

    for (size_t i = 0; i < form->n_items; i++)
        form->items[i].identity = str_is(xform_extra(&form->items[i], "lachan:compartment"), "I");
    while (more) {
        more = false;
        for (int i = 0; i < (int)form->n_items; i++)
            if (!form->items[i].identity && (identity_read(form, i, XFORM_CALCULATION) || identity_read(form, i, XFORM_DEFAULT)))
                more = form->items[i].identity = true;
    }
}

/* What is written into the part with few readers must not come out in the other by a calculation. */
static void check_compartment(struct maker *m, int place)
{
    static const struct { enum xform_expr kind; const char *column; } ways[] = {
        { XFORM_CALCULATION, "calculation" }, { XFORM_DEFAULT, "default" },
    };
    struct str own = xform_extra(&m->form->items[place], "lachan:compartment");

    if (own.n && !str_is(own, "N") && !str_is(own, "I"))
        maker_find(m, true, T_FORMS_FIND_COMPARTMENT, place, "bind::lachan:compartment", own, STR(""));
    if (str_is(own, "I"))
        return;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const struct xform_item *from = identity_read(m->form, place, ways[i].kind);

        if (from != NULL)
            maker_find(m, false, T_FORMS_FIND_LEAK, place, ways[i].column, from->name, STR(""));
    }
}

/* A filter goes by the columns of its list, so that only what it names counts. */
static bool reads_closed(const struct xform *form, int place, enum xform_expr kind)
{
    const struct xform_rules *rules = form->items[place].rules;

    for (size_t i = 0; i < rules->n_refs[kind]; i++)
        if (str_is(xform_extra(&form->items[rules->refs[kind][i]], "lachan:compartment"), "I"))
            return true;
    return rules->wide[kind] && kind != XFORM_FILTER && any_identity(form);
}

static void mark_closed(struct maker *m)
{
    for (int i = 0; i < (int)m->form->n_items; i++)
        for (int k = 0; k < XFORM_EXPRS; k++)
            m->form->items[i].rules->closed[k] = reads_closed(m->form, i, (enum xform_expr)k);
}

void compartments_check(struct maker *m)
{
    identity_spreads(m);
    mark_closed(m);
    for (int i = 0; i < (int)m->form->n_items; i++)
        check_compartment(m, i);
}
