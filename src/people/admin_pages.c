/* /admin: what waits, the organisation itself, and its units. */
#include "admin_pages.h"

#include "people.sql.h"
#include "people_pages.h"
#include "texts.h"

/* -- the overview ---------------------------------------------------------------------------------------------------------- */

static int kind_of_proposal(struct str kind)
{
    static const struct { const char *code; int text; } kinds[] = {
        { "organisation", T_ADMIN_PROPOSAL_ORGANISATION }, { "unit", T_ADMIN_PROPOSAL_UNIT }, { "route", T_ADMIN_PROPOSAL_ROUTE },
        { "role", T_ADMIN_PROPOSAL_ROLE }, { "member", T_ADMIN_PROPOSAL_MEMBER }, { "merger", T_ADMIN_PROPOSAL_MERGER },
        { "recovery", T_ADMIN_PROPOSAL_RECOVERY }, { "token", T_ADMIN_PROPOSAL_TOKEN }, { "anew", T_ADMIN_PROPOSAL_ANEW },
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(kind, kinds[i].code))
            return kinds[i].text;
    return T_ADMIN_PROPOSAL_OTHER;
}

int proposal_state_text(struct str outcome)
{
    static const struct { const char *code; int text; } states[] = {
        { "waiting", T_ADMIN_STATE_WAITING }, { "confirmed", T_ADMIN_STATE_CONFIRMED }, { "refused", T_ADMIN_STATE_REFUSED },
        { "withdrawn", T_ADMIN_STATE_WITHDRAWN }, { "done", T_ADMIN_STATE_DONE },
    };

    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (str_is(outcome, states[i].code))
            return states[i].text;
    return T_ADMIN_STATE_WITHDRAWN;
}

static struct str unit_name(struct ctx *c, struct id id)
{
    struct units_row u = { .id = id };

    return row_get(c->ledger, &table_units, &u) == OK ? u.name : STR("");
}

static struct str org_name(struct ctx *c, struct id id)
{
    struct organisations_row o = { .id = id };

    return row_get(c->ledger, &table_organisations, &o) == OK ? o.name : STR("");
}

/* "" where it was ended since. */
static struct str token_name(struct ctx *c, struct id id)
{
    struct tokens_row t = { .id = id };

    return row_get(c->ledger, &table_tokens, &t) == OK ? t.name : STR("");
}

/* "Minh · Điều phối viên" */
static struct str about_words(struct ctx *c, const struct proposals_row *p)
{
    struct str first, second;

    if (str_is(p->kind, "unit"))
        return unit_name(c, p->object);
    if (str_is(p->kind, "route"))
        return unit_name(c, p->target.v);
    if (str_is(p->kind, "organisation") || str_is(p->kind, "recovery"))
        return org_name(c, p->object);
    if (str_is(p->kind, "token"))
        return token_name(c, p->object);
    if (str_is(p->kind, "anew"))
        return user_name(c, (struct opt_id){ true, p->object });
    if (str_is(p->kind, "merger")) {
        first = org_name(c, p->object);
        second = org_name(c, p->target.v);
    } else {
        first = user_name(c, (struct opt_id){ true, p->object });
        second = str_is(p->kind, "role") ? people_role_title(c, p->role) : unit_name(c, p->target.v);
    }
    return arena_f(c->arena, "%.*s · %.*s", (int)first.n, first.at, (int)second.n, second.at);
}

struct proposal_line proposal_line(struct ctx *c, const struct proposals_row *p)
{
    return (struct proposal_line){
        .id = p->id, .kind = kind_of_proposal(p->kind), .state = proposal_state_text(p->outcome), .about = about_words(c, p),
        .set_by = user_name(c, (struct opt_id){ true, p->set_by }), .set_on = day_words(c, p->set_at),
        .decided_by = user_name(c, p->decided_by), .decided_on = p->decided_at.has ? day_words(c, p->decided_at.v) : STR(""),
        .reason = p->reason.n ? p->reason : STR(""), .waits = str_is(p->outcome, "waiting"),
    };
}

enum { PROPOSALS_SHOWN = 30 };

static status fill_proposals(struct ctx *c, struct admin_view *v)
{
    struct proposals_rows rows;

    TRY(sql_proposals_of_org(c->ledger, (struct sql_proposals_of_org){ .org = c->actor.org }, &rows));
    v->proposals.at = NEW_N(c->arena, struct proposal_line, PROPOSALS_SHOWN);
    for (size_t i = 0; i < rows.n && v->proposals.n < PROPOSALS_SHOWN; i++)
        if (!rows.at[i].altered)
            v->proposals.at[v->proposals.n++] = proposal_line(c, &rows.at[i]);
    return OK;
}

static status fill_counts(struct ctx *c, struct admin_view *v)
{
    struct org_counts_row n;

    TRY(sql_org_counts(c->ledger->db, (struct sql_org_counts){ .org = c->actor.org }, &n));
    v->units = n.units;
    v->people = n.people;
    v->routes = n.routes;
    v->services = n.services;
    v->waiting_people = n.waiting;
    return OK;
}

status count_admissions(struct ctx *c, i64 *n)
{
    *n = 0;
    for (size_t i = 0; i < c->actor.n_units; i++) {
        struct admissions_rows rows;

        TRY(sql_admissions_of_unit(c->ledger, (struct sql_admissions_of_unit){ .unit = c->actor.units[i] }, &rows));
        *n += (i64)rows.n;
    }
    return OK;
}

static status admin_show(struct ctx *c)
{
    struct admin_view v = { .sets = may(c, MAY_SET_PEOPLE), .confirms = may(c, MAY_CONFIRM), .admits = c->actor.n_units > 0,
                            .org_name = c->actor.org_name };
    struct proposals_rows waiting;

    if (v.sets) {
        TRY(fill_counts(c, &v));
        TRY(fill_proposals(c, &v));
    }
    if (v.confirms) {
        TRY(sql_proposals_waiting(c->ledger, &waiting));
        v.to_confirm = (i64)waiting.n;
    }
    TRY(count_admissions(c, &v.to_admit));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admin, &v);
}

static status proposal_withdraw(struct ctx *c)
{
    struct id id;
    status s;

    TRY(path_id(c, "proposal", &id));
    s = act_withdraw(c, id);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return done(c, T_ADMIN_FLASH_TOO_LATE, "/admin");
    }
    TRY(s);
    return done(c, T_ADMIN_FLASH_WITHDRAWN, "/admin");
}

/* -- the organisation ---------------------------------------------------------------------------------------------------------- */

static status other_organisations(struct ctx *c, struct str chosen, struct choices *list)
{
    struct organisations_rows rows;

    TRY(sql_organisations_all(c->ledger, &rows));
    list->at = NEW_N(c->arena, struct choice, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct organisations_row *o = &rows.at[i];

        if (!o->altered && o->confirmed_by.has && !id_eq(o->id, c->actor.org))
            list->at[list->n++] = (struct choice){ .code = o->code, .name = o->name, .on = str_eq(chosen, o->code) };
    }
    return OK;
}

static status org_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "since", "into", "merge_on", NULL };
    struct organisations_row org = { .id = c->actor.org };
    struct admin_org_view v = { .faults = faults_of(c, fields), .into = typed_of(c, "into", STR("")) };

    TRY(row_get(c->ledger, &table_organisations, &org));
    v.name = org.name;
    v.code = org.code;
    v.kind = people_kind_text(org.kind);
    v.here = url_lang(c->arena, url_path("/admin/organisation"), c->page.lang_query);
    v.new_name = typed_of(c, "name", org.name);
    v.since = typed_of(c, "since", iso_day(c, c->now));
    v.merge_on = typed_of(c, "merge_on", STR(""));
    TRY(former_names(c, org.id, &v.names));
    TRY(other_organisations(c, v.into.text, &v.others));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admin_org, &v);
}

/* A new name and the day from which it holds. */
static i64 check_rename(struct ctx *c, struct str now)
{
    struct str name = trimmed(c, "name");
    struct opt_i64 since = day_field(c, "since");

    if (name.n == 0)
        refuse(c, "name", T_ADMIN_WRONG_NAME);
    else if (str_eq(name, now))
        refuse(c, "name", T_ADMIN_WRONG_SAME_NAME);
    if (!since.has && form_error(c, "since").n == 0)
        refuse(c, "since", T_ADMIN_WRONG_DAY_MISSING);
    return since.v;
}

static status org_rename(struct ctx *c)
{
    i64 since = check_rename(c, c->actor.org_name);

    TRY(refused(c));
    TRY(act_rename(c, NULL, trimmed(c, "name"), since));
    return done(c, T_ADMIN_FLASH_RENAMED, "/admin/organisation");
}

static status org_merge(struct ctx *c)
{
    struct organisations_row into;
    struct opt_i64 on = day_field(c, "merge_on");
    status s = sql_organisation_of_code(c->ledger, (struct sql_organisation_of_code){ .code = trimmed(c, "into") }, &into);

    if (s == NOT_FOUND || (s == OK && (!into.confirmed_by.has || id_eq(into.id, c->actor.org))))
        refuse(c, "into", T_ADMIN_WRONG_ORG);
    else
        TRY(s);
    if (!on.has && form_error(c, "merge_on").n == 0)
        refuse(c, "merge_on", T_ADMIN_WRONG_DAY_MISSING);
    TRY(refused(c));
    TRY(act_merge(c, into.id, on.v));
    return done(c, T_ADMIN_FLASH_PROPOSED, "/admin");
}

static status org_do(struct ctx *c)
{
    return str_is(form_text(c, "do"), "merge") ? org_merge(c) : org_rename(c);
}

/* -- a new organisation ------------------------------------------------------------------------------------------------------------ */

static status new_org_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "code", "kind", "person", "login", NULL };
    struct admin_new_org_view v = {
        .faults = faults_of(c, fields), .name = typed_of(c, "name", STR("")), .code = typed_of(c, "code", STR("")),
        .kind = typed_of(c, "kind", STR("")), .person = typed_of(c, "person", STR("")), .login = typed_of(c, "login", STR("")),
        .link = link_address(c, session_take(c, "link")), .link_until = day_words(c, c->now + LINK_HOURS * (i64)HOUR_MS),
    };

    v.kinds = kind_choices(c, org_kinds, v.kind.text);
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admin_new_org, &v);
}

static bool one_of(struct str code, const char *const *list)
{
    for (; *list != NULL; list++)
        if (str_is(code, *list))
            return true;
    return false;
}

status check_login(struct ctx *c, const char *field)
{
    struct str login = trimmed(c, field);
    struct users_row user;
    status s;

    if (!login_right(login)) {
        refuse(c, field, T_ADMIN_WRONG_LOGIN);
        return OK;
    }
    s = sql_user_of_login(c->ledger, (struct sql_user_of_login){ .login = login }, &user);
    if (s == OK)
        refuse(c, field, T_ADMIN_WRONG_LOGIN_TAKEN);
    return s == NOT_FOUND ? OK : s;
}

static status check_new_org(struct ctx *c, const struct org_wish *w)
{
    struct organisations_row there;
    status s = sql_organisation_of_code(c->ledger, (struct sql_organisation_of_code){ .code = w->code }, &there);

    if (w->name.n == 0)
        refuse(c, "name", T_ADMIN_WRONG_NAME);
    if (!login_right(w->code))
        refuse(c, "code", T_ADMIN_WRONG_CODE);
    else if (s == OK)
        refuse(c, "code", T_ADMIN_WRONG_CODE_TAKEN);
    if (s != NOT_FOUND && s != OK)
        return s;
    if (!one_of(w->kind, org_kinds))
        refuse(c, "kind", T_ADMIN_WRONG_KIND);
    if (w->person.n == 0)
        refuse(c, "person", T_ADMIN_WRONG_PERSON);
    return check_login(c, "login");
}

static status new_org_do(struct ctx *c)
{
    struct org_wish w = { .code = trimmed(c, "code"), .name = trimmed(c, "name"), .kind = trimmed(c, "kind"),
                          .login = trimmed(c, "login"), .person = trimmed(c, "person") };
    struct str link;

    TRY(check_new_org(c, &w));
    TRY(refused(c));
    TRY(act_add_organisation(c, &w, &link));
    session_put(c, "link", link, 10);
    return done(c, T_ADMIN_FLASH_PROPOSED, "/admin/organisations/new");
}

/* -- units ----------------------------------------------------------------------------------------------------------------------------- */

static status unit_state(struct ctx *c, const struct units_row *u, int *state, struct str *reason)
{
    *reason = STR("");
    *state = T_ADMIN_STATE_CONFIRMED;
    return u->confirmed_by.has ? OK : proposal_state(c, u->id, state, reason);
}

static status unit_line(struct ctx *c, const struct units_row *u, struct unit_line *line)
{
    struct members_rows members;
    struct admissions_rows waiting;
    struct str reason;

    TRY(sql_members_of_unit(c->ledger, (struct sql_members_of_unit){ .unit = u->id, .now = c->now }, &members));
    TRY(sql_admissions_of_unit(c->ledger, (struct sql_admissions_of_unit){ .unit = u->id }, &waiting));
    *line = (struct unit_line){ .id = u->id, .name = u->name, .kind = people_kind_text(u->kind), .members = (i64)members.n,
                                .waiting = (i64)waiting.n, .few = members.n < 2 };
    return unit_state(c, u, &line->state, &reason);
}

static status units_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "kind", NULL };
    struct admin_units_view v = { .faults = faults_of(c, fields), .name = typed_of(c, "name", STR("")), .kind = typed_of(c, "kind", STR("")) };
    struct units_rows rows;

    v.kinds = kind_choices(c, unit_kinds, v.kind.text);
    TRY(sql_units_of_org(c->ledger, (struct sql_units_of_org){ .org = c->actor.org }, &rows));
    v.units.at = NEW_N(c->arena, struct unit_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(unit_line(c, &rows.at[i], &v.units.at[v.units.n++]));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admin_units, &v);
}

static status units_do(struct ctx *c)
{
    struct str name = trimmed(c, "name"), kind = trimmed(c, "kind");
    struct id id;

    if (name.n == 0)
        refuse(c, "name", T_ADMIN_WRONG_NAME);
    if (!one_of(kind, unit_kinds))
        refuse(c, "kind", T_ADMIN_WRONG_KIND);
    TRY(refused(c));
    TRY(act_add_unit(c, name, kind, &id));
    return done_at(c, T_ADMIN_FLASH_PROPOSED, "/admin/units/", id);
}

static status member_line(struct ctx *c, struct id user_id, struct member_line *line)
{
    struct users_row user = { .id = user_id };

    TRY(row_get(c->ledger, &table_users, &user));
    line->id = user_id;
    line->name = user.name;
    return role_titles(c, user_id, &line->roles);
}

static status fill_members(struct ctx *c, struct admin_unit_view *v)
{
    struct members_rows members;
    struct admissions_rows waiting;

    TRY(sql_members_of_unit(c->ledger, (struct sql_members_of_unit){ .unit = v->id, .now = c->now }, &members));
    TRY(sql_admissions_of_unit(c->ledger, (struct sql_admissions_of_unit){ .unit = v->id }, &waiting));
    v->members.at = NEW_N(c->arena, struct member_line, members.n + waiting.n + 1);
    for (size_t i = 0; i < members.n; i++) {
        struct member_line *m = &v->members.at[v->members.n++];

        *m = (struct member_line){ .since = day_words(c, members.at[i].since), .until = last_day_words(c, members.at[i].until) };
        TRY(member_line(c, members.at[i].user, m));
    }
    for (size_t i = 0; i < waiting.n; i++) {
        struct member_line *m = &v->members.at[v->members.n++];

        *m = (struct member_line){ .waits = true, .since = STR(""), .until = last_day_words(c, waiting.at[i].until) };
        TRY(member_line(c, waiting.at[i].user, m));
    }
    v->empty = members.n == 0;
    v->few = members.n == 1;
    return OK;
}

static status unit_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "since", NULL };
    struct admin_unit_view v = { .faults = faults_of(c, fields), .since = typed_of(c, "since", iso_day(c, c->now)) };
    struct units_row unit;

    TRY(path_id(c, "unit", &v.id));
    TRY(own_unit(c, v.id, &unit));
    v.name = unit.name;
    v.kind = people_kind_text(unit.kind);
    v.here = url_lang(c->arena, url_id(c->arena, "/admin/units/", v.id, ""), c->page.lang_query);
    v.new_name = typed_of(c, "name", unit.name);
    TRY(unit_state(c, &unit, &v.state, &v.reason));
    TRY(former_names(c, unit.id, &v.names));
    TRY(fill_members(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admin_unit, &v);
}

static status unit_do(struct ctx *c)
{
    struct units_row unit;
    struct id id;
    i64 since;

    TRY(path_id(c, "unit", &id));
    TRY(own_unit(c, id, &unit));
    since = check_rename(c, unit.name);
    TRY(refused(c));
    TRY(act_rename(c, &id, trimmed(c, "name"), since));
    return done_at(c, T_ADMIN_FLASH_RENAMED, "/admin/units/", id);
}

#define TOKEN { .name = "token", .max = 100 }
#define DAY(field_name) { .name = (field_name), .max = 20 }
#define EMPTY_FORM FORM(TOKEN)
#define ORG_FORM FORM({ .name = "do", .max = 20 }, { .name = "name", .max = 200 }, DAY("since"), { .name = "into", .max = 60 }, DAY("merge_on"), TOKEN)
#define NEW_ORG_FORM FORM({ .name = "name", .max = 200 }, { .name = "code", .max = 60 }, { .name = "kind", .max = 20 }, \
    { .name = "person", .max = 120 }, { .name = "login", .max = 60 }, TOKEN)
#define UNITS_FORM FORM({ .name = "name", .max = 200 }, { .name = "kind", .max = 20 }, TOKEN)
#define UNIT_FORM FORM({ .name = "name", .max = 200 }, DAY("since"), TOKEN)
#define PEOPLE_FORM FORM({ .name = "login", .max = 60 }, { .name = "name", .max = 120 }, TOKEN)
#define PERSON_FORM FORM({ .name = "do", .max = 20 }, { .name = "role", .max = 20 }, DAY("role_since"), DAY("role_until"), \
    { .name = "began", .max = 20 }, { .name = "unit", .max = 40 }, DAY("unit_until"), TOKEN)
#define LEAVE_FORM FORM(DAY("leave_on"), TOKEN)
#define ADMIT_FORM FORM({ .name = "do", .max = 10 }, TOKEN)

const struct route admin_routes[] = {
    ROUTE(GET,  "/admin",                               STAFF,          NO_FORM,      admin_show),
    ROUTE(POST, "/admin/proposals/:proposal",           MAY_SET_PEOPLE, EMPTY_FORM,   proposal_withdraw),
    ROUTE(GET,  "/admin/organisation",                  MAY_SET_PEOPLE, NO_FORM,      org_show),
    ROUTE(POST, "/admin/organisation",                  MAY_SET_PEOPLE, ORG_FORM,     org_do),
    ROUTE(GET,  "/admin/organisations/new",             MAY_SET_PEOPLE, NO_FORM,      new_org_show),
    ROUTE(POST, "/admin/organisations/new",             MAY_SET_PEOPLE, NEW_ORG_FORM, new_org_do, .once = true),
    ROUTE(GET,  "/admin/units",                         MAY_SET_PEOPLE, NO_FORM,      units_show),
    ROUTE(POST, "/admin/units",                         MAY_SET_PEOPLE, UNITS_FORM,   units_do, .once = true),
    ROUTE(GET,  "/admin/units/:unit",                   MAY_SET_PEOPLE, NO_FORM,      unit_show),
    ROUTE(POST, "/admin/units/:unit",                   MAY_SET_PEOPLE, UNIT_FORM,    unit_do),
    ROUTE(GET,  "/admin/people",                        MAY_SET_PEOPLE, NO_FORM,      admin_people_show),
    ROUTE(POST, "/admin/people",                        MAY_SET_PEOPLE, PEOPLE_FORM,  admin_people_add, .once = true),
    ROUTE(GET,  "/admin/people/:person",                MAY_SET_PEOPLE, NO_FORM,      admin_person_show),
    ROUTE(POST, "/admin/people/:person",                MAY_SET_PEOPLE, PERSON_FORM,  admin_person_do),
    ROUTE(GET,  "/admin/people/:person/reset",          MAY_SET_PEOPLE, NO_FORM,      admin_reset_show),
    ROUTE(POST, "/admin/people/:person/reset",          MAY_SET_PEOPLE, EMPTY_FORM,   admin_reset_do),
    ROUTE(GET,  "/admin/people/:person/gone",           MAY_SET_PEOPLE, NO_FORM,      admin_gone_show),
    ROUTE(POST, "/admin/people/:person/gone",           MAY_SET_PEOPLE, EMPTY_FORM,   admin_gone_do),
    ROUTE(GET,  "/admin/people/:person/leave/:unit",    MAY_SET_PEOPLE, NO_FORM,      admin_leave_show),
    ROUTE(POST, "/admin/people/:person/leave/:unit",    MAY_SET_PEOPLE, LEAVE_FORM,   admin_leave_do),
    ROUTE(GET,  "/admin/admissions",                    STAFF,          NO_FORM,      admissions_show),
    ROUTE(POST, "/admin/admissions/:unit/:person",      STAFF,          ADMIT_FORM,   admissions_do),
    ROUTES_END
};
