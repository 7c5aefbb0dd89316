/* The ladder: a report that nobody took in time passes to the next unit. Runs with the house's keys alone and can open no
   report: a dormant grant is still wrapped to its unit (SECURITY.md, "Timed job"). */
#include "desk.h"

#include "rules.h"

struct str dormant_seal(struct ledger *l, struct id comp, const struct unit_key *unit, const struct key *ck)
{
    struct str wrapped = vault_wrap(l->arena, &unit->opk, ctx_comp_key(comp, unit->unit, unit->epoch), ck);
    struct le64 epoch = vault_le64(unit->epoch);
    char *plain = arena_alloc(l->arena, wrapped.n + 8);

    memcpy(plain, epoch.b, 8);
    memcpy(plain + 8, wrapped.at, wrapped.n);
    return vault_box(l->arena, &house_now(l->house)->job, ctx_dormant(comp, unit->unit), str_of(plain, wrapped.n + 8));
}

/* The grant inside: epoch and wrap. Any line of the key file may have boxed it. */
static status dormant_open(struct ledger *l, const struct dormant_grants_row *d, struct str *plain)
{
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_dormant(d->comp, d->unit), d->sealed, plain);
    return s == OK && plain->n > 8 ? OK : fail(BROKEN, "a dormant grant does not open");
}

/* The same grant in a new box. */
static status rebox(struct ledger *l, struct dormant_grants_row *d)
{
    struct str plain;

    TRY(dormant_open(l, d, &plain));
    d->sealed = vault_box(l->arena, &house_now(l->house)->job, ctx_dormant(d->comp, d->unit), plain);
    return OK;
}

static bool covers(const struct dormant_grants_rows *rows, struct id comp, struct id unit)
{
    for (size_t i = 0; i < rows->n; i++)
        if (id_eq(rows->at[i].comp, comp) && id_eq(rows->at[i].unit, unit))
            return true;
    return false;
}

static struct opt_i64 due_at(const struct cases_row *row, const struct dormant_grants_row *d, i64 now)
{
    i64 due = now + d->rank * patience_minutes(row->urgency) * MINUTE_MS;

    return (struct opt_i64){ true, due - due % (10 * MINUTE_MS) };
}

status ladder_set(struct ledger *l, const struct cases_row *row, struct ladder_clock clock)
{
    struct dormant_grants_rows rows;
    struct talk_newest_row talk;
    status s = sql_talk_newest(l->db, (struct sql_talk_newest){ .case_id = row->id }, &talk);

    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    TRY(sql_dormant_of(l, (struct sql_dormant_of){ .case_id = row->id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct dormant_grants_row *d = &rows.at[i];

        if (d->altered)
            continue;
        TRY(rebox(l, d));
        d->due = clock.running && covers(&rows, talk.id, d->unit) ? due_at(row, d, clock.now) : (struct opt_i64){ 0 };
        TRY(row_update(l, &table_dormant_grants, d));
    }
    return OK;
}

static status wake(struct ledger *l, struct dormant_grants_row *d)
{
    struct grants_row g = { .id = id_random(), .comp = d->comp, .unit = { true, d->unit }, .why = STR("ladder") };
    struct str plain;

    TRY(dormant_open(l, d, &plain));
    for (int i = 7; i >= 0; i--)
        g.epoch = g.epoch << 8 | (uint8_t)plain.at[i];
    g.sealed = str_from(plain, 8);
    TRY(row_insert(l, &table_grants, &g));
    return row_delete(l, &table_dormant_grants, d);
}

/* All of one report's dormant grants for one unit become grants, and the report stands in that unit's queue. */
static status pass_on(struct ledger *l, i64 now, struct id report, struct id unit)
{
    struct cases_row row = { .id = report };
    struct dormant_grants_rows rows;
    bool woken = false;

    TRY(act_begin(l, (struct act_info){ .act = "report.ladder", .now = now, .unit = unit, .object = report }));
    TRY(row_get(l, &table_cases, &row));
    TRY(row_agrees_with_log(l, &table_cases, &row));
    if (row.assignee.has)
        return CONFLICT;
    TRY(sql_dormant_of_unit(l, (struct sql_dormant_of_unit){ .case_id = report, .unit = unit }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && rows.at[i].due.has && rows.at[i].due.v <= now) {
            TRY(wake(l, &rows.at[i]));
            woken = true;
        }
    if (!woken)
        return fail(BROKEN, "no grant could be woken: the report stays where somebody can read it");
    row.owner_unit = unit;
    TRY(row_update(l, &table_cases, &row));
    return act_commit(l);
}

status ladder_run(struct ledger *l, const struct app *app, i64 now)
{
    struct dormant_due_rows due;

    (void)app;
    TRY(sql_dormant_due(l->db, (struct sql_dormant_due){ .now = now }, &due));
    for (size_t i = 0; i < due.n; i++)
        if (pass_on(l, now, due.at[i].case_id, due.at[i].unit) != OK)
            act_abort(l);       /* somebody was faster, or the row is damaged and alarmed: the others still move on */
    return OK;
}
