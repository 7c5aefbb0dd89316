/* Banks, their records, and what people say about them. */
#include "bank_store.h"

/* -- banks --------------------------------------------------------------------------------------------------------------------- */

static status bank_right(const struct bank_new *b)
{
    if (!bank_code_right(b->code))
        return fail(INVALID, "a bank's code is 2 to 40 letters a-z, digits and hyphens, and begins with a letter");
    if (b->name.n == 0 || b->source.n == 0 || b->basis.n == 0)
        return fail(INVALID, "a bank has a name, a source and a legal basis");
    if (bank_class(b->class) == NULL)
        return fail(INVALID, "no such class: see content/banks/classes.txt");
    return b->radius >= 0 && b->radius <= RADIUS_MAX && b->flood >= 0 ? OK : fail(INVALID, "a radius is 0 to 64");
}

/* A partner's own bank and those that the program makes are in force at once; one that a person makes waits for a second one. */
static struct banks_row row_of_new(const struct bank_new *b, i64 no)
{
    return (struct banks_row){ .id = id_timed(b->now), .no = no, .code = b->code, .name = b->name, .source = b->source, .class = b->class,
        .basis = b->basis, .radius = b->radius, .flood = b->flood ? b->flood : bank_flood_usual(), .negative = b->negative,
        .sandbox = b->sandbox, .org = { !id_is_zero(b->org), b->org }, .state = b->proposed ? STR("proposed") : STR("active"),
        .set_by = b->by, .set_at = b->now };
}

status banks_open(struct ledger *l, const struct bank_new *b, struct id *id)
{
    struct banks_top_row top;
    struct banks_row row;

    TRY(bank_right(b));
    TRY(banks_turn(l, b->now));         /* also holds the counter of banks */
    TRY(sql_banks_top(l->db, &top));
    row = row_of_new(b, top.no + 1);
    *id = row.id;
    return row_insert(l, &table_banks, &row);
}

struct bank bank_of_row(const struct banks_row *row)
{
    return (struct bank){ .id = row->id, .org = row->org.has ? row->org.v : id_zero(), .no = row->no, .radius = row->radius, .flood = row->flood,
        .code = row->code, .name = row->name, .source = row->source, .class = row->class, .basis = row->basis, .state = row->state,
        .negative = row->negative, .sandbox = row->sandbox };
}

status banks_all(struct ledger *l, bool sandbox, struct banks *out)
{
    struct banks_rows rows;

    TRY(sql_banks_of(l, (struct sql_banks_of){ .sandbox = sandbox }, &rows));
    *out = (struct banks){ .at = NEW_N(l->arena, struct bank, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            out->at[out->n++] = bank_of_row(&rows.at[i]);
    return OK;
}

status bank_of_code(struct ledger *l, struct str code, struct bank *bank)
{
    struct banks_row row;

    TRY(sql_bank_by_code(l, (struct sql_bank_by_code){ .code = code }, &row));
    *bank = bank_of_row(&row);
    return OK;
}

status bank_of_org(struct ledger *l, struct id org, bool sandbox, struct bank *bank)
{
    struct banks_rows rows;

    TRY(sql_banks_by_org(l, (struct sql_banks_by_org){ .org = org, .sandbox = sandbox }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered) {
            *bank = bank_of_row(&rows.at[i]);
            return OK;
        }
    return NOT_FOUND;
}

static status bank_no(struct ledger *l, struct id bank, struct banks_row *row)
{
    *row = (struct banks_row){ .id = bank };
    return row_get(l, &table_banks, row);
}

/* -- records --------------------------------------------------------------------------------------------------------------------- */

status record_row(struct ledger *l, i64 bank, struct id hash, struct bank_hashes_row *row)
{
    TRY(sql_bank_hash_get(l->db, (struct sql_bank_hash_get){ .bank = bank, .id = hash }, row));
    return record_check(l->house, row);
}

void record_of_row(struct ledger *l, struct id bank, const struct bank_hashes_row *row, struct hash_record *r)
{
    (void)l;
    *r = (struct hash_record){ .bank = bank, .id = row->id, .seq = row->seq, .at = row->at, .kind = (enum hash_kind)row->kind,
        .family = (enum hash_family)row->family, .value = row->value, .quality = row->quality, .confirms = row->confirms,
        .denies = row->denies, .added = row->added, .status = (enum hash_status)row->status, .hold = (enum hash_hold)row->hold,
        .video = row->video, .source_id = row->source_id };
}

/* Who brings a single record may not confirm it alone: their word stands beside it as a proposal. */
static status note_proposer(struct record_pen *pen, const struct hash_new *h)
{
    struct bank_opinions_row row = { .bank = pen->bank, .hash = hash_id(h->kind, h->family ? h->family : FAMILY_FULL, h->value),
        .by = h->proposer, .staff = 1, .word = STR("propose"), .value = STR(""), .words = STR(""), .at = pen->at };

    return id_is_zero(h->proposer) ? OK : row_insert(pen->l, &table_bank_opinions, &row);
}

static status put_with_proposer(struct record_pen *pen, const struct hash_new *h)
{
    i64 before = pen->done.added;

    TRY(record_put(pen, h, (struct opt_id){ 0 }));
    return pen->done.added > before ? note_proposer(pen, h) : OK;
}

status banks_add_many(struct ledger *l, struct id bank, const struct hash_new *at, size_t n, i64 now, struct banks_added *sum)
{
    struct banks_row row;
    struct record_pen pen;

    if (n > BANK_BATCH)
        return fail(TOO_LARGE, "at most %d records at once", BANK_BATCH);
    TRY(bank_no(l, bank, &row));
    TRY(record_begin(l, row.no, now, &pen));
    for (size_t i = 0; i < n; i++)
        TRY(put_with_proposer(&pen, &at[i]));
    *sum = pen.done;
    return record_end(&pen);
}

status banks_add(struct ledger *l, struct id bank, const struct hash_new *h, i64 now)
{
    struct banks_added sum;

    return banks_add_many(l, bank, h, 1, now, &sum);
}

status banks_end_many(struct ledger *l, struct id bank, const struct hash_ended *at, size_t n, i64 now, struct banks_added *sum)
{
    struct banks_row row;
    struct record_pen pen;

    if (n > BANK_BATCH)
        return fail(TOO_LARGE, "at most %d records at once", BANK_BATCH);
    TRY(bank_no(l, bank, &row));
    TRY(record_begin(l, row.no, now, &pen));
    for (size_t i = 0; i < n; i++)
        TRY(record_end_source(&pen, &at[i]));
    *sum = pen.done;
    return record_end(&pen);
}

status banks_record(struct ledger *l, struct id bank, struct id hash, struct hash_record *r)
{
    struct bank_hashes_row row;
    struct banks_row of;

    TRY(bank_no(l, bank, &of));
    TRY(record_row(l, of.no, hash, &row));
    record_of_row(l, bank, &row, r);
    return OK;
}

/* -- what people say -------------------------------------------------------------------------------------------------------------------- */

struct tally { i64 confirms, denies; };

static status count_words(struct ledger *l, i64 bank, struct id hash, struct tally *t)
{
    struct bank_opinions_rows rows;

    *t = (struct tally){ 0 };
    TRY(sql_bank_opinions_of(l, (struct sql_bank_opinions_of){ .bank = bank, .hash = hash }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || !rows.at[i].staff)
            continue;
        t->confirms += str_is(rows.at[i].word, "confirm");
        t->denies += str_is(rows.at[i].word, "deny");
    }
    return OK;
}

static const char *word_of(const struct hash_opinion *o)
{
    return !o->staff ? "say" : o->deny ? "deny" : "confirm";
}

/* The row of this person's word: a new one, or their earlier one changed. Nobody confirms what they brought; to deny it is no conflict
   of interest. */
static status keep_word(struct ledger *l, i64 bank, const struct hash_opinion *o)
{
    struct bank_opinions_row row = { .bank = bank, .hash = o->hash, .by = o->by };
    status s = row_get(l, &table_bank_opinions, &row);

    if (s != OK && s != NOT_FOUND)
        return s;
    if (s == OK && str_is(row.word, "propose") && o->staff && !o->deny)
        return fail(DENIED, "who brought a record does not confirm it");
    row.staff = o->staff;
    row.word = str_c(word_of(o));
    row.value = o->value.at ? o->value : STR("");
    row.words = o->words.at ? o->words : STR("");
    row.at = o->now;
    return s == OK ? row_update(l, &table_bank_opinions, &row) : row_insert(l, &table_bank_opinions, &row);
}

static status not_their_import(struct ledger *l, const struct bank_hashes_row *r, const struct hash_opinion *o)
{
    struct bank_batches_row batch = { .id = r->batch.v };

    if (!o->staff || o->deny || !r->batch.has)
        return OK;
    TRY(row_get(l, &table_bank_batches, &batch));
    return id_eq(batch.set_by, o->by) ? fail(DENIED, "who brought a list does not confirm its records") : OK;
}

/* A partner's word changes no decision, but it is news for whoever reads the exchange: the record gets a new number. */
static status judge(struct record_pen *pen, const struct banks_row *bank, const struct hash_opinion *o)
{
    const struct bank_class *class = bank_class(bank->class);
    struct bank_hashes_row was, now;
    struct tally t;

    TRY(record_row(pen->l, bank->no, o->hash, &was));
    TRY(not_their_import(pen->l, &was, o));
    TRY(keep_word(pen->l, bank->no, o));
    TRY(count_words(pen->l, bank->no, o->hash, &t));
    now = was;
    (void)record_judge(&now, t.confirms, t.denies, class && class->two ? 2 : 1);
    return record_change(pen, &was, &now);
}

status banks_opinion(struct ledger *l, const struct hash_opinion *o)
{
    struct banks_row bank;
    struct record_pen pen;

    TRY(bank_no(l, o->bank, &bank));
    TRY(record_begin(l, bank.no, o->now, &pen));
    TRY(judge(&pen, &bank, o));
    return record_end(&pen);
}
