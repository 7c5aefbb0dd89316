#include "fold.h"

enum { FIRST_SIZE = 4096 };

struct fold fold_make(void)
{
    struct fold f = { .memory = arena_make(SIZE_MAX / 2), .size = FIRST_SIZE };

    f.slots = NEW_N(&f.memory, struct fold_slot, f.size);
    return f;
}

void fold_free(struct fold *f)
{
    arena_free(&f->memory);
}

/* The slot of a name: its own, or the empty one where it would stand. Names are hashes, so their bytes
   spread evenly. */
static struct fold_slot *slot_of(struct fold *f, const uint8_t name[16])
{
    uint64_t at;

    memcpy(&at, name, sizeof at);
    for (;; at++) {
        struct fold_slot *slot = &f->slots[at & (f->size - 1)];

        if (!slot->used || memcmp(slot->name, name, sizeof slot->name) == 0)
            return slot;
    }
}

static void grow(struct fold *f)
{
    struct fold larger = { .memory = arena_make(SIZE_MAX / 2), .n = f->n, .size = f->size * 2 };

    larger.slots = NEW_N(&larger.memory, struct fold_slot, larger.size);
    for (size_t i = 0; i < f->size; i++)
        if (f->slots[i].used)
            *slot_of(&larger, f->slots[i].name) = f->slots[i];
    fold_free(f);
    *f = larger;
}

static struct key name_of(struct str table, struct str key)
{
    struct key name;

    vault_hash(&name, NULL, "row-name", PARTS(table, key));
    return name;
}

void fold_add(struct fold *f, const struct entry_row *row)
{
    struct key name = name_of(row->table, row->key);
    struct fold_slot *slot = slot_of(f, name.b);

    if (!slot->used) {
        memcpy(slot->name, name.b, sizeof slot->name);
        slot->used = true;
        f->n++;
    }
    for (size_t i = 0; i < ROW_HASH_BYTES; i++)
        slot->is[i] ^= row->was[i] ^ row->is[i];
    if (f->n * 2 > f->size)
        grow(f);
}

struct fold_slot *fold_find(struct fold *f, struct str table, struct str key)
{
    struct key name = name_of(table, key);
    struct fold_slot *slot = slot_of(f, name.b);

    return slot->used ? slot : NULL;
}

bool fold_gone(const struct fold_slot *slot)
{
    static const uint8_t zero[ROW_HASH_BYTES];

    return memcmp(slot->is, zero, sizeof zero) == 0;
}
