#include "error_words.h"

#include "texts.h"

int error_remedy(struct str code)
{
    static const struct { const char *code; int text; } all[] = {
        { "bad-request", T_PARTNERS_REMEDY_BAD_REQUEST }, { "forbidden", T_PARTNERS_REMEDY_FORBIDDEN },
        { "not-found", T_PARTNERS_REMEDY_NOT_FOUND }, { "conflict", T_PARTNERS_REMEDY_CONFLICT },
        { "too-large", T_PARTNERS_REMEDY_TOO_LARGE }, { "invalid", T_PARTNERS_REMEDY_INVALID },
        { "broken", T_PARTNERS_REMEDY_BROKEN }, { "busy", T_PARTNERS_REMEDY_BUSY },
        { "too-many", T_PARTNERS_REMEDY_TOO_MANY }, { "wrong-environment", T_PARTNERS_REMEDY_ENVIRONMENT },
        { "signature", T_PARTNERS_REMEDY_SIGNATURE }, { "replayed", T_PARTNERS_REMEDY_REPLAYED },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_is(code, all[i].code))
            return all[i].text;
    return T_PARTNERS_REMEDY_OTHER;
}
