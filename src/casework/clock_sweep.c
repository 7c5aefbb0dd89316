/* The sweep: whose clock is late, and who must hear of it. Holds the house's keys alone: it reads codes and times, writes a line
   into N that it cannot read again, and tells units the number of the case. */
#include "clocks.h"

#include "../base/log.h"

/* -- the machine's own clock -------------------------------------------------------------------------------------------------------- */

static void say_held(i64 last, i64 now)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];

    clock_utc_iso(last, was);
    clock_utc_iso(now, is);
    log_error("clocks", "ALARM the time jumped from %s to %s: nobody is told of late cases before /clocks is answered", was, is);
}

static status hold(struct ledger *l, const struct sweep_last_row *last, i64 now)
{
    i64 changed;

    if (last->held.has)
        return OK;              /* said already */
    say_held(last->at, now);
    TRY(tx_begin(l->db));
    TRY(sql_sweep_hold(l->db, (struct sql_sweep_hold){ .now = now }, &changed));
    return tx_commit(l->db);
}

/* Time goes on only forwards: a clock that is a little behind does not take the mark back. */
static status went(struct ledger *l, const struct sweep_last_row *last, i64 now)
{
    if (now <= last->at && !last->held.has && last->at - now <= HOUR_MS)
        return OK;
    TRY(tx_begin(l->db));
    TRY(sql_sweep_went(l->db, (struct sql_sweep_went){ .now = now }));
    return tx_commit(l->db);
}

status clocks_held(struct ctx *c, bool *held)
{
    struct sweep_last_row last = { 0 };
    status s = sql_sweep_last(c->ledger->db, &last);

    *held = s == OK && last.held.has;
    return s == NOT_FOUND ? OK : s;
}

/* -- telling ------------------------------------------------------------------------------------------------------------------------ */

static const char *role_of(enum rung_who who)
{
    static const char *const roles[] = { [RUNG_OWNER] = "owner", [RUNG_SUPERVISOR] = "supervisor", [RUNG_CHAIR] = "chair",
                                         [RUNG_NEXT] = "next" };

    return roles[who];
}

static status tell_rung(struct ctx *c, const struct casefile *f, const struct clocks_row *row, const struct clock_rung *rung)
{
    struct clock_notices_row n = { .id = id_random(), .clock = row->id, .rung = row->rung, .role = str_c(role_of(rung->who)),
                                   .unit = row->unit, .at = c->now };

    if (rung->who == RUNG_NEXT && !row->above.has)
        return OK;              /* there is nobody above who may know: the line in the timeline says so */
    if (rung->who == RUNG_NEXT)
        n.unit = row->above.v;
    if (rung->who == RUNG_OWNER)
        n.worker = f->file.worker;
    return row_insert(c->ledger, &table_clock_notices, &n);
}

/* "owner chair": one line of the timeline for all who are told at one moment. */
static status climb(struct ctx *c, const struct casefile *f, const struct process_clock *k, struct clocks_row *row)
{
    struct str told = STR("");

    while (row->rung < (i64)k->n_rungs && row->due + k->rungs[row->rung].after_ms <= c->now) {
        const struct clock_rung *rung = &k->rungs[row->rung];
        const char *role = rung->who == RUNG_NEXT && !row->above.has ? "nobody" : role_of(rung->who);

        TRY(tell_rung(c, f, row, rung));
        told = arena_f(c->arena, "%.*s%s%s", (int)told.n, told.at, told.n ? " " : "", role);
        row->rung++;
    }
    if (told.n)
        TRY(event_write(c, &f->comps, &(struct event){ .what = "late", .from = row->code, .words = STR(""), .to = told }));
    row->next = clock_next(k, row->due, row->rung);
    return row_update(c->ledger, &table_clocks, row);
}

/* One clock, in one act: whoever else changed its row meanwhile was first, and this act is undone. */
static status ring(struct ctx *c, const struct clocks_to_ring_row *due, i64 *unknown)
{
    struct casefile f = { .row = { .id = due->case_id }, .file = { .case_id = due->case_id } };
    struct act_info info = { .act = "clock.late", .now = c->now, .object = due->case_id };
    struct clocks_row row = { .id = due->id };
    const struct process_clock *k;

    TRY(act_begin(c->ledger, info));
    TRY(row_get(c->ledger, &table_clocks, &row));
    if (!str_is(row.state, "running") || row.next > c->now)
        return CONFLICT;
    TRY(row_agrees_with_log(c->ledger, &table_clocks, &row));
    TRY(row_get(c->ledger, &table_casefiles, &f.file));
    TRY(comps_closed(c, due->case_id, &f.comps));
    f.process = process_of(f.file.process, f.file.version);
    k = f.process ? process_clock(f.process, row.code) : NULL;
    if (k == NULL) {            /* its version is gone from content/: it is looked at again when somebody may have put it back */
        ++*unknown;
        row.next = c->now + HOUR_MS;
        TRY(row_update(c->ledger, &table_clocks, &row));
        return act_commit(c->ledger);
    }
    TRY(climb(c, &f, k, &row));
    return act_commit(c->ledger);
}

/* Where the sweep is: rows that cannot be told of are passed, so that they do not stand before the others for ever. */
struct sweeping { i64 next; struct id id; i64 unknown; bool more; };

/* A batch, each clock in an act of its own: nobody waits for longer than one takes, and its memory goes back at once. */
static status sweep_some(struct ctx *c, struct sweeping *at)
{
    struct arena_mark batch = arena_mark(c->arena);
    struct clocks_to_ring_rows rows;

    TRY(sql_clocks_to_ring(c->ledger->db, (struct sql_clocks_to_ring){ .now = c->now, .next = at->next, .id = at->id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct arena_mark one = arena_mark(c->arena);

        if (ring(c, &rows.at[i], &at->unknown) != OK)
            act_abort(c->ledger);       /* somebody was faster, or the row is damaged and alarmed: the others are told of all the same */
        arena_back(c->arena, one);
        at->next = rows.at[i].next;
        at->id = rows.at[i].id;
    }
    at->more = rows.n > 0;
    arena_back(c->arena, batch);
    secrets_wipe(c->ledger->secrets);
    return OK;
}

static status sweep(struct ledger *l, const struct app *app, i64 now, bool all)
{
    struct ctx c = { .arena = l->arena, .ledger = l, .app = app, .now = now };
    struct sweeping at = { .next = INT64_MIN, .more = true };
    struct sweep_last_row last = { 0 };
    status s = sql_sweep_last(l->db, &last);

    if (s != NOT_FOUND)
        TRY(s);
    if (sweep_may(last.at, now, last.allowed) == SWEEP_HOLD)
        return hold(l, &last, now);
    TRY(sweep_some(&c, &at));
    while (all && at.more)
        TRY(sweep_some(&c, &at));
    if (at.unknown)
        log_warn("clocks", "late=%lld: content/process/ does not have the version that their cases follow", (long long)at.unknown);
    return went(l, &last, now);
}

status clocks_sweep(struct ledger *l, const struct app *app, i64 now)
{
    return sweep(l, app, now, false);
}

status clocks_sweep_all(struct ledger *l, const struct app *app, i64 now)
{
    return sweep(l, app, now, true);
}

/* -- the notices of a reader ------------------------------------------------------------------------------------------------------------ */

/* A unit may have one of the two alone. */
static bool leads(const struct ctx *c)
{
    return may(c, MAY_SUPERVISE) || may(c, MAY_APPROVE_PLANS);
}

static bool for_reader(const struct ctx *c, const struct clock_notices_row *n)
{
    if (n->altered)
        return false;
    if (str_is(n->role, "supervisor") || str_is(n->role, "chair"))
        return leads(c);
    return !n->worker.has || id_eq(n->worker.v, c->actor.user);
}

static status notice_view(struct ctx *c, const struct clock_notices_row *n, struct clock_notices *list)
{
    struct clocks_row row = { .id = n->clock };
    struct casefiles_row file;
    const struct process *p;
    const struct process_clock *k;

    if (row_get(c->ledger, &table_clocks, &row) != OK)
        return OK;
    file = (struct casefiles_row){ .case_id = row.case_id };
    if (row_get(c->ledger, &table_casefiles, &file) != OK)
        return OK;
    p = process_of(file.process, file.version);
    k = p ? process_clock(p, row.code) : NULL;
    list->at[list->n++] = (struct clock_notice){
        .id = n->id, .case_id = row.case_id, .ref = case_ref(c->arena, file.year, file.no), .role = n->role,
        .name = k == NULL ? row.code : c->lang == LANG_EN && k->name_en.n ? k->name_en : k->name, .due = clock_due_text(c, k, row.due),
        .open = id_eq(file.unit, n->unit) };
    return OK;
}

/* Who is both supervisor and chair, or carries the case as well, reads of one late clock once; who has read of it read of all that was
   told at that moment. For others of the unit their own stays. */
static bool told_already(struct ctx *c, const struct clock_notices_rows *shown, size_t n)
{
    const struct clock_notices_row *one = &shown->at[n];
    struct clock_notices_rows all;

    for (size_t i = 0; i < n; i++)
        if (id_eq(shown->at[i].clock, one->clock) && for_reader(c, &shown->at[i]))
            return true;
    if (sql_notices_of_clock(c->ledger, (struct sql_notices_of_clock){ .clock = one->clock, .unit = one->unit }, &all) != OK)
        return false;
    for (size_t i = 0; i < all.n; i++)
        if (all.at[i].seen_by.has && id_eq(all.at[i].seen_by.v, c->actor.user) && all.at[i].at == one->at)
            return true;
    return false;
}

status clock_notices_of_actor(struct ctx *c, struct clock_notices *list)
{
    enum { SHOWN = 20 };

    *list = (struct clock_notices){ .at = NEW_N(c->arena, struct clock_notice, SHOWN) };
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct clock_notices_rows rows;

        TRY(sql_notices_of_unit(c->ledger, (struct sql_notices_of_unit){ .unit = c->actor.units[u], .user = c->actor.user,
                                                                             .lead = leads(c) }, &rows));
        for (size_t i = 0; i < rows.n && list->n < SHOWN; i++)
            if (for_reader(c, &rows.at[i]) && !told_already(c, &rows, i))
                TRY(notice_view(c, &rows.at[i], list));
    }
    return OK;
}

static bool of_unit(const struct ctx *c, struct id unit)
{
    for (size_t u = 0; u < c->actor.n_units; u++)
        if (id_eq(c->actor.units[u], unit))
            return true;
    return false;
}

static status seen_once(struct ctx *c, struct id notice)
{
    struct clock_notices_row n = { .id = notice };
    struct clocks_row clock;

    TRY(row_get(c->ledger, &table_clock_notices, &n));
    if (!of_unit(c, n.unit) || !for_reader(c, &n))
        return NOT_FOUND;
    clock = (struct clocks_row){ .id = n.clock };
    TRY(row_get(c->ledger, &table_clocks, &clock));
    if (!str_is(n.role, "next") && !id_eq(clock.unit, n.unit))
        return NOT_FOUND;       /* the case went to another unit, and its notices with it */
    TRY(act_begin(c->ledger, case_act_info(c, "clock.seen", clock.case_id)));
    TRY(row_get(c->ledger, &table_clock_notices, &n));
    if (n.seen.has) {
        act_abort(c->ledger);
        return OK;
    }
    n.seen = (struct opt_i64){ true, c->now };
    n.seen_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_clock_notices, &n));
    return act_commit(c->ledger);
}

status clock_notice_seen(struct ctx *c, struct id notice)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < 8; tries++) {
        act_again(c->ledger);
        s = seen_once(c, notice);
    }
    return s;
}
