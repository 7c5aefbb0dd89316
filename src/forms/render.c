#include "render.h"

#include "answers.h"

#include "texts.h"

/* -- pages ------------------------------------------------------------------------------------------------------------------------ */

size_t form_page_after(const struct xform_run *run, size_t page)
{
    for (size_t i = page + 1; i < xform_run_form(run)->n_pages; i++)
        if (xform_run_page_shown(run, i))
            return i;
    return page;
}

size_t form_page_before(const struct xform_run *run, size_t page)
{
    for (size_t i = page; i-- > 0;)
        if (xform_run_page_shown(run, i))
            return i;
    return page;
}

size_t form_page_first(const struct xform_run *run)
{
    return xform_run_page_shown(run, 0) ? 0 : form_page_after(run, 0);
}

/* -- one question ------------------------------------------------------------------------------------------------------------------- */

static bool is_digits(struct str s, const char *shape)
{
    if (s.n < strlen(shape))
        return false;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == '0' ? s.at[i] < '0' || s.at[i] > '9' : s.at[i] != shape[i])
            return false;
    return true;
}

/* A native control shows nothing of a value that it does not understand: what was typed must stay in sight, so such a one is shown
   as text. */
static enum line_look look_of_time(enum line_look look, const char *shape, struct str value)
{
    return value.n == 0 || is_digits(value, shape) ? look : LINE_TEXT;
}

static bool wants_row(const struct xform_item *item, size_t n)
{
    return xform_appearance(item, "horizontal") || xform_appearance(item, "likert") || xform_appearance(item, "columns") ||
           xform_appearance(item, "horizontal-compact") || n <= 3;
}

/* Rows rated high, medium, low stand below each other as a grid; without words of their own, side by side is enough. */
static bool is_scale(const struct xform_shown *s)
{
    return s->n_options > 3 && str_is(s->options[0].name, "high") && str_is(s->options[1].name, "medium") && str_is(s->options[2].name, "low");
}

static enum line_look look_of(const struct xform_shown *s)
{
    switch (s->item->type) {
    case XFORM_TEXT: return xform_appearance(s->item, "multiline") ? LINE_LONG : LINE_TEXT;
    case XFORM_INTEGER: case XFORM_DECIMAL: case XFORM_RANGE: return LINE_NUMBER;
    case XFORM_DATE: return look_of_time(LINE_DATE, "0000-00-00", s->value);
    case XFORM_TIME: return look_of_time(LINE_TIME, "00:00", s->value);
    case XFORM_DATETIME: return look_of_time(LINE_DATETIME, "0000-00-00T00:00", s->value);
    case XFORM_SELECT_ONE: return xform_appearance(s->item, "minimal") || xform_appearance(s->item, "autocomplete") ? LINE_MENU : LINE_ONE;
    case XFORM_SELECT_MULTIPLE: return LINE_MANY;
    case XFORM_RANK: return LINE_RANK;
    case XFORM_ACKNOWLEDGE: return LINE_YES;
    case XFORM_NOTE: return LINE_NOTE;
    case XFORM_NOT_SHOWN: return LINE_NOT_SHOWN;
    default: return LINE_VALUE;
    }
}

static struct choices options_of(struct ctx *c, const struct xform_shown *s)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, s->n_options + 1), .n = s->n_options };

    for (size_t i = 0; i < s->n_options; i++)
        list.at[i] = (struct choice){ s->options[i].name, s->options[i].label, s->options[i].on };
    return list;
}

/* One select for each place; the n-th shows the n-th name of the answer. */
static struct form_places places_of(struct ctx *c, const struct xform_shown *s)
{
    struct form_places places = { .at = NEW_N(c->arena, struct form_place, s->n_options + 1), .n = s->n_options };
    struct str rest = s->value, name;

    for (size_t i = 0; i < places.n; i++) {
        bool chosen = str_cut(&rest, ' ', &name);

        places.at[i] = (struct form_place){ (i64)i + 1, options_of(c, s) };
        for (size_t k = 0; k < s->n_options; k++)
            places.at[i].options.at[k].on = chosen && str_eq(places.at[i].options.at[k].code, name);
    }
    return places;
}

/* "từ 1 đến 10": the limits of a range belong to the question, for a number is typed. */
static struct str hint_of(struct ctx *c, const struct xform_shown *s)
{
    struct str start = xform_parameter(s->item, "start"), end = xform_parameter(s->item, "end");
    struct str range;

    if (s->item->type != XFORM_RANGE || start.n == 0 || end.n == 0)
        return s->hint;
    range = text_fill(c->arena, (int)c->lang, T_PAPERS_FILL_RANGE, start, end);
    return s->hint.n ? arena_f(c->arena, "%.*s %.*s", (int)s->hint.n, s->hint.at, (int)range.n, range.at) : range;
}

static struct str value_words(const struct xform_shown *s)
{
    for (size_t i = 0; i < s->n_options; i++)
        if (s->options[i].on)
            return s->options[i].label;
    return s->value;
}

static struct form_line question_line(struct ctx *c, const struct xform_shown *s, bool frozen)
{
    struct form_line line = {
        .look = look_of(s), .path = s->path, .label = s->label, .hint = hint_of(c, s), .more = s->guidance_hint, .value = s->value,
        .required = s->required, .hidden = !s->relevant, .none = !s->required,
    };

    if (line.look > LINE_VALUE && line.look != LINE_NOT_SHOWN && (s->readonly || frozen)) {
        line.look = LINE_VALUE;
        line.value = value_words(s);
    }
    line.options = options_of(c, s);
    line.row = wants_row(s->item, s->n_options);
    line.scale = is_scale(s);
    if (line.look == LINE_RANK)
        line.places = places_of(c, s);
    if (line.look == LINE_DATETIME)
        line.value = str_upto(s->value, 16);        /* a control knows no zone */
    if (line.look == LINE_TIME)
        line.value = str_upto(s->value, 5);
    return line;
}

/* -- lines ----------------------------------------------------------------------------------------------------------------------------- */

static struct str go_text(struct ctx *c, const char *what, struct str path)
{
    return arena_f(c->arena, "%s:%.*s", what, (int)path.n, path.at);
}

static bool is_closed(const struct xform_item *item, const char *closed)
{
    struct str letter = xform_extra(item, "lachan:compartment");

    return closed != NULL && letter.n == 1 && strchr(closed, letter.at[0]) != NULL;
}

static struct str entry_title(struct ctx *c, const struct xform_shown *s)
{
    return text_fill(c->arena, (int)c->lang, T_PAPERS_FILL_ENTRY, s->label, arena_f(c->arena, "%zu", s->place));
}

/* False where it makes no line. */
static bool line_of(struct ctx *c, const struct xform_shown *s, const struct form_asking *asking, struct form_line *line)
{
    int level = 2 + (s->item->depth > 1);

    if (is_closed(s->item, asking->closed))
        return false;
    switch (s->kind) {
    case XFORM_SHOW_QUESTION:
        *line = question_line(c, s, asking->frozen);
        return line->label.n > 0 || line->look > LINE_VALUE;       /* what has no words is not for people */
    case XFORM_SHOW_GROUP:
        *line = (struct form_line){ .look = LINE_GROUP, .path = s->path, .label = s->label, .hint = s->hint, .level = level,
                                    .hidden = !s->relevant };
        return s->label.n > 0;
    case XFORM_SHOW_INSTANCE:
        *line = (struct form_line){ .look = LINE_ENTRY, .path = s->path, .label = entry_title(c, s), .level = level,
                                    .hidden = !s->relevant,
                                    .go = s->may_remove && !asking->frozen ? go_text(c, "remove", s->path) : STR_NULL };
        return true;
    case XFORM_SHOW_REPEAT_END:
        *line = (struct form_line){ .look = LINE_ADD, .path = s->path, .label = s->label, .hidden = !s->relevant,
                                    .go = go_text(c, "add", s->path) };
        return s->may_add && !asking->frozen;
    default:
        return false;
    }
}

/* The label of a group that is a page of its own stands above it as the page's title. */
static void fill_lines(struct ctx *c, struct xform_run *run, const struct form_asking *asking, struct form_page_view *v)
{
    struct xform_shown_list shown = xform_run_page(run, (size_t)v->page, true);

    v->lines.at = NEW_N(c->arena, struct form_line, shown.n + 1);
    for (size_t i = 0; i < shown.n; i++) {
        struct form_line *line = &v->lines.at[v->lines.n];

        if (!line_of(c, &shown.at[i], asking, line) || (v->lines.n == 0 && line->look == LINE_GROUP && str_eq(line->label, v->title)))
            continue;
        line->no = (i64)v->lines.n++;
    }
}

/* -- what is wrong ------------------------------------------------------------------------------------------------------------------------ */

struct str form_problem_words(struct ctx *c, const struct xform_problem *p)
{
    return p->message.n ? p->message : text_fill(c->arena, (int)c->lang, p->text, p->value, STR(""));
}

static i64 line_at(const struct form_lines *lines, struct str path)
{
    for (size_t i = 0; i < lines->n; i++)
        if (str_eq(lines->at[i].path, path) && lines->at[i].look > LINE_ADD)
            return (i64)i;
    return -1;
}

static struct url fault_url(struct ctx *c, const struct form_asking *asking, size_t page)
{
    return url_query(c->arena, url_query(c->arena, asking->here, "page", arena_f(c->arena, "%zu", page + 1)), "check", STR("1"));
}

/* A question that the reader has no key for cannot be mended by this reader: the page says so instead. */
static void fill_faults(struct ctx *c, struct xform_run *run, const struct form_asking *asking, struct form_page_view *v)
{
    struct xform_problems bad = { 0 };

    if (asking->check == CHECK_PAGE)
        bad = xform_run_page_problems(run, (size_t)v->page);
    else if (asking->check == CHECK_ALL)
        bad = xform_run_problems(run);
    v->faults.at = NEW_N(c->arena, struct line_fault, bad.n + 1);
    for (size_t i = 0; i < bad.n; i++) {
        const struct xform_problem *p = &bad.at[i];
        size_t page = xform_run_page_of(run, p->path);
        i64 line = page == (size_t)v->page ? line_at(&v->lines, p->path) : -1;
        struct line_fault fault = { .label = xform_run_label(run, p->path), .text = form_problem_words(c, p) };

        if (is_closed(p->item, asking->closed))
            continue;
        if (line >= 0) {
            v->lines.at[line].error = fault.text;
            fault.to = url_f(c->arena, "#q%lld", (long long)line);
        } else if (page == (size_t)v->page) {
            fault.to = url_path("#lines");      /* a repeat with too few entries */
        } else {
            fault.to = fault_url(c, asking, page);
        }
        v->faults.at[v->faults.n++] = fault;
    }
}

static bool has_fault(const struct xform_problems *bad, struct xform_run *run, size_t page)
{
    for (size_t i = 0; i < bad->n; i++)
        if (xform_run_page_of(run, bad->at[i].path) == page)
            return true;
    return false;
}

static void fill_steps(struct ctx *c, struct xform_run *run, const struct form_asking *asking, struct form_page_view *v)
{
    size_t n = xform_run_form(run)->n_pages;
    struct xform_problems bad = { 0 };

    if (asking->check == CHECK_ALL)
        bad = xform_run_problems(run);
    v->steps.at = NEW_N(c->arena, struct form_step, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!xform_run_page_shown(run, i))
            continue;
        v->count++;
        if (i == (size_t)v->page)
            v->no = v->count;
        v->steps.at[v->steps.n++] = (struct form_step){
            v->count, xform_run_page_title(run, i), arena_f(c->arena, "page:%zu", i + 1), i == (size_t)v->page, has_fault(&bad, run, i) };
    }
}

void form_page_fill(struct ctx *c, struct xform_run *run, const struct form_asking *asking, struct form_page_view *v)
{
    size_t n = xform_run_form(run)->n_pages, page = asking->page < n ? asking->page : 0;

    *v = (struct form_page_view){ 0 };
    if (n == 0)
        return;
    if (!xform_run_page_shown(run, page))
        page = form_page_after(run, page) != page ? form_page_after(run, page) : form_page_before(run, page);
    v->page = (i64)page;
    v->title = xform_run_page_title(run, page);
    v->first = form_page_before(run, page) == page;
    v->last = form_page_after(run, page) == page;
    fill_lines(c, run, asking, v);
    fill_faults(c, run, asking, v);
    fill_steps(c, run, asking, v);
}

/* -- what was sent ----------------------------------------------------------------------------------------------------------------------- */

/* Values of one name from `*i` on; moves behind them. Ticks and places of a rank come one by one, in order, and boxes that were left
   empty say nothing. */
static struct str joined(struct arena *a, struct form_pairs sent, size_t *i)
{
    struct str name = sent.at[*i].name, all = STR("");

    for (; *i < sent.n && str_eq(sent.at[*i].name, name); (*i)++) {
        struct str value = sent.at[*i].text;

        if (value.n)
            all = all.n ? arena_f(a, "%.*s %.*s", (int)all.n, all.at, (int)value.n, value.at) : value;
    }
    return all;
}

/* A control for a time knows no seconds and no zone: what it sends back unchanged is no change. */
static bool is_same(struct xform_run *run, struct str path, struct str sent)
{
    struct str held = xform_run_get(run, path);
    int at = xform_item_named(xform_run_form(run), path);
    bool is_time = at >= 0 && (xform_run_form(run)->items[at].type == XFORM_TIME || xform_run_form(run)->items[at].type == XFORM_DATETIME);

    return str_eq(held, sent) || (is_time && sent.n >= 5 && str_starts(held, sent));
}

status form_take(struct xform_run *run, struct arena *a, struct form_pairs sent)
{
    status worst = OK;

    for (size_t i = 0; i < sent.n;) {
        struct str path = sent.at[i].name, value = joined(a, sent, &i);
        status s = is_same(run, path, value) ? OK : xform_run_set(run, path, value);

        if (s == NOT_FOUND || s == DENIED)      /* the page is older than the form's present state: nothing to keep it in */
            fail_clear();
        else if (s != OK)
            worst = s;
    }
    TRY(xform_run_recompute(run));
    return worst;
}

static bool was_sent(struct form_pairs sent, struct str path)
{
    for (size_t i = 0; i < sent.n; i++)
        if (str_eq(sent.at[i].name, path))
            return true;
    return false;
}

static bool was_asked(struct xform_shown_list before, struct str path)
{
    for (size_t i = 0; i < before.n; i++)
        if (str_eq(before.at[i].path, path))
            return true;
    return false;
}

static bool is_asked(const struct xform_shown *s)
{
    return s->kind == XFORM_SHOW_QUESTION && answers_asked(s->item) && !s->readonly && s->item->type != XFORM_HIDDEN &&
           s->item->type != XFORM_NOT_SHOWN;
}

bool form_page_opened(struct xform_run *run, size_t page, struct xform_shown_list before, struct form_pairs sent)
{
    struct xform_shown_list shown = xform_run_page(run, page, false);

    for (size_t i = 0; i < shown.n; i++)
        if (is_asked(&shown.at[i]) && !was_asked(before, shown.at[i].path) && !was_sent(sent, shown.at[i].path))
            return true;
    return false;
}
