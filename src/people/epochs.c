/* Joining and leaving a unit: who holds which epoch of its key. Each of them changes the unit's row before it reads who the
   members are. So of two at once the second waits for the first, and finds what that one left (V11). */
#include "keys.h"

#include "people.sql.h"

struct key ctx_unit_key(struct id unit, i64 epoch, struct id user)
{
    struct le64 e = vault_le64(epoch);

    return vault_ctx("unit-key", PARTS(id_bytes(&unit), le64_str(&e), id_bytes(&user)));
}

struct key ctx_unit_recovery(struct id unit, i64 epoch)
{
    struct le64 e = vault_le64(epoch);

    return vault_ctx("unit-rec", PARTS(id_bytes(&unit), le64_str(&e)));
}

status key_of_str(struct str bytes, struct key *k)
{
    if (bytes.n != KEY_BYTES)
        return fail(BROKEN, "a key of %zu bytes", bytes.n);
    memcpy(k->b, bytes.at, KEY_BYTES);
    return OK;
}

/* The unit as nobody else can change it until the act ends. CONFLICT where somebody did since it was read: try again. */
static status unit_take(struct ledger *l, struct id unit, i64 more_epochs, struct units_row *row)
{
    *row = (struct units_row){ .id = unit };
    TRY(row_get(l, &table_units, row));
    row->epoch += more_epochs;
    return row_update(l, &table_units, row);
}

/* The key of the unit's present epoch, drawn anew, and wrapped to the organisation's recovery key where there is one. */
static status epoch_draw(struct ledger *l, const struct units_row *unit, struct pair **pair)
{
    struct organisations_row org = { .id = unit->org };
    struct unit_keys_row k = { .unit = unit->id, .epoch = unit->epoch };
    struct key rpk;

    *pair = SECRET(l->secrets, struct pair);
    vault_pair_new(*pair);
    k.opk = arena_copy(l->arena, key_str(&(*pair)->open));
    TRY(row_get(l, &table_organisations, &org));
    if (org.rpk.at != NULL) {
        TRY(key_of_str(org.rpk, &rpk));
        k.recovery = vault_wrap(l->arena, &rpk, ctx_unit_recovery(unit->id, k.epoch), &(*pair)->secret);
    }
    return row_insert(l, &table_unit_keys, &k);
}

/* The unit's secret key of one epoch, opened by a member who holds it. */
static status unit_open_by(struct ledger *l, struct member_keys_row *held, const struct member_by *by, struct pair *pair)
{
    TRY(row_get(l, &table_member_keys, held));
    return vault_unwrap(by->pair, ctx_unit_key(held->unit, held->epoch, by->user), held->sealed, &pair->secret);
}

static status give_key(struct ledger *l, struct id user_id, const struct units_row *unit, i64 epoch, const struct pair *pair)
{
    struct member_keys_row k = { .unit = unit->id, .epoch = epoch, .user = user_id };
    struct users_row user = { .id = user_id };
    struct key xpk;

    TRY(row_get(l, &table_users, &user));
    TRY(key_of_str(user.xpk, &xpk));
    k.sealed = vault_wrap(l->arena, &xpk, ctx_unit_key(unit->id, epoch, user_id), &pair->secret);
    return row_insert(l, &table_member_keys, &k);
}

static status give_every_epoch(struct ledger *l, const struct units_row *unit, struct id user, const struct member_by *by)
{
    struct pair *pair = SECRET(l->secrets, struct pair);

    for (i64 e = 1; e <= unit->epoch; e++) {
        struct member_keys_row held = { .unit = unit->id, .epoch = e, .user = by->user };

        status s = unit_open_by(l, &held, by, pair);

        if (s == NOT_FOUND && e < unit->epoch)
            continue;       /* of before a recovery, and lost with the last who held it */
        TRY(s);
        TRY(give_key(l, user, unit, e, pair));
    }
    return OK;
}

static status members_max(struct ledger *l, struct id unit, i64 now)
{
    struct members_rows rows;

    TRY(sql_members_of_unit(l, (struct sql_members_of_unit){ .unit = unit, .now = now }, &rows));
    return rows.n < UNIT_MEMBERS_MAX ? OK : fail(INVALID, "a unit has at most %d members", UNIT_MEMBERS_MAX);
}

/* The person, whom nobody else can change until the act ends: a link given anew meanwhile would be another key. */
static status person_take(struct ledger *l, struct id user)
{
    struct users_row row = { .id = user };

    TRY(row_get(l, &table_users, &row));
    return row_update(l, &table_users, &row);
}

status people_admit(struct ledger *l, struct members_row m, const struct member_by *by)
{
    struct units_row unit;
    struct pair *pair;

    TRY(unit_take(l, m.unit, by == NULL, &unit));
    TRY(person_take(l, m.user));
    TRY(members_max(l, m.unit, m.since));
    if (by == NULL && unit.epoch != 1)
        return fail(CONFLICT, "the unit has had members: one of them must admit");
    if (by != NULL)
        m.admitted_by = (struct opt_id){ .has = true, .v = by->user };
    TRY(row_insert(l, &table_members, &m));
    if (by != NULL)
        return give_every_epoch(l, &unit, m.user, by);
    TRY(epoch_draw(l, &unit, &pair));
    return give_key(l, m.user, &unit, 1, pair);
}

/* Every epoch that is wrapped to the recovery key; the present one must be. */
static status give_recovered(struct ledger *l, const struct units_row *unit, struct id user, const struct pair *recovery)
{
    struct pair *pair = SECRET(l->secrets, struct pair);

    for (i64 e = 1; e <= unit->epoch; e++) {
        struct unit_keys_row k = { .unit = unit->id, .epoch = e };

        TRY(row_get(l, &table_unit_keys, &k));
        if (k.recovery.at == NULL && e < unit->epoch)
            continue;
        TRY(vault_unwrap(recovery, ctx_unit_recovery(unit->id, e), k.recovery, &pair->secret));
        vault_pair_of_secret(pair);
        if (!str_eq(key_str(&pair->open), k.opk))
            return fail(BROKEN, "what is wrapped is not the unit's key");
        TRY(give_key(l, user, unit, e, pair));
    }
    return OK;
}

status people_recover(struct ledger *l, struct members_row m, const struct pair *recovery)
{
    struct units_row unit;

    TRY(unit_take(l, m.unit, 0, &unit));
    TRY(person_take(l, m.user));
    TRY(row_insert(l, &table_members, &m));
    return give_recovered(l, &unit, m.user, recovery);
}

status people_add_member(struct ledger *l, struct id unit, struct id user, const struct member_by *by, i64 now)
{
    return people_admit(l, (struct members_row){ .unit = unit, .user = user, .since = now }, by);
}

/* -- leaving -------------------------------------------------------------------------------------------------------------- */

static status end_membership(struct ledger *l, struct id unit, struct id user, i64 now, size_t *ended)
{
    struct members_rows rows;

    TRY(sql_membership_open(l, (struct sql_membership_open){ .unit = unit, .user = user, .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        rows.at[i].until = (struct opt_i64){ true, now };
        TRY(row_update(l, &table_members, &rows.at[i]));
    }
    *ended += rows.n;
    return OK;
}

static status drop_keys(struct ledger *l, struct id unit, struct id user, size_t *dropped)
{
    struct member_keys_rows rows;

    TRY(sql_member_keys_of(l, (struct sql_member_keys_of){ .unit = unit, .user = user }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(row_delete(l, &table_member_keys, &rows.at[i]));
    *dropped += rows.n;
    return OK;
}

static status give_to_those_who_stay(struct ledger *l, const struct units_row *unit, i64 now, const struct pair *pair)
{
    struct members_rows rows;

    TRY(sql_members_of_unit(l, (struct sql_members_of_unit){ .unit = unit->id, .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct member_keys_row held = { .unit = unit->id, .epoch = unit->epoch - 1, .user = rows.at[i].user };
        status s = rows.at[i].altered ? NOT_FOUND : row_get(l, &table_member_keys, &held);

        if (s == OK)
            s = give_key(l, held.user, unit, unit->epoch, pair);
        if (s != OK && s != NOT_FOUND)
            return s;
    }
    return OK;
}

status people_leave(struct ledger *l, struct id unit_id, struct id user, i64 now)
{
    struct units_row unit;
    struct pair *pair;
    size_t n = 0;

    TRY(unit_take(l, unit_id, 1, &unit));
    TRY(end_membership(l, unit_id, user, now, &n));
    TRY(drop_keys(l, unit_id, user, &n));
    if (n == 0)
        return fail(NOT_FOUND, "not a member of this unit");
    TRY(epoch_draw(l, &unit, &pair));
    TRY(give_to_those_who_stay(l, &unit, now, pair));
    return sql_sessions_end_of_user(l->db, (struct sql_sessions_end_of_user){ .user = user });
}
