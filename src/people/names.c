/* Organisations and units are renamed and merged by date; old records show the names of their day. */
#include "admin.h"
#include "rescue.h"

#include "people.sql.h"

status name_begin(struct ledger *l, struct names_row row)
{
    return row_insert(l, &table_names, &row);
}

status people_name_at(struct ledger *l, struct id subject, i64 at, struct name_at *name)
{
    struct names_rows rows;

    *name = (struct name_at){ .name = STR_NULL };
    TRY(sql_names_of(l, (struct sql_names_of){ .subject = subject }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && (rows.at[i].since <= at || name->name.at == NULL))
            *name = (struct name_at){ rows.at[i].name, rows.at[i].org.v };
    return OK;
}

status people_unit_words(struct ledger *l, struct id unit, i64 at, struct str *words)
{
    struct name_at u, o;

    TRY(people_name_at(l, unit, at, &u));
    TRY(people_name_at(l, u.org, at, &o));
    *words = arena_f(l->arena, "%.*s · %.*s", (int)u.name.n, u.name.n ? u.name.at : "", (int)o.name.n, o.name.n ? o.name.at : "");
    return OK;
}

/* -- changing ------------------------------------------------------------------------------------------------------------- */

/* The row that `next` follows: a change that was to come later, or on the same day, is replaced. */
static status last_before(struct ledger *l, const struct names_row *next, struct names_row *last)
{
    struct names_rows rows;
    status found = NOT_FOUND;

    TRY(sql_names_of(l, (struct sql_names_of){ .subject = next->subject }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            return fail(BROKEN, "a name of this subject was altered");
        if (rows.at[i].since >= next->since)
            TRY(row_delete(l, &table_names, &rows.at[i]));
        else
            *last = rows.at[i], found = OK;
    }
    return found == OK ? OK : fail(BROKEN, "an organisation or unit has no first name");
}

/* The present name stands in the organisation's or unit's own row. */
static status write_present(struct ledger *l, const struct names_row *name)
{
    struct organisations_row o = { .id = name->subject };
    struct units_row u = { .id = name->subject };

    if (name->org.has) {
        TRY(row_get(l, &table_units, &u));
        u.name = name->name;
        u.org = name->org.v;
        return row_update(l, &table_units, &u);
    }
    TRY(row_get(l, &table_organisations, &o));
    o.name = name->name;
    return row_update(l, &table_organisations, &o);
}

status name_change(struct ledger *l, struct names_row next, i64 now)
{
    struct names_row last;

    TRY(last_before(l, &next, &last));
    last.until = (struct opt_i64){ true, next.since };
    TRY(row_update(l, &table_names, &last));
    TRY(row_insert(l, &table_names, &next));
    return next.since <= now ? write_present(l, &next) : OK;
}

/* -- merging --------------------------------------------------------------------------------------------------------------- */

static status move_units(struct ledger *l, const struct proposals_row *p, i64 now)
{
    struct units_rows rows;

    TRY(sql_units_of_org(l, (struct sql_units_of_org){ .org = p->object }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            return fail(BROKEN, "a unit of the organisation was altered");
        TRY(name_change(l, (struct names_row){ .subject = rows.at[i].id, .since = p->since.v, .name = rows.at[i].name,
                                               .org = p->target }, now));
        TRY(rescue_uncover(l, rows.at[i].id));      /* wrapped to the recovery key of the one that ends */
    }
    return OK;
}

/* Nobody becomes an administrator of the other organisation by a merger. */
static status move_person(struct ledger *l, const struct proposals_row *p, struct users_row *user, i64 now)
{
    struct roles_rows rows;

    TRY(sql_roles_open(l, (struct sql_roles_open){ .user = user->id, .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (str_is(rows.at[i].role, "org_admin"))
            TRY(role_end(l, &rows.at[i], now));
    user->org = p->target.v;
    return row_update(l, &table_users, user);
}

static status move_people(struct ledger *l, const struct proposals_row *p, i64 now)
{
    struct users_rows rows;

    TRY(sql_users_of_org(l, (struct sql_users_of_org){ .org = p->object }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            return fail(BROKEN, "a person of the organisation was altered");
        TRY(move_person(l, p, &rows.at[i], now));
    }
    return OK;
}

static status move_services(struct ledger *l, const struct proposals_row *p)
{
    struct services_rows rows;

    TRY(sql_services_of_org(l, (struct sql_services_of_org){ .org = p->object }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            return fail(BROKEN, "a service of the organisation was altered");
        rows.at[i].org = p->target;
        TRY(row_update(l, &table_services, &rows.at[i]));
    }
    return OK;
}

status merger_carry_out(struct ledger *l, const struct proposals_row *p, i64 now)
{
    TRY(move_units(l, p, now));
    TRY(move_people(l, p, now));
    return move_services(l, p);
}

/* -- by date ----------------------------------------------------------------------------------------------------------------- */

static status memberships_end(struct ledger *l, i64 now)
{
    struct memberships_over_rows over;

    TRY(sql_memberships_over(l->db, (struct sql_memberships_over){ .now = now }, &over));
    for (size_t i = 0; i < over.n; i++) {
        TRY(act_begin(l, (struct act_info){ .act = "people.leave-by-date", .now = now, .unit = over.at[i].unit,
                                            .object = over.at[i].user }));
        TRY(people_leave(l, over.at[i].unit, over.at[i].user, now));
        TRY(act_commit(l));
    }
    return OK;
}

static status names_come(struct ledger *l, i64 now)
{
    struct names_rows rows;

    TRY(sql_names_begun(l, (struct sql_names_begun){ .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            continue;
        TRY(act_begin(l, (struct act_info){ .act = "organisation.rename-by-date", .now = now, .object = rows.at[i].subject }));
        TRY(write_present(l, &rows.at[i]));
        TRY(act_commit(l));
    }
    return OK;
}

static status mergers_come(struct ledger *l, i64 now)
{
    struct proposals_rows rows;

    TRY(sql_mergers_due(l, (struct sql_mergers_due){ .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            continue;
        TRY(act_begin(l, (struct act_info){ .act = "organisation.merge-by-date", .now = now, .object = rows.at[i].object }));
        TRY(merger_carry_out(l, &rows.at[i], now));
        TRY(act_commit(l));
    }
    return OK;
}

/* One that cannot be done must not keep the others waiting: it is told by the job's log line and tried again. */
status people_dates(struct ledger *l, const struct app *app, i64 now)
{
    typedef status step(struct ledger *l, i64 now);
    static step *const steps[] = { memberships_end, names_come, mergers_come };
    status worst = OK;

    (void)app;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        status s = steps[i](l, now);

        if (s != OK) {
            worst = s;
            act_abort(l);
        }
    }
    return worst;
}
