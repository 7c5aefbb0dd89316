/* Merkle tree of RFC 6962 over SHA-256, kept as its right border, and signed checkpoints in the C2SP form. */
#pragma once

#include "vault.h"

struct digest {
    uint8_t b[32];
};
static inline struct str digest_str(const struct digest *d) { return str_of(d->b, sizeof d->b); }

enum { MERKLE_EDGE_MAX = 64 };
/* edge[i]: root of the perfect subtree of 2^k leaves for each 1 bit of size, largest first */
struct merkle {
    i64 size;
    size_t n;
    struct digest edge[MERKLE_EDGE_MAX];
};

struct digest merkle_leaf(struct str entry);
void merkle_add(struct merkle *m, struct digest leaf);
struct digest merkle_root(const struct merkle *m);
struct str merkle_edge_bytes(struct arena *a, const struct merkle *m);
status merkle_of_edge(struct str edge, i64 size, struct merkle *m);

/* Proofs over all leaves (an oracle and an exporter; the product's largest log is 10^6). */
status merkle_inclusion(struct arena *a, const struct digest *leaves, size_t n, size_t index,
                        struct str *proof);
bool merkle_inclusion_ok(struct digest leaf, size_t index, size_t n, struct str proof,
                         struct digest root);
status merkle_consistency(struct arena *a, const struct digest *leaves, size_t old_n, size_t n,
                          struct str *proof);
bool merkle_consistency_ok(size_t old_n, struct digest old_root, size_t n, struct digest root,
                           struct str proof);

/* A signed note (C2SP): the text, which ends with a line feed, an empty line, and the house's signature under this name. */
struct str signed_note_make(struct arena *a, struct str text, struct str name, const struct house_keys *h);
bool signed_note_is_of(struct str text, struct str name, const uint8_t log_pk[32]);
/* It says that this key signed it, whether rightly or not: what no known key is named by may be of one that is not known yet. */
bool signed_note_names(struct str text, struct str name, const uint8_t log_pk[32]);
bool signed_note_body(struct str text, struct str *body);      /* false: not a note */

/* Checkpoint (C2SP tlog-checkpoint, signed note):
   "origin\nsize\nbase64 root\n\n— name base64(keyid4 sig64)\n". */
struct str checkpoint_sign(struct arena *a, struct str origin, const struct merkle *m,
                           const struct house_keys *h);
struct checkpoint { struct str origin; i64 size; struct digest root; };
/* INVALID if malformed, BROKEN if the signature is not of log_pk. */
status checkpoint_read(struct str text, const uint8_t log_pk[32], struct checkpoint *c);

/* A witness's signature (C2SP tlog-cosignature, cosignature/v1): that it saw this tree, and that it extends all that it saw
   before. The line to put behind the checkpoint's others; `name` has no blank and no plus. seconds: of the signing, since 1970. */
struct witness_key { uint8_t pk[32], sk[64]; };
void witness_key_of_seed(struct witness_key *key, const uint8_t seed[32]);
struct str checkpoint_cosign(struct arena *a, struct str text, struct str name, const struct witness_key *key, i64 seconds);
/* BROKEN: no line of it is a right one of this witness. */
status checkpoint_cosigned(struct str text, struct str name, const uint8_t pk[32], i64 *seconds);
