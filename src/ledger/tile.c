#include "look.h"
#include "tile.h"

#include "head.h"

#include "turn.h"

#include "ledger.sql.h"

struct leaves { struct digest *at; size_t n, max; };

static status add_leaf(void *to, const void *row)
{
    struct leaves *leaves = to;

    if (leaves->n == leaves->max)
        return fail(BROKEN, "the log holds more entries than its numbers say");
    leaves->at[leaves->n++] = merkle_leaf(((const struct log_entries_from_row *)row)->entry);
    return OK;
}

/* The leaves from..until-1 into `leaves`. */
static status read_leaves(struct ledger *l, i64 from, i64 until, struct digest *at)
{
    struct leaves leaves = { .at = at, .max = (size_t)(until - from) };

    TRY(sql_log_entries_from(l->db, (struct sql_log_entries_from){ .seq = from, .until = until }, add_leaf, &leaves));
    return leaves.n == leaves.max ? OK : fail(BROKEN, "the log has not every entry from %lld to %lld", (long long)from, (long long)until);
}

static struct digest root_of(const struct digest *leaves, size_t n)
{
    struct merkle m = { 0 };

    for (size_t i = 0; i < n; i++)
        merkle_add(&m, leaves[i]);
    return merkle_root(&m);
}

status tiles_complete(struct ledger *l, i64 size)
{
    struct digest leaves[TILE_ENTRIES];
    struct log_tile_last_row last;

    TRY(sql_log_tile_last(l->db, &last));
    for (i64 no = last.no + 1; (no + 1) * TILE_ENTRIES <= size; no++) {
        struct digest root;

        TRY(read_leaves(l, no * TILE_ENTRIES, (no + 1) * TILE_ENTRIES, leaves));
        root = root_of(leaves, TILE_ENTRIES);
        TRY(sql_log_tile_add(l->db, (struct sql_log_tile_add){ .no = no, .root = digest_str(&root) }));
    }
    return OK;
}

/* -- the proof of one entry ----------------------------------------------------------------------------------------- */

static status add_tile(void *to, const void *row)
{
    const struct log_tiles_all_row *r = row;
    struct leaves *tiles = to;

    if (tiles->n == tiles->max || r->root.n != sizeof tiles->at[0])
        return fail(BROKEN, "the log's subtrees are damaged");
    memcpy(&tiles->at[tiles->n++], r->root.at, r->root.n);
    return OK;
}

/* Roots of all subtrees in order; the last one, which is not full, is made of its entries. */
static status read_tiles(struct ledger *l, i64 size, struct leaves *tiles)
{
    i64 full = size / TILE_ENTRIES;
    struct digest rest[TILE_ENTRIES];

    *tiles = (struct leaves){ .at = NEW_N(l->arena, struct digest, (size_t)full + 1), .max = (size_t)full };
    TRY(sql_log_tiles_all(l->db, (struct sql_log_tiles_all){ .until = full }, add_tile, tiles));
    if (tiles->n != tiles->max)
        return fail(BROKEN, "the log's subtrees are not complete");
    if (size % TILE_ENTRIES == 0)
        return OK;
    TRY(read_leaves(l, full * TILE_ENTRIES, size, rest));
    tiles->at[tiles->n++] = root_of(rest, (size_t)(size % TILE_ENTRIES));
    return OK;
}

/* RFC 6962 splits a tree at powers of two, so above 256 leaves it is the tree over the subtrees: the proof is that inside
   the entry's own subtree, then that of the subtree. */
static status make_proof(struct ledger *l, i64 seq, i64 size, struct log_proof *p)
{
    i64 tile = seq / TILE_ENTRIES, from = tile * TILE_ENTRIES, until = from + TILE_ENTRIES;
    struct digest leaves[TILE_ENTRIES];
    struct str inside, above;
    struct leaves tiles;
    char *both;

    until = until < size ? until : size;
    TRY(read_leaves(l, from, until, leaves));
    TRY(read_tiles(l, size, &tiles));
    TRY(merkle_inclusion(l->arena, leaves, (size_t)(until - from), (size_t)(seq - from), &inside));
    TRY(merkle_inclusion(l->arena, tiles.at, tiles.n, (size_t)tile, &above));
    both = arena_alloc(l->arena, inside.n + above.n + 1);
    memcpy(both, inside.at, inside.n);
    memcpy(both + inside.n, above.at, above.n);
    p->leaf = leaves[seq - from];
    p->path = str_of(both, inside.n + above.n);
    return OK;
}

static status prove(struct ledger *l, i64 seq, struct log_proof *p)
{
    struct log_head head;

    TRY(log_head_load(l, &head));
    if (seq < 0 || seq >= head.tree.size)
        return NOT_FOUND;
    TRY(make_proof(l, seq, head.tree.size, p));
    p->size = head.tree.size;
    p->root = merkle_root(&head.tree);
    p->signed_head = head.signed_head;
    memcpy(p->log_pk, head.log_pk, sizeof p->log_pk);
    if (!merkle_inclusion_ok(p->leaf, (size_t)seq, (size_t)p->size, p->path, p->root))
        return fail(BROKEN, "entry %lld cannot be proved against the signed head", (long long)seq);
    return OK;
}

status log_prove(struct ledger *l, i64 seq, struct log_proof *proof)
{
    status s;

    TRY(tx_begin_read(l->db));
    s = prove(l, seq, proof);
    tx_rollback(l->db);
    return s;
}

/* -- that a newer tree extends an older one --------------------------------------------------------------------------- */

/* The largest power of two below n (n > 1): where RFC 6962 splits a tree. */
static i64 split(i64 n)
{
    i64 k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

/* Root of the leaves from..until-1, a node of the tree: above 256 leaves it begins and ends at subtrees, or at the tree's end. */
static status node_root(struct ledger *l, const struct leaves *tiles, i64 from, i64 until, struct digest *root)
{
    struct digest leaves[TILE_ENTRIES];

    if (until - from > TILE_ENTRIES) {
        i64 first = from / TILE_ENTRIES, end = (until + TILE_ENTRIES - 1) / TILE_ENTRIES;

        *root = root_of(tiles->at + first, (size_t)(end - first));
        return OK;
    }
    TRY(read_leaves(l, from, until, leaves));
    *root = root_of(leaves, (size_t)(until - from));
    return OK;
}

/* RFC 6962 2.1.2, from the top downwards: the siblings of the path to where the old tree ends. */
static status make_consistency(struct ledger *l, i64 old, i64 size, struct str *path)
{
    struct digest found[MERKLE_EDGE_MAX + 1], *turned = NEW_N(l->arena, struct digest, MERKLE_EDGE_MAX + 1);
    struct leaves tiles;
    i64 from = 0, n = size;
    size_t count = 0;
    bool whole = true;          /* the old tree is still seen from its root, which the asker knows */

    TRY(read_tiles(l, size, &tiles));
    for (old = old > size ? size : old; old < n; count++) {
        i64 k = split(n);

        if (old <= k) {
            TRY(node_root(l, &tiles, from + k, from + n, &found[count]));
            n = k;
        } else {
            TRY(node_root(l, &tiles, from, from + k, &found[count]));
            from += k;
            old -= k;
            n -= k;
            whole = false;
        }
    }
    if (!whole)
        TRY(node_root(l, &tiles, from, from + n, &found[count++]));
    for (size_t i = 0; i < count; i++)
        turned[i] = found[count - 1 - i];
    *path = str_of(turned, count * sizeof turned[0]);
    return OK;
}

static status extend(struct ledger *l, i64 old, struct log_growth *g)
{
    struct log_head head;

    TRY(log_head_load(l, &head));
    *g = (struct log_growth){ .old = old, .size = head.tree.size, .signed_head = head.signed_head, .path = STR("") };
    memcpy(g->log_pk, head.log_pk, sizeof g->log_pk);
    TRY(key_notes(l, &g->notes));
    return old > 0 && old < head.tree.size ? make_consistency(l, old, head.tree.size, &g->path) : OK;
}

status log_growth(struct ledger *l, i64 old, struct log_growth *growth)
{
    status s;

    if (old < 0)
        return fail(INVALID, "a log has no %lld entries", (long long)old);
    TRY(tx_begin_read(l->db));
    s = extend(l, old, growth);
    tx_rollback(l->db);
    return s;
}

static status some_leaves(struct ledger *l, i64 from, struct str *bytes)
{
    struct log_head head;
    struct digest *at;
    i64 until;

    TRY(log_head_load(l, &head));
    until = from > head.tree.size ? from : head.tree.size - from > LOG_LEAVES ? from + LOG_LEAVES : head.tree.size;
    at = NEW_N(l->arena, struct digest, (size_t)(until - from) + 1);
    TRY(read_leaves(l, from, until, at));
    *bytes = str_of(at, (size_t)(until - from) * sizeof *at);
    return OK;
}

status log_leaves(struct ledger *l, i64 from, struct str *bytes)
{
    status s;

    if (from < 0)
        return fail(INVALID, "a log has no entry %lld", (long long)from);
    TRY(tx_begin_read(l->db));
    s = some_leaves(l, from, bytes);
    tx_rollback(l->db);
    return s;
}

status log_head_look(struct ledger *l, struct log_head_now *now)
{
    struct log_head head;

    TRY(log_head_load(l, &head));
    *now = (struct log_head_now){ head.tree.size, merkle_root(&head.tree) };
    return OK;
}
