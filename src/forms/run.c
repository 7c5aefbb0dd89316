/* A run: the answers as a document, from its making to its end. */
#include "run.h"
#include "../base/xml.h"

#include <stdio.h>

/* -- nodes ------------------------------------------------------------------------------------------------- */

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
    run->n_nodes++;
    return node;
}

bool run_is_inner(const struct xform_item *item)
{
    return item->type == XFORM_GROUP || item->type == XFORM_REPEAT;
}

static void set_default(struct xform_run *run, xmlNodePtr node, int item)
{
    const struct xform_item *it = &run->form->items[item];

    if (it->rules->xpath[XFORM_DEFAULT].n && !run_judges(run, item, XFORM_DEFAULT))
        node_set_text(node, STR(""));
    else if (it->rules->xpath[XFORM_DEFAULT].n)
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

void run_set_defaults(struct xform_run *run, xmlNodePtr node)
{
    for (xmlNodePtr child = xmlFirstElementChild(node); child != NULL; child = xmlNextElementSibling(child)) {
        const struct node_state *s = state_of(child);

        if (s == NULL)
            continue;
        if (run_is_inner(&run->form->items[s->item]))
            run_set_defaults(run, child);
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
void run_place_instance(xmlNodePtr parent, xmlNodePtr node, int repeat)
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
    size_t more = (size_t)(run->form->items[repeat].end - repeat);
    xmlNodePtr node;

    if (run->n_nodes + more > RUN_NODES || run_instances_of(parent, repeat) >= XFORM_INSTANCES)
        return NULL;
    node = new_node(run, repeat);
    run_place_instance(parent, node, repeat);
    make_children(run, node, repeat + 1, run->form->items[repeat].end);
    return node;
}

/* -- paths ------------------------------------------------------------------------------------------------- */

xmlNodePtr run_child_at(xmlNodePtr parent, struct str name, i64 place)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        const struct node_state *s = state_of(child);

        if (s != NULL && strncmp((const char *)child->name, name.at, name.n) == 0 && child->name[name.n] == 0 &&
            --place == 0)
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

        if (open < part.n && (!str_ends(part, STR("]")) ||
                              !str_i64(str_upto(str_from(part, open + 1), part.n - open - 2), &place) || place < 1))
            return NULL;
        if (open == 0 || part.n == 0)
            return NULL;
        node = run_child_at(node, str_upto(part, open), place);
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

/* -- life -------------------------------------------------------------------------------------------------- */

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
    run->nameless = setup->nameless;
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
    run_set_defaults(run, run->root);
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
        if (rules->xpath[XFORM_FILTER].n && run_compiled(run, i, XFORM_FILTER) == NULL)
            run_note_failure(run, i, XFORM_FILTER);
    }
    *item = run->failed_item;
    *kind = run->failed_kind;
    return run->failed_item < 0;
}
