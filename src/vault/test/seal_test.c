#include "fixture.h"
#include "test.h"

/* V4 in bytes: two of everything, so that each can be tried in the other's place. */
struct world {
    struct pair pair[2];
    struct key key[2], ctx[2], ck[2];
    struct comp_keys comp[2];
};

static struct world make_world(void)
{
    struct world w;

    test_arena();
    for (int i = 0; i < 2; i++) {
        struct id id = id_no(i);

        vault_pair_new(&w.pair[i]);
        vault_key_new(&w.key[i]);
        vault_key_new(&w.ck[i]);
        w.ctx[i] = vault_ctx("comp-key", PARTS(id_bytes(&id)));
        vault_comp_keys(&w.comp[i], &w.ck[i]);
    }
    return w;
}

TEST(V4_a_wrap_opens_for_its_own_key_and_context_only)
{
    struct world w = make_world();
    struct key out = { 0 }, zero = { 0 };

    for (int i = 0; i < 8; i++) {
        int pair = i & 1, ctx = i >> 1 & 1;
        struct str wrapped = vault_wrap(test_arena(), &w.pair[0].open, w.ctx[0], &w.key[0]);
        status s = vault_unwrap(&w.pair[pair], w.ctx[ctx], wrapped, &out);

        CHECK(wrapped.n == WRAP_BYTES);
        CHECK((s == OK) == (pair == 0 && ctx == 0));
        CHECK(s == OK ? vault_same(&out, &w.key[0], sizeof out) : vault_same(&out, &zero, sizeof out));
        out = zero;
    }
}

TEST(a_wrap_with_any_byte_changed_or_cut_does_not_open)
{
    struct world w = make_world();
    struct str wrapped = vault_wrap(test_arena(), &w.pair[0].open, w.ctx[0], &w.key[0]);
    struct key out;

    for (size_t i = 0; i < wrapped.n; i++) {
        CHECK(vault_unwrap(&w.pair[0], w.ctx[0], altered(wrapped, i), &out) == BROKEN);
        CHECK(vault_unwrap(&w.pair[0], w.ctx[0], str_upto(wrapped, i), &out) == BROKEN);
    }
    CHECK(vault_unwrap(&w.pair[0], w.ctx[0], STR_NULL, &out) == BROKEN);
}

TEST(V4_a_box_opens_for_its_own_key_and_context_only)
{
    struct world w = make_world();
    struct str boxed = vault_box(test_arena(), &w.key[0], w.ctx[0], STR("một câu")), m;

    REQUIRE(vault_unbox(test_arena(), &w.key[0], w.ctx[0], boxed, &m) == OK);
    CHECK_STR(m, STR("một câu"));
    CHECK(vault_unbox(test_arena(), &w.key[1], w.ctx[0], boxed, &m) == BROKEN);
    CHECK(vault_unbox(test_arena(), &w.key[0], w.ctx[1], boxed, &m) == BROKEN);
}

TEST(a_box_with_any_byte_changed_or_cut_does_not_open)
{
    struct world w = make_world();
    struct str boxed = vault_box(test_arena(), &w.key[0], w.ctx[0], STR("một câu")), m;

    for (size_t i = 0; i < boxed.n; i++) {
        CHECK(vault_unbox(test_arena(), &w.key[0], w.ctx[0], altered(boxed, i), &m) == BROKEN);
        CHECK(vault_unbox(test_arena(), &w.key[0], w.ctx[0], str_upto(boxed, i), &m) == BROKEN);
    }
}

TEST(two_boxes_of_the_same_words_differ)
{
    struct world w = make_world();

    CHECK(!str_eq(vault_box(test_arena(), &w.key[0], w.ctx[0], STR("a")),
                  vault_box(test_arena(), &w.key[0], w.ctx[0], STR("a"))));
}

TEST(a_boxed_secret_must_have_its_size)
{
    struct world w = make_world();
    struct str boxed = vault_box(test_arena(), &w.key[0], w.ctx[0], key_str(&w.ck[0]));
    struct key out;
    uint8_t small[16];

    CHECK(vault_unbox_secret(&w.key[0], w.ctx[0], boxed, out.b, sizeof out.b) == OK);
    CHECK(vault_same(&out, &w.ck[0], sizeof out));
    CHECK(vault_unbox_secret(&w.key[0], w.ctx[0], boxed, small, sizeof small) == BROKEN);
    CHECK(vault_unbox_secret(&w.key[0], w.ctx[1], boxed, out.b, sizeof out.b) == BROKEN);
}

/* Sealed by the holder of the key, or dropped by somebody who has only dpk. */
static struct str seal(const struct comp_keys *keys, bool drop, struct str text)
{
    struct record r = { .kind = RECORD_MESSAGE_CHILD, .time = 7200000, .text = text };

    return drop ? vault_record_drop(test_arena(), &keys->drop.open, id_no(1), id_no(2), &r)
                : vault_record_seal(test_arena(), keys, id_no(1), id_no(2), &r);
}

static status open_here(const struct comp_keys *keys, struct str body, struct record *r)
{
    return vault_record_open(test_arena(), keys, id_no(1), id_no(2), body, r);
}

TEST(V4_a_record_opens_in_its_own_compartment_and_place_only)
{
    struct world w = make_world();
    struct record r;

    for (int drop = 0; drop < 2; drop++) {
        struct str body = seal(&w.comp[0], drop, STR("em kể"));

        REQUIRE(vault_record_open(test_arena(), &w.comp[0], id_no(1), id_no(2), body, &r) == OK);
        CHECK(r.kind == RECORD_MESSAGE_CHILD && id_is_zero(r.author) == true && r.time == 7200000);
        CHECK_STR(r.text, STR("em kể"));
        CHECK(vault_record_open(test_arena(), &w.comp[1], id_no(1), id_no(2), body, &r) == BROKEN);
        CHECK(vault_record_open(test_arena(), &w.comp[0], id_no(2), id_no(1), body, &r) == BROKEN);
        CHECK(vault_record_open(test_arena(), &w.comp[0], id_no(1), id_no(3), body, &r) == BROKEN);
    }
}

TEST(a_record_with_any_byte_changed_does_not_open)
{
    struct world w = make_world();
    struct record r;

    for (int drop = 0; drop < 2; drop++) {
        struct str body = seal(&w.comp[0], drop, STR("em kể"));

        for (size_t i = 0; i < body.n; i++)
            CHECK(open_here(&w.comp[0], altered(body, i), &r) == BROKEN);
        for (size_t i = 0; i < 90; i++)
            CHECK(open_here(&w.comp[0], str_upto(body, i), &r) == BROKEN);
    }
}

TEST(the_size_of_a_record_says_only_its_power_of_two)
{
    struct world w = make_world();
    char words[5000];

    memset(words, 'a', sizeof words);
    for (size_t n = 0; n < sizeof words; n += 7) {
        size_t box = seal(&w.comp[0], false, str_of(words, n)).n - 41;
        size_t drop = seal(&w.comp[0], true, str_of(words, n)).n - 81;
        size_t want = 256;
        struct record r;

        while (want <= n + 25)
            want *= 2;
        CHECK(box == want);
        CHECK(drop == want);
        CHECK(vault_record_open(test_arena(), &w.comp[0], id_no(1), id_no(2),
                                seal(&w.comp[0], n & 1, str_of(words, n)), &r) == OK && r.text.n == n);
        arena_reset(test_arena(), false);
    }
}

TEST(V16_the_block_of_secrets_is_zero_after_a_wipe)
{
    struct secrets *s;
    struct key *k;

    test_arena();
    s = secrets_make();
    CHECK(secrets_are_zero(s));
    k = SECRET(s, struct key);
    vault_key_new(k);
    CHECK((uintptr_t)SECRET(s, struct pair) % 16 == 0);
    CHECK(!secrets_are_zero(s));
    secrets_wipe(s);
    CHECK(secrets_are_zero(s));
    CHECK(SECRET(s, struct key) == k);
    secrets_free(s);
    secrets_free(NULL);
}

TEST(V16_a_request_that_opens_more_than_a_block_holds_goes_on_and_all_of_it_is_zero_after)
{
    enum { KEYS = 5000 };       /* 160,000 bytes */
    struct secrets *s;
    struct key *keys[KEYS];
    size_t marks[KEYS];

    test_arena();
    s = secrets_make();
    for (uint32_t i = 0; i < KEYS; i++) {
        marks[i] = secrets_mark(s);
        keys[i] = i % 3 ? SECRET(s, struct key) : &SECRET(s, struct pair)->open;
        memset(keys[i], 1, sizeof **keys);
        memcpy(keys[i], &i, sizeof i);
    }
    for (uint32_t i = 0; i < KEYS; i++)
        CHECK(memcmp(keys[i], &i, sizeof i) == 0 && (uintptr_t)keys[i] % 16 == 0);
    for (uint32_t i = KEYS; i-- > 0; ) {
        secrets_back(s, marks[i]);
        CHECK(i == 0 || memcmp(keys[i - 1], &(uint32_t){ i - 1 }, sizeof i) == 0);
    }
    CHECK(secrets_are_zero(s));
    CHECK(SECRET(s, struct pair) == (void *)keys[0]);
    for (int i = 0; i < KEYS; i++)
        memset(SECRET(s, struct pair), 1, sizeof(struct pair));
    secrets_wipe(s);
    CHECK(secrets_are_zero(s));
    secrets_free(s);
}

TEST(a_dropped_record_opens_for_who_only_reads_and_has_made_no_pair_yet)
{
    struct world w = make_world();
    struct comp_keys reader;
    struct record r;

    vault_comp_keys_read(&reader, &w.ck[0]);
    REQUIRE(open_here(&reader, seal(&w.comp[0], true, STR("em kể")), &r) == OK);
    CHECK_STR(r.text, STR("em kể"));
    REQUIRE(open_here(&reader, seal(&w.comp[0], false, STR("em kể")), &r) == OK);
    vault_comp_keys_read(&reader, &w.ck[1]);
    CHECK(open_here(&reader, seal(&w.comp[0], true, STR("em kể")), &r) == BROKEN);
}

/* The right key in the right place around something that is none: another program's, or a half-written one. */
TEST(what_was_sealed_rightly_and_is_no_record_is_refused)
{
    struct world w = make_world();
    struct id comp = id_no(1), record = id_no(2);
    struct key ctx = vault_ctx("record", PARTS(id_bytes(&comp), id_bytes(&record)));
    char zeros[512] = "", padded_to_nothing[256] = "\x80", short_body[256] = "0123456789\x80";
    struct record r;
    const struct str wrong[] = {
        STR(""), STR("short"), str_of(zeros, 255), str_of(zeros, 256), str_of(zeros, 512), str_of(padded_to_nothing, 256), str_of(short_body, 256),
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK(open_here(&w.comp[0], vault_box(test_arena(), &w.comp[0].row, ctx, wrong[i]), &r) == BROKEN);
    CHECK(open_here(&w.comp[0], STR_NULL, &r) == BROKEN);
}

TEST_MAIN
