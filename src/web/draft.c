/* Words that could not be taken yet, however long. A row of its own, sealed under the secret key of whoever typed them
   (SECURITY.md, "Bytes"): session notes are small, and a refused text must not be lost for its length. */
#include "web.h"

#include "web.sql.h"

static struct key draft_ctx(struct id who, struct str form)
{
    return vault_ctx("draft", PARTS(id_bytes(&who), form));
}

/* H(xsk_u, "draft"): a session that carries no key keeps no draft. */
static const struct key *draft_key(struct ctx *c)
{
    const struct pair *pair = session_pair(c);
    struct key *k;

    if (pair == NULL)
        return NULL;
    k = SECRET(c->ledger->secrets, struct key);
    vault_hash(k, &pair->secret, "draft", NO_PARTS);
    return k;
}

static status write_alone(struct ctx *c, status (*write)(struct ctx *, struct str, struct str), struct str form, struct str sealed)
{
    status s;

    TRY(tx_begin(c->ledger->db));
    s = write(c, form, sealed);
    if (s == OK)
        return tx_commit(c->ledger->db);
    tx_rollback(c->ledger->db);
    return s;
}

static status put(struct ctx *c, struct str form, struct str sealed)
{
    return sql_draft_put(c->ledger->db, (struct sql_draft_put){ .user = session_who(c), .form = form, .sealed = sealed });
}

static status drop(struct ctx *c, struct str form, struct str sealed)
{
    (void)sealed;
    return sql_draft_end(c->ledger->db, (struct sql_draft_end){ .user = session_who(c), .form = form });
}

status draft_keep(struct ctx *c, struct str form, struct str text)
{
    const struct key *k = draft_key(c);

    if (k == NULL)
        return OK;
    return write_alone(c, put, form, vault_box(c->arena, k, draft_ctx(session_who(c), form), text));
}

status draft_read(struct ctx *c, struct str form, struct str *text)
{
    const struct key *k = draft_key(c);
    struct draft_get_row row;
    status s;

    *text = STR("");
    if (k == NULL)
        return OK;
    s = sql_draft_get(c->ledger->db, (struct sql_draft_get){ .user = session_who(c), .form = form }, &row);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    if (vault_unbox(c->arena, k, draft_ctx(session_who(c), form), row.sealed, text) != OK)
        *text = STR("");        /* of an older key: nobody can read it any more */
    return OK;
}

status drafts_read(struct ctx *c, struct str prefix, struct drafts *list)
{
    const struct key *k = draft_key(c);
    struct drafts_of_rows rows;

    *list = (struct drafts){ .at = NEW_N(c->arena, struct kept_draft, DRAFTS_MAX) };
    if (k == NULL)
        return OK;
    TRY(sql_drafts_of(c->ledger->db, (struct sql_drafts_of){ .user = session_who(c), .prefix = prefix }, &rows));
    for (size_t i = 0; i < rows.n && i < DRAFTS_MAX; i++) {
        struct kept_draft *d = &list->at[list->n];

        d->form = arena_copy(c->arena, rows.at[i].form);
        list->n += vault_unbox(c->arena, k, draft_ctx(session_who(c), d->form), rows.at[i].sealed, &d->text) == OK;
    }
    return OK;
}

status draft_end(struct ctx *c, struct str form)
{
    struct draft_get_row row;
    status s;

    if (session_pair(c) == NULL)
        return OK;
    s = sql_draft_get(c->ledger->db, (struct sql_draft_get){ .user = session_who(c), .form = form }, &row);
    if (s != OK)                /* mostly there is none: no write then */
        return s == NOT_FOUND ? OK : s;
    return tx_open(c->ledger->db) ? drop(c, form, STR_NULL) : write_alone(c, drop, form, STR_NULL);
}
