/* Writing records. Each gets the next number while its act holds the counter, so numbers become visible in their order, on SQLite and
   on PostgreSQL: a second act waits at the counter until the first has committed, and a reader that has seen a number has all before it. */
#include "bank_store.h"

static struct key sum_ctx(const struct bank_versions_row *v)
{
    struct le64 bank = vault_le64(v->bank), version = vault_le64(v->version);

    return vault_ctx("bank-sum", PARTS(le64_str(&bank), le64_str(&version)));
}

static struct key sum_ctx_of(const void *row)
{
    return sum_ctx(row);
}

const struct key_box bank_boxes[] = {
    { &table_bank_versions, "sum", sum_ctx_of },
    { 0 }
};

status version_sum(struct ledger *l, const struct bank_versions_row *v, uint8_t sum[16])
{
    struct str plain;
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, sum_ctx(v), v->sum, &plain);
    if (s != OK || plain.n != 16)
        return fail(BROKEN, "the sum of a bank's version does not open");
    memcpy(sum, plain.at, 16);
    return OK;
}

status version_newest(struct ledger *l, i64 bank, struct bank_versions_row *v)
{
    return sql_bank_version_newest(l, (struct sql_bank_version_newest){ .bank = bank }, v);
}

/* Integers of a record as one part: all but its id, value and texts. */
struct record_numbers { struct le64 n[12]; };

static struct record_numbers numbers_of(const struct bank_hashes_row *r)
{
    const i64 all[12] = { r->bank, r->seq, r->kind, r->family, r->video, r->quality, r->status, r->hold, r->confirms, r->denies, r->added, r->at };
    struct record_numbers out;

    for (size_t i = 0; i < COUNT_OF(all); i++)
        out.n[i] = vault_le64(all[i]);
    return out;
}

status record_mark(const struct house *house, const struct bank_hashes_row *r, struct record_mark *m)
{
    const struct house_keys *keys = house_at(house, r->gen);
    struct record_numbers numbers = numbers_of(r);
    struct key hash;

    if (keys == NULL)
        return fail(BROKEN, "a record of a bank names a key that the house does not have");
    vault_hash(&hash, &keys->mac, "bank-hash", PARTS(id_bytes(&r->id), str_of(numbers.n, sizeof numbers.n), r->value, r->source_id,
                                                     r->batch.has ? id_bytes(&r->batch.v) : STR("")));
    memcpy(m->mark, hash.b, sizeof m->mark);
    memcpy(m->secret, hash.b + sizeof m->mark, sizeof m->secret);
    return OK;
}

status record_check(const struct house *house, const struct bank_hashes_row *r)
{
    struct record_mark m;

    TRY(record_mark(house, r, &m));
    return r->mark.n == sizeof m.mark && vault_same(m.mark, r->mark.at, sizeof m.mark)
        ? OK : fail(BROKEN, "a record of bank %lld is not as it was written", (long long)r->bank);
}

static void mix(uint8_t sum[16], const struct record_mark *m)
{
    for (size_t i = 0; i < 16; i++)
        sum[i] ^= m->secret[i];
}

status banks_turn(struct ledger *l, i64 now)
{
    struct bank_work_take_row work;

    return sql_bank_work_take(l->db, (struct sql_bank_work_take){ .now = now }, &work);
}

status record_begin(struct ledger *l, i64 bank, i64 now, struct record_pen *pen)
{
    struct bank_work_take_row work;
    status s;

    *pen = (struct record_pen){ .l = l, .bank = bank };
    TRY(sql_bank_work_take(l->db, (struct sql_bank_work_take){ .now = now }, &work));
    pen->at = work.at;
    pen->first = pen->seq = work.seq;
    s = version_newest(l, bank, &pen->version);
    if (s == NOT_FOUND)
        pen->version = (struct bank_versions_row){ .bank = bank };
    else if (s == OK)
        s = version_sum(l, &pen->version, pen->sum);
    return s == NOT_FOUND ? OK : s;
}

/* The next number and today's mark on a record; its secret goes into the sum. */
static status stamp(struct record_pen *pen, struct bank_hashes_row *r, struct record_mark *m)
{
    r->seq = pen->seq + 1;
    r->at = pen->at;
    r->gen = house_now(pen->l->house)->kgen;
    TRY(record_mark(pen->l->house, r, m));
    r->mark = str_of(m->mark, sizeof m->mark);
    return OK;
}

status record_change(struct record_pen *pen, const struct bank_hashes_row *was, struct bank_hashes_row *now)
{
    struct record_mark before, after;
    i64 changed;

    TRY(record_mark(pen->l->house, was, &before));
    TRY(stamp(pen, now, &after));
    TRY(sql_bank_hash_set(pen->l->db, (struct sql_bank_hash_set){ .bank = now->bank, .id = now->id, .seq = now->seq, .video = now->video,
        .quality = now->quality, .status = now->status, .hold = now->hold, .confirms = now->confirms, .denies = now->denies,
        .batch = now->batch, .source_id = now->source_id, .at = now->at, .gen = now->gen, .mark = now->mark, .was = was->mark }, &changed));
    if (changed != 1)
        return fail(CONFLICT, "another act changed this record");
    mix(pen->sum, &before);
    mix(pen->sum, &after);
    pen->seq++;
    pen->done.changed++;
    return OK;
}

status record_mark_anew(struct record_pen *pen, const struct bank_hashes_row *r)
{
    struct bank_hashes_row now = *r;
    struct record_mark before, after;
    i64 changed;

    now.gen = house_now(pen->l->house)->kgen;
    TRY(record_mark(pen->l->house, r, &before));
    TRY(record_mark(pen->l->house, &now, &after));
    TRY(sql_bank_hash_mark(pen->l->db, (struct sql_bank_hash_mark){ .bank = r->bank, .id = r->id, .gen = now.gen,
        .mark = str_of(after.mark, sizeof after.mark), .was = r->mark }, &changed));
    if (changed != 1)
        return fail(CONFLICT, "another act changed this record");
    mix(pen->sum, &before);
    mix(pen->sum, &after);
    return OK;
}

status record_marks_end(struct record_pen *pen)
{
    struct bank_versions_row *v = &pen->version;

    v->sum = vault_box(pen->l->arena, &house_now(pen->l->house)->job, sum_ctx(v), str_of(pen->sum, sizeof pen->sum));
    return row_update(pen->l, &table_bank_versions, v);
}

static status put_known(struct record_pen *pen, struct id id, const struct hash_new *h, struct opt_id batch)
{
    struct bank_hashes_row was, now;

    TRY(record_row(pen->l, pen->bank, id, &was));
    now = was;
    if (!record_merge(&now, h, batch)) {
        pen->done.same++;
        return OK;
    }
    return record_change(pen, &was, &now);
}

static status right(const struct hash_new *h)
{
    if (!hash_value_right(h->kind, h->value))
        return fail(INVALID, "a value does not have the length of its kind");
    if (h->status < HASH_ACTIVE || h->status > HASH_DELETED || h->hold < HOLD_NONE || h->hold > HOLD_DENIED)
        return fail(INVALID, "a record has a status that there is not");
    return h->quality >= QUALITY_UNKNOWN && h->quality <= 100 ? OK : fail(INVALID, "a quality is 0 to 100");
}

status record_put(struct record_pen *pen, const struct hash_new *h, struct opt_id batch)
{
    enum hash_family family = h->kind != HASH_PDQ ? FAMILY_NONE : h->family == FAMILY_NONE ? FAMILY_FULL : h->family;
    struct bank_hashes_row r = { .bank = pen->bank, .kind = h->kind, .family = family, .video = h->video, .value = h->value,
        .quality = h->quality, .status = h->status, .hold = h->hold, .batch = batch, .added = pen->at,
        .source_id = h->source_id.at ? h->source_id : STR("") };
    struct record_mark m;
    i64 added;

    TRY(right(h));
    r.id = hash_id(h->kind, family, h->value);
    TRY(stamp(pen, &r, &m));
    TRY(sql_bank_hash_add(pen->l->db, (struct sql_bank_hash_add){ .bank = r.bank, .id = r.id, .seq = r.seq, .kind = r.kind, .family = r.family,
        .video = r.video, .value = r.value, .quality = r.quality, .status = r.status, .hold = r.hold, .batch = r.batch,
        .source_id = r.source_id, .added = r.added, .at = r.at, .gen = r.gen, .mark = r.mark }, &added));
    if (added == 0)
        return put_known(pen, r.id, h, batch);
    mix(pen->sum, &m);
    pen->seq++;
    pen->version.records++;
    pen->done.added++;
    return OK;
}

status record_end_source(struct record_pen *pen, const struct hash_ended *e)
{
    struct bank_hashes_rows rows;

    TRY(sql_bank_hashes_of_source(pen->l->db, (struct sql_bank_hashes_of_source){ .bank = pen->bank, .source_id = e->source_id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct bank_hashes_row next = rows.at[i];

        TRY(record_check(pen->l->house, &rows.at[i]));
        next.status = e->status;
        if (next.status == rows.at[i].status)
            pen->done.same++;
        else
            TRY(record_change(pen, &rows.at[i], &next));
    }
    return OK;
}

status record_end(struct record_pen *pen)
{
    struct bank_versions_row *v = &pen->version;

    if (pen->seq == pen->first)
        return OK;
    v->version++;
    v->at = pen->at;
    v->first_seq = pen->first + 1;
    v->last_seq = pen->seq;
    v->sum = vault_box(pen->l->arena, &house_now(pen->l->house)->job, sum_ctx(v), str_of(pen->sum, sizeof pen->sum));
    TRY(sql_bank_work_put(pen->l->db, (struct sql_bank_work_put){ .seq = pen->seq }));
    return row_insert(pen->l, &table_bank_versions, v);
}
