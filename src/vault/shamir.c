#include "shamir.h"

#include <sodium.h>

/* -- GF(256) with x^8+x^4+x^3+x+1: no table and no branch that depends on a value ------------------------------------------------ */

uint8_t shamir_times(uint8_t a, uint8_t b)
{
    unsigned product = 0, power = a;

    for (int i = 0; i < 8; i++) {
        product ^= power & (0u - (b >> i & 1u));
        power = (power << 1) ^ (0x11bu & (0u - (power >> 7 & 1u)));
    }
    return (uint8_t)product;
}

/* a^254; 0 for 0. */
static uint8_t inverse(uint8_t a)
{
    uint8_t power = a, product = 1;

    for (int i = 0; i < 7; i++) {
        power = shamir_times(power, power);
        product = shamir_times(product, power);
    }
    return product;
}

/* -- shares --------------------------------------------------------------------------------------------------------------------------- */

void shamir_split_with(const struct key *secret, const struct key *slope, int n, struct share *shares)
{
    for (int i = 0; i < n; i++) {
        shares[i].x = (uint8_t)(i + 1);
        for (size_t k = 0; k < KEY_BYTES; k++)
            shares[i].y.b[k] = secret->b[k] ^ shamir_times(slope->b[k], shares[i].x);
    }
}

void shamir_split(const struct key *secret, int needed, int n, struct share *shares)
{
    struct key slope = { { 0 } };       /* needed 1: a line without slope, each share is the key */

    if (needed == 2)
        vault_key_new(&slope);
    shamir_split_with(secret, &slope, n, shares);
    sodium_memzero(&slope, sizeof slope);
}

status shamir_join(struct key *secret, int needed, const struct share *shares)
{
    uint8_t over;

    for (int i = 0; i < needed; i++)
        if (shares[i].x < 1 || shares[i].x > SHARES_MAX)
            return fail(INVALID, "no share has this number");
    *secret = shares[0].y;
    if (needed == 1)
        return OK;
    if (shares[0].x == shares[1].x)
        return fail(INVALID, "twice the same share");
    /* y0 + x0·(y0+y1)/(x0+x1): the line at 0 */
    over = shamir_times(shares[0].x, inverse(shares[0].x ^ shares[1].x));
    for (size_t k = 0; k < KEY_BYTES; k++)
        secret->b[k] ^= shamir_times(over, shares[0].y.b[k] ^ shares[1].y.b[k]);
    return OK;
}

/* -- on paper ------------------------------------------------------------------------------------------------------------------------- */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { LINE_DIGITS = SHARE_LINE_CHARS - 1, DIGITS = SHARE_LINES * LINE_DIGITS };        /* 52 of 5 bits: x in 4, y in 256 */

/* As a code's check (code_check), begun with the line's number, so that lines in a wrong order are found. */
static unsigned line_check(int line, const uint8_t digits[LINE_DIGITS])
{
    unsigned s = (unsigned)line + 1;

    for (int i = 0; i < LINE_DIGITS; i++) {
        s ^= digits[i];
        s = (s << 1 ^ (37u & (0u - (s >> 4 & 1u)))) & 31u;
    }
    return s;
}

/* Bit i of x (4 bits) and y, the highest first. */
static unsigned bit_of(const struct share *s, int i)
{
    return i < 4 ? s->x >> (3 - i) & 1u : s->y.b[(i - 4) / 8] >> (7 - (i - 4) % 8) & 1u;
}

void share_lines(const struct share *s, char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1])
{
    uint8_t digits[SHARE_LINES][LINE_DIGITS] = { { 0 } };

    for (int i = 0; i < DIGITS * 5; i++) {
        uint8_t *d = &digits[i / 5 / LINE_DIGITS][i / 5 % LINE_DIGITS];

        *d = (uint8_t)(*d << 1 | bit_of(s, i));
    }
    for (int line = 0; line < SHARE_LINES; line++) {
        char *to = lines[line];

        for (int i = 0; i < LINE_DIGITS; i++) {
            if (i == 5 || i == 10)
                *to++ = '-';
            *to++ = alphabet[digits[line][i]];
        }
        *to++ = alphabet[line_check(line, digits[line])];
        *to = '\0';
    }
    sodium_memzero(digits, sizeof digits);
}

static unsigned value_of(char digit)
{
    return (unsigned)(strchr(alphabet, digit) - alphabet);
}

status share_line_read(struct str typed, int line, char digits[SHARE_LINE_CHARS])
{
    char text[SHARE_LINE_CHARS + 1];
    uint8_t values[LINE_DIGITS];
    bool right = code_digits(typed, text, SHARE_LINE_CHARS);

    if (!right)
        return fail(INVALID, "a line has %d letters and digits", SHARE_LINE_CHARS);
    for (int i = 0; i < LINE_DIGITS; i++)
        values[i] = (uint8_t)value_of(text[i]);
    right = line_check(line, values) == value_of(text[LINE_DIGITS]);
    memcpy(digits, text, SHARE_LINE_CHARS);
    sodium_memzero(values, sizeof values);
    sodium_memzero(text, sizeof text);
    return right ? OK : fail(INVALID, "the check character does not fit");
}

status share_read(char digits[SHARE_LINES][SHARE_LINE_CHARS], struct share *s)
{
    *s = (struct share){ .x = 0 };
    for (int i = 0; i < DIGITS * 5; i++) {
        unsigned bit = value_of(digits[i / 5 / LINE_DIGITS][i / 5 % LINE_DIGITS]) >> (4 - i % 5) & 1u;

        if (i < 4)
            s->x = (uint8_t)(s->x << 1 | bit);
        else
            s->y.b[(i - 4) / 8] = (uint8_t)(s->y.b[(i - 4) / 8] << 1 | bit);
    }
    return s->x >= 1 && s->x <= SHARES_MAX ? OK : fail(INVALID, "no share has this number");
}

void share_mark(struct key *mark, struct id org, i64 no, const struct share *s)
{
    struct le64 n = vault_le64(no);

    vault_hash(mark, NULL, "share-check", PARTS(id_bytes(&org), le64_str(&n), str_of(&s->x, 1), key_str(&s->y)));
}
