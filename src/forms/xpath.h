/* What ODK's functions are written with: arguments off libxml2's stack, results back on it. They take nothing from the arena: a limit
   reached there must not jump out of libxml2. */
#pragma once

#include "run.h"

#include <libxml/xpathInternals.h>

typedef xmlXPathParserContextPtr call;      /* one call of a function */
enum { XPATH_TEXT_MAX = 1 << 20, XPATH_MATCHED_MAX = 4096, XPATH_ARGUMENTS_MAX = 100 };

struct arguments { xmlXPathObjectPtr at[XPATH_ARGUMENTS_MAX]; int n; };

struct xform_run *xpath_run(call c);
struct str xpath_node_text(const xmlNode *node);
const xmlNode *xpath_first_node(xmlXPathObjectPtr v);
/* A number, a date as days; NaN of what is neither or empty. */
double xpath_text_number(struct str s);
double xpath_number(xmlXPathObjectPtr v);
bool xpath_has_elements(const xmlNode *node);
bool xpath_truth(xmlXPathObjectPtr v);
/* Takes all arguments off the stack, in order. False: an error was set. Give them back in any case. */
bool xpath_take(call c, int n, struct arguments *args);
void xpath_give_back(struct arguments *args);
void xpath_push_number(call c, double value);
void xpath_push_truth(call c, bool value);
void xpath_push_text(call c, struct out *o);
/* Text of an argument; the caller frees `o`. */
struct str xpath_argument(struct arguments *args, int i, struct out *o);
struct arguments xpath_none(void);

#define FUNCTION(name) void name(call c, int n)

FUNCTION(xpath_fn_abs);
FUNCTION(xpath_fn_boolean_from_string);
FUNCTION(xpath_fn_checklist);
FUNCTION(xpath_fn_choice_name);
FUNCTION(xpath_fn_coalesce);
FUNCTION(xpath_fn_concat);
FUNCTION(xpath_fn_count_non_empty);
FUNCTION(xpath_fn_count_selected);
FUNCTION(xpath_fn_current);
FUNCTION(xpath_fn_date);
FUNCTION(xpath_fn_date_time);
FUNCTION(xpath_fn_days);
FUNCTION(xpath_fn_decimal_time);
FUNCTION(xpath_fn_ends_with);
FUNCTION(xpath_fn_exp);
FUNCTION(xpath_fn_format_date);
FUNCTION(xpath_fn_if);
FUNCTION(xpath_fn_indexed_repeat);
FUNCTION(xpath_fn_instance);
FUNCTION(xpath_fn_int);
FUNCTION(xpath_fn_join);
FUNCTION(xpath_fn_log);
FUNCTION(xpath_fn_log10);
FUNCTION(xpath_fn_max);
FUNCTION(xpath_fn_min);
FUNCTION(xpath_fn_now);
FUNCTION(xpath_fn_number);
FUNCTION(xpath_fn_once);
FUNCTION(xpath_fn_position);
FUNCTION(xpath_fn_pow);
FUNCTION(xpath_fn_pulldata);
FUNCTION(xpath_fn_regex);
FUNCTION(xpath_fn_root);
FUNCTION(xpath_fn_round);
FUNCTION(xpath_fn_selected);
FUNCTION(xpath_fn_selected_at);
FUNCTION(xpath_fn_sqrt);
FUNCTION(xpath_fn_string);
FUNCTION(xpath_fn_string_length);
FUNCTION(xpath_fn_substr);
FUNCTION(xpath_fn_sum);
FUNCTION(xpath_fn_today);
FUNCTION(xpath_fn_truth);
FUNCTION(xpath_fn_version);
FUNCTION(xpath_fn_weighted_checklist);
