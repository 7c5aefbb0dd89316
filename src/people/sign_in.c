/* Signing in: second factor first (cheap), then one Argon2. Unknown name, wrong digits and wrong password are answered by
   the same bytes, and an unknown name costs the same work as wrong digits (SECURITY.md, "Staff sign-in"). */
#include "sign_in.h"

#include "../base/log.h"

/* Work like that of an account that exists, for a name that does not. Always DENIED. */
static status account_nobody(struct ledger *l, struct str login, struct str digits, i64 now)
{
    struct key *secret = SECRET(l->secrets, struct key);
    struct str boxed;
    uint8_t *opened = secrets_alloc(l->secrets, TOTP_SECRET_BYTES);
    const struct house_keys *h = house_now(l->house);

    vault_hash(secret, &h->job, "nobody", PARTS(login));
    boxed = vault_box(l->arena, &h->job, *secret, str_of(secret->b, TOTP_SECRET_BYTES));
    if (vault_unbox_secret(&h->job, *secret, boxed, opened, TOTP_SECRET_BYTES) == OK)
        (void)account_digits_fit(l, opened, digits, now, false);
    return DENIED;
}

/* A person whose rows contradict the log is blocked, and is told no more than anybody else at this door. */
static status rows_open(struct ctx *c, struct id user)
{
    status s = people_rows_agree(c->ledger, user, c->now);

    return s == BROKEN ? DENIED : s;
}

/* A step counts once, by compare-and-set: two requests with the same digits are one. */
static status use_step(struct ledger *l, struct id user, i64 step)
{
    i64 changed;

    TRY(tx_begin(l->db));
    TRY(sql_totp_use(l->db, (struct sql_totp_use){ .user = user, .step = step }, &changed));
    TRY(tx_commit(l->db));
    return changed ? OK : DENIED;
}

/* Who can sign in needs no link any more, and none that lies in a mailbox may open the account again. */
static status invites_end(struct ledger *l, struct id user)
{
    struct invites_rows rows;

    TRY(sql_invites_of_user(l, (struct sql_invites_of_user){ .user = user }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(row_delete(l, &table_invites, &rows.at[i]));
    return OK;
}

static status sign_in_note(struct ctx *c, struct id user)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.sign-in", .now = c->now, .actor = user, .object = user }));
    TRY(invites_end(c->ledger, user));
    return act_commit(c->ledger);
}

/* What does not come under the current line now does at the next sign-in: nobody is kept out for it. */
static void turn(struct ctx *c, struct account *a, const struct key *xsk)
{
    struct act_info info = { .act = "person.key", .now = c->now, .actor = a->user.id, .object = a->user.id };
    status s;

    if (!account_turn(c->ledger, a, xsk))
        return;
    s = act_begin(c->ledger, info);
    if (s == OK)
        s = row_update(c->ledger, &table_user_secrets, &a->secrets);
    if (s == OK)
        s = act_commit(c->ledger);
    act_abort(c->ledger);
    if (s != OK)
        log_warn("key", "a password stays under its line of the key file: %s", fail_message());
    fail_clear();
}

status sign_in(struct ctx *c, const struct sign_in *in, struct id *user, struct key **xsk)
{
    struct ledger *l = c->ledger;
    struct account *a = SECRET(l->secrets, struct account);
    status s = account_of_login(l, in->login, a);
    i64 step;

    if (s == NOT_FOUND)
        return account_nobody(l, in->login, in->digits, c->now);
    TRY(s);
    TRY(account_totp(l, a, in->digits, c->now, &step));
    TRY(use_step(l, a->user.id, step));
    TRY(account_password(l, a, in->password, xsk));
    TRY(rows_open(c, a->user.id));
    *user = a->user.id;
    turn(c, a, *xsk);
    return sign_in_note(c, *user);
}

/* Recovery: the printed code, and one of the other two. */
static status recover_prove(struct ctx *c, struct account *a, const struct sign_in *in, struct key **xsk)
{
    i64 step;

    TRY(account_recovery(c->ledger, a, in->recovery, xsk));
    if (in->password.n)
        return account_password(c->ledger, a, in->password, xsk);
    TRY(account_totp(c->ledger, a, in->digits, c->now, &step));
    return use_step(c->ledger, a->user.id, step);
}

/* Work like that of a wrong code for an account that exists. Always DENIED. */
static status recover_nobody(struct ledger *l, const struct sign_in *in)
{
    struct account *a = SECRET(l->secrets, struct account);
    const struct house_keys *h = house_now(l->house);
    struct key *k = SECRET(l->secrets, struct key);
    struct key *xsk;

    vault_hash(k, &h->job, "nobody", PARTS(in->login));
    *a = (struct account){ .user.xpk = key_str(k), .secrets.rgen = h->kgen };
    a->secrets.rec_bundle = vault_box(l->arena, k, *k, key_str(k));
    (void)account_recovery(l, a, in->recovery, &xsk);
    return DENIED;
}

static status recover_store(struct ctx *c, struct account *a)
{
    struct id user = a->user.id;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.recover", .now = c->now, .actor = user, .object = user }));
    TRY(row_update(c->ledger, &table_user_secrets, &a->secrets));
    TRY(sql_sessions_end_of_user(c->ledger->db, (struct sql_sessions_end_of_user){ .user = user }));
    return act_commit(c->ledger);
}

status recover(struct ctx *c, const struct sign_in *in, const uint8_t *new_totp, struct recovered *done)
{
    struct ledger *l = c->ledger;
    struct account *a = SECRET(l->secrets, struct account);
    status s = account_of_login(l, in->login, a);
    struct renewal renew = { .password = in->new_password, .totp = new_totp };

    if (s == NOT_FOUND)
        return recover_nobody(l, in);
    TRY(s);
    TRY(recover_prove(c, a, in, &done->xsk));
    TRY(rows_open(c, a->user.id));
    TRY(account_renew(l, a, done->xsk, renew, done->recovery));
    done->user = a->user.id;
    return recover_store(c, a);
}

/* -- first sign-in by a one-time link ------------------------------------------------------------------------------------ */

static struct key invite_hash(struct str token)
{
    struct key hash;

    vault_hash(&hash, NULL, "invite", PARTS(token));
    return hash;
}

status invite_open(struct ctx *c, struct str token, struct users_row *user)
{
    struct key hash = invite_hash(token);
    struct invites_row row;

    TRY(sql_invite_of_hash(c->ledger, (struct sql_invite_of_hash){ .hash = key_str(&hash) }, &row));
    if (row.until <= c->now)
        return NOT_FOUND;
    *user = (struct users_row){ .id = row.user };
    return row_get(c->ledger, &table_users, user);
}

/* The second factor of a link is derived from it, so that nothing has to be kept before it is confirmed. */
void invite_totp(struct ctx *c, struct str token, uint8_t secret[TOTP_SECRET_BYTES])
{
    struct key *k = SECRET(c->ledger->secrets, struct key);

    vault_hash(k, &house_now(c->ledger->house)->job, "invite-totp", PARTS(token));
    memcpy(secret, k->b, TOTP_SECRET_BYTES);
}

static status invite_store(struct ctx *c, struct id user, const struct account_secrets *made)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.join", .now = c->now, .actor = user, .object = user }));
    TRY(people_store_secrets(c->ledger, user, made));
    TRY(sql_sessions_end_of_user(c->ledger->db, (struct sql_sessions_end_of_user){ .user = user }));
    return act_commit(c->ledger);
}

status invite_close(struct ctx *c)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.joined", .now = c->now, .actor = c->actor.user,
                                                .object = c->actor.user }));
    TRY(invites_end(c->ledger, c->actor.user));
    return act_commit(c->ledger);
}

status invite_accept(struct ctx *c, struct str token, struct str password, struct recovered *done)
{
    uint8_t *totp = secrets_alloc(c->ledger->secrets, TOTP_SECRET_BYTES);
    struct account_secrets *made;
    struct users_row user;

    TRY(invite_open(c, token, &user));
    invite_totp(c, token, totp);
    TRY(people_make_secrets(c->ledger, user.id, password, totp, &made));
    TRY(invite_store(c, user.id, made));
    done->user = user.id;
    done->xsk = &made->keys.secret;
    memcpy(done->recovery, made->recovery, sizeof done->recovery);
    return OK;
}
