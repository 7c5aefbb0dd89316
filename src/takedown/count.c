/* Counted for everybody, each quarter of an hour: how many removals were asked for by class, and what came of them. */
#include "track.h"

enum { PAGE = 5000, QUARTERS = 5, KEPT_MIN = 1024 };

struct cell { i64 in_time, late, refused, waiting, appeals; };
struct spell { i64 cell, minutes; };        /* of one removal: which cell, and how long it took */
struct count {
    i64 first, now;                         /* first quarter that is counted anew */
    struct cell cells[QUARTERS][CLASSES_MAX];
    struct spell *spells;
    size_t n, size;
};

static int class_index(struct str code)
{
    const struct take_class *k = take_class(code);

    return k ? (int)(k - take_rules()->classes) : -1;
}

static struct cell *cell_of(struct count *m, struct str class, i64 at, i64 *index)
{
    i64 quarter = quarter_of(at) - m->first;
    int k = class_index(class);

    if (k < 0 || quarter < 0 || quarter >= QUARTERS)
        return NULL;
    *index = quarter * CLASSES_MAX + k;
    return &m->cells[quarter][k];
}

static void keep_spell(struct count *m, i64 cell, i64 ms)
{
    if (m->n == m->size) {
        size_t size = m->size ? m->size * 2 : KEPT_MIN;

        m->spells = memory_grow(m->spells, m->size * sizeof *m->spells, size * sizeof *m->spells);
        m->size = size;
    }
    m->spells[m->n++] = (struct spell){ cell, ms > 0 ? ms / MINUTE_MS : 0 };
}

/* What is not theirs, or was withdrawn, was not asked of them rightly: it counts nowhere. */
static void count_notice(struct count *m, const struct notices_counted_row *n)
{
    i64 index = 0;
    struct cell *cell = cell_of(m, n->class, n->sent.v, &index);

    if (cell == NULL || str_is(n->state, "notours") || str_is(n->state, "withdrawn"))
        return;
    if (str_is(n->state, "removed")) {
        i64 at = n->removed.has ? n->removed.v : n->answered.v;

        cell->in_time += at <= n->due.v;
        cell->late += at > n->due.v;
        keep_spell(m, index, at - n->sent.v);
    } else if (str_is(n->state, "cannot"))
        cell->refused++;
    else if (str_is(n->state, "sent") && n->due.v <= m->now)
        cell->late++;
    else
        cell->waiting++;
}

static i64 quarter_begins(i64 quarter)
{
    struct str day;
    char text[CLOCK_TEXT];
    struct out o = { .max = CLOCK_TEXT };
    i64 ms = 0;

    out_f(&o, "%04lld-%02lld-01", (long long)(quarter / 4), (long long)(quarter % 4 * 3 + 1));
    day = out_done(&o);
    memcpy(text, day.at, day.n);
    (void)clock_of_iso(str_of(text, day.n), &ms);
    out_free(&o);
    return ms;
}

static status count_notices(struct ledger *l, struct count *m)
{
    struct sql_notices_counted in = { .since = quarter_begins(m->first), .after = id_zero() };
    struct notices_counted_rows rows;

    do {
        struct arena_mark mark = arena_mark(l->arena);

        TRY(sql_notices_counted(l->db, in, &rows));
        for (size_t i = 0; i < rows.n; i++)
            count_notice(m, &rows.at[i]);
        if (rows.n > 0)
            in.after = rows.at[rows.n - 1].id;
        arena_back(l->arena, mark);
    } while (rows.n == PAGE);
    return OK;
}

static status count_appeals(struct ledger *l, struct count *m)
{
    struct appeals_counted_rows rows;
    i64 index;

    TRY(sql_appeals_counted(l->db, (struct sql_appeals_counted){ .since = quarter_begins(m->first) }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct cell *cell = cell_of(m, rows.at[i].class, rows.at[i].at, &index);

        if (cell != NULL)
            cell->appeals++;
    }
    return OK;
}

static i64 median_of(struct arena *a, const struct count *m, i64 cell)
{
    i64 *values = NEW_N(a, i64, m->n + 1);
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++)
        if (m->spells[i].cell == cell)
            values[n++] = m->spells[i].minutes;
    return take_median(values, n);
}

static status put_cell(struct ledger *l, const struct count *m, i64 quarter, size_t k)
{
    const struct cell *x = &m->cells[quarter][k];
    struct arena_mark mark = arena_mark(l->arena);
    i64 median;
    status s;

    if (x->in_time + x->late + x->refused + x->waiting + x->appeals == 0)
        return OK;
    median = median_of(l->arena, m, quarter * CLASSES_MAX + (i64)k);
    s = sql_figure_put(l->db, (struct sql_figure_put){ .quarter = m->first + quarter, .class = take_rules()->classes[k].code,
        .in_time = x->in_time, .late = x->late, .refused = x->refused, .waiting = x->waiting, .appeals = x->appeals,
        .median = { median >= 0, median } });
    arena_back(l->arena, mark);
    return s;
}

static status put_all(struct ledger *l, const struct count *m)
{
    TRY(sql_figures_forget(l->db, (struct sql_figures_forget){ .quarter = m->first }));
    for (i64 q = 0; q < QUARTERS; q++)
        for (size_t k = 0; k < take_rules()->n_classes; k++)
            TRY(put_cell(l, m, q, k));
    return OK;
}

static status count_all(struct ledger *l, struct count *m)
{
    status s;

    TRY(count_notices(l, m));
    TRY(count_appeals(l, m));
    TRY(tx_begin(l->db));
    s = put_all(l, m);
    if (s == OK)
        return tx_commit(l->db);
    tx_rollback(l->db);
    return s;
}

status takedown_count(struct ledger *l, const struct app *app, i64 now)
{
    struct count *m = NEW(l->arena, struct count);
    status s;

    (void)app;
    m->now = now;
    m->first = quarter_of(now) - (QUARTERS - 1);
    s = count_all(l, m);
    memory_free(m->spells);
    return s;
}
