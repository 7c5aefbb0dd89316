/* People of the organisation: roles, units, links, and who leaves; and the page where members admit. */
#include "admin_pages.h"

#include "people.sql.h"
#include "people_pages.h"
#include "texts.h"

/* -- the list ---------------------------------------------------------------------------------------------------------------- */

static int state_text(struct str state)
{
    return str_is(state, "active") ? T_ADMIN_PERSON_ACTIVE : str_is(state, "left") ? T_ADMIN_PERSON_LEFT : T_ADMIN_PERSON_INVITED;
}

static struct str unit_name_of(struct ctx *c, struct id id)
{
    struct units_row u = { .id = id };

    return row_get(c->ledger, &table_units, &u) == OK ? u.name : STR("");
}

static status unit_names(struct ctx *c, struct id user, struct person_line *line)
{
    struct members_rows members;
    struct admissions_rows waiting;

    line->units = STR("");
    TRY(sql_members_of_user(c->ledger, (struct sql_members_of_user){ .user = user, .now = c->now }, &members));
    for (size_t i = 0; i < members.n; i++) {
        struct str name = unit_name_of(c, members.at[i].unit);

        line->units = arena_f(c->arena, "%.*s%s%.*s", (int)line->units.n, line->units.at, i ? ", " : "", (int)name.n, name.at);
    }
    TRY(sql_admissions_of_user(c->ledger, (struct sql_admissions_of_user){ .user = user }, &waiting));
    line->waits = waiting.n > 0;
    return OK;
}

enum { PEOPLE_PAGE = 50 };

/* People behind the one whom the address names; from the first where it names nobody. */
static status people_from(struct ctx *c, struct users_rows *rows)
{
    struct sql_users_of_org_after in = { .org = c->actor.org, .name = STR("") };
    struct users_row last;

    if (id_of_text(query_text(c, "after"), &in.after)) {
        TRY(own_person(c, in.after, &last));
        in.name = last.name;
    }
    return sql_users_of_org_after(c->ledger, in, rows);
}

static status fill_people(struct ctx *c, struct admin_people_view *v)
{
    struct users_rows rows;
    char id[ID_TEXT + 1];

    TRY(people_from(c, &rows));
    v->people.at = NEW_N(c->arena, struct person_line, PEOPLE_PAGE);
    for (size_t i = 0; i < rows.n && i < PEOPLE_PAGE; i++) {
        struct person_line *line = &v->people.at[v->people.n];

        if (rows.at[i].altered)
            continue;
        *line = (struct person_line){ .id = rows.at[i].id, .name = rows.at[i].name, .login = rows.at[i].login,
                                      .state = state_text(rows.at[i].state) };
        TRY(role_titles(c, line->id, &line->roles));
        TRY(unit_names(c, line->id, line));
        v->people.n++;
    }
    if (rows.n <= PEOPLE_PAGE)
        return OK;
    id_text(rows.at[PEOPLE_PAGE - 1].id, id);
    v->next = url_query(c->arena, url_lang(c->arena, url_path("/admin/people"), c->page.lang_query), "after", arena_copy(c->arena, str_c(id)));
    return OK;
}

status admin_people_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "login", NULL };
    struct admin_people_view v = { .faults = faults_of(c, fields), .login = typed_of(c, "login", STR("")), .name = typed_of(c, "name", STR("")) };
    struct org_counts_row n;

    v.next = (struct url){ STR("") };
    TRY(fill_people(c, &v));
    TRY(sql_org_counts(c->ledger->db, (struct sql_org_counts){ .org = c->actor.org }, &n));
    v.all = n.people;
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admin_people, &v);
}

status admin_people_add(struct ctx *c)
{
    struct str login = trimmed(c, "login"), name = trimmed(c, "name"), link;
    struct id id;

    if (name.n == 0)
        refuse(c, "name", T_ADMIN_WRONG_PERSON);
    TRY(check_login(c, "login"));
    TRY(refused(c));
    TRY(act_add_person(c, login, name, &id, &link));
    session_put(c, "link", link, 10);
    return done_at(c, T_ADMIN_FLASH_PERSON_ADDED, "/admin/people/", id);
}

/* -- one person ----------------------------------------------------------------------------------------------------------------- */

static status fill_roles(struct ctx *c, struct admin_person_view *v)
{
    struct roles_rows rows;

    TRY(sql_roles_open(c->ledger, (struct sql_roles_open){ .user = v->id, .now = c->now }, &rows));
    v->roles.at = NEW_N(c->arena, struct role_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct roles_row *r = &rows.at[i];
        bool waits = role_decides(r->role) && !r->confirmed_by.has;

        if (!r->altered)
            v->roles.at[v->roles.n++] = (struct role_line){
                .role = r->role, .title = people_role_title(c, r->role), .since = day_words(c, r->since), .began = r->since,
                .until = last_day_words(c, r->until),
                .state = waits ? T_ADMIN_STATE_WAITING : r->since > c->now ? T_ADMIN_STATE_LATER : T_ADMIN_STATE_HOLDS };
    }
    return OK;
}

static status fill_places(struct ctx *c, struct admin_person_view *v)
{
    struct members_rows members, all;
    struct admissions_rows waiting;

    TRY(sql_members_of_user(c->ledger, (struct sql_members_of_user){ .user = v->id, .now = c->now }, &members));
    TRY(sql_admissions_of_user(c->ledger, (struct sql_admissions_of_user){ .user = v->id }, &waiting));
    v->units.at = NEW_N(c->arena, struct place_line, members.n + waiting.n + 1);
    for (size_t i = 0; i < members.n; i++) {
        TRY(sql_members_of_unit(c->ledger, (struct sql_members_of_unit){ .unit = members.at[i].unit, .now = c->now }, &all));
        v->units.at[v->units.n++] = (struct place_line){
            .unit = members.at[i].unit, .name = unit_name_of(c, members.at[i].unit), .since = day_words(c, members.at[i].since),
            .until = last_day_words(c, members.at[i].until), .state = T_ADMIN_PLACE_HOLDS, .alone = all.n == 1 };
    }
    for (size_t i = 0; i < waiting.n; i++) {
        struct units_row u = { .id = waiting.at[i].unit };

        TRY(row_get(c->ledger, &table_units, &u));
        v->units.at[v->units.n++] = (struct place_line){
            .unit = u.id, .name = u.name, .since = STR(""), .until = last_day_words(c, waiting.at[i].until), .waits = true,
            .state = u.epoch == 0 ? T_ADMIN_PLACE_FIRST : T_ADMIN_PLACE_WAITS };
    }
    return OK;
}

static bool listed(const struct place_lines *places, struct id unit)
{
    for (size_t i = 0; i < places->n; i++)
        if (id_eq(places->at[i].unit, unit))
            return true;
    return false;
}

static status fill_choices(struct ctx *c, struct admin_person_view *v)
{
    struct units_rows units;
    char id[ID_TEXT + 1];

    TRY(sql_units_of_org(c->ledger, (struct sql_units_of_org){ .org = c->actor.org }, &units));
    v->unit_choices.at = NEW_N(c->arena, struct choice, units.n + 1);
    for (size_t i = 0; i < units.n; i++) {
        id_text(units.at[i].id, id);
        if (!units.at[i].altered && !listed(&v->units, units.at[i].id))
            v->unit_choices.at[v->unit_choices.n++] = (struct choice){
                .code = arena_copy(c->arena, str_c(id)), .name = units.at[i].name, .on = str_is(v->unit.text, id) };
    }
    v->role_choices.at = NEW_N(c->arena, struct choice, 40);
    for (size_t i = 0; i < 40 && role_names[i] != NULL; i++)
        v->role_choices.at[v->role_choices.n++] = (struct choice){
            .code = str_c(role_names[i]), .name = people_role_title(c, str_c(role_names[i])), .on = str_is(v->role.text, role_names[i]) };
    return OK;
}

status admin_person_show(struct ctx *c)
{
    static const char *const fields[] = { "role", "role_since", "role_until", "unit", "unit_until", NULL };
    struct admin_person_view v = {
        .faults = faults_of(c, fields), .role = typed_of(c, "role", STR("")), .role_since = typed_of(c, "role_since", STR("")),
        .role_until = typed_of(c, "role_until", STR("")), .unit = typed_of(c, "unit", STR("")), .unit_until = typed_of(c, "unit_until", STR("")),
        .link = STR(""), .link_until = day_words(c, c->now + LINK_HOURS * (i64)HOUR_MS),
    };
    struct users_row user;

    TRY(path_id(c, "person", &v.id));
    TRY(own_person(c, v.id, &user));
    v.name = user.name;
    v.login = user.login;
    v.state = state_text(user.state);
    v.invited = str_is(user.state, "invited");
    v.left = str_is(user.state, "left");
    v.self = id_eq(v.id, c->actor.user);
    v.check = person_check(c->arena, user.xpk);
    if (v.invited)
        v.link = link_address(c, session_take(c, "link"));
    TRY(fill_roles(c, &v));
    TRY(fill_places(c, &v));
    TRY(fill_choices(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admin_person, &v);
}

/* -- what is done to a person ------------------------------------------------------------------------------------------------------ */

/* Something changed while the form was open: say so and show the person as it is now. */
static status told(struct ctx *c, status s, struct id person, int flash)
{
    int why = s == DENIED ? T_ADMIN_FLASH_NOT_SELF : s == INVALID ? T_ADMIN_FLASH_LAST_CONFIRMER : T_ADMIN_FLASH_CHANGED;

    if (s == CONFLICT || s == DENIED || s == INVALID) {
        act_abort(c->ledger);
        return done_at(c, why, "/admin/people/", person);
    }
    TRY(s);
    return done_at(c, flash, "/admin/people/", person);
}

static status role_add(struct ctx *c, struct id person)
{
    struct opt_i64 since = day_field(c, "role_since");
    struct role_wish w = { .role = trimmed(c, "role"), .since = since.has ? since.v : c->now, .until = last_day_field(c, "role_until") };

    if (role_index(w.role) < 0)
        refuse(c, "role", T_ADMIN_WRONG_ROLE);
    if (w.until.has && w.until.v <= (w.since > c->now ? w.since : c->now))
        refuse(c, "role_until", T_ADMIN_WRONG_END);
    TRY(refused(c));
    return told(c, act_add_role(c, person, &w), person, role_decides(w.role) ? T_ADMIN_FLASH_PROPOSED : T_ADMIN_FLASH_ROLE_SET);
}

static status role_take(struct ctx *c, struct id person)
{
    i64 began;

    if (!str_i64(form_text(c, "began"), &began))
        return fail(NOT_FOUND, "no such role");
    return told(c, act_end_role(c, person, trimmed(c, "role"), began), person, T_ADMIN_FLASH_ROLE_ENDED);
}

static status join(struct ctx *c, struct id person)
{
    struct opt_i64 until = last_day_field(c, "unit_until");
    struct id unit;

    if (!id_of_text(trimmed(c, "unit"), &unit))
        refuse(c, "unit", T_ADMIN_WRONG_UNIT);
    if (until.has && until.v <= c->now)
        refuse(c, "unit_until", T_ADMIN_WRONG_END);
    TRY(refused(c));
    return told(c, act_join(c, person, unit, until), person, T_ADMIN_FLASH_JOINING);
}

static status join_end(struct ctx *c, struct id person)
{
    struct id unit;

    if (!id_of_text(trimmed(c, "unit"), &unit))
        return fail(NOT_FOUND, "no such unit");
    return told(c, act_join_withdraw(c, person, unit), person, T_ADMIN_FLASH_WITHDRAWN);
}

static status link_do(struct ctx *c, struct id person)
{
    struct str link = STR("");
    status s = act_link(c, person, &link);

    if (s == OK)
        session_put(c, "link", link, 10);
    return told(c, s, person, T_ADMIN_FLASH_LINK);
}

status admin_person_do(struct ctx *c)
{
    static const struct { const char *name; status (*run)(struct ctx *c, struct id person); } acts[] = {
        { "role", role_add }, { "role-end", role_take }, { "join", join }, { "join-end", join_end }, { "link", link_do },
    };
    struct users_row user;
    struct id person;

    TRY(path_id(c, "person", &person));
    TRY(own_person(c, person, &user));
    if (str_is(user.state, "left"))
        return done_at(c, T_ADMIN_FLASH_CHANGED, "/admin/people/", person);
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        if (str_is(form_text(c, "do"), acts[i].name))
            return acts[i].run(c, person);
    return fail(NOT_FOUND, "nothing of that name can be done");
}

/* -- what cannot be undone is asked first -------------------------------------------------------------------------------------------- */

static status sure_page(struct ctx *c, struct admin_sure_view *v, struct id person)
{
    struct users_row user;

    TRY(own_person(c, person, &user));
    v->person = person;
    v->name = user.name;
    v->back = url_lang(c->arena, url_id(c->arena, "/admin/people/", person, ""), c->page.lang_query);
    TRY(people_nav(c, &v->nav, STAFF_ADMIN));
    return page(c, tpl_people_admin_sure, v);
}

/* Units in which nobody else holds the key: what they hold could not be opened any more. */
static status alone_in(struct ctx *c, struct id person, struct str *units)
{
    struct members_rows members, all;

    *units = STR("");
    TRY(sql_members_of_user(c->ledger, (struct sql_members_of_user){ .user = person, .now = c->now }, &members));
    for (size_t i = 0; i < members.n; i++) {
        struct str name = unit_name_of(c, members.at[i].unit);

        TRY(sql_members_of_unit(c->ledger, (struct sql_members_of_unit){ .unit = members.at[i].unit, .now = c->now }, &all));
        if (all.n == 1)
            *units = arena_f(c->arena, "%.*s%s%.*s", (int)units->n, units->at, units->n ? ", " : "", (int)name.n, name.at);
    }
    return OK;
}

static status sure_about_person(struct ctx *c, enum admin_sure what)
{
    struct admin_sure_view v = { .what = what };
    struct id person;

    TRY(path_id(c, "person", &person));
    TRY(alone_in(c, person, &v.alone));
    v.action = url_lang(c->arena, url_id(c->arena, "/admin/people/", person, what == SURE_RESET ? "/reset" : "/gone"), c->page.lang_query);
    return sure_page(c, &v, person);
}

status admin_reset_show(struct ctx *c)
{
    return sure_about_person(c, SURE_RESET);
}

status admin_gone_show(struct ctx *c)
{
    return sure_about_person(c, SURE_GONE);
}

status admin_reset_do(struct ctx *c)
{
    struct str link = STR("");
    struct id person;
    status s;

    TRY(path_id(c, "person", &person));
    s = act_reset(c, person, &link);
    if (s == OK)
        session_put(c, "link", link, 10);
    return told(c, s, person, T_ADMIN_FLASH_RESET);
}

status admin_gone_do(struct ctx *c)
{
    struct id person;

    TRY(path_id(c, "person", &person));
    return told(c, act_gone(c, person), person, T_ADMIN_FLASH_GONE);
}

static status leave_path(struct ctx *c, struct id *person, struct id *unit)
{
    struct units_row row;

    TRY(path_id(c, "person", person));
    TRY(path_id(c, "unit", unit));
    return own_unit(c, *unit, &row);
}

status admin_leave_show(struct ctx *c)
{
    static const char *const fields[] = { "leave_on", NULL };
    struct admin_sure_view v = { .what = SURE_LEAVE, .faults = faults_of(c, fields), .leave_on = typed_of(c, "leave_on", STR("")) };
    char id[ID_TEXT + 1];
    struct id person, unit;
    struct members_rows members, all;

    TRY(leave_path(c, &person, &unit));
    TRY(sql_membership_open(c->ledger, (struct sql_membership_open){ .unit = unit, .user = person, .now = c->now }, &members));
    if (members.n == 0)
        return fail(NOT_FOUND, "not a member of this unit");
    TRY(sql_members_of_unit(c->ledger, (struct sql_members_of_unit){ .unit = unit, .now = c->now }, &all));
    v.unit_name = unit_name_of(c, unit);
    v.alone = all.n == 1 ? v.unit_name : STR("");
    id_text(unit, id);
    v.action = url_lang(c->arena, url_id(c->arena, "/admin/people/", person, arena_f(c->arena, "/leave/%s", id).at), c->page.lang_query);
    return sure_page(c, &v, person);
}

status admin_leave_do(struct ctx *c)
{
    struct opt_i64 until = last_day_field(c, "leave_on");
    struct id person, unit;

    TRY(leave_path(c, &person, &unit));
    TRY(refused(c));
    return told(c, act_leave(c, person, unit, until), person,
                until.has && until.v > c->now ? T_ADMIN_FLASH_LEAVES_ON : T_ADMIN_FLASH_HAS_LEFT);
}

/* -- members admit ------------------------------------------------------------------------------------------------------------------ */

static status admission_line(struct ctx *c, const struct admissions_row *a, struct admission_line *line)
{
    struct users_row user = { .id = a->user };
    struct organisations_row org;

    TRY(row_get(c->ledger, &table_users, &user));
    org = (struct organisations_row){ .id = user.org };
    TRY(row_get(c->ledger, &table_organisations, &org));
    *line = (struct admission_line){
        .unit = a->unit, .user = a->user, .name = user.name, .login = user.login, .unit_name = unit_name_of(c, a->unit),
        .org = org.name, .set_by = user_name(c, (struct opt_id){ true, a->set_by }), .set_on = day_words(c, a->set_at),
        .until = last_day_words(c, a->until), .check = person_check(c->arena, user.xpk) };
    return person_joined(c->ledger, a->user, c->now, &line->joined);
}

status admissions_show(struct ctx *c)
{
    struct admissions_view v = { .rows = { .n = 0 } };
    i64 n;

    TRY(count_admissions(c, &n));
    v.rows.at = NEW_N(c->arena, struct admission_line, (size_t)n + 1);
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct admissions_rows rows;

        TRY(sql_admissions_of_unit(c->ledger, (struct sql_admissions_of_unit){ .unit = c->actor.units[u] }, &rows));
        for (size_t i = 0; i < rows.n && v.rows.n < (size_t)n; i++)
            if (!rows.at[i].altered)
                TRY(admission_line(c, &rows.at[i], &v.rows.at[v.rows.n++]));
    }
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_admissions, &v);
}

status admissions_do(struct ctx *c)
{
    struct admitting a = { .yes = str_is(form_text(c, "do"), "admit") };
    status s;

    TRY(path_id(c, "unit", &a.unit));
    TRY(path_id(c, "person", &a.user));
    if (!a.yes && !str_is(form_text(c, "do"), "refuse"))
        return fail(NOT_FOUND, "nothing of that name can be done");
    s = act_admit(c, &a);
    if (s == CONFLICT || s == INVALID) {
        act_abort(c->ledger);
        return done(c, s == INVALID ? T_ADMIN_FLASH_NOT_JOINED : T_ADMIN_FLASH_CHANGED, "/admin/admissions");
    }
    TRY(s);
    return done(c, a.yes ? T_ADMIN_FLASH_ADMITTED : T_ADMIN_FLASH_NOT_ADMITTED, "/admin/admissions");
}
