/* A run page by page, and as a list of answers. */
#include "run.h"

struct shower {
    struct xform_run *run;
    int first, end;
    bool hidden;
    struct xform_shown_list list;
    size_t size;
};

/* -- one entry --------------------------------------------------------------------------------------------- */

static struct xform_shown *add(struct shower *s)
{
    if (s->list.n == s->size) {
        size_t size = s->size ? s->size * 2 : 64;
        struct xform_shown *more = NEW_N(s->run->arena, struct xform_shown, size);

        if (s->size)
            memcpy(more, s->list.at, s->size * sizeof *more);
        s->list.at = more;
        s->size = size;
    }
    return &s->list.at[s->list.n++];
}

static bool in_words(struct str words, struct str word)
{
    struct str piece;

    while (str_cut(&words, ' ', &piece))
        if (piece.n && str_eq(piece, word))
            return true;
    return false;
}

static void fill_options(struct xform_run *run, xmlNodePtr at, int item, struct xform_shown *e)
{
    const struct xform_list *list = &run->form->lists[run->form->items[item].list];
    bool *open = run_choices(run, at, item);

    e->options = NEW_N(run->arena, struct xform_option, list->n + 1);
    for (size_t i = 0; i < list->n; i++)
        if (open[i])
            e->options[e->n_options++] = (struct xform_option){
                list->at[i].name, run_fill(run, at, item, xform_text(&list->at[i].label, run->lang)),
                    in_words(e->value, list->at[i].name) };
}

static bool rule(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind)
{
    return run_judges(run, item, kind) && run_true(run, at, item, kind);
}

static struct xform_shown *show(struct shower *s, enum xform_shown_kind kind, xmlNodePtr at, int item)
{
    struct xform_run *run = s->run;
    const struct xform_item *it = &run->form->items[item];
    const struct node_state *state = state_of(at);
    struct xform_shown *e = add(s);

    *e = (struct xform_shown){ .kind = kind, .item = it, .relevant = state == NULL || state->relevant, .path = run_path(run, run->arena, at) };
    e->label = run_fill(run, at, item, xform_text(&it->label, run->lang));
    e->hint = run_fill(run, at, item, xform_text(&it->hint, run->lang));
    e->guidance_hint = run_fill(run, at, item, xform_text(&it->guidance_hint, run->lang));
    e->media = xform_extra(it, "image");
    return e;
}

static void show_question(struct shower *s, xmlNodePtr at, int item)
{
    struct xform_run *run = s->run;
    struct xform_shown *e = show(s, XFORM_SHOW_QUESTION, at, item);
    const struct node_state *state = state_of(at);

    e->value = state->relevant ? arena_copy(run->arena, node_text(at)) : state->aside;
    e->required = rule(run, at, item, XFORM_REQUIRED);
    e->readonly = run_readonly(run, at, item);
    if (run->form->items[item].list >= 0 && xform_asks(run->form->items[item].type))
        fill_options(run, at, item, e);
}

/* -- the walk ---------------------------------------------------------------------------------------------- */

static bool on_page(const struct shower *s, int item)
{
    return item < s->end && s->run->form->items[item].end > s->first;
}

static void walk_children(struct shower *s, xmlNodePtr parent, int from, int to);

static void walk_instances(struct shower *s, xmlNodePtr parent, int repeat)
{
    const struct xform_item *item = &s->run->form->items[repeat];
    size_t count = run_instances_of(parent, repeat), place = 0;
    struct xform_shown *e = show(s, XFORM_SHOW_REPEAT, parent, repeat);
    struct str path = parent == s->run->root ? STR("/data") : e->path;

    e->path = arena_f(s->run->arena, "%.*s/%.*s", (int)path.n, path.at, (int)item->name.n, item->name.at);
    e->count = count;
    e->may_add = item->repeat_count.n == 0 && count < XFORM_INSTANCES;
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        if (state_of(child) == NULL || state_of(child)->item != repeat || (!state_of(child)->relevant && !s->hidden))
            continue;
        e = show(s, XFORM_SHOW_INSTANCE, child, repeat);
        e->place = ++place;
        e->count = count;
        e->may_remove = item->repeat_count.n == 0;
        walk_children(s, child, repeat + 1, item->end);
        (void)show(s, XFORM_SHOW_INSTANCE_END, child, repeat);
    }
    (void)show(s, XFORM_SHOW_REPEAT_END, parent, repeat);
}

static xmlNodePtr child_of(xmlNodePtr parent, int item)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next)
        if (state_of(child) != NULL && state_of(child)->item == item)
            return child;
    return NULL;
}

static bool any_asked(const struct xform *form, int from, int to)
{
    for (int i = from; i < to; i++)
        if (xform_asks(form->items[i].type) || form->items[i].type == XFORM_NOTE)
            return true;
    return false;
}

static void walk_group(struct shower *s, xmlNodePtr node, xmlNodePtr at, int item)
{
    const struct xform_item *it = &s->run->form->items[item];
    bool whole = item >= s->first;          /* a group around the page is no frame on it */

    if (!any_asked(s->run->form, item + 1, it->end))
        return;
    if (whole)
        (void)show(s, XFORM_SHOW_GROUP, at, item);
    walk_children(s, node, item + 1, it->end);
    if (whole)
        (void)show(s, XFORM_SHOW_GROUP_END, at, item);
}

static void walk_children(struct shower *s, xmlNodePtr parent, int from, int to)
{
    const struct xform *form = s->run->form;

    for (int i = from; i < to; i = form->items[i].end) {
        const struct xform_item *item = &form->items[i];
        xmlNodePtr node;

        if (!on_page(s, i))
            continue;
        if (item->no_node) {
            walk_group(s, parent, parent, i);
            continue;
        }
        if (item->type == XFORM_REPEAT) {
            walk_instances(s, parent, i);
            continue;
        }
        node = child_of(parent, i);
        if (node == NULL || (!state_of(node)->relevant && !s->hidden))
            continue;
        if (item->type == XFORM_GROUP)
            walk_group(s, node, node, i);
        else if (xform_asks(item->type) || item->type == XFORM_NOTE)
            show_question(s, node, i);
    }
}

struct xform_shown_list xform_run_page(struct xform_run *run, size_t page, bool hidden)
{
    struct shower s = { .run = run, .hidden = hidden };

    if (page >= run->form->n_pages)
        return s.list;
    s.first = run->form->pages[page].first;
    s.end = run->form->pages[page].end;
    walk_children(&s, run->root, 0, (int)run->form->n_items);
    return s.list;
}

/* -- pages as a whole -------------------------------------------------------------------------------------- */

static bool any_shown(const struct xform_run *run, const xmlNode *parent, int first, int end)
{
    for (const xmlNode *child = parent->children; child != NULL; child = child->next) {
        const struct node_state *s = state_of(child);
        const struct xform_item *item = s ? &run->form->items[s->item] : NULL;

        if (item == NULL || !s->relevant || s->item >= end || item->end <= first)
            continue;
        if (run_is_inner(item) ? any_shown(run, child, first, end) : xform_asks(item->type) || item->type == XFORM_NOTE)
            return true;
    }
    return false;
}

/* A repeat that may be added to is shown also while it is empty, unless what lies around it is irrelevant. */
static bool empty_repeat_shown(const struct xform_run *run, int first)
{
    const struct xform_item *item = &run->form->items[first];
    bool addable = item->type == XFORM_REPEAT && item->repeat_count.n == 0 && item->repeat < 0;
    const xmlNode *parent = addable ? run_parent_of(run, first, item->path) : NULL;

    return parent != NULL && run_instances_of(parent, first) == 0 &&
        (state_of(parent) == NULL || state_of(parent)->relevant);
}

bool xform_run_page_shown(const struct xform_run *run, size_t page)
{
    const struct xform_page *p = &run->form->pages[page];

    return page < run->form->n_pages && (any_shown(run, run->root, p->first, p->end) ||
                                         empty_repeat_shown(run, p->first));
}

size_t xform_run_page_of(const struct xform_run *run, struct str path)
{
    int item = xform_item_named(run->form, path);

    for (size_t i = 0; i < run->form->n_pages; i++)
        if (item >= run->form->pages[i].first && item < run->form->pages[i].end)
            return i;
    return 0;
}

/* A group's own label, else that of the group around. */
struct str xform_run_page_title(struct xform_run *run, size_t page)
{
    int item = page < run->form->n_pages ? run->form->pages[page].first : -1;

    if (item >= 0 && !run_is_inner(&run->form->items[item]))
        item = run->form->items[item].parent;
    for (; item >= 0; item = run->form->items[item].parent) {
        struct str label = xform_text(&run->form->items[item].label, run->lang);
        const xmlNode *at = run_node(run, run->form->items[item].path);

        if (label.n)
            return at ? run_fill(run, at, item, label) : label;
    }
    return run->form->title;
}

/* -- answers in words -------------------------------------------------------------------------------------- */

static struct str in_order(struct xform_run *run, const xmlNode *at, int item, struct str words)
{
    const struct xform *form = run->form;
    struct str word, all = STR("");

    while (str_cut(&words, ' ', &word)) {
        const struct xform_choice *c = xform_choice(form, form->items[item].list, word);
        struct str label = c ? run_fill(run, at, item, xform_text(&c->label, run->lang)) : word;

        if (word.n)
            all = all.n ? arena_f(run->arena, "%.*s, %.*s", (int)all.n, all.at, (int)label.n, label.at) : label;
    }
    return all;
}

static struct str in_language(struct xform_run *run, const xmlNode *at, int item)
{
    const struct xform_item *it = &run->form->items[item];
    struct str value = arena_copy(run->arena, node_text(at));
    bool vi = str_is(run->lang_code, "vi");
    double days;

    if (run_hides(run, item))
        return STR("");
    if (it->list >= 0)
        return in_order(run, at, item, value);
    if (it->type == XFORM_ACKNOWLEDGE && value.n)
        return STR("✓");
    if ((it->type != XFORM_DATE && it->type != XFORM_DATETIME && it->type != XFORM_TODAY) || !date_of(value, &days))
        return value;
    out_reset(&run->scratch);
    date_format(&run->scratch, vi, days,
                it->type == XFORM_DATETIME ? (vi ? STR("%H:%M, %d/%m/%Y") : STR("%H:%M, %e %b %Y"))
                                                                   : (vi ? STR("%d/%m/%Y") : STR("%e %b %Y")));
    return arena_copy(run->arena, out_done(&run->scratch));
}

struct list { struct xform_run *run; struct xform_answers answers; size_t size; };

static void add_answer(struct list *l, enum xform_shown_kind kind, const xmlNode *at, int item, struct str value)
{
    struct xform_run *run = l->run;

    if (l->answers.n == l->size) {
        size_t size = l->size ? l->size * 2 : 64;
        struct xform_answer *more = NEW_N(run->arena, struct xform_answer, size);

        if (l->size)
            memcpy(more, l->answers.at, l->size * sizeof *more);
        l->answers.at = more;
        l->size = size;
    }
    l->answers.at[l->answers.n++] = (struct xform_answer){
        .item = &run->form->items[item], .path = run_path(run, run->arena, at), .value = value, .kind = kind,
        .label = run_fill(run, at, item, xform_text(&run->form->items[item].label, run->lang)),
            .depth = run->form->items[item].depth };
}

static void list_children(struct list *l, const xmlNode *parent)
{
    for (const xmlNode *child = parent->children; child != NULL; child = child->next) {
        const struct node_state *s = state_of(child);
        const struct xform_item *item = s ? &l->run->form->items[s->item] : NULL;
        bool inner = item && run_is_inner(item), repeat = item && item->type == XFORM_REPEAT;

        if (item == NULL || !s->relevant)
            continue;
        if (inner) {
            add_answer(l, repeat ? XFORM_SHOW_INSTANCE : XFORM_SHOW_GROUP, child, s->item, STR(""));
            list_children(l, child);
            add_answer(l, repeat ? XFORM_SHOW_INSTANCE_END : XFORM_SHOW_GROUP_END, child, s->item, STR(""));
        } else if (xform_asks(item->type) || (item->type == XFORM_CALCULATE && xform_text(&item->label, 0).n)) {
            add_answer(l, XFORM_SHOW_QUESTION, child, s->item, in_language(l->run, child, s->item));
        }
    }
}

struct xform_answers xform_run_answers(struct xform_run *run)
{
    struct list l = { .run = run };

    list_children(&l, run->root);
    return l.answers;
}
