/* A form that creates something and is sent twice (a double tap, a browser that was sent back) creates it once: its token, with the same
   words, belongs to the first of the two; the second is led where that one went. */
#include "once.h"

#include "form.h"
#include "session.h"

#include "web.sql.h"

#include <unistd.h>

enum { TOKEN_MIN = 16, WAITS = 40, WAIT_US = 50000 };
#define CLAIM_MS MINUTE_MS      /* of one that never ended: the server was stopped between */

static status in_tx(struct ctx *c, status s)
{
    if (s == OK)
        return tx_commit(c->ledger->db);
    tx_rollback(c->ledger->db);
    return s;
}

static bool is_once(const struct ctx *c)
{
    return c->route->once && form_text(c, "token").n >= TOKEN_MIN && !id_is_zero(session_who(c));
}

/* The name of its row, and the key to what that holds. */
static void once_keys(struct ctx *c, struct once *o)
{
    const struct key *job = &house_now(c->ledger->house)->job;
    struct id who = session_who(c);
    struct key words;

    o->id = SECRET(c->ledger->secrets, struct key);
    o->key = SECRET(c->ledger->secrets, struct key);
    form_hash(c, &words);
    vault_hash(o->id, job, "once", PARTS(id_bytes(&who), c->path, form_text(c, "token"), key_str(&words)));
    vault_hash(o->key, job, "once-key", PARTS(key_str(o->id)));
}

static status claim(struct ctx *c, const struct key *id, bool *mine)
{
    i64 changed = 0;

    TRY(tx_begin(c->ledger->db));
    TRY(in_tx(c, sql_once_claim(c->ledger->db, (struct sql_once_claim){
        .id = key_str(id), .empty = STR(""), .now = c->now, .until = c->now + CLAIM_MS }, &changed)));
    *mine = changed == 1;
    return OK;
}

/* Where the first one went; NOT_FOUND where it was refused, or is not over. */
static status went_to(struct ctx *c, struct once *o, bool *over)
{
    struct once_get_row row;
    status s = sql_once_get(c->ledger->db, (struct sql_once_get){ .id = key_str(o->id), .now = c->now }, &row);

    *over = s == NOT_FOUND;
    TRY(s);
    if (row.sealed.n == 0)
        return NOT_FOUND;
    *over = true;
    return vault_unbox(c->arena, o->key, vault_ctx("once", PARTS(key_str(o->id))), row.sealed, &o->where);
}

status once_begin(struct ctx *c, struct once *o)
{
    *o = (struct once){ .is = is_once(c) };
    if (!o->is)
        return OK;
    once_keys(c, o);
    for (int i = 0; i < WAITS; i++) {
        bool mine = false, over = false;
        status s;

        TRY(claim(c, o->id, &mine));
        if (mine)
            return OK;
        s = went_to(c, o, &over);
        if (s == OK)
            return OK;
        if (s != NOT_FOUND)
            return s;
        fail_clear();
        if (!over)
            usleep(WAIT_US);
    }
    o->where = c->path;         /* it takes long: the page of the form itself shows what came of it */
    return OK;
}

/* Where the answer leads; STR_NULL where it is none that leads anywhere. */
static struct str leads(const struct ctx *c)
{
    for (size_t i = 0; c->response->code == 303 && i < c->response->n_headers; i++)
        if (str_is(c->response->headers[i].name, "Location"))
            return c->response->headers[i].value;
    return STR_NULL;
}

void once_end(struct ctx *c, const struct once *o)
{
    struct str where = leads(c), sealed;
    status s;

    if (!o->is || o->where.at != NULL)
        return;
    s = tx_begin(c->ledger->db);
    if (s == OK && where.at == NULL) {          /* refused: the same words may come again */
        s = in_tx(c, sql_once_drop(c->ledger->db, (struct sql_once_drop){ .id = key_str(o->id) }));
    } else if (s == OK) {
        sealed = vault_box(c->arena, o->key, vault_ctx("once", PARTS(key_str(o->id))), where);
        s = in_tx(c, sql_once_done(c->ledger->db, (struct sql_once_done){ .id = key_str(o->id), .sealed = sealed, .until = c->now + DAY_MS }));
    }
    if (s != OK)
        fail_clear();           /* what was asked for is done all the same */
}
