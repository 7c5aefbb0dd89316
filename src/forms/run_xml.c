/* A run as the submission of ODK, and back. */
#include "run.h"

#include <libxml/parser.h>

/* -- writing ----------------------------------------------------------------------------------------------- */

struct writer { struct xform_run *run; struct out *o; const char *compartment; };

static bool is_part(const struct writer *w, const struct xform_item *item)
{
    struct str own = xform_extra(item, "lachan:compartment");

    return w->compartment == NULL || str_is(own.n ? own : STR("N"), w->compartment);
}

/* Whoever reads the part without I cannot ask a rule that reads I: what it said stands beside the answer. */
static const char *off_mark(struct writer *w, xmlNodePtr node, int item)
{
    bool told = w->run->nameless || (w->compartment != NULL && strcmp(w->compartment, "N") == 0);

    return told && run_closed_off(w->run, node, item) ? " lachan-off=\"1\"" : "";
}

static void write_element(struct out *o, const xmlNode *node, const char *mark, struct str text)
{
    const char *name = (const char *)node->name;

    if (text.n == 0) {
        out_f(o, "<%s%s/>", name, mark);
        return;
    }
    out_f(o, "<%s%s>", name, mark);
    out_html(o, text);
    out_f(o, "</%s>", name);
}

/* What an unknown element held, without attributes. */
static void write_unknown(struct out *o, const xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        out_html(o, str_c((const char *)node->content));
        return;
    }
    if (node->type != XML_ELEMENT_NODE)
        return;
    out_f(o, "<%s>", (const char *)node->name);
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        write_unknown(o, child);
    out_f(o, "</%s>", (const char *)node->name);
}

static void write_children(struct writer *w, const xmlNode *parent);

static void write_node(struct writer *w, xmlNodePtr node)
{
    const struct node_state *s = state_of(node);
    const struct xform_item *item = s ? &w->run->form->items[s->item] : NULL;

    if (item == NULL) {
        if (w->compartment == NULL || strcmp(w->compartment, "N") == 0)
            write_unknown(w->o, node);
    } else if (run_is_inner(item)) {
        out_f(w->o, "<%s%s>", (const char *)node->name, off_mark(w, node, s->item));
        write_children(w, node);
        out_f(w->o, "</%s>", (const char *)node->name);
    } else if (is_part(w, item)) {
        write_element(w->o, node, off_mark(w, node, s->item), s->relevant ? node_text(node) : w->run->finished ? STR("") : s->aside);
    }
}

static void write_children(struct writer *w, const xmlNode *parent)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next)
        write_node(w, child);
    for (const struct set_aside *e = w->run->extra; e != NULL && !w->run->finished; e = e->next)
        if (e->node != NULL && e->parent == state_of(parent))
            write_node(w, e->node);
}

static void write_name(struct xform_run *run, struct out *o)
{
    xmlXPathObjectPtr value;
    struct out name = { .max = XFORM_VALUE_BYTES };

    if (run->name_compiled == NULL)
        run->name_compiled = xmlXPathCtxtCompile(run->xpath, (const xmlChar *)run->form->instance_name.at);
    run->current = run->xpath->node = run->root;
    run->xpath->opCount = 0;
    value = run->name_compiled ? xmlXPathCompiledEval(run->name_compiled, run->xpath) : NULL;
    xpath_value_text(&name, value);
    xmlXPathFreeObject(value);
    out_c(o, "<instanceName>");
    out_html(o, out_done(&name));
    out_c(o, "</instanceName>");
    out_wipe(&name);
    out_free(&name);
}

struct str xform_run_save_part(struct xform_run *run, struct arena *a, const char *compartment)
{
    struct out o = { .max = XFORM_XML_BYTES * 2 };
    struct writer w = { run, &o, compartment };
    struct str xml;

    out_c(&o, "<data id=\"");
    out_html(&o, run->form->id);
    out_c(&o, "\" version=\"");
    out_html(&o, run->form->version);
    out_c(&o, "\">");
    write_children(&w, run->root);
    out_c(&o, "<meta><instanceID>");
    out_html(&o, run->instance_id);
    out_c(&o, "</instanceID>");
    if (compartment == NULL && run->form->instance_name.n)
        write_name(run, &o);
    out_c(&o, "</meta></data>");
    xml = arena_copy(a, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return xml;
}

struct str xform_run_save(struct xform_run *run, struct arena *a)
{
    return xform_run_save_part(run, a, NULL);
}

void xform_run_finish(struct xform_run *run)
{
    for (size_t i = 0; i < run->form->n_items; i++)
        if (run->form->items[i].type == XFORM_END) {
            xmlNodePtr node = run_node(run, run->form->items[i].path);

            out_reset(&run->scratch);
            date_time_text(&run->scratch, date_now(run->now));
            if (node != NULL)
                run_put_value(run, node, out_done(&run->scratch));
        }
    (void)!xform_run_recompute(run);
    run->finished = true;
}

/* -- reading ----------------------------------------------------------------------------------------------- */

/* The child item of a group (-1: the form) with this name; groups without an element are looked through. */
static int child_named(const struct xform *form, int from, int to, struct str name)
{
    for (int i = from; i < to; i = form->items[i].end) {
        int inner;

        if (form->items[i].no_node && (inner = child_named(form, i + 1, form->items[i].end, name)) >= 0)
            return inner;
        if (!form->items[i].no_node && str_eq(form->items[i].name, name))
            return i;
    }
    return -1;
}

static xmlNodePtr instance_at(const xmlNode *parent, int item, size_t place)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next)
        if (state_of(child) != NULL && state_of(child)->item == item && place-- == 0)
            return child;
    return NULL;
}

static void clear(struct xform_run *run, xmlNodePtr parent)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        struct node_state *s = state_of(child);

        if (s == NULL)
            continue;
        if (run_is_inner(&run->form->items[s->item]))
            clear(run, child);
        else
            run_put_value(run, child, STR(""));
    }
}

/* Not beyond the limit of an answer, and never half a character. */
static struct str whole_characters(struct str s)
{
    size_t n = s.n > XFORM_VALUE_BYTES ? XFORM_VALUE_BYTES : s.n;

    while (n > 0 && n < s.n && ((uint8_t)s.at[n] & 0xc0) == 0x80)
        n--;
    return str_upto(s, n);
}

static void read_leaf(struct xform_run *run, const xmlNode *from, xmlNodePtr to, bool merge)
{
    xmlChar *text = xmlNodeGetContent(from);
    struct str s;

    out_reset(&run->scratch);
    out_c(&run->scratch, text ? (const char *)text : "");
    xmlFree(text);
    s = whole_characters(out_done(&run->scratch));
    if (s.n || !merge)
        run_put_value(run, to, s);
}

static status read_children(struct xform_run *run, const xmlNode *from, xmlNodePtr to, int item, bool merge);

static status read_one(struct xform_run *run, xmlNodePtr from, xmlNodePtr to, int item, size_t *seen, bool merge)
{
    const struct xform_item *it = &run->form->items[item];
    xmlNodePtr node = instance_at(to, item, it->type == XFORM_REPEAT ? seen[item] : 0);

    if (it->type == XFORM_REPEAT && seen[item] >= XFORM_INSTANCES)
        return fail(INVALID, "more than %d of one repeat", XFORM_INSTANCES);
    if (node == NULL && it->type == XFORM_REPEAT && (node = run_add_instance(run, to, item)) == NULL)
        return fail(INVALID, "a submission has too many parts");
    seen[item]++;
    if (node == NULL)
        return OK;
    if (!merge)
        state_of(node)->off = xmlHasProp(from, (const xmlChar *)"lachan-off") != NULL;
    if (run_is_inner(it))
        return read_children(run, from, node, item, merge);
    read_leaf(run, from, node, merge);
    return OK;
}

/* Instances that the submission does not have. */
static void drop_others(struct xform_run *run, xmlNodePtr to, int item, const size_t *seen)
{
    int end = item < 0 ? (int)run->form->n_items : run->form->items[item].end;

    for (int i = item + 1; i < end; i++)
        if (run->form->items[i].type == XFORM_REPEAT)
            for (xmlNodePtr node; (node = instance_at(to, i, seen[i])) != NULL;) {
                xmlUnlinkNode(node);
                xmlFreeNode(node);
            }
}

static status read_children(struct xform_run *run, const xmlNode *from, xmlNodePtr to, int item, bool merge)
{
    const struct xform *form = run->form;
    size_t *seen = NEW_N(run->arena, size_t, form->n_items + 1);
    int end = item < 0 ? (int)form->n_items : form->items[item].end;

    for (xmlNodePtr child = from->children; child != NULL; child = child->next) {
        int named;

        if (child->type != XML_ELEMENT_NODE || (item < 0 && xmlStrEqual(child->name, (const xmlChar *)"meta")))
            continue;
        named = child_named(form, item + 1, end, str_c((const char *)child->name));
        if (named >= 0)
            TRY(read_one(run, child, to, named, seen, merge));
        else if (!merge)
            xmlAddChild(to, xmlDocCopyNode(child, run->doc, 1));
    }
    if (!merge)
        drop_others(run, to, item, seen);
    return OK;
}

static void read_meta(struct xform_run *run, const xmlNode *root)
{
    for (xmlNodePtr meta = root->children; meta != NULL; meta = meta->next) {
        if (meta->type != XML_ELEMENT_NODE || !xmlStrEqual(meta->name, (const xmlChar *)"meta") || run->instance_id.n)
            continue;
        for (xmlNodePtr child = meta->children; child != NULL; child = child->next)
            if (child->type == XML_ELEMENT_NODE && xmlStrEqual(child->name, (const xmlChar *)"instanceID"))
                run->instance_id = arena_copy(run->arena, str_upto(node_text(child), 200));
    }
}

static status check_id(struct xform_run *run, xmlNodePtr root)
{
    xmlChar *id = xmlGetProp(root, (const xmlChar *)"id");
    bool same = id == NULL || str_is(run->form->id, (const char *)id);

    xmlFree(id);
    return same ? OK : fail(INVALID, "these are answers of another form");
}

static status parse(struct xform_run *run, struct str xml)
{
    if (xml.n > XFORM_XML_BYTES)
        return fail(TOO_LARGE, "a submission has at most %d bytes", XFORM_XML_BYTES);
    run->loading = xmlReadMemory(xml.at, (int)xml.n, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (run->loading == NULL || xmlDocGetRootElement(run->loading) == NULL)
        return fail(INVALID, "the answers are not XML");
    if (run->loading->intSubset != NULL || run->loading->extSubset != NULL)
        return fail(INVALID, "answers with a DOCTYPE are refused");
    return check_id(run, xmlDocGetRootElement(run->loading));
}

static status take_over(struct xform_run *run, struct str xml, bool merge)
{
    status s = parse(run, xml);

    if (s == OK) {
        if (!merge)
            clear(run, run->root);
        read_meta(run, xmlDocGetRootElement(run->loading));
        s = read_children(run, xmlDocGetRootElement(run->loading), run->root, -1, merge);
    }
    xmlFreeDoc(run->loading);
    run->loading = NULL;
    TRY(s);
    return xform_run_recompute(run);
}

status xform_run_load(struct xform_run *run, struct str xml)
{
    return take_over(run, xml, false);
}

status xform_run_merge(struct xform_run *run, struct str xml)
{
    return take_over(run, xml, true);
}
