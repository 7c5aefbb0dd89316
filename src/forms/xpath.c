/* ODK's functions for libxml2's XPath: values, the table of functions, the context. */
#include "xpath.h"

#include <math.h>
#include <stdlib.h>

struct xform_run *xpath_run(call c)
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
struct str xpath_node_text(const xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE)
        return node_text(node);
    if (node->type == XML_ATTRIBUTE_NODE && node->children != NULL)
        return str_c((const char *)node->children->content);
    return node->type == XML_TEXT_NODE ? str_c((const char *)node->content) : STR("");
}

const xmlNode *xpath_first_node(xmlXPathObjectPtr v)
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
    else if (v->type == XPATH_NODESET && (node = xpath_first_node(v)) != NULL)
        out_str(o, xpath_node_text(node));
}

/* A number, a date as days, an answer as either; NaN of an empty one. */
double xpath_text_number(struct str s)
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

double xpath_number(xmlXPathObjectPtr v)
{
    const xmlNode *node;

    if (v->type == XPATH_NUMBER)
        return v->floatval;
    if (v->type == XPATH_BOOLEAN)
        return v->boolval;
    if (v->type == XPATH_STRING)
        return xpath_text_number(str_c((const char *)v->stringval));
    node = v->type == XPATH_NODESET ? xpath_first_node(v) : NULL;
    return node ? xpath_text_number(xpath_node_text(node)) : NAN;
}

bool xpath_has_elements(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && xmlFirstElementChild((xmlNodePtr)node) != NULL;
}

bool xpath_truth(xmlXPathObjectPtr v)
{
    if (v->type != XPATH_NODESET)
        return xmlXPathCastToBoolean(v);
    for (int i = 0; v->nodesetval && i < v->nodesetval->nodeNr; i++)
        if (xpath_has_elements(v->nodesetval->nodeTab[i]) || xpath_node_text(v->nodesetval->nodeTab[i]).n)
            return true;
    return false;
}

/* -- arguments and results --------------------------------------------------------------------------------------------------------------- */

struct arguments xpath_none(void)
{
    return (struct arguments){ .n = 0 };
}

/* Takes all arguments off the stack, in order. False: an error was set. */
bool xpath_take(call c, int n, struct arguments *args)
{
    args->n = 0;
    if (n > XPATH_ARGUMENTS_MAX) {
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

void xpath_give_back(struct arguments *args)
{
    for (int i = 0; i < args->n; i++)
        if (args->at[i] != NULL)
            xmlXPathFreeObject(args->at[i]);
}

void xpath_push_number(call c, double value)
{
    valuePush(c, xmlXPathNewFloat(value));
}

void xpath_push_truth(call c, bool value)
{
    valuePush(c, xmlXPathNewBoolean(value));
}

void xpath_push_text(call c, struct out *o)
{
    struct str s = out_done(o);
    xmlChar *text = xmlStrndup((const xmlChar *)s.at, (int)s.n);

    valuePush(c, xmlXPathWrapString(text));
    out_wipe(o);
    out_free(o);
}

/* Text of an argument; the caller frees `o`. */
struct str xpath_argument(struct arguments *args, int i, struct out *o)
{
    out_reset(o);
    xpath_value_text(o, args->at[i]);
    return out_done(o);
}

/* -- the table --------------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *name; xmlXPathFunction function; } functions[] = {
    { "lachan.n", xpath_fn_number }, { "lachan.b", xpath_fn_truth }, { "lachan.root", xpath_fn_root }, { "current", xpath_fn_current }, { "if", xpath_fn_if },
    { "selected", xpath_fn_selected }, { "count-selected", xpath_fn_count_selected }, { "selected-at", xpath_fn_selected_at }, { "coalesce", xpath_fn_coalesce },
    { "once", xpath_fn_once }, { "sum", xpath_fn_sum }, { "min", xpath_fn_min }, { "max", xpath_fn_max }, { "int", xpath_fn_int }, { "number", xpath_fn_number }, { "round", xpath_fn_round },
    { "abs", xpath_fn_abs }, { "pow", xpath_fn_pow }, { "sqrt", xpath_fn_sqrt }, { "exp", xpath_fn_exp }, { "log", xpath_fn_log }, { "log10", xpath_fn_log10 },
    { "boolean-from-string", xpath_fn_boolean_from_string }, { "string", xpath_fn_string }, { "concat", xpath_fn_concat }, { "join", xpath_fn_join },
    { "string-length", xpath_fn_string_length }, { "substr", xpath_fn_substr }, { "ends-with", xpath_fn_ends_with }, { "regex", xpath_fn_regex },
    { "today", xpath_fn_today }, { "now", xpath_fn_now }, { "date", xpath_fn_date }, { "date-time", xpath_fn_date_time }, { "decimal-date-time", xpath_fn_days },
    { "decimal-time", xpath_fn_decimal_time }, { "format-date", xpath_fn_format_date }, { "format-date-time", xpath_fn_format_date },
    { "choice-name", xpath_fn_choice_name }, { "indexed-repeat", xpath_fn_indexed_repeat }, { "position", xpath_fn_position },
    { "count-non-empty", xpath_fn_count_non_empty }, { "checklist", xpath_fn_checklist }, { "weighted-checklist", xpath_fn_weighted_checklist },
    { "instance", xpath_fn_instance }, { "pulldata", xpath_fn_pulldata }, { "version", xpath_fn_version },
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
