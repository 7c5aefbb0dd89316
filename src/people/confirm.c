/* Two persons: one sets, another confirms. */
#include "confirm.h"

#include "admin.h"
#include "keys.h"
#include "rescue.h"
#include "tokens.h"

#include "people.sql.h"

status propose(struct ledger *l, struct proposals_row p, struct id set_by, i64 now)
{
    p.id = id_timed(now);
    p.set_by = set_by;
    p.set_at = now;
    p.outcome = STR("waiting");
    p.decided_by = (struct opt_id){ 0 };
    p.decided_at = (struct opt_i64){ 0 };
    p.reason = STR_NULL;
    return row_insert(l, &table_proposals, &p);
}

static status settle(struct ledger *l, struct proposals_row *p, const char *outcome, struct id by, i64 now)
{
    p->outcome = str_c(outcome);
    p->decided_by = (struct opt_id){ true, by };
    p->decided_at = (struct opt_i64){ true, now };
    return row_update(l, &table_proposals, p);
}

static bool is_of(const struct proposals_row *p, const struct proposal_of *which)
{
    if (p->altered || !str_is(p->outcome, "waiting"))
        return false;
    if (!id_is_zero(which->target) && !(p->target.has && id_eq(p->target.v, which->target)))
        return false;
    return which->role.at == NULL || str_eq(p->role, which->role);
}

status proposals_withdraw(struct ledger *l, struct proposal_of which, struct id by, i64 now)
{
    struct proposals_rows rows;

    TRY(sql_proposals_about(l, (struct sql_proposals_about){ .object = which.object }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (is_of(&rows.at[i], &which))
            TRY(settle(l, &rows.at[i], "withdrawn", by, now));
    return OK;
}

status person_joined(struct ledger *l, struct id user, i64 now, bool *joined)
{
    struct users_row u = { .id = user };
    struct invites_rows links;

    TRY(row_get(l, &table_users, &u));
    TRY(sql_invites_of_user(l, (struct sql_invites_of_user){ .user = user }, &links));
    *joined = str_is(u.state, "active") && u.xpk.n == KEY_BYTES;
    for (size_t i = 0; i < links.n; i++)
        *joined &= !links.at[i].altered && links.at[i].until <= now;
    return OK;
}

struct str person_check(struct arena *a, struct str xpk)
{
    struct key k;

    if (xpk.n != KEY_BYTES)
        return STR("");
    vault_hash(&k, NULL, "person-check", PARTS(xpk));
    return arena_f(a, "%02X%02X-%02X%02X", k.b[0], k.b[1], k.b[2], k.b[3]);
}

/* -- who may decide ------------------------------------------------------------------------------------------------------------ */

/* When the role that the person acts by was confirmed: by the newest decision on it, or with the row itself where the house set it. */
static status role_confirmed_at(struct ledger *l, const struct roles_row *role, i64 *at)
{
    struct proposals_rows rows;

    *at = 0;
    TRY(row_agrees_with_log(l, &table_roles, role));
    TRY(sql_proposals_about(l, (struct sql_proposals_about){ .object = role->user }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct proposals_row *p = &rows.at[i];

        if (p->altered)
            return OK;
        if (!str_is(p->kind, "role") || !str_eq(p->role, role->role) || p->since.v != role->since)
            continue;
        *at = str_is(p->outcome, "confirmed") ? p->decided_at.v : 0;
        return OK;
    }
    *at = role->set_by.has ? 0 : role->since;       /* a person set it, and nothing says that another decided: it decides nothing */
    return OK;
}

static status deciding_since(struct ctx *c, i64 *since)
{
    struct roles_rows rows;

    *since = 0;
    TRY(sql_roles_of_user(c->ledger, (struct sql_roles_of_user){ .user = c->actor.user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct roles_row *r = &rows.at[i];
        i64 at = 0;

        if (r->altered || !r->confirmed_by.has || !(rights_of_role(r->role) >> (MAY_CONFIRM - FIRST_RIGHT) & 1))
            continue;
        TRY(role_confirmed_at(c->ledger, r, &at));
        if (at != 0 && (*since == 0 || at < *since))
            *since = at;
    }
    return OK;
}

static bool in_unit(const struct ctx *c, struct id unit)
{
    for (size_t i = 0; i < c->actor.n_units; i++)
        if (id_eq(c->actor.units[i], unit))
            return true;
    return false;
}

/* Units of a person, those among them where the person still waits. */
static status shares_unit(struct ctx *c, struct id user, bool *shares)
{
    struct members_rows members;
    struct admissions_rows waiting;

    TRY(sql_members_of_user(c->ledger, (struct sql_members_of_user){ .user = user, .now = c->now }, &members));
    for (size_t i = 0; i < members.n; i++)
        *shares |= in_unit(c, members.at[i].unit);
    TRY(sql_admissions_of_user(c->ledger, (struct sql_admissions_of_user){ .user = user }, &waiting));
    for (size_t i = 0; i < waiting.n; i++)
        *shares |= in_unit(c, waiting.at[i].unit);
    return OK;
}

static bool about_a_person(const struct proposals_row *p)
{
    return str_is(p->kind, "role") || str_is(p->kind, "member");
}

static status unit_is_confirmed(struct ledger *l, struct id unit, bool *confirmed)
{
    struct units_row u = { .id = unit };

    TRY(row_get(l, &table_units, &u));
    *confirmed = u.confirmed_by.has;
    return OK;
}

static status org_is_confirmed(struct ledger *l, struct id org, bool *confirmed)
{
    struct organisations_row o = { .id = org };

    TRY(row_get(l, &table_organisations, &o));
    *confirmed = o.confirmed_by.has;
    return OK;
}

/* Units before their routes and members, organisations before what is in them, people after they have taken their account. */
static status is_ready(struct ledger *l, const struct proposals_row *p, i64 now, bool *ready)
{
    bool joined = true, unit = true, org = true;

    if (str_is(p->kind, "recovery"))
        return rescue_ready(l, p, now, ready);

    if (about_a_person(p))
        TRY(person_joined(l, p->object, now, &joined));
    if (str_is(p->kind, "route") || str_is(p->kind, "member"))
        TRY(unit_is_confirmed(l, p->target.v, &unit));
    if (!str_is(p->kind, "organisation"))
        TRY(org_is_confirmed(l, p->org, &org));
    *ready = joined && unit && org;
    return OK;
}

/* Whoever is to keep a share of a recovery key does not confirm it. */
static status is_trustee(struct ctx *c, const struct proposals_row *p, bool *is)
{
    struct rescue_key key;
    struct str seen;

    TRY(rescue_proposed(c->ledger, p, &key, &seen));
    for (size_t i = 0; i < key.trustees.n; i++)
        *is |= id_eq(key.trustees.at[i].trustee, c->actor.user);
    return OK;
}

static status gather(struct ctx *c, const struct proposals_row *p, struct confirm_facts *f)
{
    *f = (struct confirm_facts){ .own = id_eq(p->set_by, c->actor.user), .set_at = p->set_at,
                                 .about = about_a_person(p) && id_eq(p->object, c->actor.user) };
    f->same_unit = in_unit(c, p->object) || (p->target.has && in_unit(c, p->target.v));
    TRY(shares_unit(c, p->set_by, &f->same_unit));
    if (about_a_person(p))
        TRY(shares_unit(c, p->object, &f->same_unit));
    if (str_is(p->kind, "recovery"))
        TRY(is_trustee(c, p, &f->about));
    TRY(deciding_since(c, &f->confirmed_at));
    return is_ready(c->ledger, p, c->now, &f->ready);
}

/* -- what was seen --------------------------------------------------------------------------------------------------------------- */

/* The row that a confirmation would make count. */
struct proposed {
    struct organisations_row org;
    struct units_row unit;
    struct routes_row route;
    struct roles_row role;
    struct admissions_row admission;
    struct tokens_row token;
    struct users_row person;
    struct rescue_key recovery;
    struct str mac;
};

static status load_role(struct ledger *l, const struct proposals_row *p, struct proposed *o)
{
    o->role = (struct roles_row){ .org = p->org, .user = p->object, .role = p->role, .since = p->since.v };
    TRY(row_get(l, &table_roles, &o->role));
    o->mac = o->role.mac;
    return OK;
}

static status load_proposed(struct ledger *l, const struct proposals_row *p, struct proposed *o)
{
    *o = (struct proposed){ .org = { .id = p->object }, .unit = { .id = p->object }, .route = { .id = p->object },
                            .token = { .id = p->object }, .person = { .id = p->object }, .mac = STR("") };
    if (str_is(p->kind, "organisation") || str_is(p->kind, "merger")) {
        TRY(row_get(l, &table_organisations, &o->org));
        o->mac = o->org.mac;
    } else if (str_is(p->kind, "unit")) {
        TRY(row_get(l, &table_units, &o->unit));
        o->mac = o->unit.mac;
    } else if (str_is(p->kind, "route")) {
        TRY(row_get(l, &table_routes, &o->route));
        o->mac = o->route.mac;
    } else if (str_is(p->kind, "token")) {
        TRY(row_get(l, &table_tokens, &o->token));
        o->mac = o->token.mac;
    } else if (str_is(p->kind, "role")) {
        TRY(load_role(l, p, o));
    } else if (str_is(p->kind, "recovery")) {
        TRY(rescue_proposed(l, p, &o->recovery, &o->mac));
    } else {
        o->admission = (struct admissions_row){ .unit = p->target.v, .user = p->object };
        TRY(row_get(l, &table_admissions, &o->admission));
        o->mac = o->admission.mac;
    }
    return about_a_person(p) ? row_get(l, &table_users, &o->person) : OK;
}

static struct str seen_of(struct ledger *l, const struct proposals_row *p, const struct proposed *o)
{
    struct out hex = { .max = 64 };
    struct str text;
    struct key k;

    vault_hash(&k, NULL, "seen", PARTS(p->mac, o->mac, o->person.mac));
    out_hex(&hex, k.b, 16);
    text = arena_copy(l->arena, out_done(&hex));
    out_free(&hex);
    return text;
}

static status look(struct ctx *c, struct id id, struct proposal_seen *seen, struct proposed *o)
{
    struct confirm_facts facts;

    seen->row = (struct proposals_row){ .id = id };
    TRY(row_get(c->ledger, &table_proposals, &seen->row));
    if (!str_is(seen->row.outcome, "waiting"))
        return fail(CONFLICT, "decided already");
    TRY(load_proposed(c->ledger, &seen->row, o));
    TRY(gather(c, &seen->row, &facts));
    seen->bar = confirm_bar(&facts);
    seen->seen = seen_of(c->ledger, &seen->row, o);
    return OK;
}

status proposal_look(struct ctx *c, struct id id, struct proposal_seen *seen)
{
    struct proposed o;

    return look(c, id, seen, &o);
}

/* -- deciding ------------------------------------------------------------------------------------------------------------------------- */

static status first_member(struct ledger *l, const struct proposed *o, i64 now)
{
    struct members_row m = { .unit = o->admission.unit, .user = o->admission.user, .since = now, .until = o->admission.until };

    TRY(row_delete(l, &table_admissions, &o->admission));
    return people_admit(l, m, NULL);
}

static status carry_out(struct ledger *l, const struct proposals_row *p, struct proposed *o, struct opt_id by, i64 now)
{
    o->org.confirmed_by = o->unit.confirmed_by = o->route.confirmed_by = o->role.confirmed_by = o->token.confirmed_by = by;
    if (str_is(p->kind, "organisation"))
        return row_update(l, &table_organisations, &o->org);
    if (str_is(p->kind, "unit"))
        return row_update(l, &table_units, &o->unit);
    if (str_is(p->kind, "route"))
        return row_update(l, &table_routes, &o->route);
    if (str_is(p->kind, "role"))
        return row_update(l, &table_roles, &o->role);
    if (str_is(p->kind, "token"))
        return row_update(l, &table_tokens, &o->token);
    if (str_is(p->kind, "member"))
        return first_member(l, o, now);
    if (str_is(p->kind, "recovery"))
        return rescue_confirmed(l, p, now);
    return p->since.v <= now ? merger_carry_out(l, p, now) : OK;
}

status proposed_drop(struct ledger *l, const struct proposals_row *p)
{
    struct proposed o;

    TRY(load_proposed(l, p, &o));
    if (str_is(p->kind, "recovery"))
        return rescue_drop(l, p);
    if (str_is(p->kind, "route"))
        return row_delete(l, &table_routes, &o.route);
    if (str_is(p->kind, "token"))
        return token_end(l, p->object);
    if (str_is(p->kind, "role"))
        return row_delete(l, &table_roles, &o.role);
    return str_is(p->kind, "member") ? row_delete(l, &table_admissions, &o.admission) : OK;
}

static const char *act_of(struct str kind, bool confirm)
{
    static const struct { const char *kind, *confirm, *refuse; } acts[] = {
        { "organisation", "organisation.confirm", "organisation.refuse" }, { "unit", "unit.confirm", "unit.refuse" },
        { "route", "route.confirm", "route.refuse" }, { "role", "role.confirm", "role.refuse" },
        { "member", "people.first-member", "people.first-member-refuse" }, { "merger", "organisation.merge-confirm", "organisation.merge-refuse" },
        { "recovery", "recovery.confirm", "recovery.confirm-refuse" }, { "token", "token.confirm", "token.refuse" },
    };

    for (size_t i = 0; i < COUNT_OF(acts); i++)
        if (str_is(kind, acts[i].kind))
            return confirm ? acts[i].confirm : acts[i].refuse;
    return "proposal.refuse";
}

/* Everything is looked at again inside the act: what was shown may have changed, and so may the one who decides. */
static status decide_in_act(struct ctx *c, const struct decision *d)
{
    struct proposal_seen now;
    struct proposed o;

    TRY(look(c, d->proposal, &now, &o));
    if (now.bar != CONFIRM_FINE && now.bar != CONFIRM_UNREADY)
        return fail(DENIED, "this person may not decide this proposal (%d)", (int)now.bar);
    if (!str_eq(now.seen, d->seen) || (d->confirm && now.bar == CONFIRM_UNREADY))
        return fail(CONFLICT, "it is not what was shown any more");
    if (about_a_person(&now.row))
        TRY(row_update(c->ledger, &table_users, &o.person));    /* taken: no link can be given anew meanwhile */
    now.row.reason = d->confirm ? STR_NULL : d->reason;
    TRY(d->confirm ? carry_out(c->ledger, &now.row, &o, (struct opt_id){ true, c->actor.user }, c->now)
                   : proposed_drop(c->ledger, &now.row));
    return settle(c->ledger, &now.row, d->confirm ? "confirmed" : "refused", c->actor.user, c->now);
}

status proposal_decide(struct ctx *c, const struct decision *d)
{
    struct proposals_row p = { .id = d->proposal };

    TRY(row_get(c->ledger, &table_proposals, &p));
    TRY(act_begin(c->ledger, (struct act_info){ .act = act_of(p.kind, d->confirm), .now = c->now, .actor = c->actor.user,
                                                .object = p.object }));
    TRY(decide_in_act(c, d));
    return act_commit(c->ledger);
}
