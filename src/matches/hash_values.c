/* Values of hashes: how they are written, and the id that stands for one. */
#include "banks.h"

#include <lachan/detect.h>

static const struct { const char *code; size_t bytes; } kinds[HASH_KINDS] = {
    [HASH_PDQ] = { "pdq", PDQ_BYTES }, [HASH_MD5] = { "md5", 16 }, [HASH_SHA1] = { "sha1", 20 }, [HASH_SHA256] = { "sha256", 32 },
    [HASH_URL] = { "url", 0 }, [HASH_PDNA] = { "pdna", 0 }, [HASH_TMK] = { "tmk", DETECT_TMK_BYTES },
};
enum { PDNA_MAX = 1000 };       /* PhotoDNA's are 144 bytes; services wrap them in versions of their own */

const char *hash_kind_code(enum hash_kind kind)
{
    return kind > 0 && kind < HASH_KINDS ? kinds[kind].code : "";
}

enum hash_kind hash_kind_of(struct str code)
{
    for (int kind = HASH_PDQ; kind < HASH_KINDS; kind++)
        if (str_is(code, kinds[kind].code))
            return kind;
    return 0;
}

static status read_hex(struct arena *a, enum hash_kind kind, struct str text, struct str *value)
{
    size_t n = kinds[kind].bytes;
    uint8_t *bytes = arena_alloc(a, n);

    if (text.n != n * 2 || !str_from_hex(text, bytes, n))
        return fail(INVALID, "a %s value is %zu hexadecimal digits", kinds[kind].code, n * 2);
    *value = str_of(bytes, n);
    return OK;
}

static bool space_inside(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7f)
            return true;
    return false;
}

static status read_url(struct arena *a, struct str text, struct str *value)
{
    char *room = arena_alloc(a, DETECT_ADDRESS_MAX + 1);
    size_t n;

    if (text.n == 0 || space_inside(text) || detect_address_canonical(text.at, text.n, room, DETECT_ADDRESS_MAX + 1, &n) != DETECT_OK)
        return fail(INVALID, "an address has a host, no blanks, and at most %d characters", DETECT_ADDRESS_MAX);
    *value = arena_copy(a, str_of(room, n));
    return OK;
}

/* Hexadecimal, or base64 with padding: services write these both ways. */
static status read_long(struct arena *a, enum hash_kind kind, struct str text, struct str *value)
{
    size_t pad = text.n > 1 && text.at[text.n - 1] == '=' ? text.at[text.n - 2] == '=' ? 2 : 1 : 0;
    size_t n = text.n / 4 * 3 - (text.n >= 4 ? pad : 0);
    uint8_t *bytes;

    if (text.n == 0 || text.n % 4 != 0 || n > HASH_VALUE_MAX || (kind == HASH_PDNA && n > PDNA_MAX) || (kind == HASH_TMK && n != DETECT_TMK_BYTES))
        return fail(INVALID, kind == HASH_TMK ? "a tmk value is base64 of %d bytes" : "a pdna value is base64 of at most %d bytes",
                    kind == HASH_TMK ? DETECT_TMK_BYTES : PDNA_MAX);
    bytes = arena_alloc(a, n + 1);
    if (!vault_base64_read(text, bytes, n))
        return fail(INVALID, "a %s value is base64", kinds[kind].code);
    *value = str_of(bytes, n);
    return OK;
}

status hash_value_read(struct arena *a, enum hash_kind kind, struct str text, struct str *value)
{
    switch (kind) {
    case HASH_PDQ: case HASH_MD5: case HASH_SHA1: case HASH_SHA256: return read_hex(a, kind, text, value);
    case HASH_URL: return read_url(a, text, value);
    case HASH_PDNA: case HASH_TMK: return read_long(a, kind, text, value);
    default: return fail(INVALID, "the kinds are pdq, md5, sha1, sha256, url, pdna and tmk");
    }
}

struct str hash_value_text(struct arena *a, enum hash_kind kind, struct str value)
{
    char *text;

    if (kind == HASH_URL)
        return value;
    if (kind == HASH_PDNA || kind == HASH_TMK)
        return vault_base64(a, value);
    text = arena_alloc(a, value.n * 2 + 1);
    detect_bytes_to_hex((const uint8_t *)value.at, value.n, text);
    return str_of(text, value.n * 2);
}

bool hash_value_right(enum hash_kind kind, struct str value)
{
    switch (kind) {
    case HASH_PDQ: case HASH_MD5: case HASH_SHA1: case HASH_SHA256: case HASH_TMK: return value.n == kinds[kind].bytes;
    case HASH_URL: return value.n > 0 && value.n <= DETECT_ADDRESS_MAX;
    case HASH_PDNA: return value.n > 0 && value.n <= PDNA_MAX;
    default: return false;
    }
}

/* Sixteen bytes of a hash stand for the value: 64 bits of safety against two that meet by intent, and whoever could make two would
   only have put one of them into a bank under the other's name. */
struct id hash_id_of_key(enum hash_kind kind, enum hash_family family, struct str key)
{
    uint8_t what[2] = { (uint8_t)kind, (uint8_t)family };
    struct key hash;
    struct id id;

    vault_hash(&hash, NULL, "bank-value", PARTS(str_of(what, sizeof what), key));
    memcpy(id.b, hash.b, sizeof id.b);
    return id;
}

struct id hash_id(enum hash_kind kind, enum hash_family family, struct str value)
{
    struct detect_expression all[DETECT_EXPRESSIONS_MAX];
    size_t n;

    if (kind == HASH_URL && detect_address_expressions(value.at, value.n, all, &n) == DETECT_OK && n > 0)
        return hash_id_of_key(kind, FAMILY_NONE, str_of(all[0].sha256, 32));
    return hash_id_of_key(kind, kind == HASH_PDQ ? family : FAMILY_NONE, value);
}
