/* Functions of numbers, and of several answers at once. */
#include "xpath.h"

#include <math.h>

/* Functions of one number. */
#define OF_NUMBER(name, result)                                                          \
    FUNCTION(name)                                                                       \
    {                                                                                    \
        struct arguments args = xpath_none();                                                  \
        if (xpath_take(c, n, &args)) {                                                         \
            double x = xpath_number(args.at[0]);                                            \
            xpath_push_number(c, result);                                                      \
        }                                                                                \
        xpath_give_back(&args);                                                             \
    }

OF_NUMBER(xpath_fn_int, trunc(x))
OF_NUMBER(xpath_fn_abs, fabs(x))
OF_NUMBER(xpath_fn_sqrt, sqrt(x))
OF_NUMBER(xpath_fn_exp, exp(x))
OF_NUMBER(xpath_fn_log, log(x))
OF_NUMBER(xpath_fn_log10, log10(x))
OF_NUMBER(xpath_fn_days, x)
OF_NUMBER(xpath_fn_decimal_time, x - floor(x))

FUNCTION(xpath_fn_pow)
{
    struct arguments args = xpath_none();

    if (xpath_take(c, n, &args))
        xpath_push_number(c, pow(xpath_number(args.at[0]), xpath_number(args.at[1])));
    xpath_give_back(&args);
}

FUNCTION(xpath_fn_round)
{
    struct arguments args = xpath_none();

    if (xpath_take(c, n, &args)) {
        double digits = n > 1 ? xpath_number(args.at[1]) : 0;
        long double scale = powl(10, fabs(digits) > 15 ? 0 : digits);       /* wider than double, so that 2.345 is not 2.34 */

        xpath_push_number(c, (double)(floorl(xpath_number(args.at[0]) * scale + 0.5L) / scale));
    }
    xpath_give_back(&args);
}

/* number() and the wrapper of comparisons; without an argument: of this node. */
FUNCTION(xpath_fn_number)
{
    struct arguments args = xpath_none();

    if (n == 0)
        xpath_push_number(c, xpath_text_number(xpath_node_text(c->context->node)));
    else if (xpath_take(c, n, &args)) {
        xpath_push_number(c, xpath_number(args.at[0]));
        xpath_give_back(&args);
    }
}

FUNCTION(xpath_fn_truth)
{
    struct arguments args = xpath_none();

    if (xpath_take(c, n, &args))
        xpath_push_truth(c, xpath_truth(args.at[0]));
    xpath_give_back(&args);
}

FUNCTION(xpath_fn_boolean_from_string)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        struct str s = xpath_argument(&args, 0, &o);

        xpath_push_truth(c, str_is(s, "1") || str_is(s, "true"));
    }
    xpath_give_back(&args);
    out_free(&o);
}

FUNCTION(xpath_fn_root)
{
    (void)n;
    valuePush(c, xmlXPathNewNodeSet(xpath_run(c)->root));
}

FUNCTION(xpath_fn_current)
{
    (void)n;
    valuePush(c, xmlXPathNewNodeSet(xpath_run(c)->current));
}

/* -- over several answers -------------------------------------------------------------------------------------------------------------------- */

static void each_number(struct arguments *args, void (*what)(double, void *), void *to)
{
    for (int i = 0; i < args->n; i++) {
        xmlXPathObjectPtr v = args->at[i];

        if (v->type != XPATH_NODESET) {
            what(xpath_number(v), to);
            continue;
        }
        for (int k = 0; v->nodesetval && k < v->nodesetval->nodeNr; k++)
            if (xpath_node_text(v->nodesetval->nodeTab[k]).n)
                what(xpath_text_number(xpath_node_text(v->nodesetval->nodeTab[k])), to);
    }
}

struct folded { double sum, min, max; size_t n; bool bad; };

static void fold(double x, void *to)
{
    struct folded *f = to;

    f->bad |= isnan(x);
    f->min = f->n == 0 || x < f->min ? x : f->min;
    f->max = f->n == 0 || x > f->max ? x : f->max;
    f->sum += x;
    f->n++;
}

static void folded(call c, int n, char what)
{
    struct arguments args = xpath_none();
    struct folded f = { 0 };

    if (xpath_take(c, n, &args)) {
        each_number(&args, fold, &f);
        if (what == '+')
            xpath_push_number(c, f.sum);
        else
            xpath_push_number(c, f.bad || f.n == 0 ? NAN : what == '<' ? f.min : f.max);
    }
    xpath_give_back(&args);
}

FUNCTION(xpath_fn_sum) { folded(c, n, '+'); }
FUNCTION(xpath_fn_min) { folded(c, n, '<'); }
FUNCTION(xpath_fn_max) { folded(c, n, '>'); }

FUNCTION(xpath_fn_count_non_empty)
{
    struct arguments args = xpath_none();
    int full = 0;

    if (xpath_take(c, n, &args)) {
        xmlNodeSetPtr set = args.at[0]->type == XPATH_NODESET ? args.at[0]->nodesetval : NULL;

        for (int i = 0; set && i < set->nodeNr; i++)
            full += xpath_has_elements(set->nodeTab[i]) || xpath_node_text(set->nodeTab[i]).n > 0;
        xpath_push_number(c, full);
    }
    xpath_give_back(&args);
}

/* Texts of arguments from `from` on, each node of a set for itself. */
static void put_all(struct arguments *args, int from, struct str between, struct out *o)
{
    bool any = false;

    for (int i = from; i < args->n; i++) {
        xmlXPathObjectPtr v = args->at[i];
        int nodes = v->type == XPATH_NODESET ? (v->nodesetval ? v->nodesetval->nodeNr : 0) : 1;

        if (v->type == XPATH_NODESET && nodes > 1)
            xmlXPathNodeSetSort(v->nodesetval);
        for (int k = 0; k < nodes; k++) {
            if (any)
                out_str(o, between);
            any = true;
            if (v->type == XPATH_NODESET)
                out_str(o, xpath_node_text(v->nodesetval->nodeTab[k]));
            else
                xpath_value_text(o, v);
        }
    }
}

FUNCTION(xpath_fn_concat)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        put_all(&args, 0, STR(""), &o);
        xpath_push_text(c, &o);
    }
    xpath_give_back(&args);
    out_free(&o);
}

FUNCTION(xpath_fn_join)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX }, between = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        put_all(&args, 1, xpath_argument(&args, 0, &between), &o);
        xpath_push_text(c, &o);
    }
    xpath_give_back(&args);
    out_free(&between);
    out_free(&o);
}

/* checklist(min, max, truth...); weighted-checklist(min, max, truth, weight, ...); a negative bound is none. */
static void checklist(call c, int n, bool weighted)
{
    struct arguments args = xpath_none();
    double sum = 0;

    if (xpath_take(c, n, &args)) {
        double min = xpath_number(args.at[0]), max = xpath_number(args.at[1]);

        for (int i = 2; i < n; i += weighted ? 2 : 1)
            if (xpath_truth(args.at[i]))
                sum += weighted ? (i + 1 < n ? xpath_number(args.at[i + 1]) : 0) : 1;
        xpath_push_truth(c, (min < 0 || sum >= min) && (max < 0 || sum <= max));
    }
    xpath_give_back(&args);
}

FUNCTION(xpath_fn_checklist) { checklist(c, n, false); }
FUNCTION(xpath_fn_weighted_checklist) { checklist(c, n, true); }
