/* One answer: setting, asking, its texts. */
#include "run.h"

#include "../base/text.h"

#include <stdio.h>

/* -- answers ----------------------------------------------------------------------------------------------- */

/* "24/11/2026 14:20", "2026-11-24T14:20": the moment into run->scratch. */
static bool both_typed(struct xform_run *run, struct str s)
{
    size_t cut = str_find_char(s, 'T') < s.n ? str_find_char(s, 'T') : str_find_char(s, ' ');
    char date[11], time[9], both[24];
    double days;

    if (cut == s.n || !date_typed(str_upto(s, cut), date) || !time_typed(str_from(s, cut + 1), time))
        return false;
    snprintf(both, sizeof both, "%sT%s", date, time);
    if (!date_of(str_c(both), &days))
        return false;
    out_reset(&run->scratch);
    date_time_text(&run->scratch, days);
    return true;
}

/* Canonical form of what was typed; the text itself where it is none. */
static struct str canonical(struct xform_run *run, const struct xform_item *item, struct str typed)
{
    struct str s = str_trim(typed);
    char date[11], time[9];
    size_t comma = str_find_char(s, ',');

    if (item->type == XFORM_DATE && date_typed(s, date))
        return arena_copy(run->arena, str_c(date));
    if (item->type == XFORM_DATETIME && both_typed(run, s))
        return arena_copy(run->arena, out_done(&run->scratch));
    if (item->type == XFORM_TIME && time_typed(s, time))
        return arena_copy(run->arena, str_c(time));
    if ((item->type == XFORM_DECIMAL || item->type == XFORM_RANGE) && comma < s.n && str_find_char(s, '.') == s.n &&
        str_find_char(str_from(s, comma + 1), ',') == s.n - comma - 1)
        return arena_f(run->arena, "%.*s.%.*s", (int)comma, s.at, (int)(s.n - comma - 1), s.at + comma + 1);
    return item->type == XFORM_TEXT ? typed : s;
}

status xform_run_set(struct xform_run *run, struct str path, struct str value)
{
    xmlNodePtr node = run_node(run, path);
    struct node_state *s = node && node != run->root ? state_of(node) : NULL;
    struct str text;

    if (s == NULL || run_is_inner(&run->form->items[s->item]))
        return fail(NOT_FOUND, "the form has no such answer");
    if (value.n > XFORM_VALUE_BYTES)
        return fail(TOO_LARGE, "an answer has at most %d bytes", XFORM_VALUE_BYTES);
    if (!xform_asks(run->form->items[s->item].type) && run->form->items[s->item].type != XFORM_HIDDEN)
        return fail(DENIED, "nobody answers this");
    if (run_readonly(run, node, s->item))
        return fail(DENIED, "this answer cannot be changed");
    text = canonical(run, &run->form->items[s->item], text_clean(run->arena, value));
    run->touched[s->item] = true;
    run_put_value(run, node, text);
    return OK;
}

struct str xform_run_get(const struct xform_run *run, struct str path)
{
    const xmlNode *node = run_node(run, path);
    const struct node_state *s = node && node != run->root ? state_of(node) : NULL;

    if (s == NULL || run_is_inner(&run->form->items[s->item]))
        return STR("");
    return s->relevant ? arena_copy(run->arena, node_text(node)) : s->aside;
}

status xform_run_add(struct xform_run *run, struct str path)
{
    int item = xform_item_named(run->form, path);
    xmlNodePtr parent, node;

    if (item < 0 || run->form->items[item].type != XFORM_REPEAT || (parent = run_parent_of(run, item, path)) == NULL)
        return fail(NOT_FOUND, "the form has no such repeat");
    if (run->form->items[item].repeat_count.n || (node = run_add_instance(run, parent, item)) == NULL)
        return fail(TOO_LARGE, "no more can be added");
    run_set_defaults(run, node);
    run->touched[item] = true;
    return OK;
}

status xform_run_remove(struct xform_run *run, struct str path)
{
    xmlNodePtr node = run_node(run, path);
    const struct xform_item *item = node && node != run->root ? item_of_node(run, node) : NULL;

    if (item == NULL || item->type != XFORM_REPEAT)
        return fail(NOT_FOUND, "the form has no such part");
    if (item->repeat_count.n)
        return fail(DENIED, "another answer says how many there are");
    run->touched[state_of(node)->item] = true;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
    return OK;
}

size_t xform_run_instances(const struct xform_run *run, struct str path)
{
    int item = xform_item_named(run->form, path);
    xmlNodePtr parent = run_parent_of(run, item, path);

    return parent ? run_instances_of(parent, item) : 0;
}

/* -- asking ------------------------------------------------------------------------------------------------ */

bool xform_run_relevant(const struct xform_run *run, struct str path)
{
    const xmlNode *node = run_node(run, path);

    return node != NULL && (node == run->root || state_of(node)->relevant);
}

bool xform_run_required(struct xform_run *run, struct str path)
{
    xmlNodePtr node = run_node(run, path);
    const struct node_state *s = node && node != run->root ? state_of(node) : NULL;

    return s != NULL && run_judges(run, s->item, XFORM_REQUIRED) && run_true(run, node, s->item, XFORM_REQUIRED);
}

bool xform_run_readonly(struct xform_run *run, struct str path)
{
    xmlNodePtr node = run_node(run, path);

    return node != NULL && node != run->root && run_readonly(run, node, state_of(node)->item);
}

/* The element of `target` as seen from one at `item`: of the same instance of the nearest repeat around both. */
static const xmlNode *seen_from(const struct xform_run *run, const xmlNode *at, int target)
{
    const struct xform_item *t = &run->form->items[target];
    struct str rest;

    for (; at != run->root; at = at->parent) {
        const struct node_state *s = state_of(at);

        if (s != NULL && run->form->items[s->item].type == XFORM_REPEAT && target > s->item &&
            target < run->form->items[s->item].end)
            break;
    }
    rest = str_from(t->path, at == run->root ? 5 : run->form->items[state_of(at)->item].path.n);
    for (struct str part; at != NULL && rest.n && str_cut(&rest, '/', &part);)
        if (part.n)
            at = run_child_at((xmlNodePtr)at, part, 1);
    return at;
}

struct str run_fill(struct xform_run *run, const xmlNode *at, int item, struct str text)
{
    struct out o = { .max = XFORM_VALUE_BYTES };
    size_t from = 0, end = 0, begin;
    struct str name, filled;

    if (str_find(text, STR("${")) == text.n)
        return text;
    while (expr_next_ref(text, &end, &begin, &name)) {
        int target = expr_resolve(run->form, item, name);
        const xmlNode *node = target >= 0 ? seen_from(run, at, target) : NULL;

        out_str(&o, str_upto(str_from(text, from), begin - from));
        if (node != NULL && !run_hides(run, target))
            out_str(&o, node_text(node));
        from = end;
    }
    out_str(&o, str_from(text, from));
    filled = arena_copy(run->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return filled;
}

struct str xform_run_label(struct xform_run *run, struct str path)
{
    const xmlNode *node = run_node(run, path);
    const struct node_state *s = node && node != run->root ? state_of(node) : NULL;

    return s ? run_fill(run, node, s->item, xform_text(&run->form->items[s->item].label, run->lang)) : STR("");
}
