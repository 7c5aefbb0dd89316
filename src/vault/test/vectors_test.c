/* V1: every formula with fixed keys gives fixed bytes. vectors.h comes from a second implementation,
   vectors.py. */
#include "fixture.h"
#include "test.h"
#include "vectors.h"

#include "vault/merkle.h"

#include <unistd.h>

#define IS(value, hex) is_hex(&(value), sizeof(value), hex)

static struct key k1, m;
static struct id user, unit, comp, record;
static struct house *house;

static void set_up(void)
{
    test_arena();
    k1 = key_no(1);
    m = key_no(3);
    user = id_no(1), unit = id_no(2), comp = id_no(3), record = id_no(4);
    if (house == NULL)
        house = house_of_seed(1, &k1);
}

TEST(V1_hash_and_context)
{
    struct id two = id_no(2);
    struct le64 three = vault_le64(3), minus = vault_le64(-2);
    struct key out;

    set_up();
    vault_hash(&out, &k1, "demo", PARTS(STR(""), STR("abc"), id_bytes(&two)));
    CHECK(IS(out, V_HASH));
    vault_hash(&out, NULL, "demo", NO_PARTS);
    CHECK(IS(out, V_HASH_NO_KEY));
    out = vault_ctx("unit-key", PARTS(id_bytes(&unit), le64_str(&three), id_bytes(&user)));
    CHECK(IS(out, V_CTX));
    out = vault_ctx("demo", PARTS(le64_str(&minus)));
    CHECK(IS(out, V_CTX_NEGATIVE));
}

TEST(V1_keys_of_the_house)
{
    const struct house_keys *h;

    set_up();
    h = house_now(house);
    CHECK(IS(h->pep, V_K_PEP));
    CHECK(IS(h->mac, V_K_MAC));
    CHECK(IS(h->job, V_K_JOB));
    CHECK(IS(h->log_pk, V_LOG_PK));
}

TEST(V1_stamp_of_a_row)
{
    struct id seven = id_no(7);
    struct le64 five = vault_le64(5);
    struct key mac;
    uint8_t rh[32];

    set_up();
    vault_row_hash(rh, STR("demo"), PARTS(id_bytes(&seven), STR_NULL, STR(""), STR("chữ"), le64_str(&five)));
    CHECK(IS(rh, V_ROW_HASH));
    vault_row_mac(&mac, house_now(house), rh);
    CHECK(IS(mac, V_ROW_MAC));
}

TEST(V1_keys_of_a_person_and_of_a_reporter)
{
    struct key out;
    struct pair pair;

    set_up();
    vault_user_kek(&out, house_now(house), user, &m);
    CHECK(IS(out, V_USER_KEK));
    vault_user_rec(&out, house_now(house), user, STR("0123456789ABCDEFGHJKMNPQRS"));
    CHECK(IS(out, V_USER_REC));
    vault_reporter(house_now(house), &m, &out, &pair);
    CHECK(IS(out, V_REP_LOOKUP));
    CHECK(IS(pair.open, V_REP_PK));
    CHECK(IS(pair.secret, V_REP_SK));
    pair.open = (struct key){ 0 };
    vault_pair_of_secret(&pair);
    CHECK(IS(pair.open, V_REP_PK));
}

TEST(V1_argon2_of_a_password_in_any_spelling_and_of_a_code)
{
    static const uint8_t salt[] = "0123456789abcdef", code_salt[] = "fedcba9876543210";
    static const char too_long[1025];
    struct key out;

    set_up();
    CHECK(vault_pwhash(&out, STR("mật khẩu dài"), salt, pw_user) == OK);
    CHECK(IS(out, V_PWHASH_USER));
    CHECK(vault_pwhash(&out, STR("ma\u0323\u0302t kha\u0302\u0309u da\u0300i"), salt, pw_user) == OK);
    CHECK(IS(out, V_PWHASH_USER));
    CHECK(vault_pwhash(&out, STR("123456789ABCDEFP"), code_salt, pw_reporter) == OK);
    CHECK(IS(out, V_PWHASH_CODE));
    CHECK(vault_pwhash(&out, str_of(too_long, sizeof too_long), salt, pw_reporter) == INVALID);
}

TEST(V1_formulas_of_session_draft_and_retry)
{
    struct key t, out, fields, job;

    set_up();
    t = key_no(9), fields = key_no(8), job = house_now(house)->job;
    vault_hash(&out, NULL, "sid", PARTS(key_str(&t)));
    CHECK(IS(out, V_SID));
    vault_hash(&out, &t, "sess", NO_PARTS);
    CHECK(IS(out, V_SESS_KEY));
    vault_hash(&out, &t, "csrf", PARTS(STR("note")));
    CHECK(IS(out, V_CSRF));
    vault_hash(&out, &t, "draft", NO_PARTS);
    CHECK(IS(out, V_DRAFT_KEY));
    vault_hash(&out, &job, "idem", PARTS(STR("0123456789abcdef"), key_str(&fields)));
    CHECK(IS(out, V_IDEM_ID));
    vault_hash(&out, &job, "idem-key", PARTS(STR("0123456789abcdef"), key_str(&fields)));
    CHECK(IS(out, V_IDEM_KEY));
}

TEST(V1_wrap_and_box_of_the_other_maker_open)
{
    struct comp_keys keys;
    struct key ck, ctx, out, want;
    struct le64 epoch = vault_le64(1);
    struct str text;

    set_up();
    ck = key_no(40), want = key_no(77);
    vault_comp_keys(&keys, &ck);
    CHECK(IS(keys.row, V_COMP_ROW));
    CHECK(IS(keys.drop.open, V_COMP_DPK));
    CHECK(IS(keys.drop.secret, V_COMP_DSK));
    ctx = vault_ctx("comp-key", PARTS(id_bytes(&comp), id_bytes(&unit), le64_str(&epoch)));
    REQUIRE(vault_unwrap(&keys.drop, ctx, of_hex(V_WRAP), &out) == OK);
    CHECK(vault_same(&out, &want, sizeof want));
    ctx = vault_ctx("totp", PARTS(id_bytes(&user)));
    REQUIRE(vault_unbox(test_arena(), &k1, ctx, of_hex(V_BOX), &text) == OK);
    CHECK_STR(text, STR("abc"));
}

static void check_record(const char *hex)
{
    struct key ck = key_no(40);
    struct comp_keys keys;
    struct record r;

    vault_comp_keys(&keys, &ck);
    REQUIRE(vault_record_open(test_arena(), &keys, comp, record, of_hex(hex), &r) == OK);
    CHECK(r.kind == RECORD_NOTE && id_eq(r.author, user) && r.time == 1764000000000);
    CHECK_STR(r.text, STR("ghi chú"));
}

TEST(V1_records_of_the_other_maker_open)
{
    set_up();
    check_record(V_RECORD_SEALED);
    check_record(V_RECORD_DROPPED);
}

static status collect(void *to, const void *bytes, size_t n)
{
    out_bytes(to, bytes, n);
    return OK;
}

TEST(V1_file_of_the_other_maker_opens)
{
    struct key fk = key_no(70);
    struct out plain = { .max = 1000 };
    struct str bytes = of_hex(V_FILE);
    FILE *file = tmpfile();

    set_up();
    fwrite(bytes.at, 1, bytes.n, file);
    rewind(file);
    CHECK(file_open(fileno(file), id_no(5), &fk, 101, collect, &plain) == OK);
    CHECK(plain.n == 101 && plain.at[0] == 'x' && plain.at[100] == 'x');
    out_free(&plain);
    fclose(file);
}

TEST(V1_tree_and_checkpoint)
{
    struct merkle tree = { 0 };
    struct checkpoint c;
    struct digest root;
    struct str text;

    set_up();
    merkle_add(&tree, merkle_leaf(STR("")));
    merkle_add(&tree, merkle_leaf(str_of("\0", 1)));
    merkle_add(&tree, merkle_leaf(STR("\x10")));
    root = merkle_root(&tree);
    CHECK(IS(root, V_TREE_3));
    text = checkpoint_sign(test_arena(), STR("example.org/log"), &tree, house_now(house));
    CHECK_STR(text, of_hex(V_CHECKPOINT));
    CHECK(checkpoint_read(text, house_now(house)->log_pk, &c) == OK);
    CHECK(c.size == 3 && memcmp(&c.root, &root, sizeof root) == 0);
    CHECK_STR(c.origin, STR("example.org/log"));
}

TEST(V1_totp)
{
    set_up();
    CHECK(totp_at(k1.b, 58823529) == V_TOTP);
}

TEST_MAIN
