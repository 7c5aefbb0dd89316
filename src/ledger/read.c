/* Reading rows: nothing of a row is shown before its mark is checked. */
#include "row.h"

#include "../base/log.h"

#include "ledger.sql.h"

static void report_altered(struct ledger *l, const struct table *t, const void *row)
{
    struct str name = row_name(l->arena, t, row);

    log_error("row_altered", "row=%.*s", (int)name.n, name.at);
}

status row_check(struct ledger *l, const struct table *t, void *row)
{
    if (row_mac_ok(l->house, t, row))
        return OK;
    report_altered(l, t, row);
    memset(row, 0, t->row_size);
    return fail(BROKEN, "a row of %s was altered", t->name);
}

static size_t column_size(const struct sql_column *c)
{
    switch (c->type) {
    case SQL_ID:     return c->nullable ? sizeof(struct opt_id) : sizeof(struct id);
    case SQL_BIGINT: return c->nullable ? sizeof(struct opt_i64) : sizeof(i64);
    default:         return sizeof(struct str);
    }
}

bool row_check_or_wipe(struct ledger *l, const struct table *t, void *row)
{
    char *kept;

    if (row_mac_ok(l->house, t, row))
        return true;
    report_altered(l, t, row);
    kept = arena_alloc(l->arena, t->row_size);
    for (size_t i = 0; i < t->n_key; i++) {
        const struct sql_column *c = &t->columns[t->key[i]];

        memcpy(kept + c->offset, (const char *)row + c->offset, column_size(c));
    }
    memcpy(row, kept, t->row_size);
    *row_altered(t, row) = true;
    return false;
}

status row_get(struct ledger *l, const struct table *t, void *row)
{
    TRY(db_one(l->db, t->by_key, row, row));
    return row_check(l, t, row);
}

/* Zero hash: the newest entry says that the row was deleted, so this one was put back. */
status row_agrees_with_log(struct ledger *l, const struct table *t, const void *row)
{
    struct str name = row_name(l->arena, t, row), key = row_key(l->arena, t, row), table = str_c(t->name);
    struct log_newest_of_row_row newest;
    uint8_t rh[ROW_HASH_BYTES];
    struct entry_row said;
    status s = sql_log_newest_of_row(l->db, (struct sql_log_newest_of_row){ table, key }, &newest);

    if (s != OK && s != NOT_FOUND)
        return s;
    row_hash(t, row, rh);
    if (s == OK && entry_mac_ok(l->house, newest.entry, newest.mac) &&
        entry_find_row(newest.entry, table, key, &said) == OK && memcmp(said.is, rh, sizeof rh) == 0)
        return OK;
    log_error("row_not_in_log", "row=%.*s", (int)name.n, name.at);
    return fail(BROKEN, "row %.*s contradicts its newest log entry", (int)name.n, name.at);
}
