#include "stats_words.h"

#include "words.h"

#include "texts.h"

#include <stdlib.h>

struct str stats_number(struct ctx *c, i64 n)
{
    char mark = c->lang == LANG_VI ? '.' : ',';

    if (n >= 1000000)
        return arena_f(c->arena, "%lld%c%03lld%c%03lld", (long long)(n / 1000000), mark, (long long)(n / 1000 % 1000), mark,
                       (long long)(n % 1000));
    return n < 1000 ? arena_f(c->arena, "%lld", (long long)n) : arena_f(c->arena, "%lld%c%03lld", (long long)(n / 1000), mark, (long long)(n % 1000));
}

struct str stats_ratio(struct ctx *c, i64 n, i64 of)
{
    i64 tenths = (n * 10 + of / 2) / of;

    return arena_f(c->arena, "%lld%c%lld", (long long)(tenths / 10), c->lang == LANG_VI ? ',' : '.', (long long)(tenths % 10));
}

static struct str filled(struct ctx *c, int key, struct str a)
{
    return text_fill(c->arena, (int)c->lang, key, a, STR(""));
}

struct str stats_span_words(struct ctx *c, i64 hours)
{
    if (hours == 0)
        return text_of(c, T_STATS_SPAN_SHORT);
    return hours < 72 ? filled(c, hours == 1 ? T_STATS_SPAN_HOUR : T_STATS_SPAN_HOURS, stats_number(c, hours))
        : filled(c, T_STATS_SPAN_DAYS, stats_number(c, hours / 24));
}

struct str stats_share_words(struct ctx *c, struct stats_share share)
{
    struct str percent = stats_number(c, share.percent);

    switch (share.kind) {
    case SHARE_EXACT: return filled(c, T_STATS_PERCENT, percent);
    case SHARE_OVER: return filled(c, T_STATS_PERCENT_OVER, percent);
    case SHARE_UNDER: return filled(c, T_STATS_PERCENT_UNDER, percent);
    case SHARE_COVERED: return text_of(c, T_STATS_COVERED);
    case SHARE_NONE: break;
    }
    return text_of(c, T_STATS_NONE);
}

/* -- names of codes ------------------------------------------------------------------------------------------------------------------------ */
/* In the process that new cases follow, else in whichever has it. */
static struct str state_name(struct ctx *c, struct str code)
{
    const struct process *p = process_for_new(c->now);
    const struct process_state *s = process_state(p, code);

    for (size_t i = 0; s == NULL && (p = process_at(i)) != NULL; i++)
        s = process_state(p, code);
    if (s == NULL)
        return code;
    return c->lang == LANG_EN && s->name_en.n ? s->name_en : s->name;
}

static struct str place_name(struct ctx *c, struct str code)
{
    struct str name = network_province_name(code, c->lang == LANG_EN);

    return name.n ? name : text_of(c, T_STATS_NOT_SAID);
}

struct str stats_code_name(struct ctx *c, const char *kind, struct str code)
{
    if (strcmp(kind, "state") == 0)
        return state_name(c, code);
    if (strcmp(kind, "place") == 0)
        return place_name(c, code);
    if (strcmp(kind, "risk") == 0)
        return code.n ? list_name(c, "risk", code) : text_of(c, T_STATS_NO_RISK);
    if (code.n == 0 || str_is(code, "skip"))
        return text_of(c, T_STATS_NOT_SAID);
    return text_of(c, desk_word(strcmp(kind, "age") == 0 ? DESK_AGE : DESK_HARM, code));
}

struct str stats_period_name(struct ctx *c, const struct stats_period *p)
{
    struct str year = arena_f(c->arena, "%lld", (long long)p->year);

    if (p->n == YEAR_MONTHS)
        return filled(c, T_STATS_YEAR, year);
    return text_fill(c->arena, (int)c->lang, p->n == 3 ? T_STATS_QUARTER : T_STATS_MONTH,
                     arena_f(c->arena, "%zu", p->n == 3 ? p->first / 3 + 1 : p->first + 1), year);
}

/* -- tables ------------------------------------------------------------------------------------------------------------------------------------- */
static int by_most(const void *a, const void *b)
{
    const struct stats_line *x = a, *y = b;

    if (x->covered != y->covered)
        return x->covered ? 1 : -1;
    return x->bar != y->bar ? (x->bar > y->bar ? -1 : 1) : str_compare(x->name, y->name);
}

/* Rows that count nobody in this period, and say so, only lengthen a table of states or places. */
static bool idle(const struct stats_table *t, size_t row)
{
    return stats_count_of(t, row) == 0 && !stats_covered(t, row);
}

/* Covered lines stand last, and of many provinces say nothing but their names. */
void stats_part_fold(struct ctx *c, struct stats_part *part)
{
    struct out o = { .max = 1 << 14 };

    while (part->lines.n && part->lines.at[part->lines.n - 1].covered)
        part->lines.n--;
    for (const struct stats_line *l = part->lines.at + part->lines.n; l->name.n; l++) {
        out_c(&o, o.n ? ", " : "");
        out_str(&o, l->name);
    }
    part->rest = arena_copy(c->arena, out_done(&o));
    out_free(&o);
}

void stats_part_fill(struct ctx *c, const struct stats_table *t, bool sorted, struct stats_part *part)
{
    i64 most = 1;

    part->few = !t->shown;
    part->lines.at = NEW_N(c->arena, struct stats_line, t->rows.n + 1);
    for (size_t i = 0; i < t->rows.n; i++)
        most = !stats_covered(t, i) && stats_count_of(t, i) > most ? stats_count_of(t, i) : most;
    for (size_t i = 0; i < t->rows.n && t->shown; i++) {
        bool covered = stats_covered(t, i);
        i64 n = stats_count_of(t, i);

        if (sorted && idle(t, i))
            continue;
        part->lines.at[part->lines.n++] = (struct stats_line){
            .name = stats_code_name(c, part->id, t->rows.codes[i]), .covered = covered, .bar = covered ? 0 : n * 1000 / most,
            .value = covered ? text_of(c, T_STATS_COVERED) : stats_number(c, n) };
    }
    if (sorted)
        qsort(part->lines.at, part->lines.n, sizeof *part->lines.at, by_most);
    for (size_t i = 0; i < part->lines.n; i++)
        part->lines.at[i].bar = (part->lines.at[i].bar + 9) / 10;
}

/* -- steps --------------------------------------------------------------------------------------------------------------------------------------- */
static const struct process_clock *clock_named(struct ctx *c, struct str code)
{
    const struct process *p = process_for_new(c->now);
    const struct process_clock *k = process_clock(p, code);

    for (size_t i = 0; k == NULL && (p = process_at(i)) != NULL; i++)
        k = process_clock(p, code);
    return k;
}

static struct str term_words(struct ctx *c, const struct process_clock *k)
{
    static const int keys[] = { [CLOCK_HOURS] = T_STATS_TERM_HOURS, [CLOCK_DAYS] = T_STATS_TERM_DAYS, [CLOCK_WORKDAYS] = T_STATS_TERM_WORKDAYS };

    return filled(c, keys[k->term.unit], stats_number(c, k->term.n));
}

static struct str covered_or(struct ctx *c, bool covered, struct str text)
{
    return covered ? text_of(c, T_STATS_COVERED) : text;
}

/* A middle of fewer than five would be somebody's own time. */
static struct str span_or(struct ctx *c, const struct stats_spans *s, i64 hours)
{
    if (s->by_year)
        return text_of(c, T_STATS_BY_YEAR);
    return s->n < SUPPRESS_SMALL ? text_of(c, s->n == 0 ? T_STATS_NONE : T_STATS_COVERED) : stats_span_words(c, hours);
}

static void fill_step(struct ctx *c, const struct stats_step *s, struct stats_step_line *line)
{
    const struct process_clock *k = clock_named(c, s->code);
    const struct stats_table *t = &s->table;
    struct stats_share share = stats_share(t, 0);
    bool ended = !stats_covered(t, 0) && !stats_covered(t, 1);
    const struct stats_spans none = { 0 }, *spans = stats_total_covered(t) && s->spans.n ? &(const struct stats_spans){ .n = 1 } : &s->spans;

    *line = (struct stats_step_line){
        .name = k == NULL ? s->code : c->lang == LANG_EN && k->name_en.n ? k->name_en : k->name, .source = k ? k->source : STR(""),
        .term = k ? term_words(c, k) : STR(""), .covered = share.kind != SHARE_EXACT, .bar = share.percent, .share = stats_share_words(c, share),
        .ended = covered_or(c, !ended, stats_number(c, ended ? stats_count_of(t, 0) + stats_count_of(t, 1) : 0)),
        .over = covered_or(c, stats_covered(t, 2), stats_number(c, stats_count_of(t, 2))),
    };
    spans = stats_total(t) == 0 && !stats_total_covered(t) ? &none : spans;
    line->median = span_or(c, spans, spans->median);
    line->ninetieth = span_or(c, spans, spans->ninetieth);
}

void stats_steps_fill(struct ctx *c, const struct stats_figures *f, struct stats_step_lines *lines)
{
    lines->at = NEW_N(c->arena, struct stats_step_line, f->n_steps + 1);
    for (size_t i = 0; i < f->n_steps; i++)
        fill_step(c, &f->steps[i], &lines->at[lines->n++]);
}

/* -- measures -------------------------------------------------------------------------------------------------------------------------------------- */
static struct str per_case(struct ctx *c, const struct stats_figures *f, const struct stats_table *t)
{
    i64 cases = f->totals.n[f->period.column];

    if (cases == 0)
        return text_of(c, T_STATS_NONE);
    return covered_or(c, f->few || stats_covered(t, 0), stats_ratio(c, stats_count_of(t, 0), cases));
}

static struct str counted(struct ctx *c, const struct stats_table *t)
{
    return covered_or(c, stats_covered(t, 0), stats_number(c, stats_count_of(t, 0)));
}

static struct str both_spans(struct ctx *c, const struct stats_figures *f, const struct stats_spans *s)
{
    if (f->few || s->by_year || s->n < SUPPRESS_SMALL)
        return text_of(c, s->by_year ? T_STATS_BY_YEAR : s->n == 0 ? T_STATS_NONE : T_STATS_COVERED);
    return text_fill(c->arena, (int)c->lang, T_STATS_MEDIAN_NINETIETH, stats_span_words(c, s->median), stats_span_words(c, s->ninetieth));
}

/* Of today, and of the whole organisation: how many cases there are for each who holds some. */
static struct str case_load(struct ctx *c, const struct stats_load *l)
{
    return l->holding == 0 ? text_of(c, T_STATS_NONE) : covered_or(c, l->open < SUPPRESS_SMALL, stats_ratio(c, l->open, l->holding));
}

static struct str workers_each(struct ctx *c, const struct stats_load *l)
{
    return l->supervisors == 0 ? text_of(c, T_STATS_NONE) : stats_ratio(c, l->workers, l->supervisors);
}

static void add_measure(struct stats_measures *m, int name, int what, struct str value)
{
    m->at[m->n++] = (struct stats_measure){ name, what, value };
}

#define SHARE_OF(table) stats_share_words(c, stats_share(&f->table, 0))

void stats_measures_fill(struct ctx *c, const struct stats_figures *f, struct stats_measures *m)
{
    m->at = NEW_N(c->arena, struct stats_measure, 16);
    add_measure(m, T_STATS_M_ASSESSED, T_STATS_M_ASSESSED_WHAT, SHARE_OF(assessed));
    add_measure(m, T_STATS_M_URGENT, T_STATS_M_URGENT_WHAT, SHARE_OF(urgent));
    add_measure(m, T_STATS_M_PLANNED, T_STATS_M_PLANNED_WHAT, SHARE_OF(planned));
    add_measure(m, T_STATS_M_APPROVED, T_STATS_M_APPROVED_WHAT, SHARE_OF(approved));
    add_measure(m, T_STATS_M_CARRIED, T_STATS_M_CARRIED_WHAT, SHARE_OF(carried));
    add_measure(m, T_STATS_M_CLOSED, T_STATS_M_CLOSED_WHAT, SHARE_OF(closed));
    add_measure(m, T_STATS_M_TASKS, T_STATS_M_TASKS_WHAT, per_case(c, f, &f->tasks));
    add_measure(m, T_STATS_M_SENT, T_STATS_M_SENT_WHAT, per_case(c, f, &f->sent));
    add_measure(m, T_STATS_M_SERVED, T_STATS_M_SERVED_WHAT, counted(c, &f->served));
    add_measure(m, T_STATS_M_TO_OPEN, T_STATS_M_TO_OPEN_WHAT, both_spans(c, f, &f->to_open));
    add_measure(m, T_STATS_M_TO_CLOSE, T_STATS_M_TO_CLOSE_WHAT, both_spans(c, f, &f->to_close));
    add_measure(m, T_STATS_M_LOAD, T_STATS_M_LOAD_WHAT, case_load(c, &f->load));
    add_measure(m, T_STATS_M_RATIO, T_STATS_M_RATIO_WHAT, workers_each(c, &f->load));
}

/* -- the map --------------------------------------------------------------------------------------------------------------------------------------- */
static const char *const looks[] = { "s0", "s1", "s2", "s3", "s4", "s5" };

static const char *look_of(const struct stats_table *t, struct str code, i64 most, struct str *value, struct ctx *c)
{
    for (size_t i = 0; i < t->rows.n; i++)
        if (str_eq(t->rows.codes[i], code) || !t->shown) {
            *value = stats_covered(t, i) ? text_of(c, T_STATS_COVERED) : stats_number(c, stats_count_of(t, i));
            return stats_covered(t, i) ? "hid" : looks[stats_shade(stats_count_of(t, i), most)];
        }
    *value = STR("0");
    return t->shown ? looks[0] : "hid";
}

static struct str range_words(struct ctx *c, i64 from, i64 to)
{
    struct str a = stats_number(c, from), b = stats_number(c, to);

    return from == to ? a : arena_f(c->arena, "%.*s–%.*s", (int)a.n, a.at, (int)b.n, b.at);
}

/* From the darkest to none. */
static void fill_keys(struct ctx *c, struct stats_map *map, i64 most)
{
    i64 from, to;

    map->keys.at = NEW_N(c->arena, struct stats_key, COUNT_OF(looks) + 1);
    for (int shade = 5; shade > 0; shade--) {
        stats_shade_range(shade, most, &from, &to);
        if (from <= to)
            map->keys.at[map->keys.n++] = (struct stats_key){ looks[shade], range_words(c, from, to) };
    }
    map->keys.at[map->keys.n++] = (struct stats_key){ looks[0], STR("0") };
    map->keys.at[map->keys.n++] = (struct stats_key){ "hid", text_of(c, T_STATS_COVERED) };
}

void stats_map_fill(struct ctx *c, const struct stats_figures *f, struct stats_map *map)
{
    struct shapes s = network_shapes();
    i64 most = 0;
    bool covered = false;

    *map = (struct stats_map){ false, s.view[0], s.view[1], s.view[2], s.view[3], s.view[2] / 26, s.view[2] > 720 ? s.view[2] / 720 : 1,
                               { NEW_N(c->arena, struct stats_shape, s.n + 1), s.n }, { NEW_N(c->arena, struct stats_label, s.n_labels + 1), s.n_labels }, { 0 } };
    for (size_t i = 0; i < f->place.rows.n; i++) {
        if (f->place.rows.codes[i].n && !stats_covered(&f->place, i) && stats_count_of(&f->place, i) > most)
            most = stats_count_of(&f->place, i);
        covered |= f->place.rows.codes[i].n && stats_covered(&f->place, i);
    }
    map->covered = covered && most == 0;
    for (size_t i = 0; i < s.n; i++) {
        struct str value, name = network_province_name(s.at[i].code, c->lang == LANG_EN);
        const char *look = look_of(&f->place, s.at[i].code, most, &value, c);

        map->shapes.at[i] = (struct stats_shape){ s.at[i].d, arena_f(c->arena, "%.*s: %.*s", (int)name.n, name.at, (int)value.n, value.at), look };
    }
    for (size_t i = 0; i < s.n_labels; i++) {
        struct str value;
        const char *look = s.labels[i].code.n ? look_of(&f->place, s.labels[i].code, most, &value, c) : "";

        map->labels.at[i] = (struct stats_label){ s.labels[i].words, look, s.labels[i].x, s.labels[i].y };
    }
    fill_keys(c, map, most);
}
