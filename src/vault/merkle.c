#include "merkle.h"

#include "tree.h"

struct digest merkle_leaf(struct str entry)
{
    struct digest leaf;

    vault_sha256(leaf.b, PARTS(str_of("\0", 1), entry));
    return leaf;
}

struct digest merkle_node(struct digest left, struct digest right)
{
    struct digest node;

    vault_sha256(node.b, PARTS(str_of("\1", 1), digest_str(&left), digest_str(&right)));
    return node;
}

/* Each 1 bit at the end of the old size is a full subtree that the new leaf completes to the next larger
   one. */
void merkle_add(struct merkle *m, struct digest leaf)
{
    for (i64 size = m->size; size & 1; size >>= 1)
        leaf = merkle_node(m->edge[--m->n], leaf);
    m->edge[m->n++] = leaf;
    m->size++;
}

struct digest merkle_root(const struct merkle *m)
{
    struct digest root;
    size_t i = m->n;

    if (i == 0) {
        vault_sha256(root.b, NO_PARTS);
        return root;
    }
    root = m->edge[--i];
    while (i > 0)
        root = merkle_node(m->edge[--i], root);
    return root;
}

struct str merkle_edge_bytes(struct arena *a, const struct merkle *m)
{
    return arena_copy(a, str_of(m->edge, m->n * sizeof m->edge[0]));
}

status merkle_of_edge(struct str edge, i64 size, struct merkle *m)
{
    size_t n = size < 0 ? 0 : (size_t)__builtin_popcountll((unsigned long long)size);

    if (size < 0 || edge.n != n * sizeof m->edge[0])
        return fail(BROKEN, "the edge of the tree has not the hashes that its size wants");
    *m = (struct merkle){ .size = size, .n = n };
    if (n)
        memcpy(m->edge, edge.at, edge.n);
    return OK;
}
