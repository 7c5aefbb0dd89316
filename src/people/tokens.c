/* Tokens of programs: 256 random bits, shown once and kept as a hash, so no Argon2 is needed (SECURITY.md, "Keys"). */
#include "tokens.h"

#include "people.sql.h"
#include "tables.sql.h"

enum { TOKEN_BYTES = 32 };

static const struct { const char *scope; int right; } scopes[] = { { "witness", MAY_WITNESS } };

bool token_scope_known(struct str scope)
{
    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if (str_is(scope, scopes[i].scope))
            return true;
    return false;
}

static uint64_t rights_of_scope(struct str scope)
{
    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if (str_is(scope, scopes[i].scope))
            return (uint64_t)1 << (scopes[i].right - FIRST_RIGHT);
    return 0;
}

static void token_hash(struct key *hash, const uint8_t token[TOKEN_BYTES])
{
    vault_hash(hash, NULL, "token", PARTS(str_of(token, TOKEN_BYTES)));
}

status token_make(struct ledger *l, const struct token_new *new, struct id *id, struct str *text)
{
    uint8_t bytes[TOKEN_BYTES];
    struct tokens_row row = { .id = id_random(), .org = new->org, .scope = new->scope };
    struct key hash;

    random_bytes(bytes, sizeof bytes);
    token_hash(&hash, bytes);
    row.hash = key_str(&hash);
    row.key = new->key;
    TRY(row_insert(l, &table_tokens, &row));
    *id = row.id;
    *text = vault_base64url(l->arena, str_of(bytes, sizeof bytes));
    return OK;
}

status token_end(struct ledger *l, struct id id)
{
    struct tokens_row row = { .id = id };

    TRY(row_get(l, &table_tokens, &row));
    TRY(sql_cosignature_end(l->db, (struct sql_cosignature_end){ .token = id }, &(i64){ 0 }));
    return row_delete(l, &table_tokens, &row);
}

/* The organisation must still be there, confirmed, and its row as the log has it; so must the token's. */
static status row_of_token(struct ctx *c, struct str text, struct tokens_row *row, struct organisations_row *org)
{
    uint8_t bytes[TOKEN_BYTES];
    struct key hash;

    if (!vault_base64url_read(text, bytes, sizeof bytes))
        return NOT_FOUND;
    token_hash(&hash, bytes);
    TRY(sql_token_of_hash(c->ledger, (struct sql_token_of_hash){ .hash = key_str(&hash) }, row));
    TRY(row_agrees_lately(c->ledger, &table_tokens, row, c->now));
    *org = (struct organisations_row){ .id = row->org };
    TRY(row_get(c->ledger, &table_organisations, org));
    TRY(row_agrees_lately(c->ledger, &table_organisations, org, c->now));
    return org->confirmed_by.has ? OK : DENIED;
}

status people_actor_of_token(struct ctx *c, struct str token, struct actor *actor)
{
    struct organisations_row org;
    struct tokens_row row;
    status s = row_of_token(c, token, &row, &org);

    if (s != OK)
        return s == BROKEN ? DENIED : s;
    *actor = (struct actor){ .user = row.id, .org = row.org, .rights = rights_of_scope(row.scope), .login = org.code,
                             .name = org.name, .org_name = org.name };
    return OK;
}
