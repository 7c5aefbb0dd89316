/* What an administrator keeps for the own organisation: routes of reports, and services of the public directory. */
#include "admin.h"

#include "rules.h"
#include "views.h"

#include "network.sql.h"
#include "network_pages.h"
#include "people.sql.h"
#include "texts.h"

static status begin(struct ctx *c, const char *act, struct id object)
{
    return act_begin(c->ledger, (struct act_info){ .act = act, .now = c->now, .actor = c->actor.user, .object = object });
}

/* -- routes of reports -------------------------------------------------------------------------------------------------------- */

static const char *const route_kinds[] = { "report", "police", "national" };

static status fill_route_rows(struct ctx *c, struct admin_routes_view *v)
{
    struct routes_rows rows;

    TRY(sql_routes_of_org(c->ledger, (struct sql_routes_of_org){ .org = c->actor.org }, &rows));
    v->rows.at = NEW_N(c->arena, struct route_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct routes_row *r = &rows.at[i];
        struct units_row unit = { .id = r->unit };

        if (r->altered)
            continue;
        TRY(row_get(c->ledger, &table_units, &unit));
        v->rows.at[v->rows.n++] = (struct route_line){
            .id = r->id, .kind = route_kind_text(r->kind), .place = network_area_name(c, r->area), .unit = unit.name, .rank = r->rank,
            .state = r->confirmed_by.has ? T_ADMIN_STATE_HOLDS : T_ADMIN_STATE_WAITING };
    }
    return OK;
}

static status unit_choices(struct ctx *c, struct str chosen, struct choices *list)
{
    struct units_rows units;
    char id[ID_TEXT + 1];

    TRY(sql_units_of_org(c->ledger, (struct sql_units_of_org){ .org = c->actor.org }, &units));
    list->at = NEW_N(c->arena, struct choice, units.n + 1);
    for (size_t i = 0; i < units.n; i++) {
        id_text(units.at[i].id, id);
        if (!units.at[i].altered)
            list->at[list->n++] = (struct choice){ arena_copy(c->arena, str_c(id)), units.at[i].name, str_is(chosen, id) };
    }
    return OK;
}

status admin_routes_show(struct ctx *c)
{
    static const char *const fields[] = { "kind", "province", "commune", "unit", "rank", NULL };
    struct admin_routes_view v = {
        .faults = faults_of(c, fields), .kind = typed_of(c, "kind", STR("report")), .province = typed_of(c, "province", STR("*")),
        .commune = typed_of(c, "commune", STR("")), .unit = typed_of(c, "unit", STR("")), .rank = typed_of(c, "rank", STR("0")),
    };

    v.kinds.at = NEW_N(c->arena, struct choice, COUNT_OF(route_kinds));
    for (size_t i = 0; i < COUNT_OF(route_kinds); i++)
        v.kinds.at[v.kinds.n++] = (struct choice){ str_c(route_kinds[i]), text_of(c, route_kind_text(str_c(route_kinds[i]))),
                                                   str_is(v.kind.text, route_kinds[i]) };
    v.provinces = network_province_choices(c, v.province.text);
    TRY(unit_choices(c, v.unit.text, &v.units));
    TRY(fill_route_rows(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_network_admin_routes, &v);
}

/* Everywhere, a province, or a commune of it. */
static struct str area_field(struct ctx *c)
{
    struct str province = trimmed(c, "province"), commune = trimmed(c, "commune");

    if (!str_is(province, "*") && network_province_name(province, false).n == 0)
        refuse(c, "province", T_ADMIN_WRONG_PROVINCE);
    else if (commune.n && network_commune_name(province, commune).n == 0)
        refuse(c, "commune", T_ADMIN_WRONG_COMMUNE);
    return commune.n ? commune : province;
}

static status route_read(struct ctx *c, struct routes_row *row)
{
    struct units_row unit;
    bool known = false;

    *row = (struct routes_row){ .id = id_timed(c->now), .kind = trimmed(c, "kind"), .set_by = { true, c->actor.user } };
    for (size_t i = 0; i < COUNT_OF(route_kinds); i++)
        known |= str_is(row->kind, route_kinds[i]);
    if (!known)
        refuse(c, "kind", T_ADMIN_WRONG_KIND);
    row->area = area_field(c);
    if (!str_i64(trimmed(c, "rank"), &row->rank) || row->rank < 0 || row->rank > 9)
        refuse(c, "rank", T_ADMIN_WRONG_RANK);
    if (!id_of_text(trimmed(c, "unit"), &row->unit))
        refuse(c, "unit", T_ADMIN_WRONG_UNIT);
    TRY(refused(c));
    return own_unit(c, row->unit, &unit);
}

status admin_routes_add(struct ctx *c)
{
    struct routes_row row;

    TRY(route_read(c, &row));
    TRY(begin(c, "route.propose", row.id));
    TRY(row_insert(c->ledger, &table_routes, &row));
    TRY(propose(c->ledger, (struct proposals_row){ .kind = STR("route"), .object = row.id, .org = c->actor.org,
                                                   .target = { true, row.unit } }, c->actor.user, c->now));
    TRY(act_commit(c->ledger));
    return done(c, T_ADMIN_FLASH_PROPOSED, "/admin/routes");
}

status admin_routes_end(struct ctx *c)
{
    struct routes_row row = { 0 };
    struct units_row unit;

    TRY(path_id(c, "route", &row.id));
    TRY(row_get(c->ledger, &table_routes, &row));
    TRY(own_unit(c, row.unit, &unit));
    TRY(begin(c, "route.end", row.id));
    TRY(row_delete(c->ledger, &table_routes, &row));
    TRY(proposals_withdraw(c->ledger, (struct proposal_of){ .object = row.id }, c->actor.user, c->now));
    TRY(act_commit(c->ledger));
    return done(c, T_ADMIN_FLASH_ROUTE_ENDED, "/admin/routes");
}

/* -- services --------------------------------------------------------------------------------------------------------------------- */

enum { OWN_RANK = 100 };        /* 111 and the operator's own stand before */

static status own_service(struct ctx *c, struct services_row *row)
{
    TRY(path_id(c, "service", &row->id));
    TRY(row_get(c->ledger, &table_services, row));
    if (!row->org.has || !id_eq(row->org.v, c->actor.org) || row->until.has)
        return fail(NOT_FOUND, "a service of another organisation, or one that has ended");
    return OK;
}

status admin_services_show(struct ctx *c)
{
    struct admin_services_view v = { .rows = { .n = 0 } };
    struct services_rows rows;

    TRY(sql_services_of_org(c->ledger, (struct sql_services_of_org){ .org = c->actor.org }, &rows));
    v.rows.at = NEW_N(c->arena, struct service_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct services_row *s = &rows.at[i];
        struct opening o = opening_at(s->hours, c->now);

        if (!s->altered && !s->until.has)
            v.rows.at[v.rows.n++] = (struct service_line){ .id = s->id, .name = s->name, .phone = s->phone, .hours = s->hours,
                .place = network_area_name(c, s->area), .duty = !o.known ? DUTY_UNKNOWN : o.open ? DUTY_OPEN : DUTY_SHUT };
    }
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_network_admin_services, &v);
}

static struct str needs_typed(struct ctx *c)
{
    struct strs all = form_all(c, "needs");
    struct str list = STR(" ");

    for (size_t i = 0; i < all.n; i++)
        list = arena_f(c->arena, "%.*s%.*s ", (int)list.n, list.at, (int)all.at[i].n, all.at[i].at);
    return list;
}

static struct str or_empty(struct str s)
{
    return s.n ? s : STR("");
}

static status service_page(struct ctx *c, const struct services_row *s, struct url here, struct url end)
{
    static const char *const fields[] = { "name", "does", "phone", "province", "needs", "hours", "source", NULL };
    struct admin_service_view v = {
        .here = here, .end = end, .fresh = end.raw.n == 0, .faults = faults_of(c, fields),
        .name = typed_of(c, "name", or_empty(s->name)), .name_en = typed_of(c, "name_en", or_empty(s->name_en)),
        .does = typed_of(c, "does", or_empty(s->does)), .does_en = typed_of(c, "does_en", or_empty(s->does_en)),
        .phone = typed_of(c, "phone", or_empty(s->phone)), .province = typed_of(c, "province", or_empty(s->area)),
        .hours = typed_of(c, "hours", or_empty(s->hours)), .source = typed_of(c, "source", or_empty(s->source)),
        .needs = { STR(""), form_error(c, "needs") },
    };
    struct str needs = form_failed(c) ? needs_typed(c) : or_empty(s->needs);

    v.provinces = network_province_choices(c, v.province.text);
    v.need_choices = network_need_choices(c, STR(""));
    for (size_t i = 0; i < v.need_choices.n; i++) {
        struct str code = arena_f(c->arena, " %.*s ", (int)v.need_choices.at[i].code.n, v.need_choices.at[i].code.at);

        v.need_choices.at[i].on = str_find(needs, code) < needs.n;
    }
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_network_admin_service, &v);
}

status admin_service_new(struct ctx *c)
{
    return service_page(c, &(struct services_row){ .area = STR("*") },
                        url_lang(c->arena, url_path("/admin/services/new"), c->page.lang_query), (struct url){ STR("") });
}

status admin_service_show(struct ctx *c)
{
    struct services_row row = { 0 };

    TRY(own_service(c, &row));
    return service_page(c, &row, url_lang(c->arena, url_id(c->arena, "/admin/services/", row.id, ""), c->page.lang_query),
                        url_lang(c->arena, url_id(c->arena, "/admin/services/", row.id, "/end"), c->page.lang_query));
}

static bool phone_right(struct str phone)
{
    size_t digits = 0;

    for (size_t i = 0; i < phone.n; i++) {
        if (phone.at[i] >= '0' && phone.at[i] <= '9')
            digits++;
        else if (strchr("+*.-() ", phone.at[i]) == NULL)
            return false;
    }
    return digits >= 3 && digits <= 15;
}

static bool needs_right(struct ctx *c, struct strs all)
{
    struct choices known = network_need_choices(c, STR(""));

    for (size_t i = 0; i < all.n; i++) {
        bool found = false;

        for (size_t k = 0; k < known.n; k++)
            found |= str_eq(known.at[k].code, all.at[i]);
        if (!found)
            return false;
    }
    return all.n > 0;
}

static status service_read(struct ctx *c, struct services_row *row)
{
    struct hours hours;

    row->name = trimmed(c, "name");
    row->name_en = trimmed(c, "name_en");
    row->does = trimmed(c, "does");
    row->does_en = trimmed(c, "does_en");
    row->phone = trimmed(c, "phone");
    row->area = trimmed(c, "province");
    row->hours = trimmed(c, "hours");
    row->source = trimmed(c, "source");
    row->needs = needs_typed(c);
    if (row->name.n == 0)
        refuse(c, "name", T_ADMIN_WRONG_NAME);
    if (row->does.n == 0)
        refuse(c, "does", T_ADMIN_WRONG_DOES);
    if (!phone_right(row->phone))
        refuse(c, "phone", T_ADMIN_WRONG_PHONE);
    if (!str_is(row->area, "*") && network_province_name(row->area, false).n == 0)
        refuse(c, "province", T_ADMIN_WRONG_PROVINCE);
    if (!needs_right(c, form_all(c, "needs")))
        refuse(c, "needs", T_ADMIN_WRONG_NEEDS);
    if (!hours_read(row->hours, &hours))
        refuse(c, "hours", T_ADMIN_WRONG_HOURS);
    if (row->source.n == 0)
        refuse(c, "source", T_ADMIN_WRONG_SOURCE);
    return refused(c);
}

status admin_service_add(struct ctx *c)
{
    struct services_row row = { .id = id_timed(c->now), .org = { true, c->actor.org }, .rank = OWN_RANK };

    TRY(service_read(c, &row));
    TRY(begin(c, "service.add", row.id));
    TRY(row_insert(c->ledger, &table_services, &row));
    TRY(act_commit(c->ledger));
    return done(c, T_ADMIN_FLASH_SERVICE_ADDED, "/admin/services");
}

static status saved(struct ctx *c, status s, int flash)
{
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return done(c, T_ADMIN_FLASH_CHANGED, "/admin/services");
    }
    TRY(s);
    TRY(act_commit(c->ledger));
    return done(c, flash, "/admin/services");
}

status admin_service_change(struct ctx *c)
{
    struct services_row row = { 0 };

    TRY(own_service(c, &row));
    TRY(service_read(c, &row));
    TRY(begin(c, "service.change", row.id));
    return saved(c, row_update(c->ledger, &table_services, &row), T_ADMIN_FLASH_SERVICE_CHANGED);
}

status admin_service_end(struct ctx *c)
{
    struct services_row row = { 0 };

    TRY(own_service(c, &row));
    row.until = (struct opt_i64){ true, c->now };
    TRY(begin(c, "service.end", row.id));
    return saved(c, row_update(c->ledger, &table_services, &row), T_ADMIN_FLASH_SERVICE_ENDED);
}
