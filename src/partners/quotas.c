/* How much a partner may ask for: the shipped quotas, and those that the operator set for one of them. */
#include "quotas.h"

#include "../base/blocks.h"
#include "../base/content.h"

#include "partners.sql.h"

const char *const quota_scopes[QUOTA_SCOPES] = { "call", "report", "match", "hashes.read", "hashes.write", "notices" };

static struct quota shipped[2][QUOTA_SCOPES];

int quota_scope_of_right(int right)
{
    return right >= MAY_CALL && right <= MAY_ANSWER_NOTICES ? right - MAY_CALL : -1;
}

int quota_scope_of(struct str name)
{
    for (int i = 0; i < QUOTA_SCOPES; i++)
        if (str_is(name, quota_scopes[i]))
            return i;
    return -1;
}

/* -- the bucket ------------------------------------------------------------------------------------------------------------ */

/* A clock that went back fills nothing, and one that jumped ahead no more than the bucket holds. */
static void fill(struct bucket *b, const struct quota *q, i64 now)
{
    i64 full = q->burst * 1000, passed = now - b->at;

    if (b->at == 0 || passed >= full / q->per_second + 1)
        b->milli = full;
    else if (passed > 0)
        b->milli += passed * q->per_second;
    if (b->milli > full)
        b->milli = full;
    b->at = now;
}

bool bucket_take(struct bucket *b, const struct quota *q, i64 now, i64 *wait_ms)
{
    fill(b, q, now);
    *wait_ms = 0;
    if (b->milli < 1000) {
        *wait_ms = (1000 - b->milli + q->per_second - 1) / q->per_second;
        return false;
    }
    b->milli -= 1000;
    return true;
}

/* -- the file ---------------------------------------------------------------------------------------------------------------- */

static status wrong(const struct block *b, const char *what)
{
    return fail(INVALID, "content/partners/quotas.txt line %d: %s", b->line, what);
}

static bool number(const struct block *b, const char *key, i64 *n)
{
    return str_i64(block_get(b, key), n) && *n > 0 && *n <= 1000000000;
}

static status add(const struct block *b)
{
    struct str environment = block_get(b, "environment");
    bool both = str_is(environment, "both"), sandbox = both || str_is(environment, "sandbox");
    int scope = quota_scope_of(block_get(b, "scope"));
    struct quota q;

    if (!str_is(b->kind, "quota") || scope < 0)
        return wrong(b, "not a [quota] with a scope");
    if (!sandbox && !str_is(environment, "production"))
        return wrong(b, "environment is sandbox, production or both");
    if (!number(b, "per_second", &q.per_second) || !number(b, "burst", &q.burst) || !number(b, "per_day", &q.per_day))
        return wrong(b, "per_second, burst and per_day are numbers of at least 1");
    if (sandbox)
        shipped[1][scope] = q;
    if (both || !sandbox)
        shipped[0][scope] = q;
    return OK;
}

status quotas_load(void)
{
    struct arena a = arena_make(1 << 20);
    struct blocks blocks = { 0 };
    struct str text;
    status s = content_read(&a, "partners/quotas.txt", &text);

    if (s == OK)
        s = blocks_read(&a, "partners/quotas.txt", text, &blocks);
    for (size_t i = 0; s == OK && i < blocks.n; i++)
        s = add(&blocks.at[i]);
    arena_free(&a);
    for (int i = 0; s == OK && i < QUOTA_SCOPES; i++)
        if (shipped[0][i].burst == 0 || shipped[1][i].burst == 0)
            s = fail(INVALID, "content/partners/quotas.txt says nothing of the scope %s", quota_scopes[i]);
    return s;
}

/* -- of one partner -------------------------------------------------------------------------------------------------------------- */

status quota_of(struct ledger *l, struct id org, bool sandbox, int scope, struct quota *q)
{
    struct partner_quotas_row row = { .org = org, .sandbox = sandbox, .scope = str_c(quota_scopes[scope]) };
    status s = row_get(l, &table_partner_quotas, &row);

    *q = shipped[sandbox][scope];
    if (s == OK)
        *q = (struct quota){ row.per_second, row.burst, row.per_day };
    return s == NOT_FOUND || s == BROKEN ? OK : s;      /* an altered row is alarmed, and the shipped quota counts */
}

status quota_set(struct ledger *l, struct id org, bool sandbox, int scope, const struct quota *q, i64 now)
{
    struct partner_quotas_row row = { .org = org, .sandbox = sandbox, .scope = str_c(quota_scopes[scope]) };
    status s = row_get(l, &table_partner_quotas, &row);

    if (s != OK && s != NOT_FOUND)
        return s;
    row.per_second = q->per_second;
    row.burst = q->burst;
    row.per_day = q->per_day;
    row.set_at = now;
    return s == OK ? row_update(l, &table_partner_quotas, &row) : row_insert(l, &table_partner_quotas, &row);
}
