/* Two versions of a form, and the answers of one in the other. */
#include "run.h"

enum { CHANGES_MAX = 8000 };

struct compare {
    struct arena *a;
    const struct xform *old, *new;
    int *match;                     /* by item of new: its item of old, -1 */
    bool *used;                     /* by item of old */
    struct xform_changes found;
};

static void add(struct compare *c, struct xform_change change)
{
    if (c->found.n < CHANGES_MAX)
        c->found.at[c->found.n++] = change;
}

/* -- which item was which ---------------------------------------------------------------------------------- */

static int with_path(const struct xform *form, struct str path)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (str_eq(form->items[i].path, path))
            return (int)i;
    return -1;
}

/* -1 where none or several have the name. */
static int with_name(const struct xform *form, struct str name)
{
    int found = -1;

    for (size_t i = 0; i < form->n_items; i++)
        if (str_eq(form->items[i].name, name)) {
            if (found >= 0)
                return -1;
            found = (int)i;
        }
    return found;
}

static void take(struct compare *c, int new, int old)
{
    if (old < 0 || c->used[old] || c->match[new] >= 0)
        return;
    c->match[new] = old;
    c->used[old] = true;
}

static bool same_label(const struct xform_item *a, const struct xform_item *b)
{
    struct str label = xform_text(&a->label, 0);

    return label.n > 0 && str_eq(label, xform_text(&b->label, 0));
}

/* Same path; else what the new form says it was; else the same name elsewhere. */
static void match_items(struct compare *c)
{
    for (int i = 0; i < (int)c->new->n_items; i++)
        c->match[i] = -1;
    for (int i = 0; i < (int)c->new->n_items; i++)
        take(c, i, with_path(c->old, c->new->items[i].path));
    for (int i = 0; i < (int)c->new->n_items; i++) {
        struct str was = xform_extra(&c->new->items[i], "lachan:was");

        if (was.n)
            take(c, i, with_name(c->old, was));
    }
    for (int i = 0; i < (int)c->new->n_items; i++)
        if (with_name(c->new, c->new->items[i].name) == i)
            take(c, i, with_name(c->old, c->new->items[i].name));
}

static struct compare compare(struct arena *a, const struct xform *old, const struct xform *new)
{
    struct compare c = { a, old, new, NEW_N(a, int, new->n_items + 1), NEW_N(a, bool, old->n_items + 1),
                         { NEW_N(a, struct xform_change, CHANGES_MAX), 0 } };

    match_items(&c);
    return c;
}

/* -- what changed ------------------------------------------------------------------------------------------ */

static void compare_texts(struct compare *c, const struct xform_item *o, const struct xform_item *n,
                          const struct xform_text *was,
                          const struct xform_text *is, const char *what)
{
    for (size_t i = 0; i < c->new->n_langs; i++) {
        struct str lang = c->new->langs[i], before = STR(""), after = is->at[i];

        for (size_t k = 0; k < c->old->n_langs; k++)
            if (str_eq(c->old->langs[k], lang))
                before = was->at[k];
        if (!str_eq(before, after))
            add(c, (struct xform_change){ XFORM_REWORDED, o, n,
                                          lang.n ? arena_f(c->a, "%s::%.*s", what, (int)lang.n, lang.at) : str_c(what),
                                         before, after });
    }
}

static void compare_rule(struct compare *c, const struct xform_item *o, const struct xform_item *n,
                         struct str was, struct str is, const char *what)
{
    if (!str_eq(was, is))
        add(c, (struct xform_change){ XFORM_RULE_CHANGED, o, n, str_c(what), was, is });
}

static void compare_rules(struct compare *c, const struct xform_item *o, const struct xform_item *n)
{
    compare_rule(c, o, n, o->relevant, n->relevant, "relevant");
    compare_rule(c, o, n, o->required, n->required, "required");
    compare_rule(c, o, n, o->readonly, n->readonly, "readonly");
    compare_rule(c, o, n, o->constraint, n->constraint, "constraint");
    compare_rule(c, o, n, o->calculation, n->calculation, "calculation");
    compare_rule(c, o, n, o->choice_filter, n->choice_filter, "choice_filter");
    compare_rule(c, o, n, o->repeat_count, n->repeat_count, "repeat_count");
    compare_rule(c, o, n, o->default_value, n->default_value, "default");
}

static void compare_choices(struct compare *c, const struct xform_item *o, const struct xform_item *n)
{
    if (o->list < 0 || n->list < 0)
        return;
    for (size_t i = 0; i < c->new->lists[n->list].n; i++)
        if (xform_choice(c->old, o->list, c->new->lists[n->list].at[i].name) == NULL)
            add(c, (struct xform_change){ XFORM_CHOICE_ADDED, o, n, .what = c->new->lists[n->list].at[i].name });
    for (size_t i = 0; i < c->old->lists[o->list].n; i++)
        if (xform_choice(c->new, n->list, c->old->lists[o->list].at[i].name) == NULL)
            add(c, (struct xform_change){ XFORM_CHOICE_REMOVED, o, n, .what = c->old->lists[o->list].at[i].name });
}

static void compare_item(struct compare *c, const struct xform_item *o, const struct xform_item *n)
{
    if (!str_eq(o->name, n->name))
        add(c, (struct xform_change){ XFORM_RENAMED, o, n, .before = o->path, .after = n->path });
    else if (!str_eq(o->path, n->path))
        add(c, (struct xform_change){ XFORM_MOVED, o, n, .before = o->path, .after = n->path });
    if (o->type != n->type)
        add(c, (struct xform_change){ XFORM_RETYPED, o, n, .before = o->type_name, .after = n->type_name });
    compare_texts(c, o, n, &o->label, &n->label, "label");
    compare_texts(c, o, n, &o->hint, &n->hint, "hint");
    compare_texts(c, o, n, &o->constraint_message, &n->constraint_message, "constraint_message");
    compare_rules(c, o, n);
    compare_choices(c, o, n);
}

/* What went and what came with the same words and type was probably renamed; only the author can say so. */
static const struct xform_item *renamed_from(const struct compare *c, const struct xform_item *n)
{
    for (size_t i = 0; i < c->old->n_items; i++)
        if (!c->used[i] && c->old->items[i].type == n->type && same_label(&c->old->items[i], n))
            return &c->old->items[i];
    return NULL;
}

struct xform_changes xform_diff(struct arena *a, const struct xform *old, const struct xform *new)
{
    struct compare c = compare(a, old, new);

    for (size_t i = 0; i < old->n_items; i++)
        if (!c.used[i])
            add(&c, (struct xform_change){ XFORM_REMOVED, &old->items[i], NULL,
                                           .what = xform_text(&old->items[i].label, 0) });
    for (size_t i = 0; i < new->n_items; i++) {
        const struct xform_item *n = &new->items[i], *was = c.match[i] >= 0 ? NULL : renamed_from(&c, n);

        if (c.match[i] >= 0)
            compare_item(&c, &old->items[c.match[i]], n);
        else if (was != NULL)
            add(&c, (struct xform_change){ XFORM_MAYBE_RENAMED, was, n, .before = was->name, .after = n->name });
        else
            add(&c, (struct xform_change){ XFORM_ADDED, NULL, n, .what = xform_text(&n->label, 0) });
    }
    return c.found;
}

/* -- answers of the old one in the new one ----------------------------------------------------------------- */

struct mapper {
    struct compare c;
    struct xform_run *from, *to;
    struct xform_mapping *result;
    size_t size;
    int *target;                    /* by item of old: its item of new, -1 */
};

static void lose(struct mapper *m, xmlNodePtr at, int item, struct str value)
{
    struct xform_mapping *r = m->result;
    const struct xform_item *it = &m->c.old->items[item];

    if (r->n_lost == m->size) {
        size_t size = m->size ? m->size * 2 : 32;
        struct xform_lost *more = NEW_N(m->c.a, struct xform_lost, size);

        if (m->size)
            memcpy(more, r->lost, m->size * sizeof *more);
        r->lost = more;
        m->size = size;
    }
    r->lost[r->n_lost++] = (struct xform_lost){ it, run_path(m->from, m->c.a, at),
                                                xform_text(&it->label, m->from->lang), value };
}

/* Places of the repeats around an answer carry over as they are: "/data/child[2]/name" to where the new form has it. */
static struct str new_path(struct mapper *m, const xmlNode *at, int target)
{
    size_t places[XFORM_DEPTH], n = 0, used = 0;
    struct str rest = m->c.new->items[target].path, part, path = STR("");
    int item = -1;

    for (; at != m->from->root; at = at->parent)
        if (item_of_node(m->from, at)->type == XFORM_REPEAT && n < XFORM_DEPTH) {
            size_t place = 1;

            for (const xmlNode *p = at->prev; p != NULL; p = p->prev)
                place += state_of(p) != NULL && state_of(p)->item == state_of(at)->item;
            places[n++] = place;
        }
    (void)str_cut(&rest, '/', &part);
    while (str_cut(&rest, '/', &part)) {
        path = arena_f(m->c.a, "%.*s/%.*s", (int)path.n, path.at, (int)part.n, part.at);
        item = xform_item_named(m->c.new, path);
        if (item >= 0 && m->c.new->items[item].type == XFORM_REPEAT && used < n)
            path = arena_f(m->c.a, "%.*s[%zu]", (int)path.n, path.at, places[n - ++used]);
    }
    return path;
}

/* Makes the instances that a path names. */
static void make_way(struct mapper *m, struct str path)
{
    for (size_t i = 0; i < path.n; i++) {
        struct str upto = str_upto(path, i), repeat;
        size_t open;
        i64 place;

        if (path.at[i] != '/' || !str_ends(upto, STR("]")))
            continue;
        for (open = upto.n; upto.at[open - 1] != '[';)
            open--;
        repeat = str_upto(upto, open - 1);
        if (!str_i64(str_upto(str_from(upto, open), upto.n - open - 1), &place))
            continue;
        while (xform_run_instances(m->to, repeat) < (size_t)place) {
            int item = xform_item_named(m->c.new, repeat);
            xmlNodePtr parent = run_parent_of(m->to, item, repeat);

            if (parent == NULL || run_add_instance(m->to, parent, item) == NULL)
                return;
        }
    }
}

/* An answer that the new type or list would refuse is not put there. */
static bool fits(struct mapper *m, int target, xmlNodePtr node)
{
    const struct xform_item *item = &m->c.new->items[target];
    struct str words = arena_copy(m->c.a, node_text(node)), word;

    while (item->list >= 0 && str_cut(&words, ' ', &word))
        if (word.n && xform_choice(m->c.new, item->list, word) == NULL)
            return false;
    return !run_wrong_type(m->to, node, target);
}

static void carry(struct mapper *m, xmlNodePtr at, int item, struct str value)
{
    int target = m->target[item];
    xmlNodePtr node;
    struct str path, before;

    if (value.n == 0)
        return;
    if (target < 0 || run_is_inner(&m->c.new->items[target])) {
        if (xform_asks(m->c.old->items[item].type) || m->c.old->items[item].type == XFORM_HIDDEN)
            lose(m, at, item, value);
        return;
    }
    if (run_judges(m->to, target, XFORM_CALCULATION) && !xform_asks(m->c.new->items[target].type))
        return;                     /* it is reckoned anew */
    path = new_path(m, at, target);
    make_way(m, path);
    node = run_node(m->to, path);
    if (node == NULL || state_of(node) == NULL) {
        lose(m, at, item, value);
        return;
    }
    state_of(node)->off = state_of(at)->off;
    state_of(node)->relevant = true;
    before = arena_copy(m->c.a, node_text(node));
    node_set_text(node, value);
    if (fits(m, target, node)) {
        m->result->carried++;
        return;
    }
    node_set_text(node, before);
    lose(m, at, item, value);
}

/* What a rule that reads I said of a group, for a run that cannot ask it. */
static void carry_off(struct mapper *m, xmlNodePtr at, const struct node_state *s)
{
    int target = m->target[s->item];
    struct str path = s->off && target >= 0 && run_is_inner(&m->c.new->items[target]) ? new_path(m, at, target) : STR("");
    xmlNodePtr node;

    if (path.n == 0)
        return;
    make_way(m, path);
    node = run_node(m->to, path);
    if (node != NULL && state_of(node) != NULL)
        state_of(node)->off = true;
}

static void carry_children(struct mapper *m, xmlNodePtr parent)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        const struct node_state *s = state_of(child);

        if (s == NULL)
            continue;
        if (run_is_inner(&m->c.old->items[s->item])) {
            carry_off(m, child, s);
            carry_children(m, child);
        } else {
            carry(m, child, s->item, s->relevant ? arena_copy(m->c.a, node_text(child)) : s->aside);
        }
    }
}

struct xform_mapping xform_map(struct arena *a, struct xform_run *old, const struct xform *new,
                               const struct xform_setup *setup)
{
    struct xform_mapping result = { .run = xform_run_new(a, new, setup) };
    struct mapper m = { .c = compare(a, xform_run_form(old), new), .from = old, .to = result.run, .result = &result };

    m.target = NEW_N(a, int, m.c.old->n_items + 1);
    for (size_t i = 0; i < m.c.old->n_items; i++)
        m.target[i] = -1;
    for (size_t i = 0; i < new->n_items; i++)
        if (m.c.match[i] >= 0)
            m.target[m.c.match[i]] = (int)i;
    carry_children(&m, old->root);
    (void)!xform_run_recompute(result.run);
    return result;
}
