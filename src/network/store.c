#include "network.h"

#include "rules.h"

#include "network.sql.h"
#include "tables.sql.h"

static bool excluded_name(struct exclusion without, struct str name)
{
    for (size_t i = 0; i < without.names.n; i++)
        if (str_eq(without.names.at[i], name))
            return true;
    return false;
}

/* A unit is left out by its own kind, or by the kind or the code of its organisation. */
static status left_out(struct ledger *l, struct exclusion without, struct id unit_id, bool *out)
{
    struct units_row unit = { .id = unit_id };
    struct organisations_row org;

    TRY(row_get(l, &table_units, &unit));
    org = (struct organisations_row){ .id = unit.org };
    TRY(row_get(l, &table_organisations, &org));
    *out = excluded_name(without, unit.kind) || excluded_name(without, org.kind) || excluded_name(without, org.code);
    return OK;
}

static bool in_ladder(const struct ladder *ladder, struct id unit)
{
    for (size_t i = 0; i < ladder->n; i++)
        if (id_eq(ladder->at[i].unit, unit))
            return true;
    return false;
}

/* Adds a unit that is fit. A unit whose rows were altered is passed over and alarmed (row_get logs it): intake goes on. */
static status ladder_add(struct ledger *l, const struct route_query *q, struct id unit, struct ladder *ladder)
{
    bool out = false;
    status s;

    if (ladder->n == LADDER_MAX || in_ladder(ladder, unit))
        return OK;
    s = left_out(l, q->without, unit, &out);
    if (s == OK && !out)
        s = (q->at_last ? people_unit_key_at_last : people_unit_key)(l, unit, q->now, &ladder->at[ladder->n]);
    if (s == OK && !out)
        ladder->n++;
    return s == BUSY ? BUSY : OK;
}

static status ladder_of_kind(struct ledger *l, const struct route_query *q, struct ladder *ladder)
{
    struct routes_rows rows;

    TRY(sql_routes_for(l, (struct sql_routes_for){ .kind = str_c(q->kind), .commune = q->commune, .province = q->province },
                       &rows));
    for (size_t i = 0; i < rows.n; i++) {
        status s = rows.at[i].altered ? BROKEN : q->at_last ? OK : row_agrees_lately(l, &table_routes, &rows.at[i], q->now);

        if (s == BUSY)
            return s;
        if (s == OK)
            TRY(ladder_add(l, q, rows.at[i].unit, ladder));
    }
    return OK;
}

status network_ladder(struct ledger *l, const struct route_query *query, struct ladder *ladder)
{
    struct route_query national = { .kind = "national", .commune = STR(""), .province = STR(""), .without = query->without,
                                    .now = query->now };

    ladder->n = 0;
    TRY(ladder_of_kind(l, query, ladder));
    if (ladder->n < LADDER_MAX)
        TRY(ladder_of_kind(l, &national, ladder));
    if (ladder->n == 0) {       /* nobody else is left: only then is what the child excluded passed over (V8) */
        national.without = (struct exclusion){ 0 };
        national.at_last = true;
        TRY(ladder_of_kind(l, &national, ladder));
    }
    return ladder->n ? OK : fail(BROKEN, "no unit is fit to receive, not even the national one");
}

status network_police(struct ledger *l, const struct route_query *query, struct unit_key *unit)
{
    struct route_query police = *query;
    struct ladder ladder = { 0 };

    police.kind = "police";
    TRY(ladder_of_kind(l, &police, &ladder));
    if (ladder.n == 0)
        return NOT_FOUND;
    *unit = ladder.at[0];
    return OK;
}

status network_add_route(struct ledger *l, struct str kind, struct str area, struct id unit, i64 rank)
{
    struct routes_row row = { .id = id_random(), .kind = kind, .area = area, .unit = unit, .rank = rank };

    row.confirmed_by = (struct opt_id){ .has = true, .v = unit };
    return row_insert(l, &table_routes, &row);
}
