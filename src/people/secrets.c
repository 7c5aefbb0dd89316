/* Secrets of an account: password, second factor, recovery code. Argon2 runs here, never inside a transaction (V18). */
#include "account.h"

#include "tables.sql.h"

static struct key ctx_user_key(struct id user, const struct key *xpk)
{
    return vault_ctx("user-key", PARTS(id_bytes(&user), key_str(xpk)));
}

static struct key ctx_totp(struct id user)
{
    return vault_ctx("totp", PARTS(id_bytes(&user)));
}

static struct key ctx_totp_of(const void *row)
{
    return ctx_totp(((const struct user_secrets_row *)row)->user);
}

const struct key_box secrets_boxes[] = {
    { &table_user_secrets, "totp", ctx_totp_of },
    { 0 }
};

/* The bundle under the password, with a salt of its own. */
static status seal_password(struct ledger *l, struct id user, struct str password, struct account_secrets *made)
{
    const struct house_keys *line;
    struct key *m = SECRET(l->secrets, struct key), *kek = SECRET(l->secrets, struct key);
    uint8_t salt[SALT_BYTES];

    random_bytes(salt, sizeof salt);
    TRY(vault_pwhash(m, password, salt, pw_user));
    line = house_now(l->house);
    made->pgen = line->kgen;
    vault_user_kek(kek, line, user, m);
    made->salt = arena_copy(l->arena, str_of(salt, sizeof salt));
    made->bundle = vault_box(l->arena, kek, ctx_user_key(user, &made->keys.open), key_str(&made->keys.secret));
    return OK;
}

static void seal_recovery(struct ledger *l, struct id user, struct account_secrets *made)
{
    const struct house_keys *line = house_now(l->house);
    struct key *kek = SECRET(l->secrets, struct key);

    recovery_new(made->recovery);
    made->rgen = line->kgen;
    vault_user_rec(kek, line, user, str_c(made->recovery));
    made->rec_bundle = vault_box(l->arena, kek, ctx_user_key(user, &made->keys.open), key_str(&made->keys.secret));
}

static void seal_totp(struct ledger *l, struct id user, const uint8_t totp[TOTP_SECRET_BYTES], struct account_secrets *made)
{
    made->totp = vault_box(l->arena, &house_now(l->house)->job, ctx_totp(user), str_of(totp, TOTP_SECRET_BYTES));
}

status people_make_secrets(struct ledger *l, struct id user, struct str password, const uint8_t totp[TOTP_SECRET_BYTES],
                           struct account_secrets **made)
{
    struct account_secrets *s = SECRET(l->secrets, struct account_secrets);

    *made = s;
    vault_pair_new(&s->keys);
    TRY(seal_password(l, user, password, s));
    seal_recovery(l, user, s);
    seal_totp(l, user, totp, s);
    return OK;
}

/* Anew where a link was opened a second time before its second factor was confirmed. */
static status store_row(struct ledger *l, struct user_secrets_row *row)
{
    struct user_secrets_row old = { .user = row->user };
    status s = row_get(l, &table_user_secrets, &old);

    if (s == NOT_FOUND)
        return row_insert(l, &table_user_secrets, row);
    TRY(s);
    row->kgen = old.kgen;
    row->mac = old.mac;
    return row_update(l, &table_user_secrets, row);
}

status people_store_secrets(struct ledger *l, struct id user_id, const struct account_secrets *made)
{
    struct users_row user = { .id = user_id };
    struct user_secrets_row row = {
        .user = user_id, .salt = made->salt, .ops = pw_user.ops, .mem = pw_user.mem_bytes, .bundle = made->bundle,
        .rec_bundle = made->rec_bundle, .totp = made->totp, .pgen = made->pgen, .rgen = made->rgen,
    };

    TRY(row_get(l, &table_users, &user));
    user.xpk = arena_copy(l->arena, key_str(&made->keys.open));
    user.state = STR("active");
    TRY(row_update(l, &table_users, &user));
    return store_row(l, &row);
}

/* -- proving who one is --------------------------------------------------------------------------------------------------- */

/* People type blanks between the digits. */
static struct str without_blanks(struct ledger *l, struct str digits)
{
    char *at = secrets_alloc(l->secrets, digits.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < digits.n; i++)
        if (digits.at[i] != ' ')
            at[n++] = digits.at[i];
    return str_of(at, n);
}

/* Both are always looked at, so that time does not tell which of them was asked for. */
i64 account_digits_fit(struct ledger *l, const uint8_t *secret, struct str digits, i64 now, bool two)
{
    struct str typed = without_blanks(l, digits);
    i64 one = totp_match(secret, typed, now), both = totp_match_two(secret, typed, now);

    return both != 0 ? both : two ? 0 : one;
}

status account_totp(struct ledger *l, const struct account *a, struct str digits, i64 now, i64 *step)
{
    uint8_t *secret = secrets_alloc(l->secrets, TOTP_SECRET_BYTES);
    status opened = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && opened != OK;)
        opened = vault_unbox_secret(&l->house->gen[i].job, ctx_totp(a->user.id), a->secrets.totp, secret, TOTP_SECRET_BYTES);
    TRY(opened);
    *step = account_digits_fit(l, secret, digits, now, guessed_much(a->user.id, now));
    if (*step == 0)
        guess_count(a->user.id, now);
    return *step == 0 ? DENIED : OK;
}

/* Opens a bundle under kek: the password (or the recovery code) is right iff it opens. */
static status open_bundle(struct ledger *l, const struct account *a, const struct key *kek, struct str bundle,
                          struct key **xsk)
{
    struct pair *pair = SECRET(l->secrets, struct pair);
    struct key xpk;

    memcpy(xpk.b, a->user.xpk.at, KEY_BYTES);
    if (vault_unbox_secret(kek, ctx_user_key(a->user.id, &xpk), bundle, &pair->secret, KEY_BYTES) != OK)
        return DENIED;
    vault_pair_of_secret(pair);
    if (!vault_same(pair->open.b, xpk.b, KEY_BYTES))
        return fail(BROKEN, "the account's key is not the one in its bundle");
    *xsk = &pair->secret;
    return OK;
}

status account_password(struct ledger *l, struct account *a, struct str password, struct key **xsk)
{
    const struct house_keys *h = house_at(l->house, a->secrets.pgen);
    struct key *m = SECRET(l->secrets, struct key), *kek = SECRET(l->secrets, struct key);

    if (h == NULL)
        return fail(BROKEN, "no house key of generation %lld", (long long)a->secrets.pgen);
    /* nobody has a longer one: it is wrong anyway, and answered like any other wrong one */
    password = str_upto(password, 1024);
    TRY(vault_pwhash(m, password, (const uint8_t *)a->secrets.salt.at,
                     (struct pw_cost){ a->secrets.ops, a->secrets.mem }));
    vault_user_kek(kek, h, a->user.id, m);
    a->m = m;
    return open_bundle(l, a, kek, a->secrets.bundle, xsk);
}

bool account_turn(struct ledger *l, struct account *a, const struct key *xsk)
{
    const struct house_keys *h = house_now(l->house);
    struct key *kek = SECRET(l->secrets, struct key), xpk;

    if (a->secrets.pgen == h->kgen)
        return false;
    memcpy(xpk.b, a->user.xpk.at, KEY_BYTES);
    vault_user_kek(kek, h, a->user.id, a->m);
    a->secrets.bundle = vault_box(l->arena, kek, ctx_user_key(a->user.id, &xpk), key_str(xsk));
    a->secrets.pgen = h->kgen;
    return true;
}

status account_recovery(struct ledger *l, const struct account *a, struct str typed, struct key **xsk)
{
    const struct house_keys *h = house_at(l->house, a->secrets.rgen);
    struct key *kek = SECRET(l->secrets, struct key);
    char *code = secrets_alloc(l->secrets, RECOVERY_CHARS + 1);

    if (h == NULL || recovery_read(typed, code) != OK)
        return DENIED;
    vault_user_rec(kek, h, a->user.id, str_c(code));
    return open_bundle(l, a, kek, a->secrets.rec_bundle, xsk);
}

status account_renew(struct ledger *l, struct account *a, const struct key *xsk, struct renewal renew,
                     char recovery[RECOVERY_CHARS + 1])
{
    struct account_secrets *s = SECRET(l->secrets, struct account_secrets);

    memcpy(s->keys.open.b, a->user.xpk.at, KEY_BYTES);
    s->keys.secret = *xsk;
    if (renew.password.n) {
        TRY(seal_password(l, a->user.id, renew.password, s));
        a->secrets.salt = s->salt;
        a->secrets.bundle = s->bundle;
        a->secrets.ops = pw_user.ops;
        a->secrets.mem = pw_user.mem_bytes;
        a->secrets.pgen = s->pgen;
    }
    if (renew.totp != NULL) {
        seal_totp(l, a->user.id, renew.totp, s);
        a->secrets.totp = s->totp;
    }
    seal_recovery(l, a->user.id, s);
    a->secrets.rec_bundle = s->rec_bundle;
    a->secrets.rgen = s->rgen;
    memcpy(recovery, s->recovery, sizeof s->recovery);
    return OK;
}
