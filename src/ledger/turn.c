#include "turn.h"

#include "row.h"

#include "../base/clock.h"

#include "ledger.sql.h"
#include "tables.sql.h"

enum { AFTER_BYTES = 4096 };

const char *const key_what_words[KEY_WHATS] = {
    "rows", "entries", "boxes", "passwords", "recovery codes", "reporters", "hashes", "names", "retries",
};

/* -- counting --------------------------------------------------------------------------------------------------------------------- */

void key_count_line(struct key_turn *t, enum key_what what, i64 kgen, i64 n)
{
    const struct house *h = t->l->house;

    for (size_t i = 0; i < h->n; i++)
        if (h->gen[i].kgen == kgen) {
            t->n[what][i] += n;
            return;
        }
    t->other[what] += n;
}

static bool is_current(const struct key_turn *t, i64 kgen)
{
    return house_now(t->l->house)->kgen == kgen;
}

status key_box_turn(struct key_turn *t, struct key ctx, struct str boxed, struct str *fresh)
{
    const struct house *h = t->l->house;
    struct str plain;

    *fresh = STR_NULL;
    for (size_t i = h->n; i-- > 0;) {
        if (vault_unbox(t->l->arena, &h->gen[i].job, ctx, boxed, &plain) != OK)
            continue;
        t->n[KEY_BOXES][i]++;
        if (t->move && !is_current(t, h->gen[i].kgen))
            *fresh = vault_box(t->l->arena, &house_now(h)->job, ctx, plain);
        return OK;
    }
    fail_clear();
    t->other[KEY_BOXES]++;
    return OK;
}

/* -- a page of a logged table -------------------------------------------------------------------------------------------------------- */

struct page {
    struct key_turn *t;
    const struct key_plan *plan;
    const struct table *table;
    char *rows;
    size_t n;
};

static void *row_at(const struct page *p, size_t i)
{
    return p->rows + i * p->table->row_size;
}

static const struct sql_column *column_named(const struct table *t, const char *name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

static void count_column(struct page *p, const void *row, const char *name, enum key_what what)
{
    const struct sql_column *c = column_named(p->table, name);

    if (c != NULL)
        key_count_line(p->t, what, *(const i64 *)(const void *)((const char *)row + c->offset), 1);
}

static void count_row(struct page *p, void *row)
{
    bool person = column_named(p->table, "rgen") != NULL;

    key_count_line(p->t, KEY_ROWS, *row_kgen(p->table, row), 1);
    count_column(p, row, "pgen", person ? KEY_PEOPLE : KEY_REPORTERS);
    count_column(p, row, "rgen", KEY_RECOVERY);
}

/* Boxes anew what one row holds; *any: something was. */
static status turn_boxes(struct page *p, void *row, bool *any)
{
    for (const struct key_box *const *list = p->plan->boxes; *list != NULL; list++)
        for (const struct key_box *b = *list; b->table != NULL; b++) {
            struct str *boxed, fresh;

            if (b->table != p->table)
                continue;
            boxed = (struct str *)(void *)((char *)row + column_named(p->table, b->column)->offset);
            if (boxed->n == 0)
                continue;
            TRY(key_box_turn(p->t, b->ctx(row), *boxed, &fresh));
            if (fresh.n == 0)
                continue;
            *boxed = fresh;
            *any = true;
        }
    return OK;
}

static status update_in_act(struct page *p, void *row)
{
    struct ledger *l = p->t->l;

    if (l->act == NULL)
        TRY(act_begin(l, (struct act_info){ .act = "key.seal", .now = p->t->now }));
    return row_update(l, p->table, row);
}

/* What holds a box of an old line; other rows keep their content. */
static status move_boxes(struct page *p)
{
    struct ledger *l = p->t->l;

    for (size_t i = 0; i < p->n; i++) {
        bool any = false, right = row_mac_ok(l->house, p->table, row_at(p, i));

        count_row(p, row_at(p, i));
        TRY(turn_boxes(p, row_at(p, i), &any));
        if (!any || !right || !p->t->move)
            continue;
        TRY(update_in_act(p, row_at(p, i)));
    }
    return l->act ? act_commit(l) : OK;
}

/* The new mark of a row whose content stays: it is the row's hash that the log knows. An altered row keeps the mark that shows it. */
static status mark_anew(struct page *p, void *row)
{
    const struct house *h = p->t->l->house;
    const struct house_keys *line = house_now(h);
    struct str was = *row_mac(p->table, row);
    uint8_t rh[ROW_HASH_BYTES];
    struct key mark;
    char *in;

    if (is_current(p->t, *row_kgen(p->table, row)) || !row_mac_ok(h, p->table, row))
        return OK;
    row_hash(p->table, row, rh);
    vault_row_mac(&mark, line, rh);
    *row_kgen(p->table, row) = line->kgen;
    *row_mac(p->table, row) = key_str(&mark);
    in = arena_alloc(p->t->l->arena, p->table->row_size + sizeof was);
    memcpy(in, row, p->table->row_size);
    memcpy(in + p->table->row_size, &was, sizeof was);
    return db_exec(p->t->l->db, p->table->update, in, &(i64){ 0 });
}

static bool all_current(struct page *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (!is_current(p->t, *row_kgen(p->table, row_at(p, i))))
            return false;
    return true;
}

static status mark_all(struct page *p)
{
    if (all_current(p))
        return OK;
    TRY(tx_begin(p->t->l->db));
    for (size_t i = 0; i < p->n; i++)
        TRY(mark_anew(p, row_at(p, i)));
    return tx_commit(p->t->l->db);
}

static status read_page(struct page *p)
{
    struct key_turn *t = p->t;
    void *key = arena_alloc(t->l->arena, p->table->row_size), *rows;

    if (t->after.n > 0 && !row_of_key(p->table, t->after, key))
        return fail(BROKEN, "the place in table %s cannot be read", p->table->name);
    TRY(db_rows(t->l->db, t->after.n > 0 ? p->table->after : p->table->first, t->after.n > 0 ? key : NULL, &rows, &p->n));
    p->rows = rows;
    t->end = p->n < TABLE_PAGE;
    if (p->n > 0)
        t->after = row_key(t->l->arena, p->table, row_at(p, p->n - 1));
    return OK;
}

/* A key of one empty text would stand for the beginning: no table has such a row, for keys are ids, numbers and codes. */
static status table_page(struct key_turn *t, const struct key_plan *plan, const struct table *table)
{
    struct page p = { .t = t, .plan = plan, .table = table };
    struct str from = t->after;

    TRY(read_page(&p));
    TRY(move_boxes(&p));
    if (!t->move)
        return OK;
    t->after = from;
    TRY(read_page(&p));                 /* as the act left them */
    return mark_all(&p);
}

/* -- entries of the log ---------------------------------------------------------------------------------------------------------------- */

static i64 line_of_mark(struct str mac)
{
    uint64_t n = 0;

    for (size_t i = 8; mac.n >= 8 && i-- > 0;)
        n = n << 8 | (uint8_t)mac.at[i];
    return (i64)n;
}

static status entry_anew(struct key_turn *t, const struct log_marks_after_row *e)
{
    struct entry_mac fresh;

    key_count_line(t, KEY_ENTRIES, line_of_mark(e->mac), 1);
    if (!t->move || is_current(t, line_of_mark(e->mac)) || !entry_mac_ok(t->l->house, e->entry, e->mac))
        return OK;
    fresh = entry_mac(house_now(t->l->house), e->entry);
    return sql_log_mark_set(t->l->db, (struct sql_log_mark_set){ .id = e->id, .mac = str_of(fresh.b, sizeof fresh.b), .was = e->mac },
                            &(i64){ 0 });
}

static status entries_page(struct key_turn *t)
{
    struct log_marks_after_rows rows;
    struct id after = id_zero();

    if (t->after.n > 0 && !id_of_bytes(t->after, &after))
        return fail(BROKEN, "the place in the log cannot be read");
    TRY(sql_log_marks_after(t->l->db, (struct sql_log_marks_after){ .after = after }, &rows));
    t->end = rows.n == 0;
    if (t->end)
        return OK;
    if (t->move)
        TRY(tx_begin(t->l->db));
    for (size_t i = 0; i < rows.n; i++)
        TRY(entry_anew(t, &rows.at[i]));
    t->after = arena_copy(t->l->arena, id_bytes(&rows.at[rows.n - 1].id));
    return t->move ? tx_commit(t->l->db) : OK;
}

static const struct key_step log_step = { "log", entries_page };

/* -- steps ------------------------------------------------------------------------------------------------------------------------------- */

/* Logged tables, then the log, then what modules have besides. Either of the two is set. */
struct found { const struct table *table; const struct key_step *step; };

static bool find_step(const struct key_plan *plan, size_t step, struct found *f)
{
    size_t n = 0;

    for (const struct table *const *t = plan->tables; *t != NULL; t++)
        if ((*t)->logged && n++ == step) {
            *f = (struct found){ .table = *t };
            return true;
        }
    *f = (struct found){ .step = &log_step };
    if (n++ == step)
        return true;
    for (const struct key_step *const *list = plan->steps; *list != NULL; list++)
        for (f->step = *list; f->step->name != NULL; f->step++)
            if (n++ == step)
                return true;
    return false;
}

size_t key_steps(const struct key_plan *plan)
{
    struct found f;
    size_t n = 0;

    while (find_step(plan, n, &f))
        n++;
    return n;
}

const char *key_step_name(const struct key_plan *plan, size_t step)
{
    struct found f;

    return !find_step(plan, step, &f) ? NULL : f.table ? f.table->name : f.step->name;
}

status key_page(struct key_turn *t, const struct key_plan *plan, size_t step)
{
    struct str from = t->after;
    struct found f;
    status s;

    if (!find_step(plan, step, &f))
        return fail(NOT_FOUND, "no such step");
    s = f.table ? table_page(t, plan, f.table) : f.step->page(t);
    if (s != OK)
        act_abort(t->l);
    if (s != CONFLICT)
        return s;
    t->after = from;                    /* somebody changed a row of the page meanwhile: the page is read again */
    t->end = false;
    return OK;
}

/* -- through all of it --------------------------------------------------------------------------------------------------------------------- */

struct work { i64 gen; struct str after; bool done; };

static status keep_place(struct ledger *l, const char *name, struct work w)
{
    TRY(tx_begin(l->db));
    TRY(sql_key_work_put(l->db, (struct sql_key_work_put){ .step = str_c(name), .gen = w.gen, .after = w.after.at ? w.after : STR(""), .done = w.done }));
    return tx_commit(l->db);
}

/* Where the step was left on the way to the line w->gen; at its beginning, where that was another line. */
static status place_of(struct ledger *l, const char *name, struct work *w)
{
    struct key_work_of_row row;
    status s = sql_key_work_of(l->db, (struct sql_key_work_of){ .step = str_c(name) }, &row);
    bool same = s == OK && row.gen == w->gen;

    w->after = same ? row.after : STR("");
    w->done = same && row.done;
    return s == NOT_FOUND ? OK : s;
}

struct place { uint8_t at[AFTER_BYTES]; size_t n; };
struct key_until { i64 gen, until; };

/* One page, in memory that it gives back: the place alone stays. */
static status one_page(struct key_turn *t, const struct key_plan *plan, size_t step, struct place *place)
{
    struct arena_mark mark = arena_mark(t->l->arena);
    status s;

    t->after = str_of(place->at, place->n);
    t->end = false;
    s = key_page(t, plan, step);
    if (s == OK && t->after.n > sizeof place->at)
        s = fail(TOO_LARGE, "a key of %s is too long", key_step_name(plan, step));
    if (s == OK) {
        memmove(place->at, t->after.at, t->after.n);
        place->n = t->after.n;
    }
    arena_back(t->l->arena, mark);
    return s;
}

/* The line may stop being the current one between two pages: what was passed by then is not under the next one. */
static bool goes_on(struct key_turn *t, i64 gen, i64 until)
{
    return house_now(t->l->house)->kgen == gen && (until == 0 || clock_mono_ms() < until);
}

static status step_on(struct key_turn *t, const struct key_plan *plan, size_t step, struct key_until u)
{
    const char *name = key_step_name(plan, step);
    struct work w = { .gen = u.gen };
    struct place place = { 0 };

    TRY(place_of(t->l, name, &w));
    t->end = w.done;
    if (w.done)
        return OK;
    place.n = w.after.n < sizeof place.at ? w.after.n : 0;
    memcpy(place.at, w.after.at, place.n);
    do
        TRY(one_page(t, plan, step, &place));
    while (!t->end && goes_on(t, u.gen, u.until));
    return keep_place(t->l, name, (struct work){ u.gen, str_of(place.at, place.n), t->end && house_now(t->l->house)->kgen == u.gen });
}

status key_turn_on(struct ledger *l, const struct key_plan *plan, i64 now, i64 until, bool *left)
{
    struct key_turn t = { .l = l, .now = now, .move = true };
    struct key_until u = { house_now(l->house)->kgen, until };
    size_t n = key_steps(plan);
    struct key_work_left_row done;

    TRY(key_since(l, &t.since));
    TRY(sql_key_work_left(l->db, (struct sql_key_work_left){ .gen = u.gen }, &done));
    *left = done.done < (i64)n;
    for (size_t i = 0; i < n && *left && goes_on(&t, u.gen, until); i++) {
        TRY(step_on(&t, plan, i, u));
        *left = i + 1 < n || !t.end;
    }
    return OK;
}

status key_turn_again(struct ledger *l, const struct key_plan *plan)
{
    for (size_t i = 0; i < key_steps(plan); i++)
        TRY(keep_place(l, key_step_name(plan, i), (struct work){ .gen = house_now(l->house)->kgen }));
    return OK;
}

status key_count(struct ledger *l, const struct key_plan *plan, i64 now, struct key_turn *sum)
{
    *sum = (struct key_turn){ .l = l, .now = now };
    TRY(key_since(l, &sum->since));
    for (size_t i = 0; i < key_steps(plan); i++) {
        struct place place = { 0 };

        do
            TRY(one_page(sum, plan, i, &place));
        while (!sum->end);
    }
    return OK;
}
