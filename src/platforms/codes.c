/* The documented codes in words, and for the partner's page. */
#include "platforms.h"

#include "reports.h"

static const struct { enum ispws_code code; const char *error, *words; } codes[] = {
    { ISPWS_OK, "", "Success" },
    { ISPWS_SERVER, "ispws.1000", "A problem on this server. Try again later" },
    { ISPWS_SAVE, "ispws.1100", "The report could not be saved. Try again later" },
    { ISPWS_UPLOAD, "ispws.1110", "The file could not be saved. Try again later" },
    { ISPWS_NO_RESOURCE, "ispws.1210", "There is no such resource" },
    { ISPWS_UPDATE, "ispws.1300", "The report could not be changed. Try again later" },
    { ISPWS_SIGN_IN, "ispws.2000", "Authentication is required" },
    { ISPWS_NOT_ALLOWED, "ispws.3000", "This token may not do that" },
    { ISPWS_NO_SUBMISSIONS, "ispws.3100", "This token may not send reports" },
    { ISPWS_NO_UPDATES, "ispws.3300", "This token may not change reports" },
    { ISPWS_INVALID, "ispws.4000", "The request is not valid" },
    { ISPWS_NOT_VALID, "ispws.4100", "Validation failed" },
    { ISPWS_MALFORMED, "ispws.4110", "Malformed XML" },
    { ISPWS_BAD_FILE, "ispws.4200", "Malformed file submittal" },
    { ISPWS_NO_REPORT, "ispws.5001", "The report does not exist" },
    { ISPWS_NO_FILE, "ispws.5002", "The file does not exist" },
    { ISPWS_RETRACTED, "ispws.5101", "The report has already been retracted" },
    { ISPWS_FINISHED, "ispws.5102", "The report has already been finished" },
};

struct str code_words(enum ispws_code code)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].code == code)
            return str_c(codes[i].words);
    return STR("");
}

const char *code_error(enum ispws_code code)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].code == code)
            return codes[i].error;
    return "ispws";
}

status platforms_load(void)
{
    return told_load();
}
