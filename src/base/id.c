#include "id.h"

#include <sodium.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void random_bytes(void *at, size_t n)
{
    randombytes_buf(at, n);
}

uint32_t random_below(uint32_t limit)
{
    return randombytes_uniform(limit);
}

static void set_version(struct id *id, unsigned version)
{
    id->b[6] = (uint8_t)((id->b[6] & 0x0f) | version << 4);
    id->b[8] = (uint8_t)((id->b[8] & 0x3f) | 0x80);
}

struct id id_random(void)
{
    struct id id;

    random_bytes(id.b, sizeof id.b);
    set_version(&id, 4);
    return id;
}

struct id id_timed(i64 now_ms)
{
    struct id id = id_random();

    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
    set_version(&id, 7);
    return id;
}

bool id_eq(struct id a, struct id b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

bool id_is_zero(struct id id)
{
    return id_eq(id, (struct id){ 0 });
}

struct str id_bytes(const struct id *id)
{
    return str_of(id->b, sizeof id->b);
}

bool id_of_bytes(struct str bytes, struct id *id)
{
    if (bytes.n != sizeof id->b)
        return false;
    memcpy(id->b, bytes.at, sizeof id->b);
    return true;
}

/* 128 bits as 26 groups of 5, the first padded by two zero bits, so that the text sorts like the bytes. */
void id_text(struct id id, char text[ID_TEXT + 1])
{
    for (int i = 0; i < ID_TEXT; i++) {
        unsigned value = 0;

        for (int bit = 5 * i - 2; bit < 5 * i + 3; bit++)
            value = value << 1 | (bit < 0 ? 0u : (unsigned)(id.b[bit / 8] >> (7 - bit % 8)) & 1u);
        text[i] = digits[value];
    }
    text[ID_TEXT] = '\0';
}

static int digit_value(char c)
{
    const char *hit;

    if (c >= 'A' && c <= 'Z')
        c = (char)(c + 32);
    hit = c ? strchr(digits, c) : NULL;
    return hit ? (int)(hit - digits) : -1;
}

bool id_of_text(struct str text, struct id *id)
{
    if (text.n != ID_TEXT || digit_value(text.at[0]) > 7)
        return false;
    *id = (struct id){ 0 };
    for (int i = 0; i < ID_TEXT; i++) {
        int value = digit_value(text.at[i]);

        if (value < 0)
            return false;
        for (int k = 0, bit = 5 * i - 2; k < 5; k++, bit++)
            if (bit >= 0 && (value >> (4 - k) & 1))
                id->b[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    }
    return true;
}
