/* A run: the answers as a document, and what follows from them. */
#include "run.h"
#include "xml.h"

#include "../base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* -- nodes -------------------------------------------------------------------------------------------------------------------------- */

struct str node_text(const xmlNode *node)
{
    const xmlNode *text = node->children;

    return text && text->type == XML_TEXT_NODE && text->content ? str_c((const char *)text->content) : STR("");
}

void node_set_text(xmlNodePtr node, struct str text)
{
    xmlNodePtr old = node->children;

    node->children = node->last = NULL;
    if (old != NULL)
        xmlFreeNodeList(old);
    if (text.n)
        xmlAddChild(node, xmlNewDocTextLen(node->doc, (const xmlChar *)text.at, (int)text.n));
}

static xmlNodePtr new_node(struct xform_run *run, int item)
{
    struct str name = run->form->items[item].name;
    xmlChar *copy = xmlStrndup((const xmlChar *)name.at, (int)name.n);
    xmlNodePtr node = xmlNewDocNode(run->doc, NULL, copy, NULL);
    struct node_state *s;

    xmlFree(copy);
    s = NEW(run->arena, struct node_state);
    *s = (struct node_state){ .item = item, .relevant = true, .aside = STR("") };
    node->_private = s;
    return node;
}

bool run_is_inner(const struct xform_item *item)
{
    return item->type == XFORM_GROUP || item->type == XFORM_REPEAT;
}

static void set_default(struct xform_run *run, xmlNodePtr node, int item)
{
    const struct xform_item *it = &run->form->items[item];

    if (it->rules->xpath[XFORM_DEFAULT].n)
        node_set_text(node, run_text(run, node, item, XFORM_DEFAULT));
    else if (!str_starts(it->default_value, STR("lachan:")))
        node_set_text(node, it->default_value);         /* "lachan:..." is filled by the case that the form belongs to */
    if (it->type == XFORM_START || it->type == XFORM_TODAY) {
        out_reset(&run->scratch);
        if (it->type == XFORM_TODAY)
            date_text(&run->scratch, date_now(run->now));
        else
            date_time_text(&run->scratch, date_now(run->now));
        node_set_text(node, out_done(&run->scratch));
    }
}

/* Children of a group, an instance or the root: in the order of the form; a repeat begins with one instance, or as many as it counts. */
static void make_children(struct xform_run *run, xmlNodePtr parent, int from, int to)
{
    for (int i = from; i < to; i = run->form->items[i].end) {
        const struct xform_item *item = &run->form->items[i];
        xmlNodePtr node;

        if (item->no_node) {
            make_children(run, parent, i + 1, item->end);
            continue;
        }
        if (item->type == XFORM_REPEAT && item->repeat_count.n)
            continue;
        node = new_node(run, i);
        xmlAddChild(parent, node);
        if (run_is_inner(item))
            make_children(run, node, i + 1, item->end);
    }
}

static void set_defaults(struct xform_run *run, xmlNodePtr node)
{
    for (xmlNodePtr child = xmlFirstElementChild(node); child != NULL; child = xmlNextElementSibling(child)) {
        const struct node_state *s = state_of(child);

        if (s == NULL)
            continue;
        if (run_is_inner(&run->form->items[s->item]))
            set_defaults(run, child);
        else
            set_default(run, child, s->item);
    }
}

size_t run_instances_of(const xmlNode *parent, int repeat)
{
    size_t n = 0;

    for (const xmlNode *child = parent->children; child != NULL; child = child->next)
        n += state_of(child) != NULL && state_of(child)->item == repeat;
    return n;
}

/* Puts an instance behind its brothers, or where the first one belongs. */
static void place_instance(xmlNodePtr parent, xmlNodePtr node, int repeat)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next)
        if (state_of(child) == NULL || state_of(child)->item > repeat) {
            xmlAddPrevSibling(child, node);
            return;
        }
    xmlAddChild(parent, node);
}

xmlNodePtr run_add_instance(struct xform_run *run, xmlNodePtr parent, int repeat)
{
    xmlNodePtr node = new_node(run, repeat);

    place_instance(parent, node, repeat);
    make_children(run, node, repeat + 1, run->form->items[repeat].end);
    return node;
}

/* -- paths ---------------------------------------------------------------------------------------------------------------------------- */

static xmlNodePtr child_at(xmlNodePtr parent, struct str name, i64 place)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        const struct node_state *s = state_of(child);

        if (s != NULL && strncmp((const char *)child->name, name.at, name.n) == 0 && child->name[name.n] == 0 && --place == 0)
            return child;
    }
    return NULL;
}

xmlNodePtr run_node(const struct xform_run *run, struct str path)
{
    struct str rest = path, part;
    xmlNodePtr node = run->root;

    if (!str_cut(&rest, '/', &part) || part.n || !str_cut(&rest, '/', &part) || !str_is(part, "data"))
        return NULL;
    while (rest.at != NULL && node != NULL && str_cut(&rest, '/', &part)) {
        size_t open = str_find_char(part, '[');
        i64 place = 1;

        if (open < part.n && (!str_ends(part, STR("]")) || !str_i64(str_upto(str_from(part, open + 1), part.n - open - 2), &place) || place < 1))
            return NULL;
        if (open == 0 || part.n == 0)
            return NULL;
        node = child_at(node, str_upto(part, open), place);
    }
    return node;
}

struct str run_path(struct xform_run *run, struct arena *a, const xmlNode *node)
{
    const xmlNode *chain[XFORM_DEPTH + 2];
    size_t n = 0;

    for (; node != NULL && node != run->root && n < COUNT_OF(chain); node = node->parent)
        chain[n++] = node;
    out_reset(&run->scratch);
    out_c(&run->scratch, "/data");
    while (n-- > 0) {
        const struct xform_item *item = item_of_node(run, chain[n]);

        out_f(&run->scratch, "/%s", (const char *)chain[n]->name);
        if (item != NULL && item->type == XFORM_REPEAT) {
            int place = 1;

            for (const xmlNode *p = chain[n]->prev; p != NULL; p = p->prev)
                place += state_of(p) != NULL && state_of(p)->item == state_of(chain[n])->item;
            out_f(&run->scratch, "[%d]", place);
        }
    }
    return arena_copy(a, out_done(&run->scratch));
}

/* The element that instances of a repeat lie in. */
xmlNodePtr run_parent_of(const struct xform_run *run, int item, struct str path)
{
    size_t slash = path.n;

    while (slash > 0 && path.at[slash - 1] != '/')
        slash--;
    return item < 0 || slash < 2 ? NULL : run_node(run, str_upto(path, slash - 1));
}

/* -- evaluation -------------------------------------------------------------------------------------------------------------------------- */

static void note_failure(struct xform_run *run, int item, enum xform_expr kind)
{
    if (run->failed_item >= 0)
        return;
    run->failed_item = item;
    run->failed_kind = kind;
}

static xmlXPathCompExprPtr compiled(struct xform_run *run, int item, enum xform_expr kind)
{
    xmlXPathCompExprPtr *place = &run->compiled[item * XFORM_EXPRS + (int)kind];

    if (*place == NULL)
        *place = xmlXPathCtxtCompile(run->xpath, (const xmlChar *)run->form->items[item].rules->xpath[kind].at);
    return *place;
}

static xmlXPathObjectPtr evaluate_over(struct xform_run *run, xmlNodePtr at, xmlNodePtr over, int item, enum xform_expr kind)
{
    xmlXPathCompExprPtr c = compiled(run, item, kind);
    xmlXPathObjectPtr value = NULL;

    run->current = at;
    run->xpath->node = over;
    run->xpath->doc = over->doc;
    run->xpath->opCount = 0;
    if (c != NULL)
        value = xmlXPathCompiledEval(c, run->xpath);
    if (value == NULL)
        note_failure(run, item, kind);
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

/* -- relevance, counts, calculations ---------------------------------------------------------------------------------------------------------- */

/* The item's own rule, and those of groups around it that have no element of their own. */
static bool own_relevance(struct xform_run *run, xmlNodePtr node, int item)
{
    bool first = true;

    for (int i = item; i >= 0 && (first || run->form->items[i].no_node); i = run->form->items[i].parent) {
        if (run->form->items[i].rules->xpath[XFORM_RELEVANT].n && !run_true(run, first ? node : node->parent, i, XFORM_RELEVANT))
            return false;
        first = false;
    }
    return true;
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

    if (run->form->items[item].rules->xpath[XFORM_CALCULATION].n == 0 || !triggered(run, item))
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
            place_instance(parent, kept, repeat);
        else
            set_defaults(run, run_add_instance(run, parent, repeat));
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
        else if (item->type == XFORM_REPEAT && item->rules->xpath[XFORM_COUNT].n)
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

/* -- life ----------------------------------------------------------------------------------------------------------------------------------- */

static void free_documents(xmlDocPtr *docs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (docs[i] != NULL)
            xmlFreeDoc(docs[i]);
}

static void end_run(void *what)
{
    struct xform_run *run = what;

    if (run->ended)
        return;
    run->ended = true;
    for (size_t i = 0; i < run->form->n_items * XFORM_EXPRS; i++)
        if (run->compiled[i] != NULL)
            xmlXPathFreeCompExpr(run->compiled[i]);
    if (run->name_compiled != NULL)
        xmlXPathFreeCompExpr(run->name_compiled);
    for (size_t i = 0; i < run->n_regexes; i++) {
        xmlRegFreeRegexp(run->regexes[i].compiled);
        xmlFree(run->regexes[i].pattern);
    }
    xmlXPathFreeContext(run->xpath);
    free_documents(run->lists, run->form->n_lists);
    free_documents(run->tables, run->form->n_tables);
    for (struct set_aside *e = run->extra; e != NULL; e = e->next)
        if (e->node != NULL)
            xmlFreeNode(e->node);
    xmlFreeDoc(run->loading);
    xmlFreeDoc(run->doc);
    out_wipe(&run->scratch);
    out_free(&run->scratch);
}

void xform_run_free(struct xform_run *run)
{
    end_run(run);
}

struct xform_run *xform_run_new(struct arena *a, const struct xform *form, const struct xform_setup *setup)
{
    struct xform_run *run = NEW(a, struct xform_run);

    xml_start();
    run->arena = a;
    run->form = form;
    run->now = setup->now;
    run->lang_code = arena_copy(a, setup->lang);
    run->lang = xform_lang(form, setup->lang);
    run->instance_id = arena_copy(a, setup->instance_id);
    run->failed_item = -1;
    run->scratch.max = XFORM_XML_BYTES * 2;
    run->compiled = NEW_N(a, xmlXPathCompExprPtr, form->n_items * XFORM_EXPRS + 1);
    run->lists = NEW_N(a, xmlDocPtr, form->n_lists + 1);
    run->tables = NEW_N(a, xmlDocPtr, form->n_tables + 1);
    run->touched = NEW_N(a, bool, form->n_items + 1);
    run->doc = xmlNewDoc((const xmlChar *)"1.0");
    run->root = xmlNewDocNode(run->doc, NULL, (const xmlChar *)"data", NULL);
    xmlDocSetRootElement(run->doc, run->root);
    run->xpath = xpath_context(run);
    arena_at_end(a, end_run, run);
    make_children(run, run->root, 0, (int)form->n_items);
    set_defaults(run, run->root);
    (void)!xform_run_recompute(run);
    return run;
}

const struct xform *xform_run_form(const struct xform_run *run)
{
    return run->form;
}

bool run_check_rules(struct xform_run *run, int *item, enum xform_expr *kind)
{
    for (int i = 0; i < (int)run->form->n_items && run->failed_item < 0; i++) {
        const struct xform_rules *rules = run->form->items[i].rules;

        for (int k = 0; k < XFORM_EXPRS; k++)
            if (rules->xpath[k].n && k != XFORM_FILTER)
                xmlXPathFreeObject(run_evaluate(run, run->root, i, (enum xform_expr)k));
        if (rules->xpath[XFORM_FILTER].n && compiled(run, i, XFORM_FILTER) == NULL)
            note_failure(run, i, XFORM_FILTER);
    }
    *item = run->failed_item;
    *kind = run->failed_kind;
    return run->failed_item < 0;
}

/* -- answers ---------------------------------------------------------------------------------------------------------------------------------- */

/* Canonical form of what was typed; the text itself where it is none. */
static struct str canonical(struct xform_run *run, const struct xform_item *item, struct str typed)
{
    struct str s = str_trim(typed);
    char date[11], time[9];
    size_t comma = str_find_char(s, ',');

    if (item->type == XFORM_DATE && date_typed(s, date))
        return arena_copy(run->arena, str_c(date));
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
    if (run->form->items[s->item].rules->xpath[XFORM_READONLY].n && run_true(run, node, s->item, XFORM_READONLY))
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
    xmlNodePtr parent;

    if (item < 0 || run->form->items[item].type != XFORM_REPEAT || (parent = run_parent_of(run, item, path)) == NULL)
        return fail(NOT_FOUND, "the form has no such repeat");
    if (run->form->items[item].repeat_count.n || run_instances_of(parent, item) >= XFORM_INSTANCES)
        return fail(TOO_LARGE, "no more can be added");
    set_defaults(run, run_add_instance(run, parent, item));
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

/* -- asking ------------------------------------------------------------------------------------------------------------------------------------- */

bool xform_run_relevant(const struct xform_run *run, struct str path)
{
    const xmlNode *node = run_node(run, path);

    return node != NULL && (node == run->root || state_of(node)->relevant);
}

static bool asked(struct xform_run *run, struct str path, enum xform_expr kind)
{
    xmlNodePtr node = run_node(run, path);
    const struct node_state *s = node && node != run->root ? state_of(node) : NULL;

    return s != NULL && run->form->items[s->item].rules->xpath[kind].n && run_true(run, node, s->item, kind);
}

bool xform_run_required(struct xform_run *run, struct str path)
{
    return asked(run, path, XFORM_REQUIRED);
}

bool xform_run_readonly(struct xform_run *run, struct str path)
{
    return asked(run, path, XFORM_READONLY);
}

/* The element of `target` as seen from one at `item`: of the same instance of the nearest repeat around both. */
static const xmlNode *seen_from(const struct xform_run *run, const xmlNode *at, int target)
{
    const struct xform_item *t = &run->form->items[target];
    struct str rest;

    for (; at != run->root; at = at->parent) {
        const struct node_state *s = state_of(at);

        if (s != NULL && run->form->items[s->item].type == XFORM_REPEAT && target > s->item && target < run->form->items[s->item].end)
            break;
    }
    rest = str_from(t->path, at == run->root ? 5 : run->form->items[state_of(at)->item].path.n);
    for (struct str part; at != NULL && rest.n && str_cut(&rest, '/', &part);)
        if (part.n)
            at = child_at((xmlNodePtr)at, part, 1);
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
        if (node != NULL)
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
