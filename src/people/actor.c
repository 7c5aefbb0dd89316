/* Who is asking: one account with the units and rights that it has today. */
#include "account.h"

status account_of_login(struct ledger *l, struct str login, struct account *a)
{
    TRY(sql_user_of_login(l, (struct sql_user_of_login){ .login = login }, &a->user));
    if (!str_is(a->user.state, "active") || a->user.xpk.n != KEY_BYTES)
        return NOT_FOUND;
    a->secrets = (struct user_secrets_row){ .user = a->user.id };
    return row_get(l, &table_user_secrets, &a->secrets);
}

static status actor_units(struct ledger *l, i64 now, struct actor *actor)
{
    struct members_rows rows;

    TRY(sql_members_of_user(l, (struct sql_members_of_user){ .user = actor->user, .now = now }, &rows));
    for (size_t i = 0; i < rows.n && actor->n_units < ACTOR_UNITS; i++)
        if (!rows.at[i].altered)
            actor->units[actor->n_units++] = rows.at[i].unit;
    return OK;
}

/* Rights add up; the first role names the person. A deciding role counts only when it was confirmed. */
static status actor_roles(struct ctx *c, struct actor *actor)
{
    struct roles_rows rows;

    TRY(sql_roles_of_user(c->ledger, (struct sql_roles_of_user){ .user = actor->user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || !rows.at[i].confirmed_by.has)
            continue;
        actor->rights |= rights_of_role(rows.at[i].role);
        if (actor->role_name.n == 0)
            actor->role_name = people_role_title(c, rows.at[i].role);
    }
    return OK;
}

status people_actor(struct ctx *c, struct id user, struct actor *actor)
{
    struct users_row u = { .id = user };
    struct organisations_row org;

    TRY(row_get(c->ledger, &table_users, &u));
    if (!str_is(u.state, "active") || u.xpk.n != KEY_BYTES)
        return DENIED;
    org = (struct organisations_row){ .id = u.org };
    TRY(row_get(c->ledger, &table_organisations, &org));
    actor->user = user;
    actor->secret = session_pair(c) ? &session_pair(c)->secret : NULL;
    actor->org = u.org;
    actor->login = u.login;
    actor->name = u.name;
    actor->org_name = org.name;
    memcpy(actor->xpk.b, u.xpk.at, KEY_BYTES);
    TRY(actor_units(c->ledger, c->now, actor));
    return actor_roles(c, actor);
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
