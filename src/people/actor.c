/* Who is asking: one account with the units and rights that it has today. */
#include "account.h"

/* An unknown name looks for secrets too, so that the two take the same time. */
static status account_none(struct ledger *l)
{
    struct user_secrets_row none = { .user = id_random() };
    status s = row_get(l, &table_user_secrets, &none);

    return s == OK ? NOT_FOUND : s;
}

status account_of_login(struct ledger *l, struct str login, struct account *a)
{
    status s = sql_user_of_login(l, (struct sql_user_of_login){ .login = login }, &a->user);

    if (s == NOT_FOUND || (s == OK && (!str_is(a->user.state, "active") || a->user.xpk.n != KEY_BYTES)))
        return account_none(l);
    TRY(s);
    a->secrets = (struct user_secrets_row){ .user = a->user.id };
    return row_get(l, &table_user_secrets, &a->secrets);
}

/* False where the row was altered or contradicts the log: that right, and it alone, is blocked. */
static status counts(struct ledger *l, const struct table *t, const void *row, i64 now, bool *yes)
{
    status s = row_agrees_lately(l, t, row, now);

    *yes = s == OK;
    return s == BROKEN ? OK : s;
}

static status unit_counts(struct ledger *l, struct id unit, i64 now, bool *yes)
{
    struct units_row u = { .id = unit };
    status s = row_get(l, &table_units, &u);

    *yes = false;
    if (s != OK)
        return s == BROKEN ? OK : s;
    return counts(l, &table_units, &u, now, yes);
}

static status actor_units(struct ledger *l, i64 now, struct actor *actor)
{
    struct members_rows rows;

    TRY(sql_members_of_user(l, (struct sql_members_of_user){ .user = actor->user, .now = now }, &rows));
    for (size_t i = 0; i < rows.n && actor->n_units < ACTOR_UNITS; i++) {
        bool yes = false;

        if (!rows.at[i].altered)
            TRY(counts(l, &table_members, &rows.at[i], now, &yes));
        if (yes)
            TRY(unit_counts(l, rows.at[i].unit, now, &yes));
        if (yes)
            actor->units[actor->n_units++] = rows.at[i].unit;
    }
    return OK;
}

/* Rights add up; the first role names the person. A deciding role counts only when it was confirmed. */
static status actor_roles(struct ctx *c, struct actor *actor)
{
    struct roles_rows rows;

    TRY(sql_roles_of_user(c->ledger, (struct sql_roles_of_user){ .user = actor->user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        bool yes;

        if (rows.at[i].altered || (role_decides(rows.at[i].role) && !rows.at[i].confirmed_by.has))
            continue;
        TRY(counts(c->ledger, &table_roles, &rows.at[i], c->now, &yes));
        if (!yes)
            continue;
        actor->rights |= rights_of_role(rows.at[i].role);
        if (actor->role_name.n == 0)
            actor->role_name = people_role_title(c, rows.at[i].role);
    }
    return OK;
}

/* DENIED where a row of the person or their organisation was altered or rolled back: the alarm stands in the log lines. */
static status actor_rows(struct ctx *c, struct users_row *u, struct organisations_row *org)
{
    bool person, place;
    status s = row_get(c->ledger, &table_users, u);

    if (s == OK) {
        *org = (struct organisations_row){ .id = u->org };
        s = row_get(c->ledger, &table_organisations, org);
    }
    if (s != OK)
        return s == BROKEN ? DENIED : s;
    TRY(counts(c->ledger, &table_users, u, c->now, &person));
    TRY(counts(c->ledger, &table_organisations, org, c->now, &place));
    return person && place && str_is(u->state, "active") && u->xpk.n == KEY_BYTES ? OK : DENIED;
}

status people_actor(struct ctx *c, struct id user, struct actor *actor)
{
    struct users_row u = { .id = user };
    struct organisations_row org;

    TRY(actor_rows(c, &u, &org));
    actor->user = user;
    actor->secret = session_pair(c) ? &session_pair(c)->secret : NULL;
    actor->org = u.org;
    actor->login = u.login;
    actor->name = u.name;
    actor->org_name = org.name;
    memcpy(actor->xpk.b, u.xpk.at, KEY_BYTES);
    TRY(actor_units(c->ledger, c->now, actor));
    return org.confirmed_by.has ? actor_roles(c, actor) : OK;
}

status people_rows_agree(struct ledger *l, struct id user, i64 now)
{
    struct users_row u = { .id = user };
    struct user_secrets_row s = { .user = user };
    struct members_rows members;
    struct roles_rows roles;

    TRY(row_get(l, &table_users, &u));
    TRY(row_agrees_with_log(l, &table_users, &u));
    TRY(row_get(l, &table_user_secrets, &s));
    TRY(row_agrees_with_log(l, &table_user_secrets, &s));
    TRY(sql_members_of_user(l, (struct sql_members_of_user){ .user = user, .now = now }, &members));
    for (size_t i = 0; i < members.n; i++)
        TRY(row_agrees_with_log(l, &table_members, &members.at[i]));
    TRY(sql_roles_of_user(l, (struct sql_roles_of_user){ .user = user, .now = now }, &roles));
    for (size_t i = 0; i < roles.n; i++)
        TRY(row_agrees_with_log(l, &table_roles, &roles.at[i]));
    return OK;
}
