#include "entry.h"

void entry_write_part(struct out *o, struct str part)
{
    struct le64 n = vault_le64((i64)part.n);

    out_bytes(o, n.b, 4);
    out_str(o, part);
}

static i64 read_le(const char *at, int bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0)
        value = value << 8 | (uint8_t)at[bytes];
    return (i64)value;
}

bool entry_read_part(struct str *rest, struct str *part)
{
    size_t n;

    if (rest->n < 4)
        return false;
    n = (size_t)read_le(rest->at, 4);
    if (n > rest->n - 4)
        return false;
    *part = str_of(rest->at + 4, n);
    *rest = str_from(*rest, 4 + n);
    return true;
}

static bool read_id(struct str *rest, struct id *id)
{
    struct str part;

    return entry_read_part(rest, &part) && id_of_bytes(part, id);
}

static bool read_hash(struct str *rest, uint8_t hash[ROW_HASH_BYTES])
{
    struct str part;

    if (!entry_read_part(rest, &part) || part.n != ROW_HASH_BYTES)
        return false;
    memcpy(hash, part.at, ROW_HASH_BYTES);
    return true;
}

void entry_write_head(struct out *o, const struct entry *e)
{
    struct le64 time = vault_le64(e->time);

    entry_write_part(o, id_bytes(&e->id));
    entry_write_part(o, le64_str(&time));
    entry_write_part(o, id_bytes(&e->actor));
    entry_write_part(o, id_bytes(&e->unit));
    entry_write_part(o, e->act);
    entry_write_part(o, id_bytes(&e->object));
}

void entry_write_row(struct out *o, const struct entry_row *row)
{
    entry_write_part(o, row->table);
    entry_write_part(o, row->key);
    entry_write_part(o, str_of(row->was, sizeof row->was));
    entry_write_part(o, str_of(row->is, sizeof row->is));
}

status entry_read(struct str bytes, struct entry *e)
{
    struct str time;

    if (!read_id(&bytes, &e->id) || !entry_read_part(&bytes, &time) || time.n != 8 ||
        !read_id(&bytes, &e->actor) || !read_id(&bytes, &e->unit) ||
        !entry_read_part(&bytes, &e->act) || !read_id(&bytes, &e->object))
        return fail(BROKEN, "not an entry of the log");
    e->time = read_le(time.at, 8);
    e->rows = bytes;
    return OK;
}

bool entry_is_of(struct str bytes, struct id id)
{
    struct entry e;

    return entry_read(bytes, &e) == OK && id_eq(e.id, id);
}

status entry_next_row(struct entry *e, struct entry_row *row)
{
    if (e->rows.n == 0)
        return NOT_FOUND;
    if (!entry_read_part(&e->rows, &row->table) || !entry_read_part(&e->rows, &row->key) ||
        !read_hash(&e->rows, row->was) || !read_hash(&e->rows, row->is))
        return fail(BROKEN, "an entry of the log names a row by halves");
    return OK;
}

status entry_find_row(struct str bytes, struct str table, struct str key, struct entry_row *row)
{
    struct entry_row next;
    struct entry e;
    bool found = false;
    status s;

    TRY(entry_read(bytes, &e));
    while ((s = entry_next_row(&e, &next)) == OK)
        if (str_eq(next.table, table) && str_eq(next.key, key)) {
            *row = next;
            found = true;
        }
    if (s != NOT_FOUND)
        return s;
    return found ? OK : NOT_FOUND;
}

struct entry_mac entry_mac(const struct house_keys *h, struct str bytes)
{
    struct le64 kgen = vault_le64(h->kgen);
    struct entry_mac mac;
    struct key hash;

    vault_hash(&hash, &h->mac, "log", PARTS(bytes));
    memcpy(mac.b, kgen.b, sizeof kgen.b);
    memcpy(mac.b + sizeof kgen.b, hash.b, sizeof hash.b);
    return mac;
}

bool entry_mac_ok(const struct house *house, struct str bytes, struct str mac)
{
    const struct house_keys *h;
    struct entry_mac right;

    if (mac.n != sizeof right.b || (h = house_at(house, read_le(mac.at, 8))) == NULL)
        return false;
    right = entry_mac(h, bytes);
    return vault_same(right.b, mac.at, sizeof right.b);
}
