/* A form in its text form: tables, types, expressions, then a run of what came out. */
#include "forms_try.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str text = str_of((const char *)data, n);

    if (!str_starts(text, STR("PK")))
        forms_try(text, STR("1"), STR("<data/>"));
    return 0;
}
