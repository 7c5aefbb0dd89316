#include "status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[512];

void fail_note(const char *format, ...)
{
    int kept = errno;       /* the status beside the message may be chosen by it */
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    errno = kept;
}

const char *fail_message(void)
{
    return message;
}

void fail_clear(void)
{
    message[0] = '\0';
}

const char *status_name(status s)
{
    static const char *const names[] = {
        [OK] = "ok", [NOT_FOUND] = "not_found", [DENIED] = "denied", [INVALID] = "invalid",
        [CONFLICT] = "conflict", [BUSY] = "busy", [TOO_LARGE] = "too_large", [FULL] = "full", [BROKEN] = "broken",
    };

    return names[s];
}
