#include "vault.h"

/* Crockford's alphabet: no I, L, O (they look like digits) and no U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int digit_of(char c)
{
    const char *hit;

    if (c >= 'a' && c <= 'z')
        c = (char)(c - 32);
    if (c == 'I' || c == 'L')
        c = '1';
    if (c == 'O')
        c = '0';
    if (c == 'U')
        c = 'V';
    hit = c ? strchr(alphabet, c) : NULL;
    return hit ? (int)(hit - alphabet) : -1;
}

/* Twice a value in GF(32) = GF(2)[x] mod x^5+x^2+1. Doubling has order 31, so every place of the code weighs
   differently: each single wrong character and each swap of two changes the check. */
static unsigned twice(unsigned v)
{
    v <<= 1;
    return v & 32 ? v ^ 37 : v;
}

char code_check(const char digits[CODE_CHARS - 1])
{
    unsigned s = 0;

    for (int i = 0; i < CODE_CHARS - 1; i++)
        s = twice(s ^ (unsigned)digit_of(digits[i]));
    return alphabet[s];
}

static void random_digits(char *code, size_t n)
{
    random_bytes(code, n);
    for (size_t i = 0; i < n; i++)
        code[i] = alphabet[code[i] & 31];
    code[n] = '\0';
}

/* Reads exactly n characters of the alphabet, forgiving what stands between them. */
bool code_digits(struct str typed, char *code, size_t n)
{
    size_t got = 0;

    for (size_t i = 0; i < typed.n; i++) {
        int digit = digit_of(typed.at[i]);

        if (strchr(" -\t\r\n", typed.at[i]) != NULL && typed.at[i])
            continue;
        if (digit < 0 || got == n)
            return false;
        code[got++] = alphabet[digit];
    }
    code[got] = '\0';
    return got == n;
}

void code_new(char code[CODE_CHARS + 1])
{
    random_digits(code, CODE_CHARS);
    code[CODE_CHARS - 1] = code_check(code);
}

status code_read(struct str typed, char code[CODE_CHARS + 1])
{
    if (!code_digits(typed, code, CODE_CHARS))
        return fail(INVALID, "a code has %d letters and digits", CODE_CHARS);
    if (code_check(code) != code[CODE_CHARS - 1])
        return fail(INVALID, "the check character does not fit");
    return OK;
}

void code_format(const char code[CODE_CHARS + 1], char shown[20])
{
    size_t n = 0;

    for (size_t i = 0; i < CODE_CHARS; i++) {
        if (i && i % 4 == 0)
            shown[n++] = '-';
        shown[n++] = code[i];
    }
    shown[n] = '\0';
}

void recovery_new(char code[RECOVERY_CHARS + 1])
{
    random_digits(code, RECOVERY_CHARS);
}

status recovery_read(struct str typed, char code[RECOVERY_CHARS + 1])
{
    if (!code_digits(typed, code, RECOVERY_CHARS))
        return fail(INVALID, "a recovery code has %d letters and digits", RECOVERY_CHARS);
    return OK;
}
