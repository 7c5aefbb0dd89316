#include "row.h"

#include <assert.h>

enum { COLUMNS_MAX = 40, KEY_MAX = 4096 };

static const void *at_column(const struct sql_column *c, const void *row)
{
    return (const char *)row + c->offset;
}

static struct str bigint_bytes(i64 value, struct le64 *store)
{
    *store = vault_le64(value);
    return le64_str(store);
}

/* Bytes of a column; integers are put into `store`. NULL in a column that has none is the empty value,
   because drivers give no address for a value without bytes. */
static struct str column_bytes(const struct sql_column *c, const void *row, struct le64 *store)
{
    const void *at = at_column(c, row);
    const struct opt_id *id = at;
    const struct opt_i64 *number = at;
    struct str bytes;

    switch (c->type) {
    case SQL_ID:
        if (!c->nullable)
            return id_bytes(at);
        return id->has ? id_bytes(&id->v) : STR_NULL;
    case SQL_BIGINT:
        if (!c->nullable)
            return bigint_bytes(*(const i64 *)at, store);
        return number->has ? bigint_bytes(number->v, store) : STR_NULL;
    case SQL_BYTEA:
    case SQL_TEXT:
        break;
    }
    bytes = *(const struct str *)at;
    return bytes.at == NULL && !c->nullable ? STR("") : bytes;
}

void row_hash(const struct table *t, const void *row, uint8_t rh[ROW_HASH_BYTES])
{
    struct str columns[COLUMNS_MAX];
    struct le64 store[COLUMNS_MAX];
    size_t n = t->n_columns - 2;

    assert(t->logged && t->n_columns >= 2 && n <= COLUMNS_MAX);
    for (size_t i = 0; i < n; i++)
        columns[i] = column_bytes(&t->columns[i], row, &store[i]);
    vault_row_hash(rh, str_c(t->name), (struct parts){ columns, n });
}

void row_write_key(struct out *o, const struct table *t, const void *row)
{
    for (size_t i = 0; i < t->n_key; i++) {
        struct le64 store;
        struct str bytes = column_bytes(&t->columns[t->key[i]], row, &store);

        if (t->n_key == 1)
            out_str(o, bytes);
        else
            entry_write_part(o, bytes);
    }
    assert(!o->over);
}

struct str row_key(struct arena *a, const struct table *t, const void *row)
{
    struct out o = { .max = KEY_MAX };
    struct str key;

    row_write_key(&o, t, row);
    key = arena_copy(a, out_done(&o));
    out_free(&o);
    return key;
}

static bool key_part(const struct sql_column *c, struct str bytes, void *row)
{
    void *at = (char *)row + c->offset;
    uint64_t value = 0;

    switch (c->type) {
    case SQL_ID:
        return id_of_bytes(bytes, at);
    case SQL_BIGINT:
        for (size_t i = 8; bytes.n == 8 && i-- > 0;)
            value = value << 8 | (uint8_t)bytes.at[i];
        *(i64 *)at = (i64)value;
        return bytes.n == 8;
    default:
        *(struct str *)at = bytes.at ? bytes : STR("");
        return true;
    }
}

bool row_of_key(const struct table *t, struct str key, void *row)
{
    struct str rest = key, part = key;

    for (size_t i = 0; i < t->n_key; i++)
        if ((t->n_key > 1 && !entry_read_part(&rest, &part)) || !key_part(&t->columns[t->key[i]], part, row))
            return false;
    return t->n_key == 1 || rest.n == 0;
}

struct str row_name_of_key(struct arena *a, const struct table *t, struct str key)
{
    struct out o = { .max = 3 * KEY_MAX };
    struct str rest = key, part = key, name;

    out_c(&o, t->name);
    for (size_t i = 0; i < t->n_key; i++) {
        if (t->n_key > 1 && !entry_read_part(&rest, &part))
            break;
        out_char(&o, i ? '/' : ' ');
        if (t->columns[t->key[i]].type == SQL_TEXT)
            out_str(&o, part);
        else
            out_hex(&o, part.at, part.n);
    }
    name = arena_copy(a, out_done(&o));
    out_free(&o);
    return name;
}

struct str row_name(struct arena *a, const struct table *t, const void *row)
{
    return row_name_of_key(a, t, row_key(a, t, row));
}

i64 *row_kgen(const struct table *t, void *row)
{
    return (i64 *)(void *)((char *)row + t->columns[t->n_columns - 2].offset);
}

struct str *row_mac(const struct table *t, void *row)
{
    return (struct str *)(void *)((char *)row + t->columns[t->n_columns - 1].offset);
}

bool *row_altered(const struct table *t, void *row)
{
    return (bool *)(row_mac(t, row) + 1);
}

bool row_mac_ok(const struct house *house, const struct table *t, const void *row)
{
    const i64 *kgen = at_column(&t->columns[t->n_columns - 2], row);
    const struct str *mac = at_column(&t->columns[t->n_columns - 1], row);
    const struct house_keys *h = house_at(house, *kgen);
    uint8_t rh[ROW_HASH_BYTES];
    struct key right;

    if (h == NULL || mac->n != sizeof right.b)
        return false;
    row_hash(t, row, rh);
    vault_row_mac(&right, h, rh);
    return vault_same(right.b, mac->at, sizeof right.b);
}

bool row_was_marked(const struct house *house, const struct table *t, const void *row, struct str mac)
{
    uint8_t rh[ROW_HASH_BYTES];
    struct key mark;

    row_hash(t, row, rh);
    for (size_t i = 0; i < house->n; i++) {
        vault_row_mac(&mark, &house->gen[i], rh);
        if (mac.n == sizeof mark.b && vault_same(mark.b, mac.at, sizeof mark.b))
            return true;
    }
    return false;
}
