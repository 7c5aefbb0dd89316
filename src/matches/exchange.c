/* From the banks to the lists that go out. What is taken over in one transaction shares a second that nobody has been told about yet:
   whoever asks "what came since" is given a second that is over, whatever commits late. */
#include "exchange.h"

#include "matches.sql.h"

#include <limits.h>

enum { AT_ONCE = 5000, PASSES = 50, MARK_BYTES = 16 };

/* -- rules ------------------------------------------------------------------------------------------------------------------------- */

enum hash_status exchange_status(enum hash_status said, enum hash_hold hold)
{
    if (said == HASH_WITHDRAWN || said == HASH_DELETED)
        return said;
    return hold == HOLD_NONE ? said : HASH_WITHDRAWN;
}

int exchange_rank(enum hash_status is)
{
    switch (is) {
    case HASH_ACTIVE: return 4;
    case HASH_RECEIVED: return 3;
    case HASH_WITHDRAWN: return 2;
    default: return 1;
    }
}

static bool in_force(enum hash_status is)
{
    return is == HASH_ACTIVE || is == HASH_RECEIVED;
}

/* -- the house's mark on a record ---------------------------------------------------------------------------------------------------- */

void exchange_mark(const struct house_keys *keys, const struct exchange_records_row *r, struct key *mark)
{
    struct le64 list = vault_le64(r->list), no = vault_le64(r->no), kind = vault_le64(r->kind), state = vault_le64(r->status),
                video = vault_le64(r->video), family = vault_le64(r->family), quality = vault_le64(r->quality), at = vault_le64(r->at);

    vault_hash(mark, &keys->mac, "exchange-record", PARTS(le64_str(&list), le64_str(&no), id_bytes(&r->key), le64_str(&kind), r->value,
               id_bytes(&r->bank), id_bytes(&r->hash), le64_str(&state), le64_str(&video), le64_str(&family), le64_str(&quality),
               le64_str(&at), r->words));
}

bool exchange_mark_right(const struct house *house, const struct exchange_records_row *r)
{
    struct key mark;

    for (size_t i = house->n; i-- > 0;) {
        exchange_mark(&house->gen[i], r, &mark);
        if (r->mark.n == MARK_BYTES && vault_same(r->mark.at, mark.b, MARK_BYTES))
            return true;
    }
    return false;
}

/* -- which banks go out --------------------------------------------------------------------------------------------------------------- */

enum { BANKS_OUT = 64 };
struct banks_out { struct id at[BANKS_OUT]; size_t n; };

static bool is_shared(const struct exchange_shares_rows *shares, struct id bank)
{
    for (size_t i = 0; i < shares->n; i++)
        if (id_eq(shares->at[i].bank, bank))
            return !shares->at[i].altered && str_is(shares->at[i].state, "shared");
    return false;
}

/* A bank that began or ended to go out is taken over anew. */
static status note_bank(struct ledger *l, struct id bank, bool open)
{
    struct exchange_work_row work = { 0 };
    status s = sql_exchange_work_of(l->db, (struct sql_exchange_work_of){ .bank = bank }, &work);
    i64 last;

    if (s != OK && s != NOT_FOUND)
        return s;
    if (work.open == (open ? 1 : 0))
        return OK;
    TRY(banks_last_seq(l, &last));
    return sql_exchange_work_set(l->db, (struct sql_exchange_work_set){ .bank = bank, .open = open, .upto = last });
}

static status banks_out(struct ledger *l, i64 list, struct banks_out *out, struct banks *all)
{
    struct exchange_shares_rows shares;

    *out = (struct banks_out){ 0 };
    TRY(sql_shares_all(l, &shares));
    TRY(banks_all(l, list == LIST_SANDBOX, all));
    for (size_t i = 0; i < all->n; i++) {
        const struct bank *b = &all->at[i];
        bool open = is_shared(&shares, b->id) && !b->negative && str_is(b->state, "active") && out->n < BANKS_OUT;

        if (open)
            out->at[out->n++] = b->id;
        TRY(note_bank(l, b->id, open));
    }
    return OK;
}

/* -- one value ---------------------------------------------------------------------------------------------------------------------------- */

struct taking {
    struct ledger *l;
    i64 list, no, at;
    const struct banks_out *out;
    i64 changed;
};

/* The records of a value in one bank: of a PDQ hash there may be one of each family. */
static status best_in(struct taking *t, struct id bank, const struct hash_record *like, struct hash_record *best, enum hash_status *how)
{
    static const enum hash_family both[] = { FAMILY_FULL, FAMILY_CPP512 }, none[] = { FAMILY_NONE };
    bool pdq = like->kind == HASH_PDQ;

    for (size_t i = 0; i < (pdq ? COUNT_OF(both) : COUNT_OF(none)); i++) {
        struct hash_record r;
        enum hash_status is;
        status s = banks_record(t->l, bank, hash_id(like->kind, pdq ? both[i] : none[i], like->value), &r);

        if (s == NOT_FOUND)
            continue;
        TRY(s);
        is = exchange_status(r.status, r.hold);
        if (*how == 0 || exchange_rank(is) > exchange_rank(*how)) {
            *best = r;
            *how = is;
        }
    }
    return OK;
}

/* What the list says of a value: *how 0 where no bank that goes out knows it. */
static status best_of(struct taking *t, const struct hash_record *like, struct hash_record *best, enum hash_status *how)
{
    *how = 0;
    for (size_t i = 0; i < t->out->n; i++)
        TRY(best_in(t, t->out->at[i], like, best, how));
    return OK;
}

static bool same(const struct exchange_records_row *a, const struct exchange_records_row *b)
{
    return a->status == b->status && a->video == b->video && a->family == b->family && a->quality == b->quality &&
           id_eq(a->bank, b->bank) && id_eq(a->hash, b->hash) && str_eq(a->words, b->words);
}

static status put(struct taking *t, struct exchange_records_row *row)
{
    struct key mark;

    row->no = ++t->no;
    row->at = t->at;
    exchange_mark(house_now(t->l->house), row, &mark);
    row->mark = str_of(mark.b, MARK_BYTES);
    t->changed++;
    return sql_exchange_record_add(t->l->db, (struct sql_exchange_record_add){ .list = row->list, .no = row->no, .key = row->key,
        .kind = row->kind, .value = row->value, .bank = row->bank, .hash = row->hash, .status = row->status, .video = row->video,
        .family = row->family, .quality = row->quality, .at = row->at, .words = row->words, .mark = row->mark });
}

/* A value that never was in force in a bank that goes out is nobody's business. */
static status take(struct taking *t, const struct hash_record *like)
{
    struct exchange_records_row there, row = { .list = t->list, .key = hash_id(like->kind, FAMILY_NONE, like->value), .words = STR("[]") };
    struct hash_record best = *like;
    enum hash_status how;
    status s = sql_exchange_record_of(t->l->db, (struct sql_exchange_record_of){ .list = t->list, .key = row.key }, &there);

    if (s != OK && s != NOT_FOUND)
        return s;
    TRY(best_of(t, like, &best, &how));
    if (s == NOT_FOUND && !in_force(how))
        return OK;
    if (in_force(how))
        TRY(exchange_words(t->l, best.bank, best.id, &row.words));
    row.kind = (i64)best.kind;
    row.value = best.value;
    row.bank = best.bank;
    row.hash = best.id;
    row.status = how == 0 ? HASH_WITHDRAWN : (i64)how;
    row.video = best.video;
    row.family = (i64)best.family;
    row.quality = best.quality;
    if (s == OK && same(&there, &row))
        return OK;
    if (s == OK)
        TRY(sql_exchange_record_drop(t->l->db, (struct sql_exchange_record_drop){ .list = t->list, .no = there.no }));
    return put(t, &row);
}

/* -- some records in one transaction ---------------------------------------------------------------------------------------------------------- */

static status take_all(struct taking *t, const struct hash_records *records)
{
    for (size_t i = 0; i < records->n; i++) {
        struct arena_mark mark = arena_mark(t->l->arena);

        TRY(take(t, &records->at[i]));
        arena_back(t->l->arena, mark);
    }
    return OK;
}

/* seq: up to which the banks were taken over then. */
static status take_in(struct taking *t, const struct exchange_heads_row *head, const struct hash_records *records, i64 seq, i64 now)
{
    i64 moved;

    t->no = head->no;
    t->at = head->at < now / 1000 ? now / 1000 : head->at + 1;
    TRY(take_all(t, records));
    if (t->changed > 0)
        TRY(sql_exchange_time_add(t->l->db, (struct sql_exchange_time_add){ .list = t->list, .at = t->at, .no = t->no }));
    TRY(sql_exchange_head_move(t->l->db, (struct sql_exchange_head_move){ .list = t->list, .no = t->no,
        .at = t->changed > 0 ? t->at : head->at, .seq = seq, .was_at = head->at, .was_seq = head->seq }, &moved));
    return moved == 1 ? OK : fail(CONFLICT, "the list was written or promised meanwhile");
}

static status begin_list(struct ledger *l, i64 list, struct exchange_heads_row *head)
{
    status s = sql_exchange_head(l->db, (struct sql_exchange_head){ .list = list }, head);

    if (s != NOT_FOUND)
        return s;
    TRY(sql_exchange_head_add(l->db, (struct sql_exchange_head_add){ .list = list }));
    return sql_exchange_head(l->db, (struct sql_exchange_head){ .list = list }, head);
}

/* One bank that began or ended to go out; *left: more of it remains. */
static status bank_anew(struct taking *t, struct id bank, i64 now, bool *left)
{
    struct exchange_work_row work;
    struct exchange_heads_row head;
    struct hash_records records;
    status s = sql_exchange_work_of(t->l->db, (struct sql_exchange_work_of){ .bank = bank }, &work);
    i64 seq;

    if (s == NOT_FOUND || (s == OK && work.seq >= work.upto))
        return OK;
    TRY(s);
    TRY(banks_changed_since(t->l, &(struct hash_paging){ .bank = bank, .after = work.seq, .to = work.upto, .limit = AT_ONCE }, &records));
    seq = records.n < AT_ONCE ? work.upto : records.at[records.n - 1].seq;
    TRY(begin_list(t->l, t->list, &head));
    TRY(tx_begin(t->l->db));
    TRY(take_in(t, &head, &records, head.seq, now));
    TRY(sql_exchange_work_move(t->l->db, (struct sql_exchange_work_move){ .bank = bank, .seq = seq }));
    *left |= seq < work.upto;
    return tx_commit(t->l->db);
}

static status changes(struct taking *t, i64 now, bool *left)
{
    struct exchange_heads_row head;
    struct hash_records records;

    TRY(begin_list(t->l, t->list, &head));
    TRY(banks_changed_since(t->l, &(struct hash_paging){ .sandbox = t->list == LIST_SANDBOX, .after = head.seq, .limit = AT_ONCE }, &records));
    if (records.n == 0)
        return OK;
    *left |= records.n == AT_ONCE;
    TRY(tx_begin(t->l->db));
    TRY(take_in(t, &head, &records, records.at[records.n - 1].seq, now));
    return tx_commit(t->l->db);
}

static status one_pass(struct ledger *l, i64 list, i64 now, bool *left)
{
    struct banks_out out;
    struct banks all;

    TRY(banks_out(l, list, &out, &all));
    for (size_t i = 0; i < all.n; i++) {
        struct taking t = { .l = l, .list = list, .out = &out };

        TRY(bank_anew(&t, all.at[i].id, now, left));
    }
    return changes(&(struct taking){ .l = l, .list = list, .out = &out }, now, left);
}

static status passes(struct ledger *l, i64 list, i64 now, int most)
{
    bool left = true;

    for (int i = 0; i < most && left; i++) {
        struct arena_mark mark = arena_mark(l->arena);
        status s;

        left = false;
        s = one_pass(l, list, now, &left);
        tx_rollback(l->db);
        arena_back(l->arena, mark);
        if (s == CONFLICT)
            left = true;
        else
            TRY(s);
    }
    return OK;
}

status exchange_publish(struct ledger *l, const struct app *app, i64 now)
{
    (void)app;
    TRY(passes(l, LIST_PRODUCTION, now, PASSES));
    return passes(l, LIST_SANDBOX, now, PASSES);
}

status exchange_publish_all(struct ledger *l, i64 now)
{
    TRY(passes(l, LIST_PRODUCTION, now, INT_MAX));
    return passes(l, LIST_SANDBOX, now, INT_MAX);
}
