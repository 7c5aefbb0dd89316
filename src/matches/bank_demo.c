/* Made-up banks of content/demo/banks.txt. */
#include "matches.h"

static status wrong(const struct block *b, const char *what)
{
    return fail(INVALID, "content/demo/banks.txt line %d: %s", b->line, what);
}

static status add_bank(struct ledger *l, const struct demo_listing *d)
{
    const struct bank_class *class = bank_class(block_get(d->block, "class"));
    struct bank_new b = { .code = block_get(d->block, "code"), .name = block_get(d->block, "name"), .source = block_get(d->block, "source"),
        .class = block_get(d->block, "class"), .negative = str_is(block_get(d->block, "negative"), "yes"),
        .sandbox = str_is(block_get(d->block, "sandbox"), "yes"), .by = d->analyst, .now = d->now };
    struct banks_row row = { 0 };

    if (class == NULL || !str_i64(block_get(d->block, "radius"), &b.radius))
        return wrong(d->block, "no such class, or no radius");
    b.basis = class->basis;
    TRY(banks_open(l, &b, &row.id));
    TRY(row_get(l, &table_banks, &row));
    row.first_by = (struct opt_id){ true, d->reviewer };
    row.first_at = (struct opt_i64){ true, d->now };
    return row_update(l, &table_banks, &row);
}

static status add_hash(struct ledger *l, const struct demo_listing *d)
{
    struct hash_new h = { .kind = hash_kind_of(block_get(d->block, "kind")), .quality = QUALITY_UNKNOWN, .status = HASH_RECEIVED,
                          .hold = HOLD_WAITS, .proposer = d->analyst };
    struct hash_opinion o = { .by = d->reviewer, .staff = true, .now = d->now };
    struct str quality = block_get(d->block, "quality");
    struct bank bank;

    if (quality.n > 0 && !str_i64(quality, &h.quality))
        return wrong(d->block, "the quality is no number");
    TRY(bank_of_code(l, block_get(d->block, "bank"), &bank));
    TRY(hash_value_read(l->arena, h.kind, block_get(d->block, "value"), &h.value));
    TRY(banks_add(l, bank.id, &h, d->now));
    o.bank = bank.id;
    o.hash = hash_id(h.kind, FAMILY_FULL, h.value);
    return str_is(block_get(d->block, "state"), "active") ? banks_opinion(l, &o) : OK;
}

status bank_add_demo(struct ledger *l, const struct demo_listing *d)
{
    return str_is(d->block->kind, "bank") ? add_bank(l, d) : add_hash(l, d);
}
