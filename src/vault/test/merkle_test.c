#include "fixture.h"
#include "test.h"

#include "vault/merkle.h"

enum { MANY = 130 };

static struct digest leaves[MANY];

static void make_leaves(void)
{
    test_arena();
    for (int i = 0; i < MANY; i++)
        leaves[i] = merkle_leaf(arena_f(test_arena(), "entry %d", i));
}

static bool same(struct digest a, struct digest b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* MTH of RFC 6962, word for word: the oracle. */
static struct digest oracle(const struct digest *d, size_t n)
{
    struct digest left, right, both;
    size_t k = 1;

    if (n == 1)
        return d[0];
    if (n == 0) {
        vault_sha256(both.b, NO_PARTS);
        return both;
    }
    while (2 * k < n)
        k *= 2;
    left = oracle(d, k);
    right = oracle(d + k, n - k);
    vault_sha256(both.b, PARTS(STR("\x01"), digest_str(&left), digest_str(&right)));
    return both;
}

/* The leaves and roots that Certificate Transparency implementations are tested with. */
TEST(V1_roots_of_rfc_6962)
{
    static const char *const entries[] = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    };
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    struct merkle m = { 0 };

    test_arena();
    for (size_t i = 0; i < COUNT_OF(roots); i++) {
        struct digest root = merkle_root(&m);

        CHECK(is_hex(root.b, sizeof root.b, roots[i]));
        if (i < COUNT_OF(entries))
            merkle_add(&m, merkle_leaf(of_hex(entries[i])));
    }
}

TEST(the_edge_gives_the_root_of_the_whole_tree_at_every_size)
{
    struct merkle m = { 0 }, again;

    make_leaves();
    for (size_t n = 0; n <= MANY; n++) {
        CHECK(same(merkle_root(&m), oracle(leaves, n)));
        CHECK(merkle_of_edge(merkle_edge_bytes(test_arena(), &m), (i64)n, &again) == OK);
        CHECK(same(merkle_root(&again), oracle(leaves, n)));
        CHECK(merkle_of_edge(merkle_edge_bytes(test_arena(), &m), (i64)(n ^ 1), &again) == BROKEN);
        if (n < MANY)
            merkle_add(&m, leaves[n]);
    }
    CHECK(merkle_of_edge(STR_NULL, -1, &again) == BROKEN);
}

TEST(every_inclusion_is_proved_and_no_other)
{
    struct str proof;

    make_leaves();
    for (size_t n = 1; n <= 70; n++)
        for (size_t i = 0; i < n; i++) {
            struct digest root = oracle(leaves, n);

            REQUIRE(merkle_inclusion(test_arena(), leaves, n, i, &proof) == OK);
            CHECK(merkle_inclusion_ok(leaves[i], i, n, proof, root));
            CHECK(!merkle_inclusion_ok(leaves[i + 1], i, n, proof, root));
            CHECK(!merkle_inclusion_ok(leaves[i], i, n, proof, oracle(leaves, n + 1)));
            CHECK(!merkle_inclusion_ok(leaves[i], n, n, proof, root));
            CHECK(!merkle_inclusion_ok(leaves[i], i, 4 * n, proof, root));
            if (n > 1) {
                CHECK(!merkle_inclusion_ok(leaves[i], i ^ 1, n, proof, root));
                CHECK(!merkle_inclusion_ok(leaves[i], i, n, altered(proof, i % proof.n), root));
                CHECK(!merkle_inclusion_ok(leaves[i], i, n, str_upto(proof, proof.n - 32), root));
            }
        }
    CHECK(merkle_inclusion(test_arena(), leaves, 5, 5, &proof) == INVALID);
}

TEST(every_growth_is_proved_and_no_other)
{
    struct str proof;

    make_leaves();
    for (size_t n = 1; n <= 70; n++)
        for (size_t old = 1; old <= n; old++) {
            struct digest root = oracle(leaves, n), was = oracle(leaves, old), bad = oracle(leaves + 1, old);

            REQUIRE(merkle_consistency(test_arena(), leaves, old, n, &proof) == OK);
            CHECK(merkle_consistency_ok(old, was, n, root, proof));
            CHECK(!merkle_consistency_ok(old, bad, n, root, proof));
            CHECK(!merkle_consistency_ok(old, was, n, oracle(leaves + 1, n), proof));
            if (proof.n) {
                CHECK(!merkle_consistency_ok(old, was, n, root, altered(proof, old % proof.n)));
                CHECK(!merkle_consistency_ok(old, was, n, root, str_upto(proof, proof.n - 32)));
            }
        }
    CHECK(merkle_consistency(test_arena(), leaves, 0, 5, &proof) == INVALID);
    CHECK(merkle_consistency(test_arena(), leaves, 6, 5, &proof) == INVALID);
    CHECK(!merkle_consistency_ok(0, leaves[0], 5, leaves[0], proof));
}

static struct house *new_house(int n)
{
    struct key k = key_no(n);

    return house_of_seed(1, &k);
}

TEST(a_checkpoint_of_another_log_or_with_any_byte_changed_is_refused)
{
    struct merkle m = { 0 };
    struct checkpoint c;
    struct house *ours, *theirs;
    struct str text;

    make_leaves();
    ours = new_house(1), theirs = new_house(2);
    merkle_add(&m, leaves[0]);
    text = checkpoint_sign(test_arena(), STR("example.org/log"), &m, house_now(ours));
    CHECK(checkpoint_read(text, house_now(ours)->log_pk, &c) == OK);
    CHECK(checkpoint_read(text, house_now(theirs)->log_pk, &c) == BROKEN);
    for (size_t i = 0; i < text.n; i++) {
        CHECK(checkpoint_read(altered(text, i), house_now(ours)->log_pk, &c) != OK);
        CHECK(checkpoint_read(str_upto(text, i), house_now(ours)->log_pk, &c) != OK);
    }
    house_free(ours);
    house_free(theirs);
}

/* The one way to write each line: an odd one is refused although the signature under it is right. */
TEST(a_signed_text_that_is_no_checkpoint_is_refused)
{
    static const char hash[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    static const struct { const char *origin, *size, *hash; } rows[] = {
        { "", "1", hash }, { "o", "", hash }, { "o", "-1", hash }, { "o", "-0", hash }, { "o", "01", hash }, { "o", "x", hash }, { "o", "1 ", hash },
        { "o", "1", "" }, { "o", "1", "AAEC" }, { "o", "1", "not base64" },
    };
    struct house *h = new_house(1);
    struct checkpoint c;
    struct str text;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        text = arena_f(test_arena(), "%s\n%s\n%s\n", rows[i].origin, rows[i].size, rows[i].hash);
        CHECK(checkpoint_read(signed_note_make(test_arena(), text, STR("o"), house_now(h)), house_now(h)->log_pk, &c) == INVALID);
    }
    text = arena_f(test_arena(), "o\n0\n%s\n", hash);
    CHECK(checkpoint_read(signed_note_make(test_arena(), text, STR("o"), house_now(h)), house_now(h)->log_pk, &c) == OK);
    CHECK(checkpoint_read(signed_note_make(test_arena(), STR("o\n1\n"), STR("o"), house_now(h)), house_now(h)->log_pk, &c) == INVALID);
    CHECK(checkpoint_read(signed_note_make(test_arena(), STR("o\n"), STR("o"), house_now(h)), house_now(h)->log_pk, &c) == INVALID);
    house_free(h);
}

TEST(a_note_of_a_key_that_is_not_known_is_told_apart_from_one_that_was_altered)
{
    struct house *ours = new_house(1), *theirs = new_house(2);
    struct str text = signed_note_make(test_arena(), STR("o\n1\n"), STR("o"), house_now(ours)), bad = altered(text, 2);

    CHECK(signed_note_is_of(text, STR("o"), house_now(ours)->log_pk) && signed_note_names(text, STR("o"), house_now(ours)->log_pk));
    CHECK(!signed_note_is_of(bad, STR("o"), house_now(ours)->log_pk) && signed_note_names(bad, STR("o"), house_now(ours)->log_pk));
    CHECK(!signed_note_is_of(text, STR("o"), house_now(theirs)->log_pk) && !signed_note_names(text, STR("o"), house_now(theirs)->log_pk));
    CHECK(!signed_note_names(STR("no note"), STR("o"), house_now(ours)->log_pk));
    house_free(ours);
    house_free(theirs);
}

TEST(cosignatures_of_witnesses_beside_ours_do_no_harm)
{
    struct merkle m = { 0 };
    struct checkpoint c;
    struct house *ours;
    struct str text;

    make_leaves();
    ours = new_house(1);
    merkle_add(&m, leaves[0]);
    text = checkpoint_sign(test_arena(), STR("example.org/log"), &m, house_now(ours));
    text = arena_f(test_arena(), "%.*s\xe2\x80\x94 witness.example AAAAAA==\n", (int)text.n, text.at);
    CHECK(checkpoint_read(text, house_now(ours)->log_pk, &c) == OK);
    CHECK(checkpoint_read(STR("no checkpoint\n"), house_now(ours)->log_pk, &c) == INVALID);
    CHECK(checkpoint_read(STR(""), house_now(ours)->log_pk, &c) == INVALID);
    house_free(ours);
}

TEST(a_witness_signs_a_head_and_any_changed_byte_ends_that)
{
    const uint8_t seed[32] = { 7 };
    struct witness_key key, other;
    struct merkle m = { 0 };
    struct str head, line, text;
    i64 seconds;

    make_leaves();
    merkle_add(&m, leaves[0]);
    head = checkpoint_sign(test_arena(), STR("example.org/log"), &m, house_now(new_house(1)));
    witness_key_of_seed(&key, seed);
    witness_key_of_seed(&other, leaves[0].b);
    line = checkpoint_cosign(test_arena(), head, STR("police"), &key, 1764046800);
    text = arena_f(test_arena(), "%.*s%.*s", (int)head.n, head.at, (int)line.n, line.at);
    CHECK(checkpoint_cosigned(text, STR("police"), key.pk, &seconds) == OK && seconds == 1764046800);
    CHECK(checkpoint_cosigned(text, STR("hotline"), key.pk, &seconds) == BROKEN);
    CHECK(checkpoint_cosigned(text, STR("police"), other.pk, &seconds) == BROKEN);
    CHECK(checkpoint_cosigned(head, STR("police"), key.pk, &seconds) == BROKEN);
    for (size_t i = head.n; i < text.n - 1; i++)
        CHECK(checkpoint_cosigned(altered(text, i), STR("police"), key.pk, &seconds) == BROKEN);
    for (size_t i = 0; i < str_find(text, STR("\n\n")); i++)
        CHECK(checkpoint_cosigned(altered(text, i), STR("police"), key.pk, &seconds) == BROKEN);
}

static struct str longer(struct str proof, struct str tail)
{
    char *at = arena_alloc(test_arena(), proof.n + tail.n);

    if (proof.n)
        memcpy(at, proof.at, proof.n);
    memcpy(at + proof.n, tail.at, tail.n);
    return str_of(at, proof.n + tail.n);
}

TEST(a_proof_of_too_many_or_of_half_hashes_proves_nothing)
{
    struct str proof;

    make_leaves();
    for (size_t n = 1; n <= 33; n++) {
        struct digest root = oracle(leaves, n);

        REQUIRE(merkle_inclusion(test_arena(), leaves, n, n - 1, &proof) == OK);
        CHECK(!merkle_inclusion_ok(leaves[n - 1], n, n, proof, root));
        CHECK(!merkle_inclusion_ok(leaves[n - 1], n - 1, n, longer(proof, str_of(leaves[9].b, 32)), root));
        CHECK(!merkle_inclusion_ok(leaves[n - 1], n - 1, n, longer(proof, STR("half")), root));
        for (size_t old = 1; old <= n; old++) {
            struct digest was = oracle(leaves, old);

            REQUIRE(merkle_consistency(test_arena(), leaves, old, n, &proof) == OK);
            CHECK(!merkle_consistency_ok(old, was, n, root, longer(proof, str_of(leaves[9].b, 32))));
            CHECK(!merkle_consistency_ok(old, was, n, root, longer(proof, STR("half"))));
            CHECK(old == n || !merkle_consistency_ok(old, was, n, root, STR_NULL));
        }
        CHECK(!merkle_consistency_ok(n + 1, root, n, root, STR_NULL));
        CHECK(!merkle_consistency_ok(n, leaves[99], n, root, STR_NULL));
    }
}

TEST_MAIN
