/* What is missing or wrong in a run. */
#include "run.h"
#include "texts.h"

#include <math.h>
#include <stdlib.h>

enum { PROBLEMS_MAX = 2000 };

struct search {
    struct xform_run *run;
    int first, end;                 /* items that are looked at */
    struct xform_problems found;
};

/* -- values of each type ----------------------------------------------------------------------------------- */

static bool is_integer(struct str s)
{
    size_t i = s.n && (s.at[0] == '-' || s.at[0] == '+');
    size_t digits = s.n - i;

    for (; i < s.n; i++)
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
    return digits > 0 && digits <= 15;
}

static bool is_decimal(struct str s, double *value)
{
    char text[40], *end;
    bool digit = false;

    if (s.n == 0 || s.n >= sizeof text)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        digit |= s.at[i] >= '0' && s.at[i] <= '9';
        if (!strchr("0123456789.-+", s.at[i]) || s.at[i] == '\0')
            return false;
    }
    memcpy(text, s.at, s.n);
    text[s.n] = 0;
    *value = strtod(text, &end);
    return digit && *end == 0;
}

static double parameter(const struct xform_item *item, const char *name, double otherwise)
{
    double value;

    return is_decimal(xform_parameter(item, name), &value) ? value : otherwise;
}

static bool in_range(const struct xform_item *item, struct str s)
{
    double start = parameter(item, "start", 1), end = parameter(item, "end", 10),
        step = fabs(parameter(item, "step", 1)), value, steps;

    if (!is_decimal(s, &value))
        return false;
    steps = step > 0 ? (value - start) / step : 0;
    return value >= fmin(start, end) && value <= fmax(start, end) && fabs(steps - round(steps)) < 1e-9;
}

bool *run_choices(struct xform_run *run, xmlNodePtr at, int item)
{
    const struct xform_list *list = &run->form->lists[run->form->items[item].list];
    bool *open = NEW_N(run->arena, bool, list->n + 1), filtered = run_judges(run, item, XFORM_FILTER);
    xmlNodePtr element = filtered ? xmlFirstElementChild(xmlDocGetRootElement(xpath_list(run, run->form->items[item].list))) : NULL;

    for (size_t i = 0; i < list->n; i++) {
        open[i] = !filtered || run_true_over(run, at, element, item, XFORM_FILTER);
        element = element ? xmlNextElementSibling(element) : NULL;
    }
    return open;
}

/* Each word is a choice that the filter lets through, and none stands twice. */
static bool chosen_from(struct xform_run *run, xmlNodePtr at, int item, struct str words, size_t *n)
{
    const struct xform_list *list = &run->form->lists[run->form->items[item].list];
    bool *open = run_choices(run, at, item);
    struct str word;

    for (*n = 0; str_cut(&words, ' ', &word);) {
        size_t i = 0;

        if (word.n == 0)
            continue;
        while (i < list->n && !(open[i] && str_eq(list->at[i].name, word)))
            i++;
        if (i == list->n)
            return false;
        open[i] = false;
        ++*n;
    }
    return true;
}

static size_t open_choices(struct xform_run *run, xmlNodePtr at, int item)
{
    bool *open = run_choices(run, at, item);
    size_t n = 0;

    for (size_t i = 0; i < run->form->lists[run->form->items[item].list].n; i++)
        n += open[i];
    return n;
}

struct verdict { bool wrong; enum xform_problem_kind kind; int text; };

static struct verdict judge_choice(struct xform_run *run, xmlNodePtr at, int item, struct str value)
{
    enum xform_type type = run->form->items[item].type;
    size_t n = 0;

    if (run->form->items[item].list < 0)
        return (struct verdict){ 0 };
    if (!chosen_from(run, at, item, value, &n) || (type == XFORM_SELECT_ONE && n != 1))
        return (struct verdict){ true, XFORM_WRONG_CHOICE, T_FORMS_PROBLEM_CHOICE };
    if (type == XFORM_RANK && n != open_choices(run, at, item))
        return (struct verdict){ true, XFORM_TOO_FEW, T_FORMS_PROBLEM_RANK };
    return (struct verdict){ 0 };
}

static struct verdict judge(struct xform_run *run, xmlNodePtr at, int item, struct str v)
{
    const struct xform_item *it = &run->form->items[item];
    bool full_day = v.n == 10;
    double number;

    switch (it->type) {
    case XFORM_INTEGER:
        return (struct verdict){ !is_integer(v), XFORM_WRONG_TYPE, T_FORMS_PROBLEM_INTEGER };
    case XFORM_DECIMAL:
        return (struct verdict){ !is_decimal(v, &number), XFORM_WRONG_TYPE, T_FORMS_PROBLEM_DECIMAL };
    case XFORM_RANGE:
        return (struct verdict){ !in_range(it, v), XFORM_WRONG_TYPE, T_FORMS_PROBLEM_RANGE };
    case XFORM_DATE:
        return (struct verdict){ !full_day || !date_of(v, &number), XFORM_WRONG_TYPE, T_FORMS_PROBLEM_DATE };
    case XFORM_TIME:
        return (struct verdict){ v.n < 5 || v.at[2] != ':' || !date_of(v, &number), XFORM_WRONG_TYPE,
                                 T_FORMS_PROBLEM_TIME };
    case XFORM_DATETIME:
        return (struct verdict){ v.n < 16 || !date_of(v, &number), XFORM_WRONG_TYPE, T_FORMS_PROBLEM_DATETIME };
    case XFORM_ACKNOWLEDGE:
        return (struct verdict){ !str_is(v, "OK"), XFORM_WRONG_TYPE, T_FORMS_PROBLEM_ACKNOWLEDGE };
    case XFORM_SELECT_ONE: case XFORM_SELECT_MULTIPLE: case XFORM_RANK:
        return judge_choice(run, at, item, v);
    default:
        return (struct verdict){ 0 };
    }
}

bool run_wrong_type(struct xform_run *run, xmlNodePtr at, int item)
{
    enum xform_type type = run->form->items[item].type;
    struct str value = arena_copy(run->arena, node_text(at));

    if (type == XFORM_SELECT_ONE)
        return str_find_char(str_trim(value), ' ') < str_trim(value).n;
    return type != XFORM_SELECT_MULTIPLE && type != XFORM_RANK && value.n && judge(run, at, item, value).wrong;
}

/* -- one answer, all answers ------------------------------------------------------------------------------- */

static void add(struct search *s, xmlNodePtr at, int item, enum xform_problem_kind kind, int text,
                const struct xform_text *message)
{
    struct xform_run *run = s->run;
    const struct xform_item *it = &run->form->items[item];

    if (s->found.n == PROBLEMS_MAX)
        return;
    s->found.at[s->found.n++] = (struct xform_problem){
        .kind = kind, .item = it, .path = run_path(run, run->arena, at), .text = text,
            .value = arena_copy(run->arena, node_text(at)),
        .message = message ? run_fill(run, at, item, xform_text(message, run->lang)) : STR(""),
    };
}

static void check_answer(struct search *s, xmlNodePtr at, int item)
{
    struct xform_run *run = s->run;
    const struct xform_item *it = &run->form->items[item];
    struct str value = arena_copy(run->arena, node_text(at));
    struct verdict v;

    if (value.n == 0) {
        if (run_judges(run, item, XFORM_REQUIRED) && !run_unsure(run, item) && run_true(run, at, item, XFORM_REQUIRED))
            add(s, at, item, XFORM_MISSING, T_FORMS_PROBLEM_MISSING, &it->required_message);
        return;
    }
    v = judge(run, at, item, value);
    if (v.wrong)
        add(s, at, item, v.kind, v.text, NULL);
    else if (run_judges(run, item, XFORM_CONSTRAINT) && !run_true(run, at, item, XFORM_CONSTRAINT))
        add(s, at, item, XFORM_REFUSED, T_FORMS_PROBLEM_REFUSED, &it->constraint_message);
}

static void search(struct search *s, xmlNodePtr parent)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        const struct node_state *state = state_of(child);
        const struct xform_item *item = state ? &s->run->form->items[state->item] : NULL;

        if (item == NULL || !state->relevant || state->item >= s->end || item->end <= s->first)
            continue;
        if (run_is_inner(item))
            search(s, child);
        else if (xform_asks(item->type))
            check_answer(s, child, state->item);
    }
}

static struct xform_problems search_from(struct xform_run *run, int first, int end)
{
    struct search s = { run, first, end, { NEW_N(run->arena, struct xform_problem, PROBLEMS_MAX), 0 } };

    search(&s, run->root);
    return s.found;
}

struct xform_problems xform_run_problems(struct xform_run *run)
{
    return search_from(run, 0, (int)run->form->n_items);
}

struct xform_problems xform_run_page_problems(struct xform_run *run, size_t page)
{
    if (page >= run->form->n_pages)
        return (struct xform_problems){ 0 };
    return search_from(run, run->form->pages[page].first, run->form->pages[page].end);
}

/* -- what a nameless run leaves to others ------------------------------------------------------------------ */

static bool is_unjudged(const struct xform_run *run, int item)
{
    static const enum xform_expr kinds[] = { XFORM_REQUIRED, XFORM_CONSTRAINT, XFORM_FILTER, XFORM_CALCULATION };
    const struct xform_rules *rules = run->form->items[item].rules;

    if (str_is(xform_extra(&run->form->items[item], "lachan:compartment"), "I") || run_unsure(run, item))
        return xform_asks(run->form->items[item].type);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (rules->xpath[kinds[i]].n && !run_judges(run, item, kinds[i]))
            return true;
    return false;
}

/* A label that speaks of another answer says "…" for it: it may be a name. */
static struct str plain_label(struct xform_run *run, int item)
{
    struct str text = xform_text(&run->form->items[item].label, run->lang), name, plain = STR("");
    size_t from = 0, end = 0, begin;

    while (expr_next_ref(text, &end, &begin, &name)) {
        plain = arena_f(run->arena, "%.*s%.*s…", (int)plain.n, plain.at, (int)(begin - from), text.at + from);
        from = end;
    }
    return from == 0 ? text : arena_f(run->arena, "%.*s%.*s", (int)plain.n, plain.at, (int)(text.n - from), text.at + from);
}

struct xform_labels xform_run_unjudged(struct xform_run *run)
{
    struct xform_labels labels = { .at = NEW_N(run->arena, struct str, run->form->n_items + 1) };

    for (int i = 0; run->nameless && i < (int)run->form->n_items; i++) {
        struct str label = is_unjudged(run, i) ? plain_label(run, i) : STR("");

        if (label.n)
            labels.at[labels.n++] = label;
    }
    return labels;
}
