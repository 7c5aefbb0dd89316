/* For witnesses of the log, by a token of the scope "witness": the head, that it extends what they knew, hashes of entries, and
   the place for their signatures. Hashes say nothing of what was done; that there were acts, and how many in an hour, is why
   this is not for everybody. */
#include "tokens.h"

#include "../ledger/look.h"

#include "people.sql.h"
#include "tables.sql.h"

enum { HEAD_CHARS = 20000 };

static const char text_type[] = "text/plain; charset=utf-8";

/* A number of the query; false where it is none. Absent: 0. */
static bool query_number(const struct ctx *c, const char *name, i64 *n)
{
    struct str typed = query_text(c, name);

    *n = 0;
    return typed.n == 0 || (str_i64(typed, n) && *n >= 0);
}

/* GET /api/v1/log/growth?old=N */
static status growth_get(struct ctx *c)
{
    struct log_growth growth;
    i64 old;

    if (!query_number(c, "old", &old))
        return fail(INVALID, "old is a number of entries");
    TRY(log_growth(c->ledger, old, &growth));
    log_growth_write(c->out, c->arena, &growth);
    return answer_text(c, 200, text_type);
}

/* GET /api/v1/log/leaves?from=N: 32 bytes each */
static status leaves_get(struct ctx *c)
{
    struct str bytes;
    i64 from;

    if (!query_number(c, "from", &from))
        return fail(INVALID, "from is a number of an entry");
    TRY(log_leaves(c->ledger, from, &bytes));
    out_str(c->out, bytes);
    return answer_text(c, 200, "application/octet-stream");
}

/* GET /api/v1/log/head: the checkpoint with the signatures of the witnesses who signed this very tree. */
static status head_get(struct ctx *c)
{
    struct cosignatures_all_rows rows;
    struct log_growth growth;

    TRY(log_growth(c->ledger, 0, &growth));
    TRY(sql_cosignatures_all(c->ledger->db, &rows));
    out_str(c->out, growth.signed_head);
    for (size_t i = 0; i < rows.n; i++)
        if (rows.at[i].size == growth.size)
            out_str(c->out, rows.at[i].line);
    return answer_text(c, 200, text_type);
}

/* The signature lines of a note end with a line feed each; the witness's is the last. */
static struct str last_line(struct str text)
{
    size_t n = text.n > 0 && text.at[text.n - 1] == '\n' ? text.n - 1 : text.n, at = n;

    while (at > 0 && text.at[at - 1] != '\n')
        at--;
    return str_of(text.at + at, n - at);
}

/* The head that was signed must be one of ours, and the signature that of the token's own key. */
static status check_signed(struct ctx *c, struct str head, struct checkpoint *tree, i64 *seconds)
{
    struct tokens_row token = { .id = c->actor.user };
    struct log_growth growth;

    TRY(row_get(c->ledger, &table_tokens, &token));
    TRY(log_growth(c->ledger, 0, &growth));
    if (token.key.n != 32)
        return fail(INVALID, "this token was made without the witness's public key");
    if (checkpoint_read(head, growth.log_pk, tree) != OK || tree->size > growth.size)
        return fail(INVALID, "that is not a head of this log");
    if (checkpoint_cosigned(head, c->actor.login, (const uint8_t *)token.key.at, seconds) != OK)
        return fail(INVALID, "the head is not signed by the key and under the name that this token was made for");
    return OK;
}

/* POST /api/v1/log/cosignatures: head, the checkpoint with the witness's line behind it. */
static status cosignature_post(struct ctx *c)
{
    struct str head = form_text(c, "head");
    struct checkpoint tree;
    i64 seconds;

    TRY(check_signed(c, head, &tree, &seconds));
    TRY(tx_begin(c->ledger->db));
    TRY(sql_cosignature_set(c->ledger->db, (struct sql_cosignature_set){ .token = c->actor.user, .name = c->actor.login,
                            .size = tree.size, .at = c->now, .line = arena_f(c->arena, "%.*s\n", (int)last_line(head).n, last_line(head).at) },
                            &(i64){ 0 }));
    TRY(tx_commit(c->ledger->db));
    out_f(c->out, "{\"size\":%lld}\n", (long long)tree.size);
    return answer_json(c, 200);
}

const struct route witness_routes[] = {
    ROUTE(GET,  "/api/v1/log/head",         MAY_WITNESS, NO_FORM, head_get,   .api = true),
    ROUTE(GET,  "/api/v1/log/growth",       MAY_WITNESS, NO_FORM, growth_get, .api = true),
    ROUTE(GET,  "/api/v1/log/leaves",       MAY_WITNESS, NO_FORM, leaves_get, .api = true),
    ROUTE(POST, "/api/v1/log/cosignatures", MAY_WITNESS, FORM_API(FIELD("head", HEAD_CHARS)), cosignature_post, .api = true),
    ROUTES_END
};
