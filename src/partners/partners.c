/* A program of another organisation: who it is, whether it may ask now, and what is remembered of its asking. */
#include "partners.h"

#include "../people/tokens.h"
#include "../web/body.h"
#include "quotas.h"
#include "sign.h"

#include "partners.sql.h"

/* -- at the door ------------------------------------------------------------------------------------------------------------ */

/* A program may say which environment it means; one that holds the other one's token hears of it before anything happens. */
static bool environment_fits(const struct ctx *c, bool sandbox)
{
    struct str meant = header_value(c->request, "lachan-environment");

    return meant.at == NULL || str_eq_nocase(meant, sandbox ? STR("sandbox") : STR("production"));
}

status partners_actor(struct ctx *c, const struct credential *credential, struct actor *actor)
{
    int scope = quota_scope_of_right(c->route->access), wait = 0;

    TRY(people_actor_of_token(c, credential, actor));
    if (!environment_fits(c, actor->token->sandbox))
        return end_as(c, "wrong-environment");
    if (scope < 0 || !may(c, c->route->access) || request_goes_on(c->request))
        return OK;
    TRY(quota_take(c, scope, &wait));
    if (wait == 0)
        return OK;
    c->retry_after = wait;
    return end_as(c, "too-many");
}

void partners_called(struct ctx *c)
{
    struct call call = { .org = c->actor.org, .token = c->actor.user, .sandbox = c->actor.token->sandbox, .kind = c->route->path,
                         .status = c->response->code, .code = c->error_code, .now = c->now, .us = clock_mono_us() - c->began_us,
                         .bytes = c->request->body ? body_came(c->request->body) : 0 };

    traffic_count(&call);
    sign_let_go(c);
}

/* -- in the page --------------------------------------------------------------------------------------------------------------- */

struct id partner_member(struct id org, bool sandbox)
{
    struct key hash;
    struct id id;

    vault_hash(&hash, NULL, "partner-member", PARTS(id_bytes(&org), sandbox ? STR("sandbox") : STR("production")));
    memcpy(id.b, hash.b, sizeof id.b);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x40);       /* as a random UUID is written */
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    return id;
}

static struct partner partner_of_row(const struct tokens_row *token, struct str code, struct str name)
{
    return (struct partner){ .id = token->id, .org = token->org, .member = partner_member(token->org, token->sandbox),
                             .code = code, .name = name, .title = token->name, .sandbox = token->sandbox };
}

status partner_of(struct ctx *c, struct partner *p)
{
    const struct tokens_row *token = c->actor.token;
    struct str secret;

    if (token == NULL)
        return end_as(c, "forbidden");      /* a person's session: whatever their rights, not a program */
    *p = partner_of_row(token, c->actor.login, c->actor.org_name);
    if (token->secret.n == 0 || request_goes_on(c->request))
        return OK;
    TRY(token_secret(c->ledger, token, &secret));
    return sign_check(c, secret);
}

/* As at the door (people/tokens.c): each row is what its newest entry in the log says. */
status partner_by_id(struct ledger *l, struct id id, i64 now, struct partner *p)
{
    struct tokens_row token = { .id = id };
    struct organisations_row org;

    TRY(row_get(l, &table_tokens, &token));
    TRY(row_agrees_lately(l, &table_tokens, &token, now));
    org = (struct organisations_row){ .id = token.org };
    TRY(row_get(l, &table_organisations, &org));
    TRY(row_agrees_lately(l, &table_organisations, &org, now));
    if (!token.confirmed_by.has || !org.confirmed_by.has)
        return NOT_FOUND;
    *p = partner_of_row(&token, org.code, org.name);
    return OK;
}

void partner_error(struct ctx *c, const char *code)
{
    c->error_code = arena_copy(c->arena, str_upto(str_c(code), 60)).at;
}

/* -- what is old ------------------------------------------------------------------------------------------------------------------ */

status partners_sweep(struct ledger *l, const struct app *app, i64 now)
{
    i64 before = now - TRAFFIC_DAYS * DAY_MS;

    (void)app;
    TRY(tx_begin(l->db));
    TRY(sql_partner_seen_forget(l->db, (struct sql_partner_seen_forget){ .before = now }));
    TRY(sql_traffic_forget(l->db, (struct sql_traffic_forget){ .before = before }));
    TRY(sql_partner_days_forget(l->db, (struct sql_partner_days_forget){ .before = before }));
    TRY(sql_partner_errors_forget(l->db, (struct sql_partner_errors_forget){ .before = before }));
    TRY(sql_webhooks_forget(l->db, (struct sql_webhooks_forget){ .before = before }));
    return tx_commit(l->db);
}
