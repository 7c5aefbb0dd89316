/* For programs: who am I, how much have I left, does my signature fit. */
#include "partners.h"

#include "../people/tokens.h"
#include "../web/body.h"
#include "quotas.h"

static void uuid_write(struct out *o, struct id id)
{
    static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
    const uint8_t *at = id.b;

    for (size_t i = 0; i < sizeof groups; i++) {
        out_c(o, i ? "-" : "");
        out_hex(o, at, groups[i]);
        at += groups[i];
    }
}

static void scopes_write(struct out *o, struct str scopes)
{
    const char *comma = "";
    struct str word;

    while (str_cut(&scopes, ' ', &word)) {
        out_c(o, comma);
        out_json(o, word);
        comma = ",";
    }
}

static status quotas_write(struct ctx *c, const struct partner *p)
{
    const char *comma = "";

    for (int i = 0; i < QUOTA_SCOPES; i++) {
        struct quota q;
        i64 used;

        if (!may(c, MAY_CALL + i))
            continue;
        TRY(quota_of(c->ledger, p->org, p->sandbox, i, &q));
        TRY(quota_used(c->ledger, p->org, p->sandbox, i, c->now, &used));
        out_f(c->out, "%s{\"scope\":\"%s\",\"per_second\":%lld,\"burst\":%lld,\"per_day\":%lld,\"used_today\":%lld}", comma, quota_scopes[i],
              (long long)q.per_second, (long long)q.burst, (long long)q.per_day, (long long)used);
        comma = ",";
    }
    return OK;
}

/* GET /api/v1/partner */
static status who_am_i(struct ctx *c)
{
    struct partner p;

    TRY(partner_of(c, &p));
    out_c(c->out, "{\"organisation\":");
    out_json(c->out, p.code);
    out_c(c->out, ",\"name\":");
    out_json(c->out, p.name);
    out_c(c->out, ",\"token\":");
    out_json(c->out, p.title);
    out_f(c->out, ",\"environment\":\"%s\",\"member\":\"", p.sandbox ? "sandbox" : "production");
    uuid_write(c->out, p.member);
    out_f(c->out, "\",\"signed\":%s,\"scopes\":[", c->actor.token->secret.n ? "true" : "false");
    scopes_write(c->out, c->actor.token->scope);
    out_c(c->out, "],\"quotas\":[");
    TRY(quotas_write(c, &p));
    out_c(c->out, "]}\n");
    return answer_json(c, 200);
}

static status hash_body(struct ctx *c, i64 *n, uint8_t hash[32])
{
    struct vault_sha256_run run;
    struct str piece = STR("");

    *n = 0;
    vault_sha256_begin(&run);
    while (c->request->body != NULL) {
        TRY(body_piece(c->request->body, *n, &piece));
        if (piece.n == 0)
            break;
        vault_sha256_add(&run, piece.at, piece.n);
        *n += (i64)piece.n;
    }
    vault_sha256_end(&run, hash);
    return OK;
}

/* POST /api/v1/partner/echo: what arrived of a message, and that its signature fitted. Nothing of it is kept. */
static status echo(struct ctx *c)
{
    struct partner p;
    uint8_t hash[32];
    i64 n;

    TRY(partner_of(c, &p));
    if (c->request->body != NULL)
        TRY(body_cut(c->request->body));
    TRY(hash_body(c, &n, hash));
    out_f(c->out, "{\"bytes\":%lld,\"sha256\":\"", (long long)n);
    out_hex(c->out, hash, sizeof hash);
    out_f(c->out, "\",\"environment\":\"%s\",\"signed\":%s}\n", p.sandbox ? "sandbox" : "production",
          c->actor.token->secret.n ? "true" : "false");
    return answer_json(c, 200);
}

const struct route partner_api_routes[] = {
    ROUTE(GET,  "/api/v1/partner",      MAY_CALL, NO_FORM, who_am_i, .api = true),
    ROUTE(POST, "/api/v1/partner/echo", MAY_CALL, NO_FORM, echo,     .api = true, .raw = true),
    ROUTES_END
};
