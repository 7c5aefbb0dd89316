/* What is missing or wrong in a run. */
#include "run.h"
#include "texts.h"

#include <math.h>
#include <stdlib.h>

enum { PROBLEMS_MAX = 2000 };

struct search {
    struct form_run *run;
    int first, end;                 /* items that are looked at */
    struct form_problems found;
};

/* -- values of each type ------------------------------------------------------------------------------------------------------------- */

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

static double parameter(const struct form_item *item, const char *name, double otherwise)
{
    double value;

    return is_decimal(form_parameter(item, name), &value) ? value : otherwise;
}

static bool in_range(const struct form_item *item, struct str s)
{
    double start = parameter(item, "start", 1), end = parameter(item, "end", 10), step = fabs(parameter(item, "step", 1)), value, steps;

    if (!is_decimal(s, &value))
        return false;
    steps = step > 0 ? (value - start) / step : 0;
    return value >= fmin(start, end) && value <= fmax(start, end) && fabs(steps - round(steps)) < 1e-9;
}

bool *run_choices(struct form_run *run, xmlNodePtr at, int item)
{
    const struct form_item *it = &run->form->items[item];
    const struct form_list *list = &run->form->lists[it->list];
    bool *open = NEW_N(run->arena, bool, list->n + 1), filtered = it->rules->xpath[FORM_FILTER].n > 0;
    xmlNodePtr element = filtered ? xmlFirstElementChild(xmlDocGetRootElement(xpath_list(run, it->list))) : NULL;

    for (size_t i = 0; i < list->n; i++) {
        open[i] = !filtered || run_true_over(run, at, element, item, FORM_FILTER);
        element = element ? xmlNextElementSibling(element) : NULL;
    }
    return open;
}

/* Each word is a choice that the filter lets through, and none stands twice. */
static bool chosen_from(struct form_run *run, xmlNodePtr at, int item, struct str words, size_t *n)
{
    const struct form_list *list = &run->form->lists[run->form->items[item].list];
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

static size_t open_choices(struct form_run *run, xmlNodePtr at, int item)
{
    bool *open = run_choices(run, at, item);
    size_t n = 0;

    for (size_t i = 0; i < run->form->lists[run->form->items[item].list].n; i++)
        n += open[i];
    return n;
}

struct verdict { bool wrong; enum form_problem_kind kind; int text; };

static struct verdict judge_choice(struct form_run *run, xmlNodePtr at, int item, struct str value)
{
    enum form_type type = run->form->items[item].type;
    size_t n = 0;

    if (run->form->items[item].list < 0)
        return (struct verdict){ 0 };
    if (!chosen_from(run, at, item, value, &n) || (type == FORM_SELECT_ONE && n != 1))
        return (struct verdict){ true, FORM_WRONG_CHOICE, T_FORMS_PROBLEM_CHOICE };
    if (type == FORM_RANK && n != open_choices(run, at, item))
        return (struct verdict){ true, FORM_TOO_FEW, T_FORMS_PROBLEM_RANK };
    return (struct verdict){ 0 };
}

static struct verdict judge(struct form_run *run, xmlNodePtr at, int item, struct str v)
{
    const struct form_item *it = &run->form->items[item];
    bool full_day = v.n == 10;
    double number;

    switch (it->type) {
    case FORM_INTEGER:
        return (struct verdict){ !is_integer(v), FORM_WRONG_TYPE, T_FORMS_PROBLEM_INTEGER };
    case FORM_DECIMAL:
        return (struct verdict){ !is_decimal(v, &number), FORM_WRONG_TYPE, T_FORMS_PROBLEM_DECIMAL };
    case FORM_RANGE:
        return (struct verdict){ !in_range(it, v), FORM_WRONG_TYPE, T_FORMS_PROBLEM_RANGE };
    case FORM_DATE:
        return (struct verdict){ !full_day || !date_of(v, &number), FORM_WRONG_TYPE, T_FORMS_PROBLEM_DATE };
    case FORM_TIME:
        return (struct verdict){ v.n < 5 || v.at[2] != ':' || !date_of(v, &number), FORM_WRONG_TYPE, T_FORMS_PROBLEM_TIME };
    case FORM_DATETIME:
        return (struct verdict){ v.n < 16 || !date_of(v, &number), FORM_WRONG_TYPE, T_FORMS_PROBLEM_DATETIME };
    case FORM_ACKNOWLEDGE:
        return (struct verdict){ !str_is(v, "OK"), FORM_WRONG_TYPE, T_FORMS_PROBLEM_ACKNOWLEDGE };
    case FORM_SELECT_ONE: case FORM_SELECT_MULTIPLE: case FORM_RANK:
        return judge_choice(run, at, item, v);
    default:
        return (struct verdict){ 0 };
    }
}

bool run_wrong_type(struct form_run *run, xmlNodePtr at, int item)
{
    enum form_type type = run->form->items[item].type;
    struct str value = arena_copy(run->arena, node_text(at));

    if (type == FORM_SELECT_ONE)
        return str_find_char(str_trim(value), ' ') < str_trim(value).n;
    return type != FORM_SELECT_MULTIPLE && type != FORM_RANK && value.n && judge(run, at, item, value).wrong;
}

/* -- one answer, all answers ----------------------------------------------------------------------------------------------------------------- */

static void add(struct search *s, xmlNodePtr at, int item, enum form_problem_kind kind, int text, const struct form_text *message)
{
    struct form_run *run = s->run;
    const struct form_item *it = &run->form->items[item];

    if (s->found.n == PROBLEMS_MAX)
        return;
    s->found.at[s->found.n++] = (struct form_problem){
        .kind = kind, .item = it, .path = run_path(run, run->arena, at), .text = text, .value = arena_copy(run->arena, node_text(at)),
        .message = message ? run_fill(run, at, item, form_text(message, run->lang)) : STR(""),
    };
}

static void check_answer(struct search *s, xmlNodePtr at, int item)
{
    struct form_run *run = s->run;
    const struct form_item *it = &run->form->items[item];
    struct str value = arena_copy(run->arena, node_text(at));
    struct verdict v;

    if (value.n == 0) {
        if (it->rules->xpath[FORM_REQUIRED].n && run_true(run, at, item, FORM_REQUIRED))
            add(s, at, item, FORM_MISSING, T_FORMS_PROBLEM_MISSING, &it->required_message);
        return;
    }
    v = judge(run, at, item, value);
    if (v.wrong)
        add(s, at, item, v.kind, v.text, NULL);
    else if (it->rules->xpath[FORM_CONSTRAINT].n && !run_true(run, at, item, FORM_CONSTRAINT))
        add(s, at, item, FORM_REFUSED, T_FORMS_PROBLEM_REFUSED, &it->constraint_message);
}

static void search(struct search *s, xmlNodePtr parent)
{
    for (xmlNodePtr child = parent->children; child != NULL; child = child->next) {
        const struct node_state *state = state_of(child);
        const struct form_item *item = state ? &s->run->form->items[state->item] : NULL;

        if (item == NULL || !state->relevant || state->item >= s->end || item->end <= s->first)
            continue;
        if (run_is_inner(item))
            search(s, child);
        else if (form_asks(item->type))
            check_answer(s, child, state->item);
    }
}

static struct form_problems search_from(struct form_run *run, int first, int end)
{
    struct search s = { run, first, end, { NEW_N(run->arena, struct form_problem, PROBLEMS_MAX), 0 } };

    search(&s, run->root);
    return s.found;
}

struct form_problems form_run_problems(struct form_run *run)
{
    return search_from(run, 0, (int)run->form->n_items);
}

struct form_problems form_run_page_problems(struct form_run *run, size_t page)
{
    if (page >= run->form->n_pages)
        return (struct form_problems){ 0 };
    return search_from(run, run->form->pages[page].first, run->form->pages[page].end);
}
