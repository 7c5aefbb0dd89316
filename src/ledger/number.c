/* Numbers: given after the commit, so that acts never queue behind one another for one. */
#include "entry.h"
#include "head.h"
#include "tile.h"

#include "../base/clock.h"
#include "../base/log.h"

#include "ledger.sql.h"

/* Entries that get their numbers in one transaction: whoever writes meanwhile waits for so many and not for all. Anonymous ones
   stay mixed with so many others, also where one that came meanwhile is among them. */
enum { NUMBERED_AT_ONCE = 1000 };

/* One transaction of the job: the head as it was, and what may still be added. */
struct run {
    struct ledger *l;
    struct log_head head;
    i64 was, left;
};

static status number_entry(struct run *r, const struct log_waiting_row *entry)
{
    i64 changed;

    if (!entry_mac_ok(r->l->house, entry->entry, entry->mac) || !entry_is_of(entry->entry, entry->id)) {
        char id[ID_TEXT + 1];

        id_text(entry->id, id);
        log_error("log_entry_altered", "id=%s", id);
        return OK;
    }
    TRY(sql_log_number_entry(r->l->db, (struct sql_log_number_entry){
        .id = entry->id, .seq = r->head.tree.size }, &changed));
    if (changed != 1)
        return fail(CONFLICT, "another process numbers the log");
    merkle_add(&r->head.tree, merkle_leaf(entry->entry));
    r->left--;
    return OK;
}

static status number_batches(struct run *r, bool anonymous, struct arena *batch)
{
    struct id after = { 0 };
    struct log_waiting_rows rows;

    do {
        TRY(sql_log_waiting(r->l->db, (struct sql_log_waiting){ anonymous, after }, &rows));
        for (size_t i = 0; i < rows.n && r->left > 0; i++) {
            TRY(number_entry(r, &rows.at[i]));
            after = rows.at[i].id;
        }
        arena_reset(batch, false);
    } while (rows.n > 0 && r->left > 0);
    return OK;
}

/* Waiting entries of one kind, in the order of their ids. An hour may bring more of them than an arena
   holds, so they are read some hundreds at a time, into an arena of their own. */
static status number_waiting(struct run *r, bool anonymous)
{
    struct arena batch = arena_make(SIZE_MAX / 2);
    status s;

    conn_use(r->l->db, &batch);
    s = number_batches(r, anonymous, &batch);
    conn_use(r->l->db, r->l->arena);
    arena_free(&batch);
    return s;
}

/* The current line; or a newer one that signed the head already, where another server has turned the key and this one's file says so only
   soon. So heads never go back to an older key, and a witness that has followed to the new one need not doubt. */
static const struct house_keys *signer(const struct house *house, const struct log_head *head)
{
    const struct house_keys *now = house_now(house);

    for (size_t i = 0; i < house->n; i++)
        if (house->gen[i].kgen > now->kgen && memcmp(house->gen[i].log_pk, head->log_pk, sizeof head->log_pk) == 0)
            return &house->gen[i];
    return now;
}

static status move_head(struct run *r, i64 hour)
{
    struct ledger *l = r->l;
    struct instance_row instance;
    struct str signed_head;
    i64 changed;

    if (sql_log_origin(l, &instance) != OK)
        return fail(BROKEN, "the instance has no name that can be read");
    signed_head = checkpoint_sign(l->arena, instance.origin, &r->head.tree, signer(l->house, &r->head));
    TRY(sql_log_head_move(l->db, (struct sql_log_head_move){
        .was = r->was, .size = r->head.tree.size, .edge = merkle_edge_bytes(l->arena, &r->head.tree),
        .signed_ = signed_head, .hour = hour }, &changed));
    return changed == 1 ? OK : fail(CONFLICT, "another process numbers the log");
}

/* The first head: empty, so that the first anonymous entries wait for their hour too. */
static status begin_head(struct run *r, i64 hour)
{
    TRY(sql_log_head_begin(r->l->db, (struct sql_log_head_begin){
        .edge = STR(""), .signed_ = STR(""), .hour = hour }));
    r->head.hour = hour;
    r->head.exists = true;
    return OK;
}

/* The hour stands in the head once none of its entries is left. */
static status run(struct run *r, i64 hour)
{
    TRY(log_head_load(r->l, &r->head));
    r->was = r->head.tree.size;
    if (!r->head.exists)
        TRY(begin_head(r, hour));
    if (hour != r->head.hour)
        TRY(number_waiting(r, true));
    TRY(number_waiting(r, false));
    if (r->left == 0)
        hour = r->head.hour;
    TRY(tiles_complete(r->l, r->head.tree.size));
    return r->head.tree.size > r->was || hour != r->head.hour ? move_head(r, hour) : OK;
}

/* Most seconds nothing waits: looked at without the writer's lock. */
static status anything_due(struct ledger *l, i64 hour, bool *due)
{
    struct log_waiting_rows rows;
    struct log_head head;

    TRY(log_head_load(l, &head));
    *due = !head.exists || hour != head.hour;
    if (*due)
        return OK;
    TRY(sql_log_waiting(l->db, (struct sql_log_waiting){ .anonymous = false }, &rows));
    *due = rows.n > 0;
    return OK;
}

static status number_some(struct ledger *l, i64 hour, bool *more)
{
    struct run r = { .l = l, .left = NUMBERED_AT_ONCE };
    status s;

    TRY(tx_begin(l->db));
    s = run(&r, hour);
    if (s == OK)
        s = tx_commit(l->db);
    if (s != OK)
        tx_rollback(l->db);
    *more = r.left == 0;
    return s;
}

status log_number(struct ledger *l, i64 now)
{
    i64 hour = clock_hour_floor(now);
    bool more;

    TRY(anything_due(l, hour, &more));
    while (more)
        TRY(number_some(l, hour, &more));
    return OK;
}
