/* Made-up recipients and contents of content/demo/takedown.txt. */
#include "track.h"

static status wrong(const struct block *b, const char *what)
{
    return fail(INVALID, "content/demo/takedown.txt line %d: %s", b->line, what);
}

static struct str text_of_block(const struct block *b, const char *key, struct str otherwise)
{
    struct str text = block_get(b, key);

    return text.n ? text : otherwise;
}

status takedown_demo_recipient(struct ledger *l, const struct demo_takedown *d)
{
    struct takedown_recipients_row r = { .id = id_timed(d->now), .kind = block_get(d->block, "kind"), .name = block_get(d->block, "name"),
        .org = d->org, .mail = text_of_block(d->block, "mail", STR("")), .hosts = text_of_block(d->block, "hosts", STR("")),
        .lang = text_of_block(d->block, "lang", STR("vi")), .set_by = d->by, .set_at = d->now, .confirmed_by = { true, d->by } };

    return r.name.n && r.kind.n ? row_insert(l, &table_takedown_recipients, &r) : wrong(d->block, "a recipient needs a name and a kind");
}

status takedown_demo_content(struct ledger *l, const struct demo_takedown *d)
{
    struct item_read item;
    struct takedown_item name;
    struct takedown_new n = { .items = { &name, 1 }, .source = "hand", .class = block_get(d->block, "class"), .by = d->by, .now = d->now,
                              .words = text_of_block(d->block, "words", STR("")), .triaged = str_is(block_get(d->block, "triaged"), "yes") };
    struct takedown_opened opened;

    if (item_read(l->arena, block_get(d->block, "item"), &item) != ITEM_FINE || take_class(n.class) == NULL)
        return wrong(d->block, "no such class, or neither an address nor a hash");
    name = (struct takedown_item){ item.kind, item.text };
    return takedown_open(l, &n, &opened);
}
