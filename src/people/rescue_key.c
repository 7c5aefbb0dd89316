/* An organisation's recovery key: named, confirmed, drawn, printed, tried, turned. */
#include "rescue.h"

#include "admin.h"
#include "keys.h"

#include "people.sql.h"

static struct key ctx_share(const struct recovery_trustees_row *t)
{
    struct le64 no = vault_le64(t->no), place = vault_le64(t->place);

    return vault_ctx("recovery-share", PARTS(id_bytes(&t->org), le64_str(&no), id_bytes(&t->trustee), le64_str(&place)));
}

static status trustees_of(struct ledger *l, struct rescue_key *key)
{
    TRY(sql_recovery_trustees_of(l, (struct sql_recovery_trustees_of){ .org = key->row.org, .no = key->row.no }, &key->trustees));
    for (size_t i = 0; i < key->trustees.n; i++)
        if (key->trustees.at[i].altered)
            return fail(BROKEN, "a trustee's row was altered");
    return OK;
}

status rescue_key(struct ledger *l, struct id org, struct rescue_key *key)
{
    struct recovery_keys_rows rows;

    TRY(sql_recovery_keys_of(l, (struct sql_recovery_keys_of){ .org = org }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && str_is(rows.at[i].state, "present")) {
            key->row = rows.at[i];
            return trustees_of(l, key);
        }
    return NOT_FOUND;
}

status rescue_mine(struct ctx *c, struct recovery_trustees_row *mine)
{
    struct recovery_trustees_rows rows;

    TRY(sql_recovery_trustee_me(c->ledger, (struct sql_recovery_trustee_me){ .org = c->actor.org, .trustee = c->actor.user }, &rows));
    if (rows.n != 1 || rows.at[0].altered)
        return NOT_FOUND;
    *mine = rows.at[0];
    return OK;
}

status rescue_can_keep(struct ledger *l, struct id org, struct id user, i64 now, bool *can)
{
    struct users_row u = { .id = user };
    status s = row_get(l, &table_users, &u);

    *can = false;
    if (s == NOT_FOUND || (s == OK && !id_eq(u.org, org)))
        return OK;
    TRY(s);
    return person_joined(l, user, now, can);
}

/* -- naming trustees --------------------------------------------------------------------------------------------------------------- */

static status next_no(struct ledger *l, struct id org, i64 *no)
{
    struct recovery_keys_rows rows;

    TRY(sql_recovery_keys_of(l, (struct sql_recovery_keys_of){ .org = org }, &rows));
    *no = rows.n ? rows.at[0].no + 1 : 1;
    return OK;
}

static status insert_trustees(struct ledger *l, const struct recovery_keys_row *key, const struct id *trustees, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct recovery_trustees_row t = { .org = key->org, .no = key->no, .trustee = trustees[i], .place = (i64)i + 1 };

        TRY(row_insert(l, &table_recovery_trustees, &t));
    }
    return OK;
}

/* A proposal that still waits makes room for the new one. */
static status withdraw_earlier(struct ctx *c)
{
    struct proposals_rows rows;

    TRY(sql_proposals_about(c->ledger, (struct sql_proposals_about){ .object = c->actor.org }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && str_is(rows.at[i].kind, "recovery") && str_is(rows.at[i].outcome, "waiting"))
            TRY(rescue_drop(c->ledger, &rows.at[i]));
    return proposals_withdraw(c->ledger, (struct proposal_of){ .object = c->actor.org, .role = STR("recovery") }, c->actor.user, c->now);
}

status act_name_trustees(struct ctx *c, const struct id *trustees, size_t n)
{
    struct recovery_keys_row key = { .org = c->actor.org, .needed = n == 1 ? 1 : 2, .state = STR("proposed") };

    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.propose", .now = c->now, .actor = c->actor.user, .object = c->actor.org }));
    TRY(withdraw_earlier(c));
    TRY(next_no(c->ledger, key.org, &key.no));
    TRY(row_insert(c->ledger, &table_recovery_keys, &key));
    TRY(insert_trustees(c->ledger, &key, trustees, n));
    TRY(propose(c->ledger, (struct proposals_row){ .kind = STR("recovery"), .object = key.org, .org = key.org, .role = STR("recovery"),
                                                   .since = { true, key.no } }, c->actor.user, c->now));
    return act_commit(c->ledger);
}

/* -- what confirm.c asks --------------------------------------------------------------------------------------------------------------- */

/* `seen` is of the key, the trustees and their accounts: one that was given anew since is not what was shown. */
status rescue_proposed(struct ledger *l, const struct proposals_row *p, struct rescue_key *key, struct str *seen)
{
    struct key *sum = NEW(l->arena, struct key);

    key->row = (struct recovery_keys_row){ .org = p->org, .no = p->since.v };
    TRY(row_get(l, &table_recovery_keys, &key->row));
    TRY(trustees_of(l, key));
    vault_hash(sum, NULL, "seen", PARTS(key->row.mac));
    for (size_t i = 0; i < key->trustees.n; i++) {
        struct users_row u = { .id = key->trustees.at[i].trustee };
        struct key before = *sum;

        TRY(row_get(l, &table_users, &u));
        vault_hash(sum, NULL, "seen", PARTS(key_str(&before), key->trustees.at[i].mac, u.mac));
    }
    *seen = key_str(sum);
    return OK;
}

/* A lost unit that the present key still opens: a new key would close it for ever. */
static status none_lost(struct ledger *l, struct id org, i64 now, bool *none)
{
    struct units_rows units;

    TRY(sql_units_of_org(l, (struct sql_units_of_org){ .org = org }, &units));
    for (size_t i = 0; i < units.n && *none; i++) {
        bool lost, covered;

        TRY(rescue_lost(l, &units.at[i], now, &lost, &covered));
        *none = !lost || !covered;
    }
    return OK;
}

status rescue_ready(struct ledger *l, const struct proposals_row *p, i64 now, bool *ready)
{
    struct rescue_key key;
    struct str seen;

    TRY(rescue_proposed(l, p, &key, &seen));
    *ready = key.trustees.n > 0;
    for (size_t i = 0; i < key.trustees.n && *ready; i++)
        TRY(rescue_can_keep(l, p->org, key.trustees.at[i].trustee, now, ready));
    return *ready ? none_lost(l, p->org, now, ready) : OK;
}

status rescue_drop(struct ledger *l, const struct proposals_row *p)
{
    struct rescue_key key;
    struct str seen;

    TRY(rescue_proposed(l, p, &key, &seen));
    for (size_t i = 0; i < key.trustees.n; i++)
        TRY(row_delete(l, &table_recovery_trustees, &key.trustees.at[i]));
    return row_delete(l, &table_recovery_keys, &key.row);
}

/* -- drawing ------------------------------------------------------------------------------------------------------------------------------ */

static status give_share(struct ledger *l, struct recovery_trustees_row *t, const struct share *share)
{
    struct recovery_shares_row row = { .org = t->org, .ceremony = t->no, .trustee = t->trustee };
    struct users_row user = { .id = t->trustee };
    struct key xpk, *mark = NEW(l->arena, struct key);

    TRY(row_get(l, &table_users, &user));
    TRY(key_of_str(user.xpk, &xpk));
    row.sealed = vault_wrap(l->arena, &xpk, ctx_share(t), &share->y);
    share_mark(mark, t->org, t->no, share);
    t->mark = key_str(mark);
    TRY(row_insert(l, &table_recovery_shares, &row));
    return row_update(l, &table_recovery_trustees, t);
}

static status draw(struct ledger *l, struct rescue_key *key, i64 now, struct pair *pair)
{
    struct organisations_row org = { .id = key->row.org };
    struct share *shares = secrets_alloc(l->secrets, SHARES_MAX * sizeof *shares);

    vault_pair_new(pair);
    shamir_split(&pair->secret, (int)key->row.needed, (int)key->trustees.n, shares);
    for (size_t i = 0; i < key->trustees.n; i++)
        TRY(give_share(l, &key->trustees.at[i], &shares[i]));
    key->row.state = STR("present");
    key->row.made_at = (struct opt_i64){ true, now };
    TRY(row_update(l, &table_recovery_keys, &key->row));
    TRY(row_get(l, &table_organisations, &org));
    org.rpk = arena_copy(l->arena, key_str(&pair->open));
    return row_update(l, &table_organisations, &org);
}

/* Shares of it that nobody printed go; papers open nothing any more once the units' keys are wrapped to another. */
static status end_key(struct ledger *l, struct recovery_keys_row *key)
{
    struct recovery_shares_rows shares;

    TRY(sql_recovery_shares_of(l, (struct sql_recovery_shares_of){ .org = key->org, .no = key->no }, &shares));
    for (size_t i = 0; i < shares.n; i++)
        TRY(row_delete(l, &table_recovery_shares, &shares.at[i]));
    key->state = STR("over");
    return row_update(l, &table_recovery_keys, key);
}

/* Wraps to the old key are taken away: whoever finds its papers later opens nothing. Members wrap to the new one. */
static status uncover(struct ledger *l, struct unit_keys_rows *keys)
{
    for (size_t i = 0; i < keys->n; i++) {
        if (keys->at[i].altered)
            return fail(BROKEN, "a key of a unit was altered");
        if (keys->at[i].recovery.at == NULL)
            continue;
        keys->at[i].recovery = STR_NULL;
        TRY(row_update(l, &table_unit_keys, &keys->at[i]));
    }
    return OK;
}

status rescue_uncover(struct ledger *l, struct id unit)
{
    struct unit_keys_rows keys;

    TRY(sql_unit_keys_of(l, (struct sql_unit_keys_of){ .unit = unit }, &keys));
    return uncover(l, &keys);
}

status rescue_confirmed(struct ledger *l, const struct proposals_row *p, i64 now)
{
    struct pair *pair = SECRET(l->secrets, struct pair);
    struct rescue_key old, key;
    struct unit_keys_rows keys;
    struct str seen;
    status s = rescue_key(l, p->org, &old);

    if (s == OK)
        TRY(end_key(l, &old.row));
    else if (s != NOT_FOUND)
        return s;
    TRY(rescue_proposed(l, p, &key, &seen));
    key.row.proposal = (struct opt_id){ true, p->id };
    TRY(draw(l, &key, now, pair));
    TRY(sql_unit_keys_of_org(l, (struct sql_unit_keys_of_org){ .org = p->org }, &keys));
    return uncover(l, &keys);
}

/* -- turning it after it was used ------------------------------------------------------------------------------------------------------------ */

static status wrap_again(struct ledger *l, struct unit_keys_row *k, const struct pair *old, const struct pair *fresh)
{
    struct key ctx = ctx_unit_recovery(k->unit, k->epoch);
    size_t mark = secrets_mark(l->secrets);
    struct key *osk = SECRET(l->secrets, struct key);
    status s = vault_unwrap(old, ctx, k->recovery, osk);

    if (s == OK)
        k->recovery = vault_wrap(l->arena, &fresh->open, ctx, osk);
    secrets_back(l->secrets, mark);
    if (s == BROKEN)
        k->recovery = STR_NULL;         /* a member wraps it at the next use */
    else
        TRY(s);
    return row_update(l, &table_unit_keys, k);
}

static status still_there(struct ledger *l, const struct rescue_key *old, i64 now, struct id *trustees, size_t *n)
{
    for (size_t i = 0; i < old->trustees.n; i++) {
        bool can;

        TRY(rescue_can_keep(l, old->row.org, old->trustees.at[i].trustee, now, &can));
        if (can)
            trustees[(*n)++] = old->trustees.at[i].trustee;
    }
    return *n >= (size_t)old->row.needed ? OK : fail(CONFLICT, "too few trustees are left for a new key");
}

status rescue_turn(struct ledger *l, const struct rescue_key *old, const struct pair *old_pair, i64 now)
{
    struct rescue_key key = { .row = { .org = old->row.org, .needed = old->row.needed, .state = STR("proposed") } };
    struct recovery_keys_row ended = old->row;
    struct pair *pair = SECRET(l->secrets, struct pair);
    struct id trustees[SHARES_MAX];
    struct unit_keys_rows keys;
    size_t n = 0;

    TRY(still_there(l, old, now, trustees, &n));
    TRY(end_key(l, &ended));
    TRY(next_no(l, key.row.org, &key.row.no));
    TRY(row_insert(l, &table_recovery_keys, &key.row));
    TRY(insert_trustees(l, &key.row, trustees, n));
    TRY(trustees_of(l, &key));
    TRY(draw(l, &key, now, pair));
    TRY(sql_unit_keys_of_org(l, (struct sql_unit_keys_of_org){ .org = key.row.org }, &keys));
    for (size_t i = 0; i < keys.n; i++)
        if (keys.at[i].recovery.at != NULL)
            TRY(wrap_again(l, &keys.at[i], old_pair, pair));
    return OK;
}

/* -- members wrap what they hold ----------------------------------------------------------------------------------------------------------------- */

static status cover_one(struct ctx *c, struct unit_keys_row *k)
{
    struct units_row unit = { .id = k->unit };
    struct organisations_row org;
    struct pair *pair;
    struct key rpk;

    TRY(row_get(c->ledger, &table_units, &unit));
    org = (struct organisations_row){ .id = unit.org };
    TRY(row_get(c->ledger, &table_organisations, &org));
    TRY(row_agrees_lately(c->ledger, &table_organisations, &org, c->now));
    TRY(key_of_str(org.rpk, &rpk));
    TRY(people_open_unit(c, k->unit, k->epoch, &pair));
    k->recovery = vault_wrap(c->ledger->arena, &rpk, ctx_unit_recovery(k->unit, k->epoch), &pair->secret);
    return row_update(c->ledger, &table_unit_keys, k);
}

static status cover_all(struct ctx *c, struct unit_keys_rows *rows)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.cover", .now = c->now, .actor = c->actor.user, .object = c->actor.org }));
    for (size_t i = 0; i < rows->n; i++)
        if (!rows->at[i].altered)
            TRY(cover_one(c, &rows->at[i]));
    return act_commit(c->ledger);
}

status rescue_cover(struct ctx *c)
{
    struct unit_keys_rows rows;
    status s;

    if (c->actor.secret == NULL || c->ledger->act != NULL)
        return OK;
    TRY(sql_unit_keys_uncovered(c->ledger, (struct sql_unit_keys_uncovered){ .user = c->actor.user }, &rows));
    if (rows.n == 0)
        return OK;
    s = cover_all(c, &rows);
    if (s == OK)
        return OK;
    act_abort(c->ledger);
    if (s == BUSY)
        return s;
    fail_clear();       /* somebody else was first, or a row is altered (alarmed there): the page itself is not to blame */
    return OK;
}

/* -- paper ------------------------------------------------------------------------------------------------------------------------------------------ */

static status my_share(struct ctx *c, const struct recovery_trustees_row *mine, struct share **share)
{
    struct recovery_shares_row row = { .org = mine->org, .ceremony = mine->no, .trustee = mine->trustee };
    struct pair *pair = SECRET(c->ledger->secrets, struct pair);

    TRY(row_get(c->ledger, &table_recovery_shares, &row));
    pair->open = c->actor.xpk;
    pair->secret = *c->actor.secret;
    *share = SECRET(c->ledger->secrets, struct share);
    (*share)->x = (uint8_t)mine->place;
    return vault_unwrap(pair, ctx_share(mine), row.sealed, &(*share)->y);
}

status act_share_show(struct ctx *c, struct share **share)
{
    struct recovery_trustees_row mine;

    TRY(rescue_mine(c, &mine));
    TRY(my_share(c, &mine, share));
    return act_note(c->ledger, (struct act_info){ .act = "recovery.share-shown", .now = c->now, .actor = c->actor.user, .object = mine.org });
}

status act_share_printed(struct ctx *c, struct str last)
{
    char (*lines)[SHARE_LINE_SHOWN + 1] = secrets_alloc(c->ledger->secrets, SHARE_LINES * sizeof *lines);
    struct recovery_trustees_row mine;
    struct recovery_shares_row row;
    struct share *share;
    char typed[5];

    TRY(rescue_mine(c, &mine));
    TRY(my_share(c, &mine, &share));
    share_lines(share, lines);
    if (!code_digits(last, typed, 4) || !vault_same(typed, lines[SHARE_LINES - 1] + SHARE_LINE_SHOWN - 4, 4))
        return fail(INVALID, "not the last group of the sheet");
    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.share-printed", .now = c->now, .actor = c->actor.user, .object = mine.org }));
    row = (struct recovery_shares_row){ .org = mine.org, .ceremony = mine.no, .trustee = mine.trustee };
    TRY(row_get(c->ledger, &table_recovery_shares, &row));
    TRY(row_delete(c->ledger, &table_recovery_shares, &row));
    mine.printed_at = (struct opt_i64){ true, c->now };
    TRY(row_update(c->ledger, &table_recovery_trustees, &mine));
    return act_commit(c->ledger);
}

status act_share_tried(struct ctx *c, const struct share *typed)
{
    struct recovery_trustees_row mine;
    struct key mark;

    TRY(rescue_mine(c, &mine));
    share_mark(&mark, mine.org, mine.no, typed);
    if (!mine.printed_at.has || mine.mark.n != KEY_BYTES || !vault_same(mark.b, mine.mark.at, KEY_BYTES))
        return fail(INVALID, "not this trustee's share of the present key");
    TRY(act_begin(c->ledger, (struct act_info){ .act = "recovery.drill", .now = c->now, .actor = c->actor.user, .object = mine.org }));
    mine.tried_at = (struct opt_i64){ true, c->now };
    TRY(row_update(c->ledger, &table_recovery_trustees, &mine));
    return act_commit(c->ledger);
}
