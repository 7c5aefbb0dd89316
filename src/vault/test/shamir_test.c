/* Shares of a recovery key: fixed bytes, every field law that the sums rest on, and that one share tells nothing. The vectors
   come from a second implementation. */
#include "fixture.h"
#include "test.h"

#include "vault/shamir.h"

static const struct { const char *y; const char *lines[SHARE_LINES]; } vectors[] = {
    { "02060602020e0e0202060602021e1e0202060602020e0e0202060602023e3e02", { "20G60-R1043-GE02", "810C1-G208F-1W0J", "G20R3-040GE-1R1T", "041G6-0813W-FG2G" } },
    { "070a09080b16151c1f121110132e2d34373a39383b26252c2f222120235e5d64", { "41RA1-440P5-GN3Q", "GFH44-8G2CQ-2TDX", "1Q78W-KGES6-4MP3", "2Y8H1-40HNW-QB4P" } },
    { "040e0c0e0c1e1c16141e1c1e1c3e3c26242e2c2e2c3e3c36343e3c3e3c7e7c46", { "610E1-G70R7-GW2N", "RA1W7-0Y3GZ-3R9M", "H45RP-2WB1Y-7GV6", "38FHW-7RY7W-Z26X" } },
};

TEST(V1_shares_of_a_known_key_and_their_paper)
{
    struct key secret = key_no(1), slope = key_no(3);
    struct share shares[SHARES_MAX];
    char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1];

    test_arena();
    shamir_split_with(&secret, &slope, SHARES_MAX, shares);
    for (int i = 0; i < SHARES_MAX; i++) {
        CHECK(shares[i].x == i + 1);
        CHECK(is_hex(&shares[i].y, KEY_BYTES, vectors[i].y));
        share_lines(&shares[i], lines);
        for (int k = 0; k < SHARE_LINES; k++)
            CHECK_STR(str_c(lines[k]), str_c(vectors[i].lines[k]));
    }
}

/* Schoolbook product, bit by bit, then the remainder. */
static unsigned slow_times(unsigned a, unsigned b)
{
    unsigned p = 0;

    for (int i = 0; i < 8; i++)
        if (b >> i & 1)
            p ^= a << i;
    for (int i = 15; i >= 8; i--)
        if (p >> i & 1)
            p ^= 0x11bu << (i - 8);
    return p;
}

TEST(the_product_is_that_of_the_field_for_every_pair)
{
    bool right = true;

    CHECK(shamir_times(0x57, 0x83) == 0xc1);            /* FIPS 197, 4.2 */
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++)
            right &= shamir_times((uint8_t)a, (uint8_t)b) == slow_times(a, b);
    CHECK(right);
}

TEST(any_two_of_three_give_the_key_in_any_order)
{
    struct key secret, got;
    struct share s[SHARES_MAX];

    test_arena();
    for (int round = 0; round < 200; round++) {
        vault_key_new(&secret);
        shamir_split(&secret, 2, SHARES_MAX, s);
        for (int a = 0; a < SHARES_MAX; a++)
            for (int b = 0; b < SHARES_MAX; b++) {
                struct share two[2] = { s[a], s[b] };

                if (a == b)
                    CHECK(shamir_join(&got, 2, two) == INVALID);
                else
                    CHECK(shamir_join(&got, 2, two) == OK && vault_same(&got, &secret, KEY_BYTES));
            }
    }
}

TEST(one_of_one_is_the_key_itself)
{
    struct key secret = key_no(9), got;
    struct share s;

    test_arena();
    shamir_split(&secret, 1, 1, &s);
    CHECK(s.x == 1 && shamir_join(&got, 1, &s) == OK && vault_same(&got, &secret, KEY_BYTES));
}

TEST(two_splits_of_one_key_share_no_share)
{
    struct key secret = key_no(5);
    struct share a[SHARES_MAX], b[SHARES_MAX];

    test_arena();
    shamir_split(&secret, 2, SHARES_MAX, a);
    shamir_split(&secret, 2, SHARES_MAX, b);
    for (int i = 0; i < SHARES_MAX; i++)
        CHECK(!vault_same(&a[i].y, &b[i].y, KEY_BYTES) && !vault_same(&a[i].y, &secret, KEY_BYTES));
}

/* For a share's byte and each of the 256 values that the key's byte might have there is exactly one slope: nothing is likelier. */
TEST(one_share_fits_every_key_alike)
{
    bool even = true;

    for (unsigned x = 1; x <= SHARES_MAX; x++)
        for (unsigned y = 0; y < 256; y += 17) {
            unsigned slopes[256] = { 0 };

            for (unsigned slope = 0; slope < 256; slope++)
                slopes[y ^ shamir_times((uint8_t)slope, (uint8_t)x)]++;
            for (unsigned secret = 0; secret < 256; secret++)
                even &= slopes[secret] == 1;
        }
    CHECK(even);
}

TEST(a_share_that_is_none_is_refused)
{
    struct share s[2] = { { .x = 0 }, { .x = 1 } };
    struct key got;

    test_arena();
    CHECK(shamir_join(&got, 2, s) == INVALID);
    s[0].x = SHARES_MAX + 1;
    CHECK(shamir_join(&got, 2, s) == INVALID);
    s[1].x = 0;
    CHECK(shamir_join(&got, 1, &s[1]) == INVALID);
}

/* -- on paper -------------------------------------------------------------------------------------------------------------- */

static status read_all(char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1], struct share *got)
{
    char digits[SHARE_LINES][SHARE_LINE_CHARS];

    for (int i = 0; i < SHARE_LINES; i++)
        if (share_line_read(str_c(lines[i]), i, digits[i]) != OK)
            return INVALID;
    return share_read(digits, got);
}

TEST(what_is_printed_reads_back)
{
    struct key secret;
    struct share s[SHARES_MAX], got;
    char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1];

    test_arena();
    for (int round = 0; round < 100; round++) {
        vault_key_new(&secret);
        shamir_split(&secret, 2, SHARES_MAX, s);
        for (int i = 0; i < SHARES_MAX; i++) {
            share_lines(&s[i], lines);
            CHECK(read_all(lines, &got) == OK && got.x == s[i].x && vault_same(&got.y, &s[i].y, KEY_BYTES));
        }
    }
}

TEST(every_single_wrong_character_and_every_exchange_of_lines_is_found)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1], digits[SHARE_LINE_CHARS];
    struct key secret = key_no(7), slope = key_no(2);
    struct share s[SHARES_MAX];

    test_arena();
    shamir_split_with(&secret, &slope, SHARES_MAX, s);
    share_lines(&s[1], lines);
    for (int line = 0; line < SHARE_LINES; line++) {
        for (int other = 0; other < SHARE_LINES; other++)
            CHECK((share_line_read(str_c(lines[line]), other, digits) == OK) == (other == line));
        for (int i = 0; i < SHARE_LINE_SHOWN; i++) {
            char right = lines[line][i];

            for (const char *c = alphabet; right != '-' && *c; c++) {
                lines[line][i] = *c;
                CHECK((share_line_read(str_c(lines[line]), line, digits) == OK) == (*c == right));
            }
            lines[line][i] = right;
        }
    }
    CHECK(share_line_read(STR("short"), 0, digits) == INVALID);
    CHECK(share_line_read(STR(""), 0, digits) == INVALID);
}

TEST(a_mark_is_of_one_share_of_one_key_of_one_organisation)
{
    struct share s = { .x = 1, .y = key_no(4) }, other = { .x = 2, .y = key_no(4) };
    struct key a, b;

    test_arena();
    share_mark(&a, id_no(1), 1, &s);
    share_mark(&b, id_no(1), 1, &s);
    CHECK(vault_same(&a, &b, KEY_BYTES));
    share_mark(&b, id_no(1), 2, &s);
    CHECK(!vault_same(&a, &b, KEY_BYTES));
    share_mark(&b, id_no(2), 1, &s);
    CHECK(!vault_same(&a, &b, KEY_BYTES));
    share_mark(&b, id_no(1), 1, &other);
    CHECK(!vault_same(&a, &b, KEY_BYTES));
}

/* Checked letters all, and a number that no share has. */
TEST(a_printed_share_of_a_number_that_there_is_not_is_refused)
{
    struct share s = { .x = 0 }, got;
    char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1];

    test_arena();
    vault_key_new(&s.y);
    share_lines(&s, lines);
    CHECK(read_all(lines, &got) == INVALID);
    s.x = SHARES_MAX + 1;
    share_lines(&s, lines);
    CHECK(read_all(lines, &got) == INVALID);
    s.x = SHARES_MAX;
    share_lines(&s, lines);
    CHECK(read_all(lines, &got) == OK);
}

TEST_MAIN
