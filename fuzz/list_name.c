/* What an analyst types for a name: canonical, and canonical again the same; of an odd path at least the site stays the same. */
#include "fuzz.h"

#include "matches/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool loaded;
    struct arena arena = arena_make(1 << 20);
    struct listed one, two;

    if (!loaded)
        HOLDS(names_load() == OK);
    loaded = true;
    if (name_read(&arena, str_of((const char *)data, n), &one) == NAME_FINE) {
        HOLDS(one.key.n > 0 && one.key.n <= ADDRESS_CHARS);
        HOLDS(name_read(&arena, name_text(&arena, one.key), &two) == NAME_FINE);
        HOLDS(str_eq(key_host(one.key), key_host(two.key)) && one.address == two.address);
        HOLDS(one.address || str_eq(one.key, two.key));
        while (key_parent(&one.key))
            HOLDS(one.key.at[one.key.n - 1] == '.');
    }
    arena_free(&arena);
    return 0;
}
