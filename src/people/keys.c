/* Keys of units and the rows of people: who holds what. */
#include "keys.h"

#include "people.sql.h"
#include "tables.sql.h"

/* A unit whose rows were rolled back is unfit: what is told now must not be sealed to whoever left it. */
static status agrees(struct ledger *l, const struct table *t, const void *row, i64 now)
{
    status s = row_agrees_lately(l, t, row, now);

    return s == BROKEN ? NOT_FOUND : s;
}

static status unit_key_of(struct ledger *l, struct id unit, i64 now, bool at_last, struct unit_key *key)
{
    struct units_row u = { .id = unit };
    struct unit_keys_row k = { .unit = unit };
    struct holders_of_unit_row holders;

    TRY(row_get(l, &table_units, &u));
    if (u.epoch == 0 || !u.confirmed_by.has)
        return NOT_FOUND;
    if (!at_last)
        TRY(agrees(l, &table_units, &u, now));
    TRY(sql_holders_of_unit(l->db, (struct sql_holders_of_unit){ .unit = unit, .epoch = u.epoch, .now = now }, &holders));
    if (holders.n == 0)
        return NOT_FOUND;
    k.epoch = u.epoch;
    TRY(row_get(l, &table_unit_keys, &k));
    if (!at_last)
        TRY(agrees(l, &table_unit_keys, &k, now));
    *key = (struct unit_key){ .unit = unit, .epoch = k.epoch };
    return key_of_str(k.opk, &key->opk);
}

status people_unit_key(struct ledger *l, struct id unit, i64 now, struct unit_key *key)
{
    return unit_key_of(l, unit, now, false, key);
}

status people_unit_key_at_last(struct ledger *l, struct id unit, i64 now, struct unit_key *key)
{
    const i64 always = (i64)9007199254740991;
    status s = unit_key_of(l, unit, now, true, key);

    /* A machine whose clock is years behind knows no member yet: who holds the key now is asked, and the report is kept. */
    return s == NOT_FOUND ? unit_key_of(l, unit, always, true, key) : s;
}

status people_open_unit(struct ctx *c, struct id unit, i64 epoch, struct pair **pair)
{
    struct unit_keys_row public = { .unit = unit, .epoch = epoch };
    struct pair *mine = SECRET(c->ledger->secrets, struct pair);
    struct member_keys_row k;

    if (c->actor.secret == NULL)
        return NOT_FOUND;
    TRY(sql_member_key_of(c->ledger, (struct sql_member_key_of){ .unit = unit, .epoch = epoch, .user = c->actor.user }, &k));
    TRY(agrees(c->ledger, &table_member_keys, &k, c->now));
    TRY(row_get(c->ledger, &table_unit_keys, &public));
    mine->open = c->actor.xpk;
    mine->secret = *c->actor.secret;
    *pair = SECRET(c->ledger->secrets, struct pair);
    TRY(key_of_str(public.opk, &(*pair)->open));
    return vault_unwrap(mine, ctx_unit_key(unit, epoch, c->actor.user), k.sealed, &(*pair)->secret);
}

/* -- making people and places ------------------------------------------------------------------------------------------ */

status people_add_organisation(struct ledger *l, struct organisation_new o, i64 now, struct id *id)
{
    struct organisations_row row = { .id = id_timed(now), .code = o.code, .name = o.name, .kind = o.kind };

    *id = row.id;
    if (!o.waits)
        row.confirmed_by = (struct opt_id){ .has = true, .v = row.id };
    TRY(row_insert(l, &table_organisations, &row));
    return name_begin(l, (struct names_row){ .subject = row.id, .name = o.name });
}

status people_add_unit(struct ledger *l, struct unit_new u, i64 now, struct id *id)
{
    struct units_row row = { .id = id_timed(now), .org = u.org, .name = u.name, .kind = u.kind };

    *id = row.id;
    if (u.confirmed)
        row.confirmed_by = (struct opt_id){ .has = true, .v = u.org };
    TRY(row_insert(l, &table_units, &row));
    return name_begin(l, (struct names_row){ .subject = row.id, .name = u.name, .org = { true, u.org } });
}

status people_add_user(struct ledger *l, struct user_new u, i64 now, struct id *id)
{
    struct users_row row = { .id = id_timed(now), .org = u.org, .login = u.login, .name = u.name, .state = STR("invited") };

    *id = row.id;
    return row_insert(l, &table_users, &row);
}

status people_add_role(struct ledger *l, struct id user, struct str role, i64 now)
{
    struct users_row u = { .id = user };
    struct roles_row row = { .user = user, .role = role, .since = now };

    if (role_index(role) < 0)
        return fail(INVALID, "no role is called %.*s", (int)role.n, role.at);
    TRY(row_get(l, &table_users, &u));
    row.org = u.org;
    row.confirmed_by = (struct opt_id){ .has = true, .v = u.org };
    return row_insert(l, &table_roles, &row);
}

status people_invite(struct ledger *l, struct id user, i64 until, struct str *token)
{
    uint8_t secret[32];
    struct key hash;
    struct invites_row row = { .user = user, .until = until };

    random_bytes(secret, sizeof secret);
    *token = vault_base64url(l->arena, str_of(secret, sizeof secret));
    vault_hash(&hash, NULL, "invite", PARTS(*token));
    row.hash = arena_copy(l->arena, key_str(&hash));
    return row_insert(l, &table_invites, &row);
}
