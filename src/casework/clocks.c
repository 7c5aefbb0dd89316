/* The clocks of a case move with its acts: rows are written in the act that starts, stops or drops them, so there is no moment
   at which a case has passed a step and its clock has not. */
#include "clocks.h"

/* What happens to clocks now, as bits of their places in the process. */
struct moves { uint32_t starts, stops, drops; bool end; };

/* The clocks that have not ended, and whether each must be written. */
struct open_clocks { struct clocks_row *at; bool *changed; size_t n; };

static int place_of(const struct process *p, struct str code)
{
    const struct process_clock *k = process_clock(p, code);

    return k ? (int)(k - p->clocks) : -1;
}

enum clock_run clock_run(struct str state)
{
    static const char *const names[] = { [RUN_RUNNING] = "running", [RUN_PAUSED] = "paused", [RUN_MET] = "met", [RUN_LATE] = "late",
                                         [RUN_DROPPED] = "dropped" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(state, names[i]))
            return (enum clock_run)i;
    return RUN_DROPPED;
}

/* -- tracks ------------------------------------------------------------------------------------------------------------------------- */

static status open_state(struct ctx *c, struct id case_id, struct str track, struct case_states_row *row, bool *there)
{
    struct case_states_rows rows;

    *there = false;
    TRY(sql_states_open(c->ledger, (struct sql_states_open){ .case_id = case_id }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && str_eq(rows.at[i].track, track)) {
            *row = rows.at[i];
            *there = true;
        }
    return OK;
}

status case_track_state(struct ctx *c, const struct casefile *f, size_t track, const struct process_state **state)
{
    struct case_states_row row;
    bool there;

    *state = track ? process_first(f->process, track) : f->state;
    if (track == 0)
        return OK;
    TRY(open_state(c, f->row.id, f->process->tracks[track].code, &row, &there));
    if (there && process_state(f->process, row.state) != NULL)
        *state = process_state(f->process, row.state);
    return OK;
}

static status state_begins(struct ctx *c, struct id case_id, struct str track, struct str state)
{
    struct case_states_row row = { .id = id_timed(c->now), .case_id = case_id, .track = track, .state = state, .since = c->now };

    return row_insert(c->ledger, &table_case_states, &row);
}

static status state_moves(struct ctx *c, struct id case_id, struct str track, struct str state)
{
    struct case_states_row row;
    bool there;

    TRY(open_state(c, case_id, track, &row, &there));
    if (there) {
        row.until = (struct opt_i64){ true, c->now };
        TRY(row_update(c->ledger, &table_case_states, &row));
    }
    return state_begins(c, case_id, track, state);
}

/* Bits of the states in which the case and its tracks stand. */
static status present_states(struct ctx *c, const struct casefile *f, uint64_t *states)
{
    *states = 0;
    for (size_t t = 0; t < f->process->n_tracks; t++) {
        const struct process_state *s;

        TRY(case_track_state(c, f, t, &s));
        *states |= (uint64_t)1 << (s - f->process->states);
    }
    return OK;
}

/* -- who hears when it is late ------------------------------------------------------------------------------------------------------- */

static status org_of(struct ctx *c, struct id unit, struct id *org)
{
    struct units_row row = { .id = unit };

    TRY(row_get(c->ledger, &table_units, &row));
    *org = row.org;
    return OK;
}

/* A unit of another organisation that is told of reports of this place; never one that the child left out, so it is chosen while
   somebody who may read that wish works on the case. Unknown wish: nobody. */
static status unit_above(struct ctx *c, const struct casefile *f, struct opt_id *above)
{
    struct route_query q = { .kind = "report", .commune = STR(""), .province = f->row.province, .now = c->now };
    struct ladder ladder = { .n = 0 };
    struct id own, org;
    status s = case_excluded(c, &f->comps, &q.without.names);

    *above = (struct opt_id){ 0 };
    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    s = network_ladder(c->ledger, &q, &ladder);
    if (s != OK && s != NOT_FOUND)
        return s;
    TRY(org_of(c, f->file.unit, &own));
    for (size_t i = 0; i < ladder.n && !above->has; i++) {
        TRY(org_of(c, ladder.at[i].unit, &org));
        if (!id_eq(org, own))
            *above = (struct opt_id){ true, ladder.at[i].unit };
    }
    return OK;
}

/* -- one clock --------------------------------------------------------------------------------------------------------------------------- */

static void set_times(const struct process_clock *k, struct clocks_row *row)
{
    row->soon = clock_soon(row->started, row->due, k->soon_part, k->soon_of);
    row->next = clock_next(k, row->due, row->rung);
}

static void end_clock(struct clocks_row *row, const char *state, i64 now)
{
    row->state = str_c(state);
    row->ended = (struct opt_i64){ true, now };
    row->paused = (struct opt_i64){ 0 };
    row->next = CLOCK_NEVER;
}

/* One that stands still does not end late: its time was not running. */
static void stop_clock(struct clocks_row *row, i64 now)
{
    end_clock(row, row->due <= now && !row->paused.has ? "late" : "met", now);
}

/* What is late already runs on: a pause does not make it good. */
static bool let_stand(struct clocks_row *row, i64 now)
{
    if (row->paused.has || row->due <= now)
        return false;
    row->state = STR("paused");
    row->paused = (struct opt_i64){ true, now };
    row->next = CLOCK_NEVER;
    return true;
}

static bool let_run(const struct process_clock *k, struct clocks_row *row, i64 now)
{
    if (!row->paused.has)
        return false;
    row->due = clock_moved(holidays_here(), k->term, row->due, row->paused.v, now);
    row->state = STR("running");
    row->paused = (struct opt_i64){ 0 };
    set_times(k, row);
    return true;
}

/* -- all that are open ---------------------------------------------------------------------------------------------------------------------- */

static status read_open(struct ctx *c, struct id case_id, struct open_clocks *open)
{
    struct clocks_rows rows;

    TRY(sql_clocks_open(c->ledger, (struct sql_clocks_open){ .case_id = case_id }, &rows));
    open->at = NEW_N(c->arena, struct clocks_row, rows.n + PROCESS_CLOCKS);
    open->changed = NEW_N(c->arena, bool, rows.n + PROCESS_CLOCKS);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            open->at[open->n++] = rows.at[i];
    return OK;
}

static status write_changed(struct ctx *c, struct open_clocks *open)
{
    for (size_t i = 0; i < open->n; i++)
        if (open->changed[i])
            TRY(row_update(c->ledger, &table_clocks, &open->at[i]));
    return OK;
}

static void end_some(const struct casefile *f, const struct moves *m, struct open_clocks *open, i64 now)
{
    for (size_t i = 0; i < open->n; i++) {
        struct clocks_row *row = &open->at[i];
        int place = place_of(f->process, row->code);
        uint32_t bit = place < 0 ? 0 : (uint32_t)1 << place;
        bool stopped = (m->stops & bit) || (m->end && place >= 0 && f->process->clocks[place].stop_end);

        if (stopped)
            stop_clock(row, now);
        else if (m->end || (m->drops & bit))
            end_clock(row, "dropped", now);
        open->changed[i] |= row->ended.has;
    }
}

static bool is_open(const struct open_clocks *open, struct str code)
{
    for (size_t i = 0; i < open->n; i++)
        if (!open->at[i].ended.has && str_eq(open->at[i].code, code))
            return true;
    return false;
}

struct beginning { i64 at; bool rough; };

static status start_some(struct ctx *c, const struct casefile *f, uint32_t starts, struct beginning from)
{
    struct open_clocks open = { 0 };
    struct opt_id above = { 0 };
    bool asked = false;

    TRY(read_open(c, f->row.id, &open));
    for (size_t i = 0; i < f->process->n_clocks; i++) {
        const struct process_clock *k = &f->process->clocks[i];
        struct clocks_row row = { .id = id_timed(c->now), .case_id = f->row.id, .code = k->code, .unit = f->file.unit,
                                  .started = from.at, .rough = from.rough, .state = STR("running") };

        if (!(starts >> i & 1) || is_open(&open, k->code))
            continue;
        if (!asked)
            TRY(unit_above(c, f, &above));
        asked = true;
        row.above = above;
        row.due = clock_over(holidays_here(), k->term, from.at);
        set_times(k, &row);
        TRY(row_insert(c->ledger, &table_clocks, &row));
    }
    return OK;
}

/* Those stand still whose states of pause the case is in; the others run. */
static status pause_some(struct ctx *c, const struct casefile *f)
{
    struct open_clocks open = { 0 };
    uint64_t states;

    TRY(read_open(c, f->row.id, &open));
    TRY(present_states(c, f, &states));
    for (size_t i = 0; i < open.n; i++) {
        const struct process_clock *k = process_clock(f->process, open.at[i].code);

        if (k != NULL)
            open.changed[i] = (k->pause & states) ? let_stand(&open.at[i], c->now) : let_run(k, &open.at[i], c->now);
    }
    return write_changed(c, &open);
}

static status move_all(struct ctx *c, struct casefile *f, const struct moves *m)
{
    struct open_clocks open = { 0 };

    TRY(read_open(c, f->row.id, &open));
    end_some(f, m, &open, c->now);
    TRY(write_changed(c, &open));
    if (!m->end)
        TRY(start_some(c, f, m->starts, (struct beginning){ .at = c->now }));
    TRY(pause_some(c, f));
    return casefile_set_due(c, f);
}

/* A case that is reopened goes on with the terms that its end had dropped: the law's time did not stand still meanwhile. */
static status wake_dropped(struct ctx *c, const struct casefile *f, i64 closed)
{
    struct clocks_rows rows;

    TRY(sql_clocks_dropped(c->ledger, (struct sql_clocks_dropped){ .case_id = f->row.id, .ended = closed }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct process_clock *k = process_clock(f->process, rows.at[i].code);

        if (rows.at[i].altered || k == NULL)
            continue;
        rows.at[i].state = STR("running");
        rows.at[i].ended = (struct opt_i64){ 0 };
        set_times(k, &rows.at[i]);
        TRY(row_update(c->ledger, &table_clocks, &rows.at[i]));
    }
    return OK;
}

/* -- moments of a case ------------------------------------------------------------------------------------------------------------------------- */

/* When the information came in: the earliest record of N. Of an anonymous report that is a full hour, before the act itself, so
   no term is longer than the law gives. */
static status received_at(struct ctx *c, const struct casefile *f, struct beginning *b)
{
    const struct comp_open *notes = comp_newest(&f->comps, "N");
    struct records_rows rows;
    struct record r;

    *b = (struct beginning){ .at = f->row.day, .rough = true };
    TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = notes->id }, &rows));
    if (rows.n == 0 || rows.at[0].altered || notes->keys == NULL ||
        vault_record_open(c->arena, notes->keys, notes->id, rows.at[0].id, rows.at[0].body, &r) != OK || r.time > c->now)
        return OK;
    *b = (struct beginning){ .at = r.time, .rough = id_is_zero(r.author) };
    return OK;
}

status clocks_begin(struct ctx *c, struct casefile *f)
{
    uint32_t received = 0, opened = f->state->starts;
    struct beginning from;

    for (size_t i = 0; i < f->process->n_clocks; i++) {
        received |= (uint32_t)f->process->clocks[i].on_received << i;
        opened |= (uint32_t)f->process->clocks[i].on_opened << i;
    }
    TRY(state_begins(c, f->row.id, STR(""), f->state->code));
    TRY(received_at(c, f, &from));
    TRY(start_some(c, f, received, from));
    TRY(start_some(c, f, opened, (struct beginning){ .at = c->now }));
    TRY(pause_some(c, f));
    return casefile_set_due(c, f);
}

status clocks_step(struct ctx *c, struct casefile *f, const struct process_act *act, const struct process_state *from)
{
    const struct process_state *to = process_state(f->process, act->to);
    struct moves m = { act->starts, act->stops, act->drops, act->track == 0 && to->end };

    if (to != from) {
        m.starts |= to->starts;
        m.stops |= to->stops;
        m.drops |= to->drops;
    }
    TRY(state_moves(c, f->row.id, f->process->tracks[act->track].code, to->code));
    if (act->track == 0 && from->end && !to->end && f->file.closed.has)
        TRY(wake_dropped(c, f, f->file.closed.v));
    return move_all(c, f, &m);
}

static uint32_t flagged(const struct process *p, bool transferred)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < p->n_clocks; i++)
        bits |= (uint32_t)(transferred ? p->clocks[i].stop_transferred : p->clocks[i].stop_referred) << i;
    return bits;
}

status clocks_transferred(struct ctx *c, struct casefile *f)
{
    struct open_clocks open = { 0 };
    struct opt_id above = { 0 };
    struct moves m = { .stops = f->process ? flagged(f->process, true) : 0 };

    TRY(read_open(c, f->row.id, &open));
    if (open.n)
        TRY(unit_above(c, f, &above));
    for (size_t i = 0; i < open.n; i++) {
        open.at[i].unit = f->file.unit;
        open.at[i].above = above;
        open.changed[i] = true;
    }
    if (f->process != NULL)
        end_some(f, &m, &open, c->now);
    TRY(write_changed(c, &open));
    return casefile_set_due(c, f);
}

status clocks_referred(struct ctx *c, struct id case_id, const struct comps *comps)
{
    struct casefile f = { .row = { .id = case_id }, .file = { .case_id = case_id }, .comps = *comps };
    struct moves m = { 0 };
    status s = row_get(c->ledger, &table_casefiles, &f.file);

    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    TRY(row_get(c->ledger, &table_cases, &f.row));
    f.process = process_of(f.file.process, f.file.version);
    f.state = f.process ? process_state(f.process, f.file.state) : NULL;
    if (f.state == NULL || flagged(f.process, false) == 0)
        return OK;
    m.stops = flagged(f.process, false);
    TRY(move_all(c, &f, &m));
    return row_update(c->ledger, &table_casefiles, &f.file);
}

/* What pauses have added to a term so far. */
static i64 added(const struct process *was, const struct clocks_row *row)
{
    const struct process_clock *k = was ? process_clock(was, row->code) : NULL;
    i64 more = k ? row->due - clock_over(holidays_here(), k->term, row->started) : 0;

    return more > 0 ? more : 0;
}

static void new_terms(const struct casefile *f, const struct process *was, struct open_clocks *open, i64 now)
{
    for (size_t i = 0; i < open->n; i++) {
        struct clocks_row *row = &open->at[i];
        const struct process_clock *k = process_clock(f->process, row->code);

        open->changed[i] = true;
        if (k == NULL) {
            end_clock(row, "dropped", now);
        } else {
            row->due = clock_over(holidays_here(), k->term, row->started) + added(was, row);
            set_times(k, row);
            if (row->paused.has)
                row->next = CLOCK_NEVER;
        }
    }
}

status clocks_adopt(struct ctx *c, struct casefile *f, const struct process *was)
{
    struct open_clocks open = { 0 };
    struct moves m = { .starts = f->state->starts };

    TRY(read_open(c, f->row.id, &open));
    new_terms(f, was, &open, c->now);
    TRY(write_changed(c, &open));
    TRY(state_moves(c, f->row.id, STR(""), f->state->code));
    return move_all(c, f, &m);
}

status casefile_set_due(struct ctx *c, struct casefile *f)
{
    struct open_clocks open = { 0 };
    struct task_first_row first;

    TRY(sql_task_first(c->ledger->db, (struct sql_task_first){ .case_id = f->row.id }, &first));
    TRY(read_open(c, f->row.id, &open));
    f->file.due = first.due.has ? first.due.v : NEVER_DUE;
    f->file.clock = STR_NULL;
    f->file.soon = (struct opt_i64){ 0 };
    for (size_t i = 0; i < open.n; i++)
        if (!open.at[i].paused.has && open.at[i].due < f->file.due) {
            f->file.due = open.at[i].due;
            f->file.clock = open.at[i].code;
            f->file.soon = (struct opt_i64){ true, open.at[i].soon };
        }
    return OK;
}
