/* Acts: a transaction, the rows it writes, and its one entry. */
#include "row.h"

#include "../base/clock.h"

#include "ledger.sql.h"

#include <assert.h>

struct write {
    struct entry_row row;
    struct write *next;
};

struct act {
    struct act_info info;
    struct write *first, **last;
};

static void begin_entry(struct ledger *l, struct act_info info)
{
    l->act = NEW(l->arena, struct act);
    l->act->info = info;
    l->act->last = &l->act->first;
}

status act_begin(struct ledger *l, struct act_info info)
{
    assert(l->act == NULL);
    TRY(tx_begin(l->db));
    begin_entry(l, info);
    return OK;
}

void act_abort(struct ledger *l)
{
    tx_rollback(l->db);
    l->act = NULL;
}

void act_again(struct ledger *l)
{
    bool lost = l->act != NULL;

    act_abort(l);
    if (lost)
        (void)tx_wait_for_others(l->db);        /* where it cannot, the next act_begin says so */
}

/* UUIDv7 tells the millisecond, so an anonymous act's entry has a random id; its time is the local day. */
static struct entry entry_of(const struct act_info *info)
{
    return (struct entry){
        .id = info->anonymous ? id_random() : id_timed(info->now),
        .time = info->anonymous ? clock_local_day(info->now) : info->now,
        .actor = info->actor, .unit = info->unit, .object = info->object, .act = str_c(info->act),
    };
}

static struct opt_id some(struct id id)
{
    return (struct opt_id){ !id_is_zero(id), id };
}

/* The entry, with what the log's pages list by beside it. */
static status add_entry(struct ledger *l, const struct entry *e, struct str bytes)
{
    struct entry_mac mac = entry_mac(house_now(l->house), bytes);

    TRY(sql_log_add(l->db, (struct sql_log_add){
        .id = e->id, .anonymous = l->act->info.anonymous, .object = e->object, .entry = bytes,
        .mac = str_of(mac.b, sizeof mac.b), .at = e->time, .actor = some(e->actor), .unit = some(e->unit), .act = e->act }));
    return sql_log_add_orgs(l->db, (struct sql_log_add_orgs){
        .log = e->id, .at = e->time, .actor = e->actor, .unit = e->unit, .object = e->object });
}

static status write_entry(struct ledger *l, struct out *o)
{
    struct entry e = entry_of(&l->act->info);

    entry_write_head(o, &e);
    for (struct write *w = l->act->first; w != NULL; w = w->next)
        entry_write_row(o, &w->row);
    if (o->over)
        return fail(TOO_LARGE, "one act writes too many rows for one log entry");
    TRY(add_entry(l, &e, out_done(o)));
    for (struct write *w = l->act->first; w != NULL; w = w->next)
        TRY(sql_log_name_row(l->db, (struct sql_log_name_row){
            .tbl = w->row.table, .row_key = w->row.key, .log = e.id }));
    return OK;
}

status act_next(struct ledger *l, struct act_info info)
{
    struct out o = { .max = ENTRY_MAX };
    status s;

    assert(l->act != NULL);
    s = write_entry(l, &o);
    out_free(&o);
    if (s == OK)
        begin_entry(l, info);
    return s;
}

status act_commit(struct ledger *l)
{
    struct out o = { .max = ENTRY_MAX };
    status s;

    assert(l->act != NULL);
    s = write_entry(l, &o);
    out_free(&o);
    if (s == OK && conn_missed(l->db))
        s = fail(BUSY, "what the act was made of could not be read whole");
    if (s == OK)
        s = tx_commit(l->db);
    if (s != OK)
        tx_rollback(l->db);
    l->act = NULL;
    return s;
}

status act_note(struct ledger *l, struct act_info info)
{
    TRY(act_begin(l, info));
    return act_commit(l);
}

/* The row as the act's entry will name it; `was` and `is` are still zero: "not there". */
static struct entry_row *name_row(struct ledger *l, const struct table *t, const void *row)
{
    struct write *w = NEW(l->arena, struct write);

    w->row.table = str_c(t->name);
    w->row.key = row_key(l->arena, t, row);
    *l->act->last = w;
    l->act->last = &w->next;
    return &w->row;
}

/* Puts today's mark on the row, in the arena. The current line may be another at each look. */
static void stamp(struct ledger *l, const struct table *t, void *row, const uint8_t rh[ROW_HASH_BYTES])
{
    const struct house_keys *line = house_now(l->house);
    struct key *mac = NEW(l->arena, struct key);

    vault_row_mac(mac, line, rh);
    *row_kgen(t, row) = line->kgen;
    *row_mac(t, row) = key_str(mac);
}

status row_insert(struct ledger *l, const struct table *t, void *row)
{
    struct entry_row *entry;

    assert(l->act != NULL && t->logged);
    entry = name_row(l, t, row);
    row_hash(t, row, entry->is);
    stamp(l, t, row, entry->is);
    return db_exec(l->db, t->insert, row, NULL);
}

enum { MARK_TRIES = 4 };

/* The row as it stands in the database. It must be what the caller read, or somebody else was first. Its mark alone may be another
   one: the house's key was turned meanwhile (turn.c). */
static status read_present(struct ledger *l, const struct table *t, const void *row, struct str was,
                           void *present)
{
    status s = db_one(l->db, t->by_key, row, present);

    if (s == NOT_FOUND || (s == OK && !str_eq(*row_mac(t, present), was) && !row_was_marked(l->house, t, present, was)))
        return fail(CONFLICT, "another act changed this row of %s first", t->name);
    return s == OK ? row_check(l, t, present) : s;
}

/* `update` takes the row and, right behind it, the mac that is compared. Exactly one row must change: none, where another act was
   first. */
static status change_present(struct ledger *l, const struct table *t, const struct stmt *how, const void *row, void *present, struct str was)
{
    i64 changed = 0;

    for (int tries = 0; changed == 0 && tries < MARK_TRIES; tries++) {
        char *in = arena_alloc(l->arena, t->row_size + sizeof was);

        TRY(read_present(l, t, row, was, present));
        memcpy(in, how == t->remove ? present : row, t->row_size);
        memcpy(in + t->row_size, row_mac(t, present), sizeof was);
        TRY(db_exec(l->db, how, in, &changed));
    }
    return changed == 1 ? OK : fail(CONFLICT, "another act changed this row of %s first", t->name);
}

status row_update(struct ledger *l, const struct table *t, void *row)
{
    struct str was = *row_mac(t, row);
    struct entry_row *entry;
    void *present;

    assert(l->act != NULL && t->logged);
    entry = name_row(l, t, row);
    present = arena_alloc(l->arena, t->row_size);
    row_hash(t, row, entry->is);
    stamp(l, t, row, entry->is);
    TRY(change_present(l, t, t->update, row, present, was));
    row_hash(t, present, entry->was);
    return OK;
}

status row_delete(struct ledger *l, const struct table *t, const void *row)
{
    struct entry_row *entry;
    void *present;
    i64 changed = 0;

    assert(l->act != NULL && t->logged);
    if (!row_mac_ok(l->house, t, row))
        return fail(CONFLICT, "a row of %s must be deleted as it was read", t->name);
    entry = name_row(l, t, row);
    row_hash(t, row, entry->was);
    TRY(db_exec(l->db, t->remove, row, &changed));
    if (changed == 1)
        return OK;
    present = arena_alloc(l->arena, t->row_size);
    memcpy(present, row, t->row_size);
    return change_present(l, t, t->remove, row, present, *row_mac(t, present));
}
