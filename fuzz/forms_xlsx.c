/* A file that claims to be a spreadsheet: zip, XML, cells, then the compiler. */
#include "forms_try.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    forms_try(str_of((const char *)data, n), STR(""), STR(""));
    return 0;
}
