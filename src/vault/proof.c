/* Proofs of RFC 6962 sections 2.1.1 and 2.1.2; the checks are those of RFC 9162 sections 2.1.3.2 and
   2.1.4.2. */
#include "merkle.h"

#include "tree.h"

struct proof {
    struct digest at[MERKLE_EDGE_MAX + 1];
    size_t n;
};

static struct digest root_of(const struct digest *leaves, size_t n)
{
    struct merkle m = { 0 };

    for (size_t i = 0; i < n; i++)
        merkle_add(&m, leaves[i]);
    return merkle_root(&m);
}

/* The largest power of two below n (n > 1): where RFC 6962 splits a tree. */
static size_t split(size_t n)
{
    size_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static struct str proof_bytes(struct arena *a, const struct proof *p)
{
    return arena_copy(a, str_of(p->at, p->n * sizeof p->at[0]));
}

/* A proof names sibling subtrees from the leaf upwards; the walk goes downwards, so it is turned round at
   the end. */
static void turn_round(struct proof *p)
{
    for (size_t i = 0; i < p->n / 2; i++) {
        struct digest other = p->at[p->n - 1 - i];

        p->at[p->n - 1 - i] = p->at[i];
        p->at[i] = other;
    }
}

status merkle_inclusion(struct arena *a, const struct digest *leaves, size_t n, size_t index,
                        struct str *proof)
{
    struct proof p = { .n = 0 };

    if (index >= n)
        return fail(INVALID, "the log has no entry %zu", index);
    while (n > 1) {
        size_t k = split(n);

        if (index < k) {
            p.at[p.n++] = root_of(leaves + k, n - k);
            n = k;
        } else {
            p.at[p.n++] = root_of(leaves, k);
            leaves += k;
            index -= k;
            n -= k;
        }
    }
    turn_round(&p);
    *proof = proof_bytes(a, &p);
    return OK;
}

status merkle_consistency(struct arena *a, const struct digest *leaves, size_t old_n, size_t n,
                          struct str *proof)
{
    struct proof p = { .n = 0 };
    bool whole = true;          /* the old tree is still seen from its root, which the asker knows */

    if (old_n == 0 || old_n > n)
        return fail(INVALID, "no proof from %zu to %zu entries", old_n, n);
    while (old_n < n) {
        size_t k = split(n);

        if (old_n <= k) {
            p.at[p.n++] = root_of(leaves + k, n - k);
            n = k;
        } else {
            p.at[p.n++] = root_of(leaves, k);
            leaves += k;
            old_n -= k;
            n -= k;
            whole = false;
        }
    }
    if (!whole)
        p.at[p.n++] = root_of(leaves, n);
    turn_round(&p);
    *proof = proof_bytes(a, &p);
    return OK;
}

/* Takes the next hash off a proof. */
static bool next_hash(struct str *proof, struct digest *hash)
{
    if (proof->n < sizeof *hash)
        return false;
    memcpy(hash, proof->at, sizeof *hash);
    *proof = str_from(*proof, sizeof *hash);
    return true;
}

static bool same(struct digest a, struct digest b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

bool merkle_inclusion_ok(struct digest leaf, size_t index, size_t n, struct str proof, struct digest root)
{
    size_t last = n - 1;
    struct digest hash;

    if (index >= n)
        return false;
    while (next_hash(&proof, &hash)) {
        if (last == 0)
            return false;
        if (index & 1 || index == last) {
            leaf = merkle_node(hash, leaf);
            for (; !(index & 1) && index; index >>= 1)
                last >>= 1;
        } else {
            leaf = merkle_node(leaf, hash);
        }
        index >>= 1;
        last >>= 1;
    }
    return last == 0 && proof.n == 0 && same(leaf, root);
}

/* Walks a consistency proof with two roots in hand: the one that grows into the old, the one that grows
   into the new. */
static bool consistent(size_t place, size_t last, struct str proof, struct digest *was, struct digest *is)
{
    struct digest hash;

    while (next_hash(&proof, &hash)) {
        if (last == 0)
            return false;
        if (place & 1 || place == last) {
            *was = merkle_node(hash, *was);
            *is = merkle_node(hash, *is);
            for (; !(place & 1) && place; place >>= 1)
                last >>= 1;
        } else {
            *is = merkle_node(*is, hash);
        }
        place >>= 1;
        last >>= 1;
    }
    return last == 0 && proof.n == 0;
}

bool merkle_consistency_ok(size_t old_n, struct digest old_root, size_t n, struct digest root,
                           struct str proof)
{
    size_t place = old_n - 1, last = n - 1;
    struct digest was = old_root, is;

    if (old_n == 0 || old_n > n)
        return false;
    if (old_n == n)
        return proof.n == 0 && same(old_root, root);
    if ((old_n & (old_n - 1)) != 0 && !next_hash(&proof, &was))
        return false;  /* a power of two is a whole subtree: the proof leaves out what the asker knows */
    is = was;
    for (; place & 1; place >>= 1)
        last >>= 1;
    return consistent(place, last, proof, &was, &is) && same(was, old_root) && same(is, root);
}
