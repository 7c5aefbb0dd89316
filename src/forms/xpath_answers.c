/* Functions that choose, of selects, and of repeats. */
#include "xpath.h"

#include <math.h>

/* -- choosing -------------------------------------------------------------------------------------------------------------------------------- */

/* Leaves one argument as the result, untouched: a set of nodes stays one. */
static void push_argument(call c, struct arguments *args, int i)
{
    valuePush(c, args->at[i]);
    args->at[i] = NULL;
}

FUNCTION(xpath_fn_if)
{
    struct arguments args = xpath_none();

    if (xpath_take(c, n, &args))
        push_argument(c, &args, xpath_truth(args.at[0]) ? 1 : 2);
    xpath_give_back(&args);
}

FUNCTION(xpath_fn_coalesce)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        int i = 0;

        while (i + 1 < n && xpath_argument(&args, i, &o).n == 0)
            i++;
        push_argument(c, &args, i);
    }
    xpath_give_back(&args);
    out_free(&o);
}

FUNCTION(xpath_fn_once)
{
    struct arguments args = xpath_none();
    struct str now = xpath_node_text(xpath_run(c)->current);

    if (xpath_take(c, n, &args)) {
        if (now.n == 0)
            push_argument(c, &args, 0);
        else
            valuePush(c, xmlXPathWrapString(xmlStrndup((const xmlChar *)now.at, (int)now.n)));
    }
    xpath_give_back(&args);
}

static bool has_word(struct str words, struct str word)
{
    struct str piece;

    while (str_cut(&words, ' ', &piece))
        if (piece.n && str_eq(piece, word))
            return true;
    return false;
}

FUNCTION(xpath_fn_selected)
{
    struct arguments args = xpath_none();
    struct out all = { .max = XPATH_TEXT_MAX }, one = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args))
        xpath_push_truth(c, has_word(xpath_argument(&args, 0, &all), str_trim(xpath_argument(&args, 1, &one))));
    xpath_give_back(&args);
    out_free(&all);
    out_free(&one);
}

FUNCTION(xpath_fn_count_selected)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        struct str rest = xpath_argument(&args, 0, &o), piece;
        int words = 0;

        while (str_cut(&rest, ' ', &piece))
            words += piece.n > 0;
        xpath_push_number(c, words);
    }
    xpath_give_back(&args);
    out_free(&o);
}

FUNCTION(xpath_fn_selected_at)
{
    struct arguments args = xpath_none();
    struct out all = { .max = XPATH_TEXT_MAX }, one = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        struct str rest = xpath_argument(&args, 0, &all), piece;
        double place = xpath_number(args.at[1]);

        for (double i = 0; str_cut(&rest, ' ', &piece);) {
            if (piece.n == 0)
                continue;
            if (i == place)
                out_str(&one, piece);
            i++;
        }
        xpath_push_text(c, &one);
    }
    xpath_give_back(&args);
    out_free(&all);
    out_free(&one);
}

FUNCTION(xpath_fn_choice_name)
{
    struct xform_run *run = xpath_run(c);
    struct arguments args = xpath_none();
    struct out value = { .max = XPATH_TEXT_MAX }, path = { .max = XPATH_TEXT_MAX }, label = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        int item = xform_item_named(run->form, str_trim(xpath_argument(&args, 1, &path)));
        struct str v = xpath_argument(&args, 0, &value);
        const struct xform_choice *choice = item < 0 ? NULL : xform_choice(run->form, run->form->items[item].list, v);

        out_str(&label, choice ? xform_text(&choice->label, run->lang) : v);
        xpath_push_text(c, &label);
    }
    xpath_give_back(&args);
    out_free(&value);
    out_free(&path);
    out_free(&label);
}

/* -- repeats --------------------------------------------------------------------------------------------------------------------------------- */

static int place_of(const xmlNode *node)
{
    int place = 1;

    for (const xmlNode *p = node->prev; p != NULL; p = p->prev)
        place += p->type == XML_ELEMENT_NODE && xmlStrEqual(p->name, node->name);
    return place;
}

FUNCTION(xpath_fn_position)
{
    struct arguments args = xpath_none();
    const xmlNode *node;

    if (n == 0) {
        xpath_push_number(c, c->context->proximityPosition);
        return;
    }
    if (xpath_take(c, n, &args)) {
        node = args.at[0]->type == XPATH_NODESET ? xpath_first_node(args.at[0]) : NULL;
        xpath_push_number(c, node ? (double)place_of(node) : (double)NAN);
    }
    xpath_give_back(&args);
}

static bool lies_in(const xmlNode *node, const xmlNode *outer)
{
    while (node != NULL && node != outer)
        node = node->parent;
    return node == outer;
}

/* The n-th instance of `repeats` inside `outer` (NULL: anywhere). */
static const xmlNode *instance_in(xmlXPathObjectPtr repeats, const xmlNode *outer, double n)
{
    double place = 0;

    if (repeats->type != XPATH_NODESET || repeats->nodesetval == NULL)
        return NULL;
    xmlXPathNodeSetSort(repeats->nodesetval);
    for (int i = 0; i < repeats->nodesetval->nodeNr; i++)
        if ((outer == NULL || lies_in(repeats->nodesetval->nodeTab[i], outer)) && ++place == n)
            return repeats->nodesetval->nodeTab[i];
    return NULL;
}

/* indexed-repeat(answers, repeat, place, inner repeat, place, ...) */
FUNCTION(xpath_fn_indexed_repeat)
{
    struct arguments args = xpath_none();
    const xmlNode *outer = NULL;
    xmlNodePtr found = NULL;

    if (xpath_take(c, n, &args)) {
        bool there = args.at[0]->type == XPATH_NODESET && args.at[0]->nodesetval != NULL;

        for (int i = 1; i + 1 < n && there; i += 2) {
            outer = instance_in(args.at[i], outer, xpath_number(args.at[i + 1]));
            there = outer != NULL;
        }
        for (int i = 0; there && found == NULL && i < args.at[0]->nodesetval->nodeNr; i++)
            if (lies_in(args.at[0]->nodesetval->nodeTab[i], outer))
                found = args.at[0]->nodesetval->nodeTab[i];
        valuePush(c, xmlXPathNewNodeSet(found));
    }
    xpath_give_back(&args);
}
