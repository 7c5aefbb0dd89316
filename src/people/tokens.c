/* Tokens of programs: 256 random bits, shown once and kept as a hash, so no Argon2 is needed (SECURITY.md, "Keys"). */
#include "tokens.h"

#include "people.sql.h"

enum { TOKEN_BYTES = 32, SECRET_BYTES = 32 };

const struct token_scope token_scopes[TOKEN_SCOPES] = {
    { "report", MAY_SEND_REPORTS }, { "match", MAY_MATCH }, { "hashes.read", MAY_TAKE_HASHES }, { "hashes.write", MAY_GIVE_HASHES },
    { "notices", MAY_ANSWER_NOTICES }, { "witness", MAY_WITNESS },
};

#define BIT(right) ((uint64_t)1 << ((right) - FIRST_RIGHT))

static const struct token_scope *scope_of(struct str word)
{
    for (size_t i = 0; i < TOKEN_SCOPES; i++)
        if (str_is(word, token_scopes[i].word))
            return &token_scopes[i];
    return NULL;
}

bool token_scope_known(struct str scopes)
{
    uint64_t seen = 0;
    struct str word;

    while (str_cut(&scopes, ' ', &word)) {
        const struct token_scope *s = scope_of(word);

        if (s == NULL || (seen & BIT(s->right)) != 0)
            return false;
        seen |= BIT(s->right);
    }
    return seen != 0 && ((seen & BIT(MAY_WITNESS)) == 0 || seen == BIT(MAY_WITNESS));
}

bool token_scope_has(struct str scopes, const char *wanted)
{
    struct str word;

    while (str_cut(&scopes, ' ', &word))
        if (str_is(word, wanted))
            return true;
    return false;
}

/* A partner's token may always ask who it is; a witness's may nothing but witness. */
uint64_t token_rights(struct str scopes)
{
    uint64_t rights = 0;
    struct str word;

    while (str_cut(&scopes, ' ', &word)) {
        const struct token_scope *s = scope_of(word);

        rights |= s ? BIT(s->right) : 0;
    }
    return rights == 0 || rights == BIT(MAY_WITNESS) ? rights : rights | BIT(MAY_CALL);
}

static void token_hash(struct key *hash, const uint8_t token[TOKEN_BYTES])
{
    vault_hash(hash, NULL, "token", PARTS(str_of(token, TOKEN_BYTES)));
}

/* -- what messages are signed with ----------------------------------------------------------------------------------------- */

static struct key ctx_secret(struct id token)
{
    return vault_ctx("token-secret", PARTS(id_bytes(&token)));
}

static struct key ctx_secret_of(const void *row)
{
    return ctx_secret(((const struct tokens_row *)row)->id);
}

const struct key_box token_boxes[] = {
    { &table_tokens, "secret", ctx_secret_of },
    { 0 }
};

static void secret_make(struct ledger *l, struct tokens_row *row, struct str *shown)
{
    uint8_t bytes[SECRET_BYTES];
    struct str text;

    random_bytes(bytes, sizeof bytes);
    row->secret = vault_box(l->arena, &house_now(l->house)->job, ctx_secret(row->id), str_of(bytes, sizeof bytes));
    text = vault_base64(l->arena, str_of(bytes, sizeof bytes));
    *shown = arena_f(l->arena, "whsec_%.*s", (int)text.n, text.at);
}

status token_secret(struct ledger *l, const struct tokens_row *token, struct str *secret)
{
    status s = BROKEN;

    *secret = STR("");
    if (token->secret.n == 0)
        return OK;
    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_secret(token->id), token->secret, secret);
    return s;
}

/* -- making and ending ------------------------------------------------------------------------------------------------------- */

status token_make(struct ledger *l, const struct token_new *new, struct token_made *made)
{
    uint8_t bytes[TOKEN_BYTES];
    struct tokens_row row = { .id = id_random(), .org = new->org, .scope = new->scope, .key = new->key, .name = new->name,
                              .sandbox = new->sandbox, .secret = STR(""), .set_by = new->set_by, .set_at = new->now,
                              .confirmed_by = { !new->waits, new->org } };
    struct key hash;

    random_bytes(bytes, sizeof bytes);
    token_hash(&hash, bytes);
    row.hash = key_str(&hash);
    made->secret = STR("");
    if (new->signs)
        secret_make(l, &row, &made->secret);
    TRY(row_insert(l, &table_tokens, &row));
    made->id = row.id;
    made->text = vault_base64url(l->arena, str_of(bytes, sizeof bytes));
    return OK;
}

status token_end(struct ledger *l, struct id id)
{
    struct tokens_row row = { .id = id };

    TRY(row_get(l, &table_tokens, &row));
    TRY(sql_cosignature_end(l->db, (struct sql_cosignature_end){ .token = id }, &(i64){ 0 }));
    return row_delete(l, &table_tokens, &row);
}

/* -- who is calling ------------------------------------------------------------------------------------------------------------ */

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
    return org->confirmed_by.has && row->confirmed_by.has ? OK : DENIED;
}

status people_actor_of_token(struct ctx *c, const struct credential *credential, struct actor *actor)
{
    struct organisations_row org;
    struct tokens_row *row = NEW(c->arena, struct tokens_row);
    status s = row_of_token(c, credential->token, row, &org);

    if (s != OK)
        return s == BROKEN ? DENIED : s;
    if (credential->code.at != NULL && !str_eq(credential->code, org.code))
        return NOT_FOUND;
    *actor = (struct actor){ .user = row->id, .org = row->org, .rights = token_rights(row->scope), .login = org.code,
                             .name = org.name, .org_name = org.name, .token = row };
    return OK;
}
