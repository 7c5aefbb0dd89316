#include "fixture.h"
#include "test.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

TEST(V1_check_character_of_the_known_code_is_P)
{
    char code[CODE_CHARS + 1];

    test_arena();
    CHECK(code_check("123456789ABCDEF") == 'P');
    CHECK(code_read(STR("123456789ABCDEFP"), code) == OK);
    CHECK(code_check("000000000000000") == '0');
}

TEST(every_single_wrong_character_is_found)
{
    char code[CODE_CHARS + 1], got[CODE_CHARS + 1];

    test_arena();
    for (int round = 0; round < 20; round++) {
        code_new(code);
        CHECK(code_read(str_c(code), got) == OK && strcmp(code, got) == 0);
        for (int i = 0; i < CODE_CHARS; i++) {
            char right = code[i];

            for (const char *c = alphabet; *c; c++) {
                code[i] = *c;
                CHECK((code_read(str_c(code), got) == OK) == (*c == right));
            }
            code[i] = right;
        }
    }
}

/* The check is linear, so trying every pair of characters in every place on one background covers all
   codes. */
TEST(every_swap_of_neighbours_is_found)
{
    char code[CODE_CHARS + 1] = "7K3M9QZ0T4WX2VB", got[CODE_CHARS + 1];

    test_arena();
    for (int i = 0; i < CODE_CHARS - 2; i++)
        for (const char *a = alphabet; *a; a++)
            for (const char *b = alphabet; *b; b++) {
                code[i] = *a, code[i + 1] = *b;
                code[CODE_CHARS - 1] = code_check(code);
                code[i] = *b, code[i + 1] = *a;
                CHECK((code_read(str_c(code), got) == OK) == (*a == *b));
            }
}

TEST(a_swap_with_the_check_character_is_found)
{
    char code[CODE_CHARS + 1], got[CODE_CHARS + 1];

    test_arena();
    for (int round = 0; round < 2000; round++) {
        char last;

        code_new(code);
        last = code[CODE_CHARS - 1];
        code[CODE_CHARS - 1] = code[CODE_CHARS - 2];
        code[CODE_CHARS - 2] = last;
        CHECK((code_read(str_c(code), got) == OK) == (code[CODE_CHARS - 1] == last));
    }
}

TEST(what_people_type_is_forgiven)
{
    static const char *const good[] = {
        "123456789ABCDEFP", "1234-5678-9abc-defp", " 1234 5678 9ABC DEFP\n",
        "i234-5678-9abc-defp", "L23456789abcdefp",
    };
    static const char *const bad[] = {
        "", "1234", "123456789ABCDEFQ", "123456789ABCDEFPP", "123456789ABCDE?P", "123456789ABCDEF\xc4",
    };
    char code[CODE_CHARS + 1];

    test_arena();
    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(code_read(str_c(good[i]), code) == OK && strcmp(code, "123456789ABCDEFP") == 0);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(code_read(str_c(bad[i]), code) == INVALID);
    CHECK(code_read(str_of("123456789ABCDE\0P", 16), code) == INVALID);
}

TEST(letters_that_look_alike_are_read_as_what_they_stand_for)
{
    char plain[CODE_CHARS + 1] = "01V000000000000", typed[CODE_CHARS + 1] = "OLU000000000000";
    char got[CODE_CHARS + 1];

    test_arena();
    plain[15] = typed[15] = code_check(plain);
    CHECK(code_read(str_c(typed), got) == OK && strcmp(got, plain) == 0);
    typed[1] = 'i';
    CHECK(code_read(str_c(typed), got) == OK && strcmp(got, plain) == 0);
}

TEST(a_code_is_shown_in_four_groups)
{
    char shown[20];

    code_format("123456789ABCDEFP", shown);
    CHECK(strcmp(shown, "1234-5678-9ABC-DEFP") == 0);
}

TEST(new_codes_use_the_whole_alphabet)
{
    char code[CODE_CHARS + 1];
    bool seen[128] = { 0 };

    test_arena();
    for (int i = 0; i < 500; i++) {
        code_new(code);
        for (int k = 0; k < CODE_CHARS; k++)
            seen[(int)code[k]] = true;
    }
    for (const char *c = alphabet; *c; c++)
        CHECK(seen[(int)*c]);
    CHECK(!seen['I'] && !seen['L'] && !seen['O'] && !seen['U']);
}

TEST(a_recovery_code_reads_back)
{
    char code[RECOVERY_CHARS + 1], got[RECOVERY_CHARS + 1];

    test_arena();
    recovery_new(code);
    CHECK(strlen(code) == RECOVERY_CHARS);
    CHECK(recovery_read(str_c(code), got) == OK && strcmp(code, got) == 0);
    CHECK(recovery_read(STR("abcde-fghij"), got) == INVALID);
}

/* RFC 6238, appendix B: the six last digits of its eight. */
TEST(V1_totp_of_rfc_6238)
{
    static const struct { i64 time; uint32_t want; } rows[] = {
        { 59, 287082 }, { 1111111109, 81804 }, { 1111111111, 50471 }, { 1234567890, 5924 },
        { 2000000000, 279037 },
        { 20000000000, 353130 },
    };
    const uint8_t *secret = (const uint8_t *)"12345678901234567890";

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(totp_at(secret, rows[i].time / 30) == rows[i].want);
}

TEST(totp_takes_one_step_to_each_side_and_says_which)
{
    const uint8_t *secret = (const uint8_t *)"12345678901234567890";
    i64 step = 1111111109 / 30;

    test_arena();
    for (i64 off = -3; off <= 3; off++)
        CHECK(totp_match(secret, STR("081804"), (step + off) * 30000) == (off >= -1 && off <= 1 ? step : 0));
    CHECK(totp_match(secret, STR("81804"), step * 30000) == 0);
    CHECK(totp_match(secret, STR("08180a"), step * 30000) == 0);
    CHECK(totp_match(secret, STR("0081804"), step * 30000) == 0);
    CHECK(totp_match(secret, STR_NULL, step * 30000) == 0);
    for (i64 off = -3; off <= 3; off++) {
        char both[16];

        snprintf(both, sizeof both, "%06u%06u", totp_at(secret, step - 1), totp_at(secret, step));
        CHECK(totp_match_two(secret, str_c(both), (step + off) * 30000) == (off >= -1 && off <= 1 ? step : 0));
        CHECK(totp_match(secret, str_c(both), (step + off) * 30000) == 0);
        both[0] = both[0] == '1' ? '2' : '1';
        CHECK(totp_match_two(secret, str_c(both), step * 30000) == 0);
        CHECK(totp_match_two(secret, str_upto(str_c(both), 6), step * 30000) == 0);
        snprintf(both, sizeof both, "%06u%06u", totp_at(secret, step - 1), totp_at(secret, step));
        both[11] = '/';
        CHECK(totp_match_two(secret, str_c(both), step * 30000) == 0);
        both[5] = ':';
        CHECK(totp_match_two(secret, str_c(both), step * 30000) == 0);
    }
}

TEST(a_totp_secret_is_shown_in_base32)
{
    char text[33];

    totp_secret_text((const uint8_t *)"12345678901234567890", text);
    CHECK(strcmp(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") == 0);
}

TEST(base64_reads_back_and_refuses_other_lengths)
{
    uint8_t bytes[32], got[32];
    struct str text;

    test_arena();
    random_bytes(bytes, sizeof bytes);
    text = vault_base64url(test_arena(), str_of(bytes, sizeof bytes));
    CHECK(text.n == 43);
    CHECK(vault_base64url_read(text, got, 32) && memcmp(bytes, got, 32) == 0);
    CHECK(!vault_base64url_read(text, got, 31));
    CHECK(!vault_base64url_read(str_upto(text, 42), got, 32));
    CHECK(!vault_base64url_read(STR_NULL, got, 32));
    text = vault_base64(test_arena(), str_of(bytes, sizeof bytes));
    CHECK(text.n == 44 && vault_base64_read(text, got, 32) && memcmp(bytes, got, 32) == 0);
}

TEST_MAIN
