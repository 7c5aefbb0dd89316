#include "vault.h"

#include <sodium.h>

static struct str encode(struct arena *a, struct str bytes, int variant)
{
    size_t size = sodium_base64_encoded_len(bytes.n, variant);
    char *text = arena_alloc(a, size);

    sodium_bin2base64(text, size, (const unsigned char *)bytes.at, bytes.n, variant);
    return str_of(text, strlen(text));
}

static bool decode(struct str text, void *bytes, size_t n, int variant)
{
    size_t got;

    return sodium_base642bin(bytes, n, text.at, text.n, NULL, &got, NULL, variant) == 0 && got == n;
}

struct str vault_base64url(struct arena *a, struct str bytes)
{
    return encode(a, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool vault_base64url_read(struct str text, void *bytes, size_t n)
{
    return decode(text, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

struct str vault_base64(struct arena *a, struct str bytes)
{
    return encode(a, bytes, sodium_base64_VARIANT_ORIGINAL);
}

bool vault_base64_read(struct str text, void *bytes, size_t n)
{
    return decode(text, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}
