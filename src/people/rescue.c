/* A unit whose keys nobody holds is opened for a new member: asked, told, a day, two trustees. */
#include "rescue.h"

#include "admin.h"
#include "keys.h"

#include "people.sql.h"

status rescue_lost(struct ledger *l, const struct units_row *unit, i64 now, bool *lost, bool *covered)
{
    struct organisations_row org = { .id = unit->org };
    struct unit_keys_row k = { .unit = unit->id, .epoch = unit->epoch };
    struct holders_of_unit_row holders;

    *lost = *covered = false;
    if (unit->altered || unit->epoch == 0)
        return OK;
    TRY(sql_holders_of_unit(l->db, (struct sql_holders_of_unit){ .unit = unit->id, .epoch = unit->epoch, .now = now }, &holders));
    *lost = holders.n == 0;
    TRY(row_get(l, &table_unit_keys, &k));
    TRY(row_get(l, &table_organisations, &org));
    *covered = k.recovery.at != NULL && org.rpk.at != NULL;
    return OK;
}

/* -- asking -------------------------------------------------------------------------------------------------------------------- */

static status asked_already(struct ctx *c, struct id unit)
{
    struct recoveries_rows rows;

    TRY(sql_recoveries_of_org(c->ledger, (struct sql_recoveries_of_org){ .org = c->actor.org }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        enum rescue_state s = rescue_state(&rows.at[i], c->now);

        if (!rows.at[i].altered && id_eq(rows.at[i].unit, unit) && (s == RESCUE_TOLD || s == RESCUE_OPEN))
            return fail(CONFLICT, "it was asked already");
    }
    return OK;
}

static status may_ask(struct ctx *c)
{
    struct recovery_trustees_row mine;

    return may(c, MAY_SET_PEOPLE) ? OK : rescue_mine(c, &mine);
}

/* The unit is lost and covered, and the person waits for it with an account of their own. */
static status fit(struct ctx *c, struct id unit_id, struct id user_id, struct users_row *user)
{
    struct admissions_row waits = { .unit = unit_id, .user = user_id };
    struct units_row unit;
    bool lost, covered, joined;
    status s;

    TRY(own_unit(c, unit_id, &unit));
    TRY(rescue_lost(c->ledger, &unit, c->now, &lost, &covered));
    if (!lost || !covered)
        return fail(CONFLICT, "the unit has members, or the recovery key does not open it");
    s = row_get(c->ledger, &table_admissions, &waits);
    if (s == NOT_FOUND)
        return fail(CONFLICT, "the person does not wait for this unit");
    TRY(s);
    TRY(own_person(c, user_id, user));
    TRY(person_joined(c->ledger, user_id, c->now, &joined));
    return joined ? OK : fail(CONFLICT, "the person has not taken the account");
}

status act_rescue_ask(struct ctx *c, struct id unit, struct id user_id, struct id *id)
{
    struct recoveries_row r = { .id = id_timed(c->now), .org = c->actor.org, .unit = unit, .user = user_id, .asked_by = c->actor.user,
                                .asked_at = c->now, .outcome = STR("waiting") };
    struct rescue_key key;
    struct users_row user;

    TRY(may_ask(c));
    TRY(rescue_key(c->ledger, c->actor.org, &key));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.ask", .now = c->now, .actor = c->actor.user, .unit = unit, .object = user_id }));
    TRY(fit(c, unit, user_id, &user));
    TRY(asked_already(c, unit));
    r.no = key.row.no;
    r.xpk = user.xpk;
    TRY(row_insert(c->ledger, &table_recoveries, &r));
    *id = r.id;
    return act_commit(c->ledger);
}

/* -- refusing ------------------------------------------------------------------------------------------------------------------- */

static status forget_typed(struct ledger *l, struct id recovery)
{
    struct recovery_typed_rows rows;

    TRY(sql_recovery_typed_of(l, (struct sql_recovery_typed_of){ .recovery = recovery }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(row_delete(l, &table_recovery_typed, &rows.at[i]));
    return OK;
}

static status settle(struct ctx *c, struct recoveries_row *r, const char *outcome, struct str reason)
{
    r->outcome = str_c(outcome);
    r->decided_by = (struct opt_id){ true, c->actor.user };
    r->decided_at = (struct opt_i64){ true, c->now };
    r->reason = reason;
    TRY(forget_typed(c->ledger, r->id));
    return row_update(c->ledger, &table_recoveries, r);
}

static status own_recovery(struct ctx *c, struct id id, struct recoveries_row *r)
{
    *r = (struct recoveries_row){ .id = id };
    TRY(row_get(c->ledger, &table_recoveries, r));
    return id_eq(r->org, c->actor.org) ? OK : fail(NOT_FOUND, "another organisation's recovery");
}

status act_rescue_refuse(struct ctx *c, struct id recovery, struct str reason)
{
    struct recoveries_row r;
    enum rescue_state s;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.refuse", .now = c->now, .actor = c->actor.user, .object = recovery }));
    TRY(own_recovery(c, recovery, &r));
    s = rescue_state(&r, c->now);
    if (s != RESCUE_TOLD && s != RESCUE_OPEN)
        return fail(CONFLICT, "over already");
    TRY(settle(c, &r, "refused", reason));
    return act_commit(c->ledger);
}

/* -- shares ------------------------------------------------------------------------------------------------------------------------ */

/* What a trustee's request knows: the recovery, the key, the share that was typed. */
struct typing {
    struct recoveries_row r;
    struct rescue_key key;
    struct recovery_trustees_row mine;
    struct organisations_row org;
    struct share *shares;               /* [0] typed now; [1] typed before by another */
};

static struct key ctx_typed(const struct recovery_typed_row *t)
{
    struct le64 x = vault_le64(t->x);

    return vault_ctx("recovery-typed", PARTS(id_bytes(&t->recovery), id_bytes(&t->trustee), id_bytes(&t->reader), le64_str(&x)));
}

static bool fits(const struct recovery_trustees_row *t, const struct share *share)
{
    struct key mark;

    share_mark(&mark, t->org, t->no, share);
    return share->x == t->place && t->mark.n == KEY_BYTES && vault_same(mark.b, t->mark.at, KEY_BYTES);
}

/* Rows that decide must be what the log says, today. */
static status all_agree(struct ctx *c, struct typing *t)
{
    TRY(row_agrees_with_log(c->ledger, &table_recoveries, &t->r));
    TRY(row_agrees_with_log(c->ledger, &table_recovery_keys, &t->key.row));
    TRY(row_agrees_with_log(c->ledger, &table_recovery_trustees, &t->mine));
    t->org = (struct organisations_row){ .id = c->actor.org };
    TRY(row_get(c->ledger, &table_organisations, &t->org));
    return row_agrees_with_log(c->ledger, &table_organisations, &t->org);
}

static status look(struct ctx *c, struct id recovery, const struct share *typed, struct typing *t)
{
    TRY(rescue_mine(c, &t->mine));
    TRY(own_recovery(c, recovery, &t->r));
    TRY(rescue_key(c->ledger, c->actor.org, &t->key));
    if (rescue_state(&t->r, c->now) != RESCUE_OPEN || t->r.no != t->key.row.no)
        return fail(CONFLICT, "not its time, or the key was turned meanwhile");
    TRY(all_agree(c, t));
    if (!fits(&t->mine, typed)) {
        TRY(act_note(c->ledger, (struct act_info){ .act = "recovery.share-wrong", .now = c->now, .actor = c->actor.user, .object = recovery }));
        return fail(INVALID, "not this trustee's share of the present key");
    }
    t->shares = secrets_alloc(c->ledger->secrets, 2 * sizeof *t->shares);
    t->shares[0] = *typed;
    return OK;
}

static const struct recovery_trustees_row *trustee(const struct typing *t, struct id who)
{
    for (size_t i = 0; i < t->key.trustees.n; i++)
        if (id_eq(t->key.trustees.at[i].trustee, who))
            return &t->key.trustees.at[i];
    return NULL;
}

/* A share that another trustee typed before, wrapped to this one. `have` false: none that opens. */
static status earlier(struct ctx *c, struct typing *t, bool *have)
{
    struct pair *pair = SECRET(c->ledger->secrets, struct pair);
    struct recovery_typed_rows rows;

    *have = false;
    pair->open = c->actor.xpk;
    pair->secret = *c->actor.secret;
    TRY(sql_recovery_typed_of(c->ledger, (struct sql_recovery_typed_of){ .recovery = t->r.id }, &rows));
    for (size_t i = 0; i < rows.n && !*have; i++) {
        const struct recovery_typed_row *row = &rows.at[i];
        const struct recovery_trustees_row *by = row->altered ? NULL : trustee(t, row->trustee);

        if (by == NULL || !id_eq(row->reader, c->actor.user) || id_eq(row->trustee, c->actor.user))
            continue;
        t->shares[1].x = (uint8_t)row->x;
        *have = vault_unwrap(pair, ctx_typed(row), row->sealed, &t->shares[1].y) == OK && fits(by, &t->shares[1]);
    }
    fail_clear();
    return OK;
}

static status wrap_to(struct ctx *c, const struct typing *t, struct id reader)
{
    struct recovery_typed_row row = { .recovery = t->r.id, .trustee = c->actor.user, .reader = reader, .x = t->shares[0].x };
    struct users_row user = { .id = reader };
    struct key xpk;

    TRY(row_get(c->ledger, &table_users, &user));
    if (user.xpk.n != KEY_BYTES)
        return OK;
    TRY(key_of_str(user.xpk, &xpk));
    row.sealed = vault_wrap(c->arena, &xpk, ctx_typed(&row), &t->shares[0].y);
    return row_insert(c->ledger, &table_recovery_typed, &row);
}

/* The first of two: kept so that only another trustee's own request opens it. */
static status keep_typed(struct ctx *c, const struct typing *t)
{
    struct recovery_typed_rows rows;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.share-typed", .now = c->now, .actor = c->actor.user, .object = t->r.id }));
    TRY(sql_recovery_typed_of(c->ledger, (struct sql_recovery_typed_of){ .recovery = t->r.id }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (id_eq(rows.at[i].trustee, c->actor.user))
            TRY(row_delete(c->ledger, &table_recovery_typed, &rows.at[i]));
    for (size_t i = 0; i < t->key.trustees.n; i++)
        if (!id_eq(t->key.trustees.at[i].trustee, c->actor.user))
            TRY(wrap_to(c, t, t->key.trustees.at[i].trustee));
    return act_commit(c->ledger);
}

/* -- opening ----------------------------------------------------------------------------------------------------------------------------- */

static status join_shares(struct ctx *c, const struct typing *t, struct pair **pair)
{
    *pair = SECRET(c->ledger->secrets, struct pair);
    TRY(shamir_join(&(*pair)->secret, (int)t->key.row.needed, t->shares));
    vault_pair_of_secret(*pair);
    return str_eq(key_str(&(*pair)->open), t->org.rpk) ? OK : fail(BROKEN, "the shares are not those of the organisation's key");
}

static status admit_new(struct ctx *c, const struct typing *t, const struct pair *pair)
{
    struct admissions_row waits = { .unit = t->r.unit, .user = t->r.user };
    struct members_row m = { .unit = t->r.unit, .user = t->r.user, .since = c->now, .admitted_by = { true, c->actor.user } };
    struct users_row user;

    TRY(fit(c, t->r.unit, t->r.user, &user));
    if (!str_eq(user.xpk, t->r.xpk))
        return fail(CONFLICT, "the account was given anew after it was asked");
    TRY(row_get(c->ledger, &table_admissions, &waits));
    m.until = waits.until;
    TRY(row_delete(c->ledger, &table_admissions, &waits));
    return people_recover(c->ledger, m, pair);
}

/* Other units that wait for the key that was just used go on with the new one: what was told stays told, what was typed was of old sheets. */
static status carry_on(struct ctx *c, i64 was)
{
    struct recoveries_rows rows;
    struct rescue_key key;

    TRY(rescue_key(c->ledger, c->actor.org, &key));
    TRY(sql_recoveries_of_org(c->ledger, (struct sql_recoveries_of_org){ .org = c->actor.org }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct recoveries_row *r = &rows.at[i];
        enum rescue_state s = rescue_state(r, c->now);

        if (r->altered || r->no != was || (s != RESCUE_TOLD && s != RESCUE_OPEN))
            continue;
        TRY(forget_typed(c->ledger, r->id));
        r->no = key.row.no;
        TRY(row_update(c->ledger, &table_recoveries, r));
    }
    return OK;
}

static status open_unit(struct ctx *c, struct typing *t)
{
    struct pair *pair;

    TRY(join_shares(c, t, &pair));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.open", .now = c->now, .actor = c->actor.user, .unit = t->r.unit,
                                                .object = t->r.user }));
    TRY(admit_new(c, t, pair));
    TRY(settle(c, &t->r, "done", STR_NULL));
    TRY(rescue_turn(c->ledger, &t->key, pair, c->now));
    TRY(carry_on(c, t->key.row.no));
    return act_commit(c->ledger);
}

status act_rescue_type(struct ctx *c, struct id recovery, const struct share *typed, bool *done)
{
    struct typing t;

    *done = false;
    TRY(look(c, recovery, typed, &t));
    if (t.key.row.needed == 1)
        *done = true;
    else
        TRY(earlier(c, &t, done));
    return *done ? open_unit(c, &t) : keep_typed(c, &t);
}
