/* What an organisation's administrator does: units, people, roles, links. Every act names the own organisation's records alone. */
#include "admin.h"

#include "anew.h"
#include "keys.h"

#include "people.sql.h"

const char *const org_kinds[] = { "hotline", "police", "commune", "school", "health", "ngo", "platform", "ministry", NULL };
const char *const unit_kinds[] = { "hotline", "police", "commune", "school", "health", "ngo", "platform", "ministry", "national", NULL };

status own_unit(struct ctx *c, struct id id, struct units_row *unit)
{
    *unit = (struct units_row){ .id = id };
    TRY(row_get(c->ledger, &table_units, unit));
    return id_eq(unit->org, c->actor.org) ? OK : fail(NOT_FOUND, "a unit of another organisation");
}

status own_person(struct ctx *c, struct id id, struct users_row *user)
{
    *user = (struct users_row){ .id = id };
    TRY(row_get(c->ledger, &table_users, user));
    return id_eq(user->org, c->actor.org) ? OK : fail(NOT_FOUND, "a person of another organisation");
}

static status begin(struct ctx *c, const char *act, struct id object)
{
    return act_begin(c->ledger, (struct act_info){ .act = act, .now = c->now, .actor = c->actor.user, .object = object });
}

/* Two acts on one unit at once: the later one is done again on what the earlier one left. */
enum { TRIES = 8 };

status act_until_done(struct ctx *c, one_try *once, void *what)
{
    status s = once(c, what);

    for (int i = 1; i < TRIES && s == CONFLICT; i++) {
        act_again(c->ledger);
        fail_clear();
        s = once(c, what);
    }
    return s;
}

/* -- organisations and units ------------------------------------------------------------------------------------------------------- */

static status first_admin(struct ctx *c, struct id org, const struct org_wish *w, struct str *link)
{
    struct roles_row role = { .org = org, .role = STR("org_admin"), .since = c->now, .set_by = { true, c->actor.user } };

    TRY(people_add_user(c->ledger, (struct user_new){ org, w->login, w->person }, c->now, &role.user));
    TRY(row_insert(c->ledger, &table_roles, &role));
    TRY(propose(c->ledger, (struct proposals_row){ .kind = STR("role"), .object = role.user, .org = org, .role = role.role,
                                                   .since = { true, c->now } }, c->actor.user, c->now));
    return people_invite(c->ledger, role.user, c->now + LINK_HOURS * (i64)HOUR_MS, link);
}

status act_add_organisation(struct ctx *c, const struct org_wish *w, struct str *link)
{
    struct id id;

    TRY(begin(c, "organisation.propose", c->actor.org));
    TRY(people_add_organisation(c->ledger, (struct organisation_new){ w->code, w->name, w->kind, .waits = true }, c->now, &id));
    TRY(propose(c->ledger, (struct proposals_row){ .kind = STR("organisation"), .object = id, .org = id }, c->actor.user, c->now));
    TRY(first_admin(c, id, w, link));
    return act_commit(c->ledger);
}

status act_add_unit(struct ctx *c, struct str name, struct str kind, struct id *id)
{
    TRY(begin(c, "unit.propose", c->actor.org));
    TRY(people_add_unit(c->ledger, (struct unit_new){ .org = c->actor.org, .name = name, .kind = kind }, c->now, id));
    TRY(propose(c->ledger, (struct proposals_row){ .kind = STR("unit"), .object = *id, .org = c->actor.org }, c->actor.user, c->now));
    return act_commit(c->ledger);
}

status act_rename(struct ctx *c, const struct id *unit_id, struct str name, i64 since)
{
    struct names_row next = { .subject = c->actor.org, .since = since, .name = name };
    struct units_row unit;

    if (unit_id != NULL) {
        TRY(own_unit(c, *unit_id, &unit));
        next.subject = unit.id;
        next.org = (struct opt_id){ true, unit.org };
    }
    TRY(begin(c, unit_id ? "unit.rename" : "organisation.rename", next.subject));
    TRY(name_change(c->ledger, next, c->now));
    return act_commit(c->ledger);
}

status act_merge(struct ctx *c, struct id into, i64 since)
{
    struct proposals_row p = { .kind = STR("merger"), .object = c->actor.org, .org = c->actor.org, .target = { true, into },
                               .since = { true, since } };

    TRY(begin(c, "organisation.merge-propose", c->actor.org));
    TRY(proposals_withdraw(c->ledger, (struct proposal_of){ .object = c->actor.org }, c->actor.user, c->now));
    TRY(propose(c->ledger, p, c->actor.user, c->now));
    return act_commit(c->ledger);
}

status act_withdraw(struct ctx *c, struct id proposal)
{
    struct proposals_row p = { .id = proposal };

    TRY(row_get(c->ledger, &table_proposals, &p));
    if (!id_eq(p.org, c->actor.org) && !id_eq(p.set_by, c->actor.user))
        return fail(NOT_FOUND, "another organisation's proposal");
    if (!str_is(p.outcome, "waiting"))
        return fail(CONFLICT, "decided already");
    TRY(begin(c, "proposal.withdraw", p.object));
    TRY(proposed_drop(c->ledger, &p));
    p.outcome = STR("withdrawn");
    p.decided_by = (struct opt_id){ true, c->actor.user };
    p.decided_at = (struct opt_i64){ true, c->now };
    TRY(row_update(c->ledger, &table_proposals, &p));
    return act_commit(c->ledger);
}

/* -- people and links ------------------------------------------------------------------------------------------------------------------ */

status act_add_person(struct ctx *c, struct str login, struct str name, struct id *id, struct str *link)
{
    TRY(begin(c, "person.add", c->actor.org));
    TRY(people_add_user(c->ledger, (struct user_new){ c->actor.org, login, name }, c->now, id));
    TRY(people_invite(c->ledger, *id, c->now + LINK_HOURS * (i64)HOUR_MS, link));
    return act_commit(c->ledger);
}

status link_again(struct ctx *c, struct id user, struct str *link)
{
    struct invites_rows rows;

    TRY(sql_invites_of_user(c->ledger, (struct sql_invites_of_user){ .user = user }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(row_delete(c->ledger, &table_invites, &rows.at[i]));
    return people_invite(c->ledger, user, c->now + LINK_HOURS * (i64)HOUR_MS, link);
}

status act_link(struct ctx *c, struct id user_id, struct str *link)
{
    struct users_row user;

    TRY(begin(c, "person.link", user_id));
    TRY(own_person(c, user_id, &user));
    if (!str_is(user.state, "invited"))
        return fail(CONFLICT, "the person has an account already");
    TRY(link_again(c, user_id, link));
    return act_commit(c->ledger);
}

static status waits_again(struct ctx *c, struct id user, struct id unit, struct opt_i64 until)
{
    struct admissions_row row = { .unit = unit, .user = user, .until = until, .set_by = c->actor.user, .set_at = c->now };
    struct admissions_row there = row;
    status s = row_get(c->ledger, &table_admissions, &there);

    return s == NOT_FOUND ? row_insert(c->ledger, &table_admissions, &row) : s;
}

/* Every unit of which the person holds a key. */
static status leave_units(struct ctx *c, struct id user, bool wait_again)
{
    struct units_held_rows rows;

    TRY(sql_units_held(c->ledger->db, (struct sql_units_held){ .user = user }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct members_rows open;
        struct opt_i64 until = { 0 };

        TRY(sql_membership_open(c->ledger, (struct sql_membership_open){ .unit = rows.at[i].unit, .user = user, .now = c->now }, &open));
        if (open.n)
            until = open.at[0].until;
        TRY(people_leave(c->ledger, rows.at[i].unit, user, c->now));
        if (wait_again && open.n)
            TRY(waits_again(c, user, rows.at[i].unit, until));
    }
    return OK;
}

static status drop_secrets(struct ledger *l, struct id user)
{
    struct user_secrets_row row = { .user = user };
    status s = row_get(l, &table_user_secrets, &row);

    TRY(sql_sessions_end_of_user(l->db, (struct sql_sessions_end_of_user){ .user = user }));
    return s == NOT_FOUND ? OK : s == OK ? row_delete(l, &table_user_secrets, &row) : s;
}

static status set_state(struct ctx *c, struct id user_id, const char *state)
{
    struct users_row user;

    TRY(own_person(c, user_id, &user));
    user.state = str_c(state);
    user.xpk = STR_NULL;
    return row_update(c->ledger, &table_users, &user);
}

status account_shut(struct ctx *c, struct id user)
{
    TRY(set_state(c, user, "invited"));
    TRY(leave_units(c, user, true));
    return drop_secrets(c->ledger, user);
}

static status end_waiting(struct ctx *c, struct id user)
{
    struct admissions_rows waiting;
    struct invites_rows links;

    TRY(sql_admissions_of_user(c->ledger, (struct sql_admissions_of_user){ .user = user }, &waiting));
    for (size_t i = 0; i < waiting.n; i++)
        TRY(row_delete(c->ledger, &table_admissions, &waiting.at[i]));
    TRY(sql_invites_of_user(c->ledger, (struct sql_invites_of_user){ .user = user }, &links));
    for (size_t i = 0; i < links.n; i++)
        TRY(row_delete(c->ledger, &table_invites, &links.at[i]));
    return proposals_withdraw(c->ledger, (struct proposal_of){ .object = user }, c->actor.user, c->now);
}

static status end_roles(struct ctx *c, struct id user)
{
    struct roles_rows rows;

    TRY(sql_roles_open(c->ledger, (struct sql_roles_open){ .user = user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(role_end(c->ledger, &rows.at[i], c->now));
    return OK;
}

static status gone_once(struct ctx *c, void *what)
{
    const struct id *user = what;
    bool last;

    TRY(begin(c, "person.leave", *user));
    TRY(confirms_last(c, *user, &last));
    if (last)
        return fail(INVALID, "the last who confirms what others set does not leave");
    TRY(set_state(c, *user, "left"));
    TRY(leave_units(c, *user, false));
    TRY(end_roles(c, *user));
    TRY(end_waiting(c, *user));
    TRY(drop_secrets(c->ledger, *user));
    return act_commit(c->ledger);
}

status act_gone(struct ctx *c, struct id user_id)
{
    struct users_row user;

    TRY(own_person(c, user_id, &user));
    if (id_eq(user_id, c->actor.user))
        return fail(DENIED, "nobody shuts the own account");
    return act_until_done(c, gone_once, &user_id);
}

/* -- roles ------------------------------------------------------------------------------------------------------------------------------- */

status act_add_role(struct ctx *c, struct id user_id, const struct role_wish *w)
{
    struct roles_row row = { .org = c->actor.org, .user = user_id, .role = w->role, .since = w->since, .until = w->until,
                             .set_by = { true, c->actor.user } };
    struct users_row user;

    TRY(own_person(c, user_id, &user));
    TRY(begin(c, "role.set", user_id));
    TRY(row_insert(c->ledger, &table_roles, &row));
    if (role_decides(w->role))
        TRY(propose(c->ledger, (struct proposals_row){ .kind = STR("role"), .object = user_id, .org = c->actor.org,
                                                       .role = w->role, .since = { true, w->since } }, c->actor.user, c->now));
    return act_commit(c->ledger);
}

status role_end(struct ledger *l, struct roles_row *role, i64 now)
{
    if (role->altered)
        return fail(BROKEN, "a role of this person was altered");
    if (role->since >= now || (role_decides(role->role) && !role->confirmed_by.has))
        return row_delete(l, &table_roles, role);
    role->until = (struct opt_i64){ true, now };
    return row_update(l, &table_roles, role);
}

/* Takes the right to confirm from the last in the house who has it. */
static status nobody_confirms(struct ctx *c, const struct roles_row *role, bool *last)
{
    *last = role->confirmed_by.has && role->since <= c->now && (rights_of_role(role->role) >> (MAY_CONFIRM - FIRST_RIGHT) & 1);
    return *last ? confirms_last(c, role->user, last) : OK;
}

static status end_one_role(struct ctx *c, struct roles_row *role)
{
    bool last;

    TRY(nobody_confirms(c, role, &last));
    return last ? fail(INVALID, "the last who confirms what others set keeps that role") : role_end(c->ledger, role, c->now);
}

status act_end_role(struct ctx *c, struct id user_id, struct str role, i64 since)
{
    struct users_row user;
    struct roles_rows rows;
    size_t ended = 0;

    TRY(own_person(c, user_id, &user));
    if (id_eq(user_id, c->actor.user))
        return fail(DENIED, "nobody ends the own role: the organisation would be without administrator");
    TRY(begin(c, "role.end", user_id));
    TRY(sql_roles_open(c->ledger, (struct sql_roles_open){ .user = user_id, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (str_eq(rows.at[i].role, role) && rows.at[i].since == since) {
            TRY(end_one_role(c, &rows.at[i]));
            ended++;
        }
    if (ended == 0)
        return fail(NOT_FOUND, "no such role");
    TRY(proposals_withdraw(c->ledger, (struct proposal_of){ .object = user_id, .role = role }, c->actor.user, c->now));
    return act_commit(c->ledger);
}

/* -- units of a person ----------------------------------------------------------------------------------------------------------------- */

static status is_member(struct ctx *c, struct id user, struct id unit, bool *is)
{
    struct members_rows rows;

    TRY(sql_membership_open(c->ledger, (struct sql_membership_open){ .unit = unit, .user = user, .now = c->now }, &rows));
    *is = rows.n > 0;
    return OK;
}

status act_join(struct ctx *c, struct id user_id, struct id unit_id, struct opt_i64 until)
{
    struct admissions_row row = { .unit = unit_id, .user = user_id, .until = until, .set_by = c->actor.user, .set_at = c->now };
    struct units_row unit;
    struct users_row user;
    bool member;

    TRY(own_person(c, user_id, &user));
    TRY(own_unit(c, unit_id, &unit));
    TRY(is_member(c, user_id, unit_id, &member));
    if (member)
        return fail(CONFLICT, "a member already");
    TRY(act_begin(c->ledger, (struct act_info){ .act = "people.join", .now = c->now, .actor = c->actor.user, .unit = unit_id,
                                                .object = user_id }));
    TRY(row_insert(c->ledger, &table_admissions, &row));
    if (unit.epoch == 0)
        TRY(propose(c->ledger, (struct proposals_row){ .kind = STR("member"), .object = user_id, .org = unit.org,
                                                       .target = { true, unit_id } }, c->actor.user, c->now));
    return act_commit(c->ledger);
}

status act_join_withdraw(struct ctx *c, struct id user_id, struct id unit_id)
{
    struct admissions_row row = { .unit = unit_id, .user = user_id };
    struct users_row user;

    TRY(own_person(c, user_id, &user));
    TRY(row_get(c->ledger, &table_admissions, &row));
    TRY(begin(c, "people.join-withdraw", user_id));
    TRY(row_delete(c->ledger, &table_admissions, &row));
    TRY(proposals_withdraw(c->ledger, (struct proposal_of){ .object = user_id, .target = unit_id }, c->actor.user, c->now));
    return act_commit(c->ledger);
}

struct leaving { struct id user, unit; struct opt_i64 until; };

static status leave_later(struct ctx *c, const struct leaving *w)
{
    struct members_rows rows;

    TRY(sql_membership_open(c->ledger, (struct sql_membership_open){ .unit = w->unit, .user = w->user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        rows.at[i].until = w->until;
        TRY(row_update(c->ledger, &table_members, &rows.at[i]));
    }
    return rows.n ? OK : fail(NOT_FOUND, "not a member of this unit");
}

static status leave_once(struct ctx *c, void *what)
{
    const struct leaving *w = what;
    bool later = w->until.has && w->until.v > c->now;

    TRY(act_begin(c->ledger, (struct act_info){ .act = later ? "people.leave-on" : "people.leave", .now = c->now,
                                                .actor = c->actor.user, .unit = w->unit, .object = w->user }));
    TRY(later ? leave_later(c, w) : people_leave(c->ledger, w->unit, w->user, c->now));
    return act_commit(c->ledger);
}

status act_leave(struct ctx *c, struct id user_id, struct id unit_id, struct opt_i64 until)
{
    struct leaving w = { user_id, unit_id, until };
    struct users_row user;
    struct units_row unit;

    TRY(own_person(c, user_id, &user));
    TRY(own_unit(c, unit_id, &unit));
    return act_until_done(c, leave_once, &w);
}

/* -- a member admits ---------------------------------------------------------------------------------------------------------------------- */

static status admit_once(struct ctx *c, void *what)
{
    const struct admitting *a = what;
    struct admissions_row row = { .unit = a->unit, .user = a->user };
    struct pair *mine = SECRET(c->ledger->secrets, struct pair);
    struct member_by by = { c->actor.user, mine };
    bool joined;

    TRY(act_begin(c->ledger, (struct act_info){ .act = a->yes ? "people.admit" : "people.admit-refuse", .now = c->now,
                                                .actor = c->actor.user, .unit = a->unit, .object = a->user }));
    TRY(row_get(c->ledger, &table_admissions, &row));
    TRY(row_delete(c->ledger, &table_admissions, &row));
    if (!a->yes)
        return act_commit(c->ledger);
    TRY(person_joined(c->ledger, a->user, c->now, &joined));
    if (!joined)
        return fail(INVALID, "the person has not taken the account yet");
    mine->open = c->actor.xpk;
    mine->secret = *c->actor.secret;
    TRY(people_admit(c->ledger, (struct members_row){ .unit = a->unit, .user = a->user, .since = c->now, .until = row.until }, &by));
    return act_commit(c->ledger);
}

status act_admit(struct ctx *c, const struct admitting *a)
{
    struct admitting what = *a;

    for (size_t i = 0; i < c->actor.n_units; i++)
        if (id_eq(c->actor.units[i], a->unit) && !id_eq(a->user, c->actor.user))
            return act_until_done(c, admit_once, &what);
    return fail(NOT_FOUND, "not a member of this unit");
}
