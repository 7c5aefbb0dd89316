/* lachan token: what another organisation's program proves itself with. Shown once, kept as a hash. */
#include "cmd.h"

#include "../people/tokens.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <stdio.h>

enum { PUBLIC_KEY_BYTES = 32, NAME_BYTES = 200 };

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY,
    { "org", "CODE", "code of the organisation whose program it is" },
    { "scope", "NAMES", "what it may do: report,match,hashes.read,hashes.write,notices; or witness" },
    { "name", "TEXT", "which program it is for" },
    { "sandbox", NULL, "for trying out: never touches what is real" },
    { "signed", NULL, "each message must be signed with a secret that is shown beside the token" },
    { "public-key", "BASE64", "of the program; a witness prints its own (\"lachan audit witness key\")" },
    OPTION_HELP, OPTION_END,
};

/* STR_NULL: not a key. */
static struct str read_key(struct verb *v)
{
    const char *typed = config_get(&v->config, "public-key", NULL);
    uint8_t *bytes = arena_alloc(&v->arena, PUBLIC_KEY_BYTES);

    if (typed == NULL)
        return STR("");
    return vault_base64_read(str_c(typed), bytes, PUBLIC_KEY_BYTES) ? str_of(bytes, PUBLIC_KEY_BYTES) : STR_NULL;
}

/* "report,match" or "report match". */
static struct str read_scopes(struct verb *v)
{
    char *text = (char *)arena_copy(&v->arena, str_c(config_get(&v->config, "scope", ""))).at;

    for (char *c = text; *c; c++)
        *c = *c == ',' ? ' ' : *c;
    return str_c(text);
}

static status read_wish(struct verb *v, struct token_new *new)
{
    new->scope = read_scopes(v);
    new->key = read_key(v);
    new->name = str_trim(str_c(config_get(&v->config, "name", config_get(&v->config, "org", ""))));
    new->sandbox = config_set(&v->config, "sandbox");
    new->signs = config_set(&v->config, "signed");
    new->now = clock_now_ms();
    if (!token_scope_known(new->scope))
        return fail(INVALID, "--scope names what the token may do: report,match,hashes.read,hashes.write,notices; or witness alone");
    if (new->name.n == 0 || new->name.n > NAME_BYTES)
        return fail(INVALID, "--name says in a few words which program it is for");
    if (str_is(new->scope, "witness") && (new->sandbox || new->signs))
        return fail(INVALID, "a witness has neither --sandbox nor --signed: its signatures are of its own key");
    if (new->key.at == NULL || (str_is(new->scope, "witness") && new->key.n == 0))
        return fail(INVALID, "--public-key is the line that \"lachan audit witness key\" prints there");
    return OK;
}

static void show(const struct token_made *made, const char *code)
{
    char shown[ID_TEXT + 1];

    id_text(made->id, shown);
    printf("%.*s\n", (int)made->text.n, made->text.at);
    if (made->secret.n)
        printf("%.*s\n", (int)made->secret.n, made->secret.at);
    fprintf(stderr, "Token %s of %s%s. It is shown this once: put it into a file that only the program may read.\n", shown, code,
            made->secret.n ? ", and the secret that each message must be signed with" : "");
}

static status make(struct verb *v, struct instance *in)
{
    const char *code = config_get(&v->config, "org", "");
    struct organisations_row org;
    struct token_new new = { 0 };
    struct token_made made;
    status s;

    TRY(read_wish(v, &new));
    s = sql_organisation_of_code(&in->ledger, (struct sql_organisation_of_code){ .code = str_c(code) }, &org);
    if (s == NOT_FOUND)
        return fail(NOT_FOUND, "no organisation has the code \"%s\"", code);
    TRY(s);
    new.org = org.id;
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "token.new", .now = new.now, .object = org.id }));
    TRY(token_make(&in->ledger, &new, &made));
    TRY(act_commit(&in->ledger));
    show(&made, code);
    return OK;
}

static status list(struct instance *in)
{
    struct tokens_rows rows;

    TRY(sql_tokens_all(&in->ledger, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct organisations_row org = { .id = rows.at[i].org };
        char shown[ID_TEXT + 1];

        id_text(rows.at[i].id, shown);
        if (rows.at[i].altered || row_get(&in->ledger, &table_organisations, &org) != OK)
            printf("%s  altered\n", shown);
        else
            printf("%s  %-10.*s %.*s  %s%s  %.*s\n", shown, (int)rows.at[i].scope.n, rows.at[i].scope.at, (int)org.code.n, org.code.at,
                   rows.at[i].sandbox ? "sandbox" : "production", rows.at[i].confirmed_by.has ? "" : " (waits for confirmation)",
                   (int)rows.at[i].name.n, rows.at[i].name.at);
    }
    return OK;
}

static status end(struct instance *in, const char *typed)
{
    struct id id;
    status s;

    if (!id_of_text(str_c(typed), &id))
        return fail(INVALID, "%s is no token's name: \"lachan token list\" tells them", typed);
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "token.end", .now = clock_now_ms(), .object = id }));
    s = token_end(&in->ledger, id);
    if (s == NOT_FOUND)
        return fail(NOT_FOUND, "there is no token %s", typed);
    TRY(s);
    return act_commit(&in->ledger);
}

static bool usage_right(const struct config *c)
{
    if (c->n_args == 1)
        return strcmp(c->args[0], "make") == 0 || strcmp(c->args[0], "list") == 0;
    return c->n_args == 2 && strcmp(c->args[0], "end") == 0;
}

int cmd_token(int argc, char **argv)
{
    struct verb v = { .name = "token", .usage = "make --org CODE --scope NAMES | list | end ID  --data DIR", .options = options };
    struct config *c = &v.config;
    struct instance in;
    int code;
    status s;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (!usage_right(c)) {
        fprintf(stderr, "usage: lachan token %s\n", v.usage);
        return EXIT_USAGE;
    }
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    s = c->n_args == 2 ? end(&in, c->args[1]) : strcmp(c->args[0], "make") == 0 ? make(&v, &in) : list(&in);
    if (s != OK)
        code = verb_failed(&v, "not done");
    instance_close(&in);
    return code;
}
