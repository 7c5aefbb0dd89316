/* The job behind /numbers/cases: counts all cases, clocks and reports anew from their clear columns, and writes the cells that
   differ from the last time in one transaction. It reads one state of the database and holds up nobody meanwhile. */
#include "stats.h"

#include "retention.h"

#include "casework.sql.h"

#include "../base/log.h"

enum { FIRST_SLOTS = 1 << 12, CELLS_A_COMMIT = 2000 };

struct cell {
    struct id org;
    i64 month, n, stored;           /* stored: what the table says; -1: nothing */
    struct str province, kind, code;
};
struct cells { struct arena *a; struct cell **slots; size_t size, n; };

/* The case that the states now read belong to, and how far it came. */
struct road { struct id case_id, org; struct str province; i64 opened; bool planned, approved, carried, urgent; };
struct counting { struct cells cells; struct road road; i64 now; };

/* -- cells by their names -------------------------------------------------------------------------------------------------------------- */
static uint64_t mix(uint64_t h, const void *at, size_t n)
{
    const uint8_t *byte = at;

    for (size_t i = 0; i < n; i++)
        h = (h ^ byte[i]) * 1099511628211u;
    return (h ^ n) * 1099511628211u;
}

static uint64_t hash_of(const struct cell *c)
{
    uint64_t h = mix(14695981039346656037u, c->org.b, sizeof c->org.b);

    h = mix(h, &c->month, sizeof c->month);
    h = mix(h, c->province.at, c->province.n);
    h = mix(h, c->kind.at, c->kind.n);
    h = mix(h, c->code.at, c->code.n);
    return h ^ h >> 32;
}

static bool same(const struct cell *a, const struct cell *b)
{
    return a->month == b->month && id_eq(a->org, b->org) && str_eq(a->province, b->province) && str_eq(a->kind, b->kind) &&
        str_eq(a->code, b->code);
}

static struct cell **slot_of(const struct cells *t, const struct cell *c)
{
    size_t i = (size_t)hash_of(c) & (t->size - 1);

    while (t->slots[i] != NULL && !same(t->slots[i], c))
        i = (i + 1) & (t->size - 1);
    return &t->slots[i];
}

static void grow(struct cells *t)
{
    struct cells larger = { .a = t->a, .size = t->size ? t->size * 2 : FIRST_SLOTS, .n = t->n };

    larger.slots = NEW_N(t->a, struct cell *, larger.size);
    for (size_t i = 0; i < t->size; i++)
        if (t->slots[i] != NULL)
            *slot_of(&larger, t->slots[i]) = t->slots[i];
    *t = larger;
}

/* The cell of these names, made where there is none; the names are copied then. */
static struct cell *cell_at(struct cells *t, const struct cell *names)
{
    struct cell **slot;

    if ((t->n + 1) * 2 > t->size)
        grow(t);
    slot = slot_of(t, names);
    if (*slot == NULL) {
        *slot = NEW(t->a, struct cell);
        **slot = (struct cell){ names->org, names->month, 0, -1, arena_copy(t->a, names->province), arena_copy(t->a, names->kind),
                                arena_copy(t->a, names->code) };
        t->n++;
    }
    return *slot;
}

/* Whose, where and when: what all cells of one row have in common. */
struct place { struct id org; struct str province; i64 month; };

static void add(struct counting *k, const struct place *at, struct str kind, struct str code, i64 by)
{
    cell_at(&k->cells, &(struct cell){ .org = at->org, .month = at->month, .province = at->province, .kind = kind, .code = code })->n += by;
}

static void add_c(struct counting *k, const struct place *at, const char *kind, struct str code)
{
    add(k, at, str_c(kind), code, 1);
}

static void add_yes(struct counting *k, const struct place *at, const char *kind, bool yes)
{
    add_c(k, at, kind, yes ? STR("yes") : STR("no"));
}

/* By month for the whole country, by year for one province: there are so many lengths that months of places would be as many
   cells as there are cases. */
static void add_took(struct counting *k, const struct place *at, struct str kind, i64 ms)
{
    struct place year = { at->org, at->province, at->month / YEAR_MONTHS * YEAR_MONTHS }, all = { at->org, STR(STATS_ALL), at->month };
    char text[24];
    struct out o = { .max = sizeof text };

    out_i64(&o, stats_hours(ms));
    add(k, &year, kind, out_done(&o), 1);
    add(k, &all, kind, out_done(&o), 1);
    out_free(&o);
}

/* -- rows ----------------------------------------------------------------------------------------------------------------------------------- */
static void add_harms(struct counting *k, const struct place *at, struct str codes)
{
    struct str code;

    if (codes.n == 0)
        add_c(k, at, "harm", STR(""));
    while (codes.n && str_cut(&codes, ',', &code))
        add_c(k, at, "harm", code);
}

static status count_file(void *to, const void *row)
{
    const struct stats_files_all_row *r = row;
    struct counting *k = to;
    struct place at = { r->org, r->province, stats_month(r->opened) };
    const struct process *p = process_of(r->process, r->version);
    const struct process_state *s = p ? process_state(p, r->state) : NULL;

    add_c(k, &at, "state", r->state);
    add_c(k, &at, "age", str_is(r->age, "skip") ? STR("") : r->age);
    add_c(k, &at, "risk", r->risk);
    add_harms(k, &at, r->harm);
    add_yes(k, &at, "assessed", r->risk.n > 0);
    add_yes(k, &at, "closed", s ? s->end : r->closed.has);
    if (!str_is(r->told, "none"))
        add_took(k, &at, STR("took:open"), r->opened - r->day);
    at.month = stats_month(r->closed.v);
    if (r->closed.has)
        add_took(k, &at, STR("took:close"), r->closed.v - r->opened);
    return OK;
}

static void road_ends(struct counting *k)
{
    const struct road *r = &k->road;
    struct place at = { r->org, r->province, stats_month(r->opened) };

    if (id_is_zero(r->case_id))
        return;
    add_yes(k, &at, "planned", r->planned);
    add_yes(k, &at, "approved", r->approved);
    add_yes(k, &at, "carried", r->carried);
    add_yes(k, &at, "urgent", r->urgent);
}

/* The case came as far as the state of this code, which every version of the process has had. */
static bool came_to(const struct process *p, const struct process_state *s, const char *code)
{
    const struct process_state *mark = process_state(p, str_c(code));

    return mark != NULL && s->track == 0 && !s->end && !s->urgent && s->step >= mark->step;
}

/* The last steps of a process are its ends: who closes at once has not carried out a plan. */
static status count_state(void *to, const void *row)
{
    const struct stats_states_all_row *r = row;
    struct counting *k = to;
    const struct process *p = process_of(r->process, r->version);
    const struct process_state *s = p ? process_state(p, r->state) : NULL;

    if (!id_eq(k->road.case_id, r->case_id)) {
        road_ends(k);
        k->road = (struct road){ r->case_id, r->org, arena_copy(k->cells.a, r->province), r->opened, false, false, false, false };
    }
    if (s == NULL)
        return OK;
    k->road.planned |= came_to(p, s, "planning");
    k->road.approved |= came_to(p, s, "carrying");
    k->road.carried |= came_to(p, s, "reviewing");
    k->road.urgent |= s->urgent;
    return OK;
}

static status count_clock(void *to, const void *row)
{
    const struct stats_clocks_all_row *r = row;
    struct counting *k = to;
    struct place at = { r->org, r->province, stats_month(r->started) };
    struct str step = arena_f(k->cells.a, "step:%.*s", (int)r->code.n, r->code.at);

    if (!r->ended.has) {
        if (str_is(r->state, "running") && r->due < k->now)
            add(k, &at, step, STR("over"), 1);
        return OK;
    }
    add(k, &at, step, r->ended.v <= r->due ? STR("in") : STR("late"), 1);
    add_took(k, &at, arena_f(k->cells.a, "took:%.*s", (int)r->code.n, r->code.at), r->ended.v - r->started);
    return OK;
}

static status count_task(void *to, const void *row)
{
    const struct stats_tasks_all_row *r = row;

    add_c(to, &(struct place){ r->org, r->province, stats_month(r->opened) }, "tasks", STR(""));
    return OK;
}

static status count_sent(void *to, const void *row)
{
    const struct stats_sent_all_row *r = row;
    struct place at = { r->org, r->province, stats_month(r->opened) };

    add_c(to, &at, "sent", STR(""));
    if (str_is(r->state, "done"))
        add_c(to, &at, "served", STR(""));
    return OK;
}

static status count_report(void *to, const void *row)
{
    const struct stats_reports_all_row *r = row;

    add_yes(to, &(struct place){ r->org, r->province, stats_month(r->day) }, "help", r->helped);
    return OK;
}

static status count_today(struct ledger *l, struct counting *k)
{
    struct stats_load_all_rows load;
    struct stats_roles_all_rows roles;

    TRY(sql_stats_load_all(l->db, &load));
    TRY(sql_stats_roles_all(l->db, (struct sql_stats_roles_all){ .now = k->now }, &roles));
    for (size_t i = 0; i < load.n; i++) {
        struct place at = { load.at[i].org, STR(""), 0 };

        add(k, &at, STR("load"), STR("open"), load.at[i].n);
        add(k, &at, STR("load"), STR("holding"), load.at[i].workers);
    }
    for (size_t i = 0; i < roles.n; i++)
        add(k, &(struct place){ roles.at[i].org, STR(""), 0 }, STR("load"),
            str_is(roles.at[i].role, "supervisor") ? STR("supervisors") : STR("workers"), roles.at[i].n);
    return OK;
}

/* Cases by their ids: all of them, or one. */
struct cases_of { struct id first, last; };

static status count_cases(struct ledger *l, struct counting *k, const struct cases_of *of)
{
    TRY(sql_stats_files_all(l->db, (struct sql_stats_files_all){ .first = of->first, .last = of->last }, count_file, k));
    TRY(sql_stats_states_all(l->db, (struct sql_stats_states_all){ .first = of->first, .last = of->last }, count_state, k));
    road_ends(k);
    TRY(sql_stats_clocks_all(l->db, (struct sql_stats_clocks_all){ .first = of->first, .last = of->last }, count_clock, k));
    TRY(sql_stats_tasks_all(l->db, (struct sql_stats_tasks_all){ .first = of->first, .last = of->last }, count_task, k));
    TRY(sql_stats_sent_all(l->db, (struct sql_stats_sent_all){ .first = of->first, .last = of->last }, count_sent, k));
    TRY(sql_stats_reports_all(l->db, (struct sql_stats_reports_all){ .first = of->first, .last = of->last }, count_report, k));
    return OK;
}

static status count_kept(void *to, const void *row)
{
    const struct number_kept_all_row *r = row;

    add(to, &(struct place){ r->org, r->province, r->month }, r->kind, r->code, r->n);
    return OK;
}

static status count_rows(struct ledger *l, struct counting *k)
{
    struct cases_of all = { 0 };

    memset(all.last.b, 0xff, sizeof all.last.b);
    TRY(count_cases(l, k, &all));
    TRY(sql_number_kept_all(l->db, count_kept, k));
    return count_today(l, k);
}

/* -- sums ------------------------------------------------------------------------------------------------------------------------------------ */
/* A cell of one organisation and place also counts for the whole country, for all organisations, and for both. */
static void add_up(struct counting *k, const struct cell *c)
{
    struct place own = { c->org, STR(STATS_ALL), c->month }, all = { id_zero(), STR(STATS_ALL), c->month };
    struct place here = { id_zero(), c->province, c->month };

    if (str_starts(c->kind, STR("took:"))) {    /* counted for one place and for all already */
        add(k, str_is(c->province, STATS_ALL) ? &all : &here, c->kind, c->code, c->n);
        return;
    }
    add(k, &own, c->kind, c->code, c->n);
    add(k, &all, c->kind, c->code, c->n);
    add(k, &here, c->kind, c->code, c->n);
    if (str_is(c->kind, "state")) {
        add(k, &own, STR("place"), c->province, c->n);
        add(k, &all, STR("place"), c->province, c->n);
    }
}

static void add_all_up(struct counting *k)
{
    struct cell **cells = NEW_N(k->cells.a, struct cell *, k->cells.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < k->cells.size; i++)
        if (k->cells.slots[i] != NULL)
            cells[n++] = k->cells.slots[i];
    for (size_t i = 0; i < n; i++)
        add_up(k, cells[i]);
}

/* -- the table --------------------------------------------------------------------------------------------------------------------------------- */
static status find_stored(void *to, const void *row)
{
    const struct number_cells_all_row *r = row;
    struct counting *k = to;

    cell_at(&k->cells, &(struct cell){ .org = r->org, .month = r->month, .province = r->province, .kind = r->kind, .code = r->code })
        ->stored = r->n;
    return OK;
}

static status write_cell(struct ledger *l, const struct cell *c)
{
    if (c->n == 0)
        return sql_number_cell_end(l->db, (struct sql_number_cell_end){ c->org, c->province, c->month, c->kind, c->code });
    return sql_number_cell_set(l->db, (struct sql_number_cell_set){ c->org, c->province, c->month, c->kind, c->code, c->n });
}

static bool differs(const struct cell *c)
{
    return c->n == 0 ? c->stored >= 0 : c->n != c->stored;
}

/* In one transaction, so that no page sees half of it; the first time, when there is the most to write and no page shows it yet,
   in several, so that nobody waits for all. */
static status write_all(struct ledger *l, const struct counting *k, size_t *written)
{
    struct number_run_row run;
    bool first = sql_number_run(l->db, (struct sql_number_run){ STR("cases") }, &run) == NOT_FOUND;

    TRY(tx_begin(l->db));
    for (size_t i = 0; i < k->cells.size; i++)
        if (k->cells.slots[i] != NULL && differs(k->cells.slots[i])) {
            TRY(write_cell(l, k->cells.slots[i]));
            if (++*written % CELLS_A_COMMIT == 0 && first) {
                TRY(tx_commit(l->db));
                TRY(tx_begin(l->db));
            }
        }
    TRY(sql_number_run_set(l->db, (struct sql_number_run_set){ STR("cases"), k->now }));
    return tx_commit(l->db);
}

static status read_all(struct ledger *l, struct counting *k)
{
    TRY(tx_begin_read(l->db));
    TRY(count_rows(l, k));
    add_all_up(k);
    TRY(sql_number_cells_all(l->db, find_stored, k));
    tx_rollback(l->db);
    return OK;
}

static status count_and_write(struct ledger *l, struct counting *k)
{
    size_t written = 0;

    TRY(read_all(l, k));
    TRY(write_all(l, k, &written));
    if (written)
        log_info("numbers", "cells=%zu written=%zu", k->cells.n, written);
    return OK;
}

status stats_keep(struct ctx *c, struct id id)
{
    struct counting k = { .cells = { .a = c->arena }, .now = c->now };

    grow(&k.cells);
    TRY(count_cases(c->ledger, &k, &(struct cases_of){ id, id }));
    for (size_t i = 0; i < k.cells.size; i++) {
        const struct cell *cell = k.cells.slots[i];

        if (cell != NULL && cell->n != 0)
            TRY(sql_number_kept_add(c->ledger->db, (struct sql_number_kept_add){ cell->org, cell->province, cell->month, cell->kind,
                                                                                 cell->code, cell->n }));
    }
    return OK;
}

status stats_count(struct ledger *l, const struct app *app, i64 now)
{
    struct counting k = { .cells = { .a = l->arena }, .now = now };
    status s;

    (void)app;
    grow(&k.cells);
    s = count_and_write(l, &k);
    if (s != OK)
        tx_rollback(l->db);
    return s;
}
