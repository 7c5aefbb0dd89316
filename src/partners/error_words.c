#include "error_words.h"

#include "texts.h"

int error_remedy(struct str code)
{
    static const struct { const char *code; int text; } all[] = {
        { "bad-request", T_PARTNERS_REMEDY_BAD_REQUEST }, { "forbidden", T_PARTNERS_REMEDY_FORBIDDEN },
        { "not-found", T_PARTNERS_REMEDY_NOT_FOUND }, { "conflict", T_PARTNERS_REMEDY_CONFLICT },
        { "too-large", T_PARTNERS_REMEDY_TOO_LARGE }, { "invalid", T_PARTNERS_REMEDY_INVALID },
        { "broken", T_PARTNERS_REMEDY_BROKEN }, { "busy", T_PARTNERS_REMEDY_BUSY }, { "no-room", T_PARTNERS_REMEDY_BUSY },
        { "too-many", T_PARTNERS_REMEDY_TOO_MANY }, { "wrong-environment", T_PARTNERS_REMEDY_ENVIRONMENT },
        { "ispws.1000", T_PARTNERS_REMEDY_BROKEN }, { "ispws.1210", T_PARTNERS_REMEDY_NOT_FOUND },
        { "ispws.3000", T_PARTNERS_REMEDY_FORBIDDEN }, { "ispws.4000", T_PARTNERS_REMEDY_REPORT_REQUEST },
        { "ispws.4100", T_PARTNERS_REMEDY_REPORT_VALID }, { "ispws.4110", T_PARTNERS_REMEDY_REPORT_XML },
        { "ispws.4200", T_PARTNERS_REMEDY_REPORT_FILE }, { "ispws.5001", T_PARTNERS_REMEDY_REPORT_NONE },
        { "ispws.5002", T_PARTNERS_REMEDY_REPORT_NO_FILE }, { "ispws.5101", T_PARTNERS_REMEDY_REPORT_RETRACTED },
        { "ispws.5102", T_PARTNERS_REMEDY_REPORT_FINISHED },
        { "signature", T_PARTNERS_REMEDY_SIGNATURE }, { "replayed", T_PARTNERS_REMEDY_REPLAYED },
        { "stopncii.page-size", T_PARTNERS_REMEDY_PAGE }, { "stopncii.startTimestamp", T_PARTNERS_REMEDY_SINCE },
        { "stopncii.future", T_PARTNERS_REMEDY_FUTURE }, { "stopncii.nextPageToken", T_PARTNERS_REMEDY_PAGE_TOKEN },
        { "stopncii.record", T_PARTNERS_REMEDY_RECORD }, { "stopncii.too-many", T_PARTNERS_REMEDY_BATCH },
        { "ncmec.time", T_PARTNERS_REMEDY_SINCE }, { "ncmec.future", T_PARTNERS_REMEDY_FUTURE },
        { "ncmec.order", T_PARTNERS_REMEDY_SINCE }, { "ncmec.page", T_PARTNERS_REMEDY_PAGE_TOKEN },
        { "ncmec.type", T_PARTNERS_REMEDY_HASH_TYPE }, { "ncmec.entry", T_PARTNERS_REMEDY_ENTRY },
        { "ncmec.feedback", T_PARTNERS_REMEDY_RECORD }, { "ncmec.too-large", T_PARTNERS_REMEDY_BATCH },
        { "hashes.limit", T_PARTNERS_REMEDY_PAGE }, { "hashes.after", T_PARTNERS_REMEDY_PAGE_TOKEN },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_is(code, all[i].code))
            return all[i].text;
    return T_PARTNERS_REMEDY_OTHER;
}
