/* A new recovery code for somebody who is signed in: the paper was lost, or the code is under an old line of the key file, which can
   go only when nobody's does (lachan key). */
#include "account.h"

#include "sign_in.h"

static status own_secrets(struct ctx *c, struct account *a)
{
    *a = (struct account){ .user = { .id = c->actor.user }, .secrets = { .user = c->actor.user } };
    TRY(row_get(c->ledger, &table_users, &a->user));
    return row_get(c->ledger, &table_user_secrets, &a->secrets);
}

bool recovery_code_is_old(struct ctx *c)
{
    struct user_secrets_row secrets = { .user = c->actor.user };

    return row_get(c->ledger, &table_user_secrets, &secrets) == OK && secrets.rgen != house_now(c->ledger->house)->kgen;
}

static status renew(struct ctx *c, char recovery[RECOVERY_CHARS + 1])
{
    struct account *a = SECRET(c->ledger->secrets, struct account);

    TRY(own_secrets(c, a));
    TRY(account_renew(c->ledger, a, &session_pair(c)->secret, (struct renewal){ 0 }, recovery));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.recovery-code", .now = c->now, .actor = c->actor.user, .object = c->actor.user }));
    TRY(row_update(c->ledger, &table_user_secrets, &a->secrets));
    return act_commit(c->ledger);
}

static status recovery_code_new(struct ctx *c)
{
    char *recovery = secrets_alloc(c->ledger->secrets, RECOVERY_CHARS + 1);

    if (session_pair(c) == NULL)
        return DENIED;
    TRY(renew(c, recovery));
    session_put(c, "recovery", str_c(recovery), 0);
    session_put(c, "recovering", STR("1"), 0);
    return see_other(c, "/account/sheet");
}

const struct route recovery_code_routes[] = {
    ROUTE(POST, "/account/recovery-code", STAFF, FORM({ .name = "token", .max = 100 }), recovery_code_new),
    ROUTES_END
};
