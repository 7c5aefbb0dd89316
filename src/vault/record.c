#include "vault.h"

#include <sodium.h>

enum {
    FORM_DROPPED = 0x02,
    BODY_HEAD = 1 + 16 + 8,     /* kind, author, time */
    PAD_MIN = 256
};

static void drop_pair(struct pair *drop, const struct key *ck)
{
    struct key seed;

    vault_kdf(&seed, ck, 2, "lachan_c");
    vault_pair_of_seed(drop, &seed);
    sodium_memzero(&seed, sizeof seed);
}

void vault_comp_keys_read(struct comp_keys *keys, const struct key *ck)
{
    keys->ck = *ck;
    vault_kdf(&keys->row, ck, 1, "lachan_c");
    sodium_memzero(&keys->drop, sizeof keys->drop);
}

void vault_comp_keys(struct comp_keys *keys, const struct key *ck)
{
    vault_comp_keys_read(keys, ck);
    drop_pair(&keys->drop, ck);
}

static struct key record_ctx(struct id comp, struct id record)
{
    return vault_ctx("record", PARTS(id_bytes(&comp), id_bytes(&record)));
}

/* Sizes of records double from 256, so that a length tells little. */
static size_t padded_size(size_t n)
{
    size_t size = PAD_MIN;

    while (size <= n)
        size *= 2;
    return size;
}

/* `before` ‖ kind ‖ author ‖ time ‖ text, padded behind `before`. */
static struct str record_body(struct arena *a, struct str before, const struct record *r)
{
    size_t n = BODY_HEAD + r->text.n, size = padded_size(n);
    struct le64 time = vault_le64(r->time);
    uint8_t *all = arena_alloc(a, before.n + size), *body = all + before.n;

    if (before.n)
        memcpy(all, before.at, before.n);
    body[0] = (uint8_t)r->kind;
    memcpy(body + 1, r->author.b, sizeof r->author.b);
    memcpy(body + 17, time.b, sizeof time.b);
    if (r->text.n)
        memcpy(body + BODY_HEAD, r->text.at, r->text.n);
    sodium_pad(NULL, body, n, size, size);
    return str_of(all, before.n + size);
}

struct str vault_record_seal(struct arena *a, const struct comp_keys *keys, struct id comp, struct id record,
                             const struct record *r)
{
    return vault_box(a, &keys->row, record_ctx(comp, record), record_body(a, STR_NULL, r));
}

struct str vault_record_drop(struct arena *a, const struct key *dpk, struct id comp, struct id record,
                             const struct record *r)
{
    struct key ctx = record_ctx(comp, record);
    struct str plain = record_body(a, key_str(&ctx), r);
    uint8_t *sealed = arena_alloc(a, 1 + crypto_box_SEALBYTES + plain.n);

    sealed[0] = FORM_DROPPED;
    if (crypto_box_seal(sealed + 1, (const unsigned char *)plain.at, plain.n, dpk->b) != 0)
        sealed[0] = 0;          /* a weak public key, which no pair of ours has: nobody shall open it */
    return str_of(sealed, 1 + crypto_box_SEALBYTES + plain.n);
}

static status open_dropped(struct arena *a, const struct pair *drop, struct key ctx, struct str body,
                           struct str *plain)
{
    uint8_t *at;
    size_t n;

    if (body.n < 1 + crypto_box_SEALBYTES + sizeof ctx.b)
        return fail(BROKEN, "a dropped record is cut short");
    n = body.n - 1 - crypto_box_SEALBYTES;
    at = arena_alloc(a, n);
    if (crypto_box_seal_open(at, (const unsigned char *)body.at + 1, body.n - 1,
                             drop->open.b, drop->secret.b) != 0 ||
        !vault_same(at, ctx.b, sizeof ctx.b))
        return fail(BROKEN, "a dropped record does not open here");
    *plain = str_of(at + sizeof ctx.b, n - sizeof ctx.b);
    return OK;
}

/* The pair may not have been made yet (vault_comp_keys_read). */
static status open_dropped_by(struct arena *a, const struct comp_keys *keys, struct key ctx, struct str body, struct str *plain)
{
    struct pair drop = keys->drop;
    status s;

    if (sodium_is_zero(drop.secret.b, sizeof drop.secret.b))
        drop_pair(&drop, &keys->ck);
    s = open_dropped(a, &drop, ctx, body, plain);
    sodium_memzero(&drop, sizeof drop);
    return s;
}

static i64 read_le64(const uint8_t *at)
{
    uint64_t value = 0;

    for (int i = 7; i >= 0; i--)
        value = value << 8 | at[i];
    return (i64)value;
}

static status record_read(struct str plain, struct record *r)
{
    const uint8_t *body = (const uint8_t *)plain.at;
    size_t n;

    if (plain.n < PAD_MIN || sodium_unpad(&n, body, plain.n, plain.n) != 0 || n < BODY_HEAD)
        return fail(BROKEN, "a record has no body");
    r->kind = (enum record_kind)body[0];
    memcpy(r->author.b, body + 1, sizeof r->author.b);
    r->time = read_le64(body + 17);
    r->text = str_of(body + BODY_HEAD, n - BODY_HEAD);
    return OK;
}

status vault_record_open(struct arena *a, const struct comp_keys *keys, struct id comp, struct id record,
                         struct str body, struct record *r)
{
    struct key ctx = record_ctx(comp, record);
    struct str plain;

    if (body.n && body.at[0] == FORM_DROPPED)
        TRY(open_dropped_by(a, keys, ctx, body, &plain));
    else
        TRY(vault_unbox(a, &keys->row, ctx, body, &plain));
    return record_read(plain, r);
}
