/* ODK's functions for libxml2's XPath. They take nothing from the arena: a limit reached there must not jump out of libxml2. */
#include "run.h"

#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdlib.h>

typedef xmlXPathParserContextPtr call;      /* one call of a function */
enum { TEXT_MAX = 1 << 20, MATCHED_MAX = 4096, ARGUMENTS_MAX = 100 };

static struct xform_run *run_of(call c)
{
    return c->context->userData;
}

/* -- values ------------------------------------------------------------------------------------------------------------------------- */

void xpath_number_text(struct out *o, double value)
{
    if (isnan(value))
        return;
    if (isinf(value))
        out_c(o, value > 0 ? "Infinity" : "-Infinity");
    else if (value == floor(value) && fabs(value) < 1e15)
        out_i64(o, (i64)value);
    else
        out_f(o, "%.15g", value);
}

/* An answer: the text of an element without children. */
static struct str text_of_node(const xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE)
        return node_text(node);
    if (node->type == XML_ATTRIBUTE_NODE && node->children != NULL)
        return str_c((const char *)node->children->content);
    return node->type == XML_TEXT_NODE ? str_c((const char *)node->content) : STR("");
}

static const xmlNode *first_node(xmlXPathObjectPtr v)
{
    if (v->nodesetval == NULL || v->nodesetval->nodeNr == 0)
        return NULL;
    if (v->nodesetval->nodeNr > 1)
        xmlXPathNodeSetSort(v->nodesetval);
    return v->nodesetval->nodeTab[0];
}

void xpath_value_text(struct out *o, xmlXPathObjectPtr v)
{
    const xmlNode *node;

    if (v == NULL)
        return;
    if (v->type == XPATH_STRING)
        out_c(o, v->stringval ? (const char *)v->stringval : "");
    else if (v->type == XPATH_NUMBER)
        xpath_number_text(o, v->floatval);
    else if (v->type == XPATH_BOOLEAN)
        out_c(o, v->boolval ? "true" : "false");
    else if (v->type == XPATH_NODESET && (node = first_node(v)) != NULL)
        out_str(o, text_of_node(node));
}

/* A number, a date as days, an answer as either; NaN of an empty one. */
static double number_of_text(struct str s)
{
    char text[64], *end;
    double days;

    s = str_trim(s);
    if (s.n == 0 || s.n >= sizeof text)
        return NAN;
    if (date_of(s, &days))
        return days;
    memcpy(text, s.at, s.n);
    text[s.n] = 0;
    days = strtod(text, &end);
    return *end == 0 && !strpbrk(text, "xXnN") ? days : NAN;
}

static double number_of(xmlXPathObjectPtr v)
{
    const xmlNode *node;

    if (v->type == XPATH_NUMBER)
        return v->floatval;
    if (v->type == XPATH_BOOLEAN)
        return v->boolval;
    if (v->type == XPATH_STRING)
        return number_of_text(str_c((const char *)v->stringval));
    node = v->type == XPATH_NODESET ? first_node(v) : NULL;
    return node ? number_of_text(text_of_node(node)) : NAN;
}

static bool has_elements(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && xmlFirstElementChild((xmlNodePtr)node) != NULL;
}

static bool truth_of(xmlXPathObjectPtr v)
{
    if (v->type != XPATH_NODESET)
        return xmlXPathCastToBoolean(v);
    for (int i = 0; v->nodesetval && i < v->nodesetval->nodeNr; i++)
        if (has_elements(v->nodesetval->nodeTab[i]) || text_of_node(v->nodesetval->nodeTab[i]).n)
            return true;
    return false;
}

/* -- arguments and results --------------------------------------------------------------------------------------------------------------- */

struct arguments { xmlXPathObjectPtr at[ARGUMENTS_MAX]; int n; };

static struct arguments none(void)
{
    return (struct arguments){ .n = 0 };
}

/* Takes all arguments off the stack, in order. False: an error was set. */
static bool take(call c, int n, struct arguments *args)
{
    args->n = 0;
    if (n > ARGUMENTS_MAX) {
        xmlXPathErr(c, XPATH_INVALID_ARITY);
        return false;
    }
    for (int i = n - 1; i >= 0; i--) {
        args->at[i] = valuePop(c);
        if (args->at[i] == NULL)
            xmlXPathErr(c, XPATH_STACK_ERROR);
    }
    args->n = n;
    return c->error == XPATH_EXPRESSION_OK;
}

static void give_back(struct arguments *args)
{
    for (int i = 0; i < args->n; i++)
        if (args->at[i] != NULL)
            xmlXPathFreeObject(args->at[i]);
}

static void push_number(call c, double value)
{
    valuePush(c, xmlXPathNewFloat(value));
}

static void push_truth(call c, bool value)
{
    valuePush(c, xmlXPathNewBoolean(value));
}

static void push_text(call c, struct out *o)
{
    struct str s = out_done(o);
    xmlChar *text = xmlStrndup((const xmlChar *)s.at, (int)s.n);

    valuePush(c, xmlXPathWrapString(text));
    out_wipe(o);
    out_free(o);
}

/* Text of an argument; the caller frees `o`. */
static struct str argument_text(struct arguments *args, int i, struct out *o)
{
    out_reset(o);
    xpath_value_text(o, args->at[i]);
    return out_done(o);
}

#define FUNCTION(name) static void name(call c, int n)

/* Functions of one number. */
#define OF_NUMBER(name, result)                                                          \
    FUNCTION(name)                                                                       \
    {                                                                                    \
        struct arguments args = none();                                                  \
        if (take(c, n, &args)) {                                                         \
            double x = number_of(args.at[0]);                                            \
            push_number(c, result);                                                      \
        }                                                                                \
        give_back(&args);                                                             \
    }

OF_NUMBER(f_int, trunc(x))
OF_NUMBER(f_abs, fabs(x))
OF_NUMBER(f_sqrt, sqrt(x))
OF_NUMBER(f_exp, exp(x))
OF_NUMBER(f_log, log(x))
OF_NUMBER(f_log10, log10(x))
OF_NUMBER(f_days, x)
OF_NUMBER(f_decimal_time, x - floor(x))

FUNCTION(f_pow)
{
    struct arguments args = none();

    if (take(c, n, &args))
        push_number(c, pow(number_of(args.at[0]), number_of(args.at[1])));
    give_back(&args);
}

FUNCTION(f_round)
{
    struct arguments args = none();

    if (take(c, n, &args)) {
        double digits = n > 1 ? number_of(args.at[1]) : 0;
        long double scale = powl(10, fabs(digits) > 15 ? 0 : digits);       /* wider than double, so that 2.345 is not 2.34 */

        push_number(c, (double)(floorl(number_of(args.at[0]) * scale + 0.5L) / scale));
    }
    give_back(&args);
}

/* number() and the wrapper of comparisons; without an argument: of this node. */
FUNCTION(f_number)
{
    struct arguments args = none();

    if (n == 0)
        push_number(c, number_of_text(text_of_node(c->context->node)));
    else if (take(c, n, &args)) {
        push_number(c, number_of(args.at[0]));
        give_back(&args);
    }
}

FUNCTION(f_truth)
{
    struct arguments args = none();

    if (take(c, n, &args))
        push_truth(c, truth_of(args.at[0]));
    give_back(&args);
}

FUNCTION(f_boolean_from_string)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        struct str s = argument_text(&args, 0, &o);

        push_truth(c, str_is(s, "1") || str_is(s, "true"));
    }
    give_back(&args);
    out_free(&o);
}

FUNCTION(f_root)
{
    (void)n;
    valuePush(c, xmlXPathNewNodeSet(run_of(c)->root));
}

FUNCTION(f_current)
{
    (void)n;
    valuePush(c, xmlXPathNewNodeSet(run_of(c)->current));
}

/* -- over several answers -------------------------------------------------------------------------------------------------------------------- */

static void each_number(struct arguments *args, void (*what)(double, void *), void *to)
{
    for (int i = 0; i < args->n; i++) {
        xmlXPathObjectPtr v = args->at[i];

        if (v->type != XPATH_NODESET) {
            what(number_of(v), to);
            continue;
        }
        for (int k = 0; v->nodesetval && k < v->nodesetval->nodeNr; k++)
            if (text_of_node(v->nodesetval->nodeTab[k]).n)
                what(number_of_text(text_of_node(v->nodesetval->nodeTab[k])), to);
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
    struct arguments args = none();
    struct folded f = { 0 };

    if (take(c, n, &args)) {
        each_number(&args, fold, &f);
        if (what == '+')
            push_number(c, f.sum);
        else
            push_number(c, f.bad || f.n == 0 ? NAN : what == '<' ? f.min : f.max);
    }
    give_back(&args);
}

FUNCTION(f_sum) { folded(c, n, '+'); }
FUNCTION(f_min) { folded(c, n, '<'); }
FUNCTION(f_max) { folded(c, n, '>'); }

FUNCTION(f_count_non_empty)
{
    struct arguments args = none();
    int full = 0;

    if (take(c, n, &args)) {
        xmlNodeSetPtr set = args.at[0]->type == XPATH_NODESET ? args.at[0]->nodesetval : NULL;

        for (int i = 0; set && i < set->nodeNr; i++)
            full += has_elements(set->nodeTab[i]) || text_of_node(set->nodeTab[i]).n > 0;
        push_number(c, full);
    }
    give_back(&args);
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
                out_str(o, text_of_node(v->nodesetval->nodeTab[k]));
            else
                xpath_value_text(o, v);
        }
    }
}

FUNCTION(f_concat)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        put_all(&args, 0, STR(""), &o);
        push_text(c, &o);
    }
    give_back(&args);
    out_free(&o);
}

FUNCTION(f_join)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX }, between = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        put_all(&args, 1, argument_text(&args, 0, &between), &o);
        push_text(c, &o);
    }
    give_back(&args);
    out_free(&between);
    out_free(&o);
}

/* checklist(min, max, truth...); weighted-checklist(min, max, truth, weight, ...); a negative bound is none. */
static void checklist(call c, int n, bool weighted)
{
    struct arguments args = none();
    double sum = 0;

    if (take(c, n, &args)) {
        double min = number_of(args.at[0]), max = number_of(args.at[1]);

        for (int i = 2; i < n; i += weighted ? 2 : 1)
            if (truth_of(args.at[i]))
                sum += weighted ? (i + 1 < n ? number_of(args.at[i + 1]) : 0) : 1;
        push_truth(c, (min < 0 || sum >= min) && (max < 0 || sum <= max));
    }
    give_back(&args);
}

FUNCTION(f_checklist) { checklist(c, n, false); }
FUNCTION(f_weighted_checklist) { checklist(c, n, true); }

/* -- choosing -------------------------------------------------------------------------------------------------------------------------------- */

/* Leaves one argument as the result, untouched: a set of nodes stays one. */
static void push_argument(call c, struct arguments *args, int i)
{
    valuePush(c, args->at[i]);
    args->at[i] = NULL;
}

FUNCTION(f_if)
{
    struct arguments args = none();

    if (take(c, n, &args))
        push_argument(c, &args, truth_of(args.at[0]) ? 1 : 2);
    give_back(&args);
}

FUNCTION(f_coalesce)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        int i = 0;

        while (i + 1 < n && argument_text(&args, i, &o).n == 0)
            i++;
        push_argument(c, &args, i);
    }
    give_back(&args);
    out_free(&o);
}

FUNCTION(f_once)
{
    struct arguments args = none();
    struct str now = text_of_node(run_of(c)->current);

    if (take(c, n, &args)) {
        if (now.n == 0)
            push_argument(c, &args, 0);
        else
            valuePush(c, xmlXPathWrapString(xmlStrndup((const xmlChar *)now.at, (int)now.n)));
    }
    give_back(&args);
}

static bool has_word(struct str words, struct str word)
{
    struct str piece;

    while (str_cut(&words, ' ', &piece))
        if (piece.n && str_eq(piece, word))
            return true;
    return false;
}

FUNCTION(f_selected)
{
    struct arguments args = none();
    struct out all = { .max = TEXT_MAX }, one = { .max = TEXT_MAX };

    if (take(c, n, &args))
        push_truth(c, has_word(argument_text(&args, 0, &all), str_trim(argument_text(&args, 1, &one))));
    give_back(&args);
    out_free(&all);
    out_free(&one);
}

FUNCTION(f_count_selected)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        struct str rest = argument_text(&args, 0, &o), piece;
        int words = 0;

        while (str_cut(&rest, ' ', &piece))
            words += piece.n > 0;
        push_number(c, words);
    }
    give_back(&args);
    out_free(&o);
}

FUNCTION(f_selected_at)
{
    struct arguments args = none();
    struct out all = { .max = TEXT_MAX }, one = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        struct str rest = argument_text(&args, 0, &all), piece;
        double place = number_of(args.at[1]);

        for (double i = 0; str_cut(&rest, ' ', &piece);) {
            if (piece.n == 0)
                continue;
            if (i == place)
                out_str(&one, piece);
            i++;
        }
        push_text(c, &one);
    }
    give_back(&args);
    out_free(&all);
    out_free(&one);
}

FUNCTION(f_choice_name)
{
    struct xform_run *run = run_of(c);
    struct arguments args = none();
    struct out value = { .max = TEXT_MAX }, path = { .max = TEXT_MAX }, label = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        int item = xform_item_named(run->form, str_trim(argument_text(&args, 1, &path)));
        struct str v = argument_text(&args, 0, &value);
        const struct xform_choice *choice = item < 0 ? NULL : xform_choice(run->form, run->form->items[item].list, v);

        out_str(&label, choice ? xform_text(&choice->label, run->lang) : v);
        push_text(c, &label);
    }
    give_back(&args);
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

FUNCTION(f_position)
{
    struct arguments args = none();
    const xmlNode *node;

    if (n == 0) {
        push_number(c, c->context->proximityPosition);
        return;
    }
    if (take(c, n, &args)) {
        node = args.at[0]->type == XPATH_NODESET ? first_node(args.at[0]) : NULL;
        push_number(c, node ? (double)place_of(node) : (double)NAN);
    }
    give_back(&args);
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
FUNCTION(f_indexed_repeat)
{
    struct arguments args = none();
    const xmlNode *outer = NULL;
    xmlNodePtr found = NULL;

    if (take(c, n, &args)) {
        bool there = args.at[0]->type == XPATH_NODESET && args.at[0]->nodesetval != NULL;

        for (int i = 1; i + 1 < n && there; i += 2) {
            outer = instance_in(args.at[i], outer, number_of(args.at[i + 1]));
            there = outer != NULL;
        }
        for (int i = 0; there && found == NULL && i < args.at[0]->nodesetval->nodeNr; i++)
            if (lies_in(args.at[0]->nodesetval->nodeTab[i], outer))
                found = args.at[0]->nodesetval->nodeTab[i];
        valuePush(c, xmlXPathNewNodeSet(found));
    }
    give_back(&args);
}

/* -- texts ----------------------------------------------------------------------------------------------------------------------------------- */

FUNCTION(f_string)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX };

    if (n == 0) {
        out_str(&o, text_of_node(c->context->node));
        push_text(c, &o);
        return;
    }
    if (take(c, n, &args)) {
        xpath_value_text(&o, args.at[0]);
        push_text(c, &o);
    }
    give_back(&args);
    out_free(&o);
}

static size_t code_points(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((uint8_t)s.at[i] & 0xc0) != 0x80;
    return n;
}

static size_t byte_of(struct str s, size_t code_point)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        if (((uint8_t)s.at[i] & 0xc0) != 0x80 && n++ == code_point)
            return i;
    return s.n;
}

FUNCTION(f_string_length)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX };

    if (n == 0) {
        push_number(c, (double)code_points(text_of_node(c->context->node)));
        return;
    }
    if (take(c, n, &args))
        push_number(c, (double)code_points(argument_text(&args, 0, &o)));
    give_back(&args);
    out_free(&o);
}

/* substr(text, start, end): from 0, without the end; negative ones count from the end. */
FUNCTION(f_substr)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX }, part = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        struct str s = argument_text(&args, 0, &o);
        double all = (double)code_points(s), from = trunc(number_of(args.at[1])), to = n > 2 ? trunc(number_of(args.at[2])) : all;

        from = from < 0 ? from + all : from;
        to = to < 0 ? to + all : to;
        from = from < 0 ? 0 : from;
        if (from < to && from < all) {
            size_t a = byte_of(s, (size_t)from), b = to >= all ? s.n : byte_of(s, (size_t)to);

            out_str(&part, str_upto(str_from(s, a), b - a));
        }
        push_text(c, &part);
    }
    give_back(&args);
    out_free(&o);
    out_free(&part);
}

FUNCTION(f_ends_with)
{
    struct arguments args = none();
    struct out o = { .max = TEXT_MAX }, end = { .max = TEXT_MAX };

    if (take(c, n, &args))
        push_truth(c, str_ends(argument_text(&args, 0, &o), argument_text(&args, 1, &end)));
    give_back(&args);
    out_free(&o);
    out_free(&end);
}

/* The pattern, without the ^ and $ that are meant anyway; compiled once a run. */
static xmlRegexpPtr pattern_of(struct xform_run *run, struct str written)
{
    struct out o = { .max = MATCHED_MAX };
    xmlRegexpPtr compiled;

    expr_pattern_write(&o, written);
    out_char(&o, '\0');
    for (size_t i = 0; i < run->n_regexes; i++)
        if (strcmp((const char *)run->regexes[i].pattern, out_done(&o).at) == 0) {
            out_free(&o);
            return run->regexes[i].compiled;
        }
    compiled = run->n_regexes < RUN_REGEXES ? xmlRegexpCompile((const xmlChar *)o.at) : NULL;
    if (compiled != NULL) {
        run->regexes[run->n_regexes].pattern = xmlStrdup((const xmlChar *)o.at);
        run->regexes[run->n_regexes++].compiled = compiled;
    }
    out_free(&o);
    return compiled;
}

FUNCTION(f_regex)
{
    struct arguments args = none();
    struct out value = { .max = MATCHED_MAX }, pattern = { .max = MATCHED_MAX };

    if (take(c, n, &args)) {
        xmlRegexpPtr compiled = pattern_of(run_of(c), argument_text(&args, 1, &pattern));

        (void)argument_text(&args, 0, &value);
        out_char(&value, '\0');
        if (compiled == NULL)
            xmlXPathErr(c, XPATH_EXPR_ERROR);
        else
            push_truth(c, !value.over && xmlRegexpExec(compiled, (const xmlChar *)value.at) == 1);
    }
    give_back(&args);
    out_wipe(&value);
    out_free(&value);
    out_free(&pattern);
}

/* -- dates ----------------------------------------------------------------------------------------------------------------------------------- */

FUNCTION(f_today)
{
    struct out o = { .max = 64 };

    (void)n;
    date_text(&o, date_now(run_of(c)->now));
    push_text(c, &o);
}

FUNCTION(f_now)
{
    struct out o = { .max = 64 };

    (void)n;
    date_time_text(&o, date_now(run_of(c)->now));
    push_text(c, &o);
}

static void of_days(call c, int n, void (*write)(struct out *, double))
{
    struct arguments args = none();
    struct out o = { .max = 64 };

    if (take(c, n, &args)) {
        write(&o, number_of(args.at[0]));
        push_text(c, &o);
    }
    give_back(&args);
    out_free(&o);
}

FUNCTION(f_date) { of_days(c, n, date_text); }
FUNCTION(f_date_time) { of_days(c, n, date_time_text); }

FUNCTION(f_format_date)
{
    struct arguments args = none();
    struct out o = { .max = 1 << 12 }, format = { .max = 1 << 12 };

    if (take(c, n, &args)) {
        date_format(&o, str_is(run_of(c)->lang_code, "vi"), number_of(args.at[0]), argument_text(&args, 1, &format));
        push_text(c, &o);
    }
    give_back(&args);
    out_free(&o);
    out_free(&format);
}

/* -- lists and tables as documents -------------------------------------------------------------------------------------------------------------- */

/* A column's name as an element's: what XML does not take becomes "_". The filter `label::English` is written label..English. */
static void add_field(xmlNodePtr item, struct str column, struct str value)
{
    char name[200];
    size_t n = column.n < sizeof name ? column.n : sizeof name - 1;
    xmlNodePtr field;

    for (size_t i = 0; i < n; i++) {
        char ch = column.at[i];
        bool fine = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_' || (uint8_t)ch >= 0x80 ||
                    (i > 0 && ((ch >= '0' && ch <= '9') || ch == '-' || ch == '.'));

        name[i] = fine ? ch : ch == ':' ? '.' : '_';
    }
    name[n] = 0;
    field = xmlNewChild(item, NULL, (const xmlChar *)name, NULL);
    node_set_text(field, value);
}

static xmlDocPtr new_table(xmlNodePtr *root)
{
    xmlDocPtr doc = xmlNewDoc((const xmlChar *)"1.0");

    *root = xmlNewNode(NULL, (const xmlChar *)"root");
    xmlDocSetRootElement(doc, *root);
    return doc;
}

static void add_choice(struct xform_run *run, xmlNodePtr root, const struct xform_choice *choice)
{
    xmlNodePtr item = xmlNewChild(root, NULL, (const xmlChar *)"item", NULL);
    char column[200];

    add_field(item, STR("name"), choice->name);
    add_field(item, STR("label"), xform_text(&choice->label, run->lang));
    for (size_t i = 0; i < run->form->n_langs; i++) {
        struct str lang = run->form->langs[i];
        struct out o = { .max = sizeof column };

        if (lang.n == 0 || lang.n > 100)
            continue;
        out_c(&o, "label::");
        out_str(&o, lang);
        add_field(item, out_done(&o), choice->label.at[i]);
        out_free(&o);
    }
    for (size_t i = 0; i < choice->n_extra; i++)
        add_field(item, choice->extra[i].column, choice->extra[i].value);
}

xmlDocPtr xpath_list(struct xform_run *run, int list)
{
    xmlNodePtr root;

    if (run->lists[list] != NULL)
        return run->lists[list];
    run->lists[list] = new_table(&root);
    for (size_t i = 0; i < run->form->lists[list].n; i++)
        add_choice(run, root, &run->form->lists[list].at[i]);
    xmlXPathOrderDocElems(run->lists[list]);
    return run->lists[list];
}

static xmlDocPtr table_of(struct xform_run *run, struct str name)
{
    const struct xform *form = run->form;
    xmlNodePtr root;

    for (size_t i = 0; i < form->n_lists; i++)
        if (str_eq(form->lists[i].name, name))
            return xpath_list(run, (int)i);
    for (size_t i = 0; i < form->n_tables; i++) {
        const struct xform_table *t = &form->tables[i];

        if (!str_eq(t->name, name))
            continue;
        if (run->tables[i] != NULL)
            return run->tables[i];
        run->tables[i] = new_table(&root);
        for (size_t r = 0; r < t->n_rows; r++) {
            xmlNodePtr item = xmlNewChild(root, NULL, (const xmlChar *)"item", NULL);

            for (size_t k = 0; k < t->n_columns; k++)
                add_field(item, t->columns[k], t->cells[r * t->n_columns + k]);
        }
        return run->tables[i];
    }
    return NULL;
}

FUNCTION(f_instance)
{
    struct arguments args = none();
    struct out o = { .max = 256 };

    if (take(c, n, &args)) {
        xmlDocPtr doc = table_of(run_of(c), argument_text(&args, 0, &o));

        if (doc == NULL)
            xmlXPathErr(c, XPATH_EXPR_ERROR);
        else
            valuePush(c, xmlXPathNewNodeSet((xmlNodePtr)doc));
    }
    give_back(&args);
    out_free(&o);
}

static int column_named(const struct xform_table *t, struct str name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (str_eq(t->columns[i], name))
            return (int)i;
    return -1;
}

static struct str pulled(const struct xform_table *t, struct str column, struct str key_column, struct str key)
{
    int from = column_named(t, column), by = column_named(t, key_column);

    for (size_t r = 0; from >= 0 && by >= 0 && r < t->n_rows; r++)
        if (str_eq(t->cells[r * t->n_columns + (size_t)by], key))
            return t->cells[r * t->n_columns + (size_t)from];
    return STR("");
}

FUNCTION(f_pulldata)
{
    const struct xform *form = run_of(c)->form;
    struct arguments args = none();
    struct out words[4] = { { .max = TEXT_MAX }, { .max = TEXT_MAX }, { .max = TEXT_MAX }, { .max = TEXT_MAX } }, o = { .max = TEXT_MAX };

    if (take(c, n, &args)) {
        for (int i = 0; i < 4; i++)
            (void)argument_text(&args, i, &words[i]);
        for (size_t i = 0; i < form->n_tables; i++)
            if (str_eq(form->tables[i].name, out_done(&words[0])))
                out_str(&o, pulled(&form->tables[i], out_done(&words[1]), out_done(&words[2]), out_done(&words[3])));
        push_text(c, &o);
    }
    give_back(&args);
    for (int i = 0; i < 4; i++)
        out_free(&words[i]);
    out_free(&o);
}

FUNCTION(f_version)
{
    struct out o = { .max = 1 << 12 };

    (void)n;
    out_str(&o, run_of(c)->form->version);
    push_text(c, &o);
}

/* -- the table --------------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *name; xmlXPathFunction function; } functions[] = {
    { "lachan.n", f_number }, { "lachan.b", f_truth }, { "lachan.root", f_root }, { "current", f_current }, { "if", f_if },
    { "selected", f_selected }, { "count-selected", f_count_selected }, { "selected-at", f_selected_at }, { "coalesce", f_coalesce },
    { "once", f_once }, { "sum", f_sum }, { "min", f_min }, { "max", f_max }, { "int", f_int }, { "number", f_number }, { "round", f_round },
    { "abs", f_abs }, { "pow", f_pow }, { "sqrt", f_sqrt }, { "exp", f_exp }, { "log", f_log }, { "log10", f_log10 },
    { "boolean-from-string", f_boolean_from_string }, { "string", f_string }, { "concat", f_concat }, { "join", f_join },
    { "string-length", f_string_length }, { "substr", f_substr }, { "ends-with", f_ends_with }, { "regex", f_regex },
    { "today", f_today }, { "now", f_now }, { "date", f_date }, { "date-time", f_date_time }, { "decimal-date-time", f_days },
    { "decimal-time", f_decimal_time }, { "format-date", f_format_date }, { "format-date-time", f_format_date },
    { "choice-name", f_choice_name }, { "indexed-repeat", f_indexed_repeat }, { "position", f_position },
    { "count-non-empty", f_count_non_empty }, { "checklist", f_checklist }, { "weighted-checklist", f_weighted_checklist },
    { "instance", f_instance }, { "pulldata", f_pulldata }, { "version", f_version },
};

/* NULL: one of XPath's own. */
static xmlXPathFunction look_up(void *data, const xmlChar *name, const xmlChar *space)
{
    (void)data;
    for (size_t i = 0; space == NULL && i < COUNT_OF(functions); i++)
        if (strcmp(functions[i].name, (const char *)name) == 0)
            return functions[i].function;
    return NULL;
}

static void quiet(void *run, xmlErrorPtr error)
{
    (void)run;
    (void)error;
}

xmlXPathContextPtr xpath_context(struct xform_run *run)
{
    xmlXPathContextPtr x = xmlXPathNewContext(run->doc);

    x->userData = run;
    x->error = quiet;               /* its messages hold what the answers are */
    x->opLimit = RUN_OPERATIONS;
    xmlXPathRegisterFuncLookup(x, look_up, NULL);
    return x;
}
