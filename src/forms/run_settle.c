/* What follows from the answers: relevance, counts, calculations. */
#include "run.h"

#include <math.h>
#include <stdlib.h>

/* -- evaluation -------------------------------------------------------------------------------------------- */

void run_note_failure(struct xform_run *run, int item, enum xform_expr kind)
{
    if (run->failed_item >= 0)
        return;
    run->failed_item = item;
    run->failed_kind = kind;
}

xmlXPathCompExprPtr run_compiled(struct xform_run *run, int item, enum xform_expr kind)
{
    xmlXPathCompExprPtr *place = &run->compiled[item * XFORM_EXPRS + (int)kind];

    if (*place == NULL)
        *place = xmlXPathCtxtCompile(run->xpath, (const xmlChar *)run->form->items[item].rules->xpath[kind].at);
    return *place;
}

static xmlXPathObjectPtr evaluate_over(struct xform_run *run, xmlNodePtr at, xmlNodePtr over, int item,
                                       enum xform_expr kind)
{
    xmlXPathCompExprPtr c = run_compiled(run, item, kind);
    xmlXPathObjectPtr value = NULL;

    run->current = at;
    run->xpath->node = over;
    run->xpath->doc = over->doc;
    run->xpath->opCount = 0;
    if (c != NULL && run->spent < RUN_ALL_OPERATIONS)
        value = xmlXPathCompiledEval(c, run->xpath);
    run->spent += run->xpath->opCount;
    if (value == NULL)
        run_note_failure(run, item, kind);
    return value;
}

xmlXPathObjectPtr run_evaluate(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind)
{
    return evaluate_over(run, at, at, item, kind);
}

bool run_true_over(struct xform_run *run, xmlNodePtr at, xmlNodePtr over, int item, enum xform_expr kind)
{
    xmlXPathObjectPtr value = evaluate_over(run, at, over, item, kind);
    bool yes = value != NULL && xmlXPathCastToBoolean(value);

    xmlXPathFreeObject(value);
    return yes;
}

struct str run_text(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind)
{
    xmlXPathObjectPtr value = run_evaluate(run, at, item, kind);
    enum xform_type type = run->form->items[item].type;

    out_reset(&run->scratch);
    if (value != NULL && value->type == XPATH_NUMBER && type == XFORM_DATE)
        date_text(&run->scratch, value->floatval);
    else if (value != NULL && value->type == XPATH_NUMBER && type == XFORM_DATETIME)
        date_time_text(&run->scratch, value->floatval);
    else
        xpath_value_text(&run->scratch, value);
    xmlXPathFreeObject(value);
    return out_done(&run->scratch);
}

bool run_true(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind)
{
    return run_true_over(run, at, at, item, kind);
}

double run_number(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind)
{
    struct str text = run_text(run, at, item, kind);
    char copy[32], *end;
    double value;

    if (text.n == 0 || text.n >= sizeof copy)
        return NAN;
    memcpy(copy, text.at, text.n);
    copy[text.n] = 0;
    value = strtod(copy, &end);
    return *end ? NAN : value;
}

/* -- relevance, counts, calculations ----------------------------------------------------------------------- */

/* The item's own rule, and those of groups around it that have no element of their own. */
static bool own_relevance(struct xform_run *run, xmlNodePtr node, int item)
{
    bool first = true;

    for (int i = item; i >= 0 && (first || run->form->items[i].no_node); i = run->form->items[i].parent) {
        if (run_judges(run, i, XFORM_RELEVANT) && !run_true(run, first ? node : node->parent, i, XFORM_RELEVANT))
            return false;
        first = false;
    }
    return !(run->nameless && state_of(node)->off);
}

bool run_closed_off(struct xform_run *run, xmlNodePtr node, int item)
{
    bool first = true;

    if (run->nameless)
        return state_of(node)->off;
    for (int i = item; i >= 0 && (first || run->form->items[i].no_node); i = run->form->items[i].parent) {
        const struct xform_rules *rules = run->form->items[i].rules;

        if (rules->closed[XFORM_RELEVANT] && rules->xpath[XFORM_RELEVANT].n &&
            !run_true(run, first ? node : node->parent, i, XFORM_RELEVANT))
            return true;
        first = false;
    }
    return false;
}

bool run_readonly(struct xform_run *run, xmlNodePtr at, int item)
{
    if (run->form->items[item].rules->xpath[XFORM_READONLY].n == 0)
        return false;
    return !run_judges(run, item, XFORM_READONLY) || run_true(run, at, item, XFORM_READONLY);
}

bool run_unsure(const struct xform_run *run, int item)
{
    for (int i = item; i >= 0; i = run->form->items[i].parent)
        if (run->form->items[i].rules->xpath[XFORM_RELEVANT].n && !run_judges(run, i, XFORM_RELEVANT))
            return true;
    return false;
}

/* An irrelevant answer is empty for every expression; what was typed comes back with its relevance. */
static bool set_relevance(struct xform_run *run, xmlNodePtr node, struct node_state *s, bool relevant)
{
    bool changed = s->relevant != relevant, leaf = !run_is_inner(&run->form->items[s->item]);

    if (changed && leaf && relevant) {
        node_set_text(node, s->aside);
        s->aside = STR("");
    } else if (changed && leaf) {
        s->aside = arena_copy(run->arena, node_text(node));
        node_set_text(node, STR(""));
    }
    s->relevant = relevant;
    return changed;
}

void run_put_value(struct xform_run *run, xmlNodePtr node, struct str text)
{
    struct node_state *s = state_of(node);

    if (s->relevant)
        node_set_text(node, text);
    else
        s->aside = arena_copy(run->arena, text);
}

static bool triggered(const struct xform_run *run, int item)
{
    const struct xform_rules *rules = run->form->items[item].rules;

    for (size_t i = 0; i < rules->n_triggers; i++)
        if (run->touched[rules->triggers[i]])
            return true;
    return rules->n_triggers == 0;
}

static bool calculate(struct xform_run *run, xmlNodePtr node, int item)
{
    struct str value;

    if (!run_judges(run, item, XFORM_CALCULATION) || !triggered(run, item))
        return false;
    value = str_upto(run_text(run, node, item, XFORM_CALCULATION), XFORM_VALUE_BYTES);
    if (str_eq(value, node_text(node)))
        return false;
    node_set_text(node, value);
    return true;
}

/* Instances beyond the count go aside with all that was typed, and come back with it. */
static void put_aside(struct xform_run *run, const xmlNode *parent, int repeat)
{
    struct set_aside *e = NEW(run->arena, struct set_aside);
    xmlNodePtr last = NULL;

    for (xmlNodePtr child = parent->children; child != NULL; child = child->next)
        last = state_of(child) != NULL && state_of(child)->item == repeat ? child : last;
    xmlUnlinkNode(last);
    *e = (struct set_aside){ run->extra, last, state_of(parent), repeat };
    run->extra = e;
}

static xmlNodePtr take_back(struct xform_run *run, const xmlNode *parent, int repeat)
{
    for (struct set_aside *e = run->extra; e != NULL; e = e->next)
        if (e->node != NULL && e->parent == state_of(parent) && e->repeat == repeat) {
            xmlNodePtr node = e->node;

            e->node = NULL;
            return node;
        }
    return NULL;
}

static bool count_instances(struct xform_run *run, xmlNodePtr parent, int repeat)
{
    size_t have = run_instances_of(parent, repeat), want;
    double wanted = run_number(run, parent, repeat, XFORM_COUNT);

    want = wanted > XFORM_INSTANCES ? XFORM_INSTANCES : wanted >= 1 ? (size_t)wanted : 0;
    if (want == have)
        return false;
    for (; have > want; have--)
        put_aside(run, parent, repeat);
    for (; have < want; have++) {
        xmlNodePtr kept = take_back(run, parent, repeat);

        if (kept != NULL)
            run_place_instance(parent, kept, repeat);
        else if ((kept = run_add_instance(run, parent, repeat)) != NULL)
            run_set_defaults(run, kept);
        else
            return false;           /* the form is full: what is there stays */
    }
    return true;
}

/* Repeats with a count among the children of an element. */
static bool count_children(struct xform_run *run, xmlNodePtr parent, int from, int to)
{
    bool changed = false;

    for (int i = from; i < to; i = run->form->items[i].end) {
        const struct xform_item *item = &run->form->items[i];

        if (item->no_node)
            changed |= count_children(run, parent, i + 1, item->end);
        else if (item->type == XFORM_REPEAT && run_judges(run, i, XFORM_COUNT))
            changed |= count_instances(run, parent, i);
    }
    return changed;
}

static bool settle(struct xform_run *run, xmlNodePtr parent, int from, int to, bool relevant)
{
    bool changed = count_children(run, parent, from, to);

    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        struct node_state *s = state_of(child);
        const struct xform_item *item;
        bool shown;

        if (s == NULL)
            continue;
        item = &run->form->items[s->item];
        shown = relevant && own_relevance(run, child, s->item);
        changed |= set_relevance(run, child, s, shown);
        if (run_is_inner(item))
            changed |= settle(run, child, s->item + 1, item->end, shown);
        else if (shown)
            changed |= calculate(run, child, s->item);
    }
    return changed;
}

status xform_run_recompute(struct xform_run *run)
{
    int rounds = 0;

    while (settle(run, run->root, 0, (int)run->form->n_items, true) && rounds < RUN_ROUNDS)
        rounds++;
    memset(run->touched, 0, run->form->n_items);
    if (rounds == RUN_ROUNDS)
        return fail(BROKEN, "form %.*s does not come to rest", (int)run->form->id.n, run->form->id.at);
    if (run->failed_item >= 0)
        return fail(BROKEN, "form %.*s: an expression of %.*s fails", (int)run->form->id.n, run->form->id.at,
                    (int)run->form->items[run->failed_item].path.n, run->form->items[run->failed_item].path.at);
    return OK;
}
