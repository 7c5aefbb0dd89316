#include "vault.h"

#include "sha1.h"

enum { STEP_MS = 30 * 1000, DIGITS = 6, MODULUS = 1000000 };

uint32_t totp_at(const uint8_t secret[TOTP_SECRET_BYTES], i64 step)
{
    uint8_t mac[SHA1_BYTES], counter[8];
    const uint8_t *at;

    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> 8 * (7 - i));
    hmac_sha1(mac, secret, TOTP_SECRET_BYTES, counter);
    at = mac + (mac[SHA1_BYTES - 1] & 15);      /* RFC 4226, section 5.3: dynamic truncation */
    return (((uint32_t)at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) % MODULUS;
}

static bool read_digits(struct str digits, uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
        *value = *value * 10 + (uint32_t)(digits.at[i] - '0');
    }
    return digits.n == DIGITS;
}

i64 totp_match(const uint8_t secret[TOTP_SECRET_BYTES], struct str digits, i64 now_ms)
{
    i64 now = now_ms / STEP_MS, found = 0;
    uint32_t typed;

    if (digits.n != DIGITS || !read_digits(digits, &typed))
        return 0;
    for (i64 step = now - 1; step <= now + 1; step++) {
        uint32_t right = totp_at(secret, step);

        if (vault_same(&right, &typed, sizeof typed))
            found = step;
    }
    return found;
}

i64 totp_match_two(const uint8_t secret[TOTP_SECRET_BYTES], struct str digits, i64 now_ms)
{
    i64 now = now_ms / STEP_MS, found = 0;
    uint32_t typed[2];

    if (digits.n != 2 * DIGITS || !read_digits(str_upto(digits, DIGITS), &typed[0]) ||
        !read_digits(str_from(digits, DIGITS), &typed[1]))
        return 0;
    for (i64 step = now - 1; step <= now + 1; step++) {
        uint32_t right[2] = { totp_at(secret, step - 1), totp_at(secret, step) };

        if (vault_same(right, typed, sizeof typed))
            found = step;
    }
    return found;
}

void totp_secret_text(const uint8_t secret[TOTP_SECRET_BYTES], char text[33])
{
    static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    for (unsigned i = 0; i < 32; i++) {
        unsigned bit = 5 * i, pair = (unsigned)secret[bit / 8] << 8;

        if (bit / 8 + 1 < TOTP_SECRET_BYTES)
            pair |= secret[bit / 8 + 1];
        text[i] = base32[pair >> (11 - bit % 8) & 31];
    }
    text[32] = '\0';
}
