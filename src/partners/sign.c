/* What a partner's program signed: Standard Webhooks 1.0, the other way round. */
#include "sign.h"

#include "../web/body.h"

#include "partners.sql.h"

/* An id is remembered until its signature counts no more, whichever way the clocks are off. */
#define SEEN_MS ((i64)2 * SIGN_WINDOW_S * SECOND_MS)

/* The one header of this name; STR_NULL where it is absent or came twice. */
static struct str one_header(const struct request *r, const char *name)
{
    struct str value = STR_NULL;
    int n = 0;

    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, str_c(name))) {
            value = str_trim(r->headers[i].value);
            n++;
        }
    return n == 1 ? value : STR_NULL;
}

static status mac_of_body(struct ctx *c, struct vault_hmac_run *run)
{
    struct body *body = c->request->body;
    struct str piece;
    i64 at = 0;

    if (body == NULL)
        return OK;
    TRY(body_cut(body));
    do {
        TRY(body_piece(body, at, &piece));
        vault_hmac_add(run, piece);
        at += (i64)piece.n;
    } while (piece.n > 0);
    return OK;
}

static struct key seen_hash(struct str id)
{
    struct key hash;

    vault_hash(&hash, NULL, "webhook-id", PARTS(id));
    return hash;
}

/* Taken before the page works, and given free where the page could not do its work: so of two that come at once one is refused. */
static status take_id(struct ctx *c, struct str id)
{
    struct key *hash = NEW(c->arena, struct key);
    i64 changed = 0;

    *hash = seen_hash(id);
    TRY(sql_partner_seen_add(c->ledger->db, (struct sql_partner_seen_add){ .token = c->actor.user, .hash = key_str(hash),
                                                                          .until = c->now + SEEN_MS }, &changed));
    if (changed == 0)
        return end_as(c, "replayed");
    c->called = hash;
    return OK;
}

status sign_check(struct ctx *c, struct str secret)
{
    struct signed_head head;
    struct vault_hmac_run run;
    uint8_t mac[32];

    if (!sign_head_read(one_header(c->request, "webhook-id"), one_header(c->request, "webhook-timestamp"),
                        one_header(c->request, "webhook-signature"), &head) || !sign_in_time(&head, c->now))
        return end_as(c, "signature");
    sign_begin(&run, secret, head.id, head.seconds);
    TRY(mac_of_body(c, &run));
    vault_hmac_end(&run, mac);
    return sign_fits(&head, mac) ? take_id(c, head.id) : end_as(c, "signature");
}

void sign_let_go(struct ctx *c)
{
    const struct key *hash = c->called;

    if (hash == NULL || c->response->code < 500)
        return;
    if (sql_partner_seen_drop(c->ledger->db, (struct sql_partner_seen_drop){ .token = c->actor.user, .hash = key_str(hash) }) != OK)
        fail_clear();
}
