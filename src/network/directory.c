/* /directory: who belongs to the network, what they are called and were called, whom they hold keys for. Every signed-in person
   may read it; only what a second person has confirmed stands in it. */
#include "admin.h"

#include "../base/text.h"
#include "views.h"

#include "network.sql.h"
#include "network_pages.h"
#include "people.sql.h"
#include "texts.h"

#include <stdlib.h>

enum { DIRECTORY_PAGE = 50 };

/* -- all organisations of a day --------------------------------------------------------------------------------------------- */

struct listed { const struct organisations_row *org; struct str name, key; };
struct list { struct listed *at; size_t n; };
struct asked { struct str q, kind, province; i64 at; bool past; };

/* Names of all subjects, sorted by subject and day: the part of one subject. */
static struct names_rows names_part(const struct names_rows *all, struct id subject)
{
    size_t low = 0, high = all->n;
    struct names_rows part = { 0 };

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (memcmp(all->at[middle].subject.b, subject.b, sizeof subject.b) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    part.at = all->at + low;
    while (low + part.n < all->n && id_eq(all->at[low + part.n].subject, subject))
        part.n++;
    return part;
}

static struct str name_on(const struct names_rows *names, i64 at, struct str present)
{
    struct str name = STR_NULL;

    for (size_t i = 0; i < names->n; i++)
        if (!names->at[i].altered && (names->at[i].since <= at || name.at == NULL))
            name = names->at[i].name;
    return name.at ? name : present;
}

static bool name_fits(struct ctx *c, const struct names_rows *names, struct str q)
{
    struct str key = text_search_key(c->arena, q), name;

    for (size_t i = 0; i < names->n; i++) {
        name = text_search_key(c->arena, names->at[i].name);
        if (!names->at[i].altered && str_find(name, key) < name.n)
            return true;
    }
    return false;
}

static bool merged_by(const struct proposals_rows *mergers, struct id org, i64 at)
{
    for (size_t i = 0; i < mergers->n; i++)
        if (!mergers->at[i].altered && id_eq(mergers->at[i].object, org) && mergers->at[i].since.v <= at)
            return true;
    return false;
}

static bool serves(const struct areas_all_rows *areas, struct id org, struct str province)
{
    for (size_t i = 0; i < areas->n; i++)
        if (id_eq(areas->at[i].org, org) && network_area_in(areas->at[i].area, province))
            return true;
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int order = str_compare(x->key, y->key);

    return order ? order : memcmp(x->org->id.b, y->org->id.b, sizeof x->org->id.b);
}

static status find(struct ctx *c, const struct asked *asked, struct list *list)
{
    struct organisations_rows orgs;
    struct names_rows names;
    struct proposals_rows mergers;
    struct areas_all_rows areas = { 0 };

    TRY(sql_organisations_all(c->ledger, &orgs));
    TRY(sql_names_all(c->ledger, &names));
    TRY(sql_mergers_all(c->ledger, &mergers));
    if (asked->province.n)
        TRY(sql_areas_all(c->ledger->db, &areas));
    *list = (struct list){ .at = NEW_N(c->arena, struct listed, orgs.n + 1) };
    for (size_t i = 0; i < orgs.n; i++) {
        const struct organisations_row *o = &orgs.at[i];
        struct names_rows own = names_part(&names, o->id);
        struct str name;

        if (o->altered || !o->confirmed_by.has || merged_by(&mergers, o->id, asked->at))
            continue;
        if ((asked->kind.n && !str_eq(o->kind, asked->kind)) || (asked->province.n && !serves(&areas, o->id, asked->province)))
            continue;
        if (asked->q.n && !name_fits(c, &own, asked->q))
            continue;
        name = name_on(&own, asked->at, o->name);
        list->at[list->n++] = (struct listed){ o, name, text_search_key(c->arena, name) };
    }
    qsort(list->at, list->n, sizeof *list->at, by_name);
    return OK;
}

/* -- one line of the list ------------------------------------------------------------------------------------------------------- */

static status places_of(struct ctx *c, struct id org, struct str *words)
{
    struct areas_of_org_rows areas;

    *words = STR("");
    TRY(sql_areas_of_org(c->ledger->db, (struct sql_areas_of_org){ .org = org }, &areas));
    for (size_t i = 0; i < areas.n && i < 4; i++)
        *words = joined_words(c, *words, i == 3 ? text_fill(c->arena, (int)c->lang, T_NETWORK_DIRECTORY_MORE_PLACES,
                                                      arena_f(c->arena, "%zu", areas.n - 3), STR(""))
                                          : network_area_name(c, areas.at[i].area));
    return OK;
}

static enum duty duty_at(struct str hours, i64 now)
{
    struct opening o = opening_at(hours, now);

    return !o.known ? DUTY_UNKNOWN : o.open ? DUTY_OPEN : DUTY_SHUT;
}

static status duty_of(struct ctx *c, struct id org, enum duty *duty)
{
    struct services_rows rows;

    *duty = DUTY_UNKNOWN;
    TRY(sql_services_of_org(c->ledger, (struct sql_services_of_org){ .org = org }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        enum duty one = rows.at[i].altered || rows.at[i].until.has ? DUTY_UNKNOWN : duty_at(rows.at[i].hours, c->now);

        if (one == DUTY_OPEN || *duty == DUTY_UNKNOWN)
            *duty = one;
    }
    return OK;
}

static status units_of(struct ctx *c, const struct asked *asked, struct id org, struct org_line *line)
{
    struct units_rows units;
    struct holders_of_org_rows holders;

    line->units = STR("");
    TRY(sql_units_of_org(c->ledger, (struct sql_units_of_org){ .org = org }, &units));
    for (size_t i = 0; i < units.n; i++) {
        struct name_at name = { .name = units.at[i].name };

        if (units.at[i].altered || !units.at[i].confirmed_by.has)
            continue;
        if (asked->past)
            TRY(people_name_at(c->ledger, units.at[i].id, asked->at, &name));
        line->units = joined_words(c, line->units, name.name);
    }
    TRY(sql_holders_of_org(c->ledger->db, (struct sql_holders_of_org){ .org = org, .now = c->now }, &holders));
    line->holders = holders.n ? holders.at[0].n : -1;
    return OK;
}

/* The name before this one, with the day on which it ended. */
static status name_before(struct ctx *c, struct id subject, i64 at, struct str *words)
{
    struct names_rows rows;

    *words = STR("");
    TRY(sql_names_of(c->ledger, (struct sql_names_of){ .subject = subject }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && rows.at[i].until.has && rows.at[i].until.v <= at &&
            !(i + 1 < rows.n && str_eq(rows.at[i + 1].name, rows.at[i].name)))
            *words = text_fill(c->arena, (int)c->lang, T_NETWORK_DIRECTORY_BEFORE, last_day_words(c, rows.at[i].until), rows.at[i].name);
    return OK;
}

static status org_line(struct ctx *c, const struct asked *asked, const struct listed *of, struct org_line *line)
{
    *line = (struct org_line){ .id = of->org->id, .name = of->name, .kind = people_kind_text(of->org->kind) };
    TRY(units_of(c, asked, line->id, line));
    TRY(places_of(c, line->id, &line->places));
    TRY(duty_of(c, line->id, &line->duty));
    return name_before(c, line->id, asked->at, &line->before);
}

/* -- the page ---------------------------------------------------------------------------------------------------------------------- */

static struct url list_url(struct ctx *c)
{
    static const char *const names[] = { "q", "kind", "province", "day" };
    struct url u = url_lang(c->arena, url_path("/directory"), c->page.lang_query);

    for (size_t i = 0; i < COUNT_OF(names); i++)
        u = url_query(c->arena, u, names[i], query_text(c, names[i]));
    return u;
}

static status fill_list(struct ctx *c, const struct asked *asked, struct directory_view *v)
{
    struct str after = query_text(c, "after");
    char id[ID_TEXT + 1];
    struct list all;
    size_t from = 0;

    TRY(find(c, asked, &all));
    for (size_t i = 0; after.n && i < all.n; i++) {
        id_text(all.at[i].org->id, id);
        if (str_is(after, id))
            from = i + 1;
    }
    v->found = (i64)all.n;
    v->rows.at = NEW_N(c->arena, struct org_line, DIRECTORY_PAGE);
    for (size_t i = from; i < all.n && v->rows.n < DIRECTORY_PAGE; i++)
        TRY(org_line(c, asked, &all.at[i], &v->rows.at[v->rows.n++]));
    if (from + v->rows.n < all.n) {
        id_text(all.at[from + v->rows.n - 1].org->id, id);
        v->next = url_query(c->arena, list_url(c), "after", arena_copy(c->arena, str_c(id)));
    }
    if (from)
        v->start = list_url(c);
    return OK;
}

static status directory_show(struct ctx *c)
{
    struct asked asked = { .q = str_trim(query_text(c, "q")), .kind = query_text(c, "kind"), .province = query_text(c, "province"),
                           .at = c->now };
    struct directory_view v = { .q = query_text(c, "q"), .day = str_trim(query_text(c, "day")), .next = { STR("") }, .start = { STR("") } };
    i64 day;

    if (v.day.n) {
        v.day_wrong = !day_read(v.day, &day);
        asked.past = !v.day_wrong;
        asked.at = v.day_wrong ? c->now : day + DAY_MS - 1;
    }
    v.filtered = asked.q.n || asked.kind.n || asked.province.n || v.day.n;
    v.kinds = kind_choices(c, org_kinds, asked.kind);
    v.provinces = network_province_choices(c, asked.province);
    TRY(fill_list(c, &asked, &v));
    TRY(people_nav(c, &v.nav, STAFF_DIRECTORY));
    return page(c, tpl_network_directory, &v);
}

/* -- one organisation --------------------------------------------------------------------------------------------------------------- */

static status add_person(struct ctx *c, struct id user_id, struct directory_people *to)
{
    struct users_row user = { .id = user_id };

    TRY(row_get(c->ledger, &table_users, &user));
    to->at[to->n] = (struct directory_person){ .name = user.name };
    TRY(role_titles(c, user_id, &to->at[to->n].roles));
    to->n++;
    return OK;
}

static status fill_unit(struct ctx *c, const struct units_row *unit, struct directory_unit *u)
{
    struct members_rows members;

    *u = (struct directory_unit){ .name = unit->name, .kind = people_kind_text(unit->kind) };
    TRY(name_before(c, unit->id, c->now, &u->before));
    TRY(sql_members_of_unit(c->ledger, (struct sql_members_of_unit){ .unit = unit->id, .now = c->now }, &members));
    u->holders = (i64)members.n;
    u->people.at = NEW_N(c->arena, struct directory_person, members.n + 1);
    for (size_t i = 0; i < members.n; i++)
        if (!members.at[i].altered)
            TRY(add_person(c, members.at[i].user, &u->people));
    return OK;
}

static status fill_units(struct ctx *c, struct id org, struct organisation_view *v)
{
    struct units_rows units;

    TRY(sql_units_of_org(c->ledger, (struct sql_units_of_org){ .org = org }, &units));
    v->units.at = NEW_N(c->arena, struct directory_unit, units.n + 1);
    for (size_t i = 0; i < units.n; i++)
        if (!units.at[i].altered && units.at[i].confirmed_by.has)
            TRY(fill_unit(c, &units.at[i], &v->units.at[v->units.n++]));
    return OK;
}

/* Who has a role and belongs to no unit. */
static status fill_others(struct ctx *c, struct id org, struct organisation_view *v)
{
    struct users_rows users;

    TRY(sql_users_of_org(c->ledger, (struct sql_users_of_org){ .org = org }, &users));
    v->others.at = NEW_N(c->arena, struct directory_person, users.n + 1);
    for (size_t i = 0; i < users.n; i++) {
        struct members_rows in;

        if (users.at[i].altered || !str_is(users.at[i].state, "active"))
            continue;
        TRY(sql_members_of_user(c->ledger, (struct sql_members_of_user){ .user = users.at[i].id, .now = c->now }, &in));
        if (in.n == 0)
            TRY(add_person(c, users.at[i].id, &v->others));
        if (in.n == 0 && v->others.at[v->others.n - 1].roles.n == 0)
            v->others.n--;
    }
    return OK;
}

static status fill_services(struct ctx *c, struct id org, struct organisation_view *v)
{
    struct services_rows rows;
    bool en = c->lang == LANG_EN;

    TRY(sql_services_of_org(c->ledger, (struct sql_services_of_org){ .org = org }, &rows));
    v->services.at = NEW_N(c->arena, struct directory_service, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct services_row *s = &rows.at[i];

        if (!s->altered && !s->until.has)
            v->services.at[v->services.n++] = (struct directory_service){
                .name = en && s->name_en.n ? s->name_en : s->name, .does = en && s->does_en.n ? s->does_en : s->does,
                .phone = s->phone, .call = url_tel(c->arena, s->phone), .hours = s->hours, .duty = duty_at(s->hours, c->now) };
    }
    return OK;
}

static status fill_merger(struct ctx *c, struct id org, struct organisation_view *v)
{
    struct proposals_rows rows;

    v->merged = v->merged_on = STR("");
    TRY(sql_proposals_about(c->ledger, (struct sql_proposals_about){ .object = org }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct organisations_row into = { .id = rows.at[i].target.v };

        if (rows.at[i].altered || !str_is(rows.at[i].kind, "merger") || !str_is(rows.at[i].outcome, "confirmed"))
            continue;
        TRY(row_get(c->ledger, &table_organisations, &into));
        v->merged = into.name;
        v->merged_on = day_words(c, rows.at[i].since.v);
    }
    return OK;
}

static status organisation_show(struct ctx *c)
{
    struct organisations_row org = { 0 };
    struct organisation_view v = { 0 };

    TRY(path_id(c, "organisation", &org.id));
    TRY(row_get(c->ledger, &table_organisations, &org));
    if (!org.confirmed_by.has)
        return fail(NOT_FOUND, "not confirmed");
    v.name = org.name;
    v.code = org.code;
    v.kind = people_kind_text(org.kind);
    TRY(places_of(c, org.id, &v.places));
    TRY(former_names(c, org.id, &v.names));
    TRY(fill_units(c, org.id, &v));
    TRY(fill_others(c, org.id, &v));
    TRY(fill_services(c, org.id, &v));
    TRY(fill_merger(c, org.id, &v));
    TRY(people_nav(c, &v.nav, STAFF_DIRECTORY));
    return page(c, tpl_network_organisation, &v);
}

/* -- routes of all signed-in pages of network/ -------------------------------------------------------------------------------------- */

#define TOKEN { .name = "token", .max = 100 }
#define DECIDE_FORM FORM({ .name = "do", .max = 10 }, { .name = "seen", .max = 64 }, { .name = "reason", .max = 1000 }, TOKEN)
#define ROUTE_FORM FORM({ .name = "kind", .max = 20 }, { .name = "province", .max = 10 }, { .name = "commune", .max = 10 }, \
    { .name = "unit", .max = 40 }, { .name = "rank", .max = 4 }, TOKEN)
#define EMPTY_FORM FORM(TOKEN)
#define SERVICE_FORM FORM({ .name = "name", .max = 200 }, { .name = "name_en", .max = 200 }, { .name = "does", .max = 300 }, \
    { .name = "does_en", .max = 300 }, { .name = "phone", .max = 40 }, { .name = "province", .max = 10 }, \
    { .name = "needs", .max = 20, .repeat = true }, { .name = "hours", .max = 200 }, { .name = "source", .max = 300 }, TOKEN)

const struct route network_staff_routes[] = {
    ROUTE(GET,  "/directory",                   STAFF,          NO_FORM,      directory_show),
    ROUTE(GET,  "/directory/:organisation",     STAFF,          NO_FORM,      organisation_show),
    ROUTE(GET,  "/admin/confirm",               MAY_CONFIRM,    NO_FORM,      confirm_list),
    ROUTE(GET,  "/admin/confirm/:proposal",     MAY_CONFIRM,    NO_FORM,      confirm_show),
    ROUTE(POST, "/admin/confirm/:proposal",     MAY_CONFIRM,    DECIDE_FORM,  confirm_do),
    ROUTE(GET,  "/admin/routes",                MAY_SET_PEOPLE, NO_FORM,      admin_routes_show),
    ROUTE(POST, "/admin/routes",                MAY_SET_PEOPLE, ROUTE_FORM,   admin_routes_add, .once = true),
    ROUTE(POST, "/admin/routes/:route/end",     MAY_SET_PEOPLE, EMPTY_FORM,   admin_routes_end),
    ROUTE(GET,  "/admin/services",              MAY_SET_PEOPLE, NO_FORM,      admin_services_show),
    ROUTE(GET,  "/admin/services/new",          MAY_SET_PEOPLE, NO_FORM,      admin_service_new),
    ROUTE(POST, "/admin/services/new",          MAY_SET_PEOPLE, SERVICE_FORM, admin_service_add, .once = true),
    ROUTE(GET,  "/admin/services/:service",     MAY_SET_PEOPLE, NO_FORM,      admin_service_show),
    ROUTE(POST, "/admin/services/:service",     MAY_SET_PEOPLE, SERVICE_FORM, admin_service_change),
    ROUTE(POST, "/admin/services/:service/end", MAY_SET_PEOPLE, EMPTY_FORM,   admin_service_end),
    ROUTES_END
};
