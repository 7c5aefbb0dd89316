/* Functions of texts and dates. */
#include "xpath.h"

#include <math.h>

/* -- texts ----------------------------------------------------------------------------------------------------------------------------------- */

FUNCTION(xpath_fn_string)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX };

    if (n == 0) {
        out_str(&o, xpath_node_text(c->context->node));
        xpath_push_text(c, &o);
        return;
    }
    if (xpath_take(c, n, &args)) {
        xpath_value_text(&o, args.at[0]);
        xpath_push_text(c, &o);
    }
    xpath_give_back(&args);
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

FUNCTION(xpath_fn_string_length)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX };

    if (n == 0) {
        xpath_push_number(c, (double)code_points(xpath_node_text(c->context->node)));
        return;
    }
    if (xpath_take(c, n, &args))
        xpath_push_number(c, (double)code_points(xpath_argument(&args, 0, &o)));
    xpath_give_back(&args);
    out_free(&o);
}

/* substr(text, start, end): from 0, without the end; negative ones count from the end. */
FUNCTION(xpath_fn_substr)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX }, part = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        struct str s = xpath_argument(&args, 0, &o);
        double all = (double)code_points(s), from = trunc(xpath_number(args.at[1])), to = n > 2 ? trunc(xpath_number(args.at[2])) : all;

        from = from < 0 ? from + all : from;
        to = to < 0 ? to + all : to;
        from = from < 0 ? 0 : from;
        if (from < to && from < all) {
            size_t a = byte_of(s, (size_t)from), b = to >= all ? s.n : byte_of(s, (size_t)to);

            out_str(&part, str_upto(str_from(s, a), b - a));
        }
        xpath_push_text(c, &part);
    }
    xpath_give_back(&args);
    out_free(&o);
    out_free(&part);
}

FUNCTION(xpath_fn_ends_with)
{
    struct arguments args = xpath_none();
    struct out o = { .max = XPATH_TEXT_MAX }, end = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args))
        xpath_push_truth(c, str_ends(xpath_argument(&args, 0, &o), xpath_argument(&args, 1, &end)));
    xpath_give_back(&args);
    out_free(&o);
    out_free(&end);
}

/* The pattern, without the ^ and $ that are meant anyway; compiled once a run. */
static xmlRegexpPtr pattern_of(struct xform_run *run, struct str written)
{
    struct out o = { .max = XPATH_MATCHED_MAX };
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

FUNCTION(xpath_fn_regex)
{
    struct arguments args = xpath_none();
    struct out value = { .max = XPATH_MATCHED_MAX }, pattern = { .max = XPATH_MATCHED_MAX };

    if (xpath_take(c, n, &args)) {
        xmlRegexpPtr compiled = pattern_of(xpath_run(c), xpath_argument(&args, 1, &pattern));

        (void)xpath_argument(&args, 0, &value);
        out_char(&value, '\0');
        if (compiled == NULL)
            xmlXPathErr(c, XPATH_EXPR_ERROR);
        else
            xpath_push_truth(c, !value.over && xmlRegexpExec(compiled, (const xmlChar *)value.at) == 1);
    }
    xpath_give_back(&args);
    out_wipe(&value);
    out_free(&value);
    out_free(&pattern);
}

/* -- dates ----------------------------------------------------------------------------------------------------------------------------------- */

FUNCTION(xpath_fn_today)
{
    struct out o = { .max = 64 };

    (void)n;
    date_text(&o, date_now(xpath_run(c)->now));
    xpath_push_text(c, &o);
}

FUNCTION(xpath_fn_now)
{
    struct out o = { .max = 64 };

    (void)n;
    date_time_text(&o, date_now(xpath_run(c)->now));
    xpath_push_text(c, &o);
}

static void of_days(call c, int n, void (*write)(struct out *, double))
{
    struct arguments args = xpath_none();
    struct out o = { .max = 64 };

    if (xpath_take(c, n, &args)) {
        write(&o, xpath_number(args.at[0]));
        xpath_push_text(c, &o);
    }
    xpath_give_back(&args);
    out_free(&o);
}

FUNCTION(xpath_fn_date) { of_days(c, n, date_text); }
FUNCTION(xpath_fn_date_time) { of_days(c, n, date_time_text); }

FUNCTION(xpath_fn_format_date)
{
    struct arguments args = xpath_none();
    struct out o = { .max = 1 << 12 }, format = { .max = 1 << 12 };

    if (xpath_take(c, n, &args)) {
        date_format(&o, str_is(xpath_run(c)->lang_code, "vi"), xpath_number(args.at[0]), xpath_argument(&args, 1, &format));
        xpath_push_text(c, &o);
    }
    xpath_give_back(&args);
    out_free(&o);
    out_free(&format);
}
