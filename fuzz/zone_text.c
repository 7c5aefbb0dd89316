/* A zone file: any bytes are read to their end, and each fault has a line of the file and a remedy. */
#include "fuzz.h"

#include "matches/zone_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena arena = arena_make((size_t)1 << 28);
    struct zone_check found;
    i64 lines = 1;

    if (n > 1 << 16)
        n = 1 << 16;
    for (size_t i = 0; i < n; i++)
        lines += data[i] == '\n';
    zone_check(&arena, str_of((const char *)data, n), STR("rpz.example"), &found);
    HOLDS(found.errors + found.warnings >= (i64)found.n && found.n <= ZONE_FAULTS_MAX);
    for (size_t i = 0; i < found.n; i++)
        HOLDS(found.at[i].line >= 1 && found.at[i].line <= lines && found.at[i].what.n > 0 && found.at[i].remedy.n > 0);
    arena_free(&arena);
    return 0;
}
