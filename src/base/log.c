#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = { "error", "warn", "info" };
    static const char *const priorities[] = { "<3>", "<4>", "<6>" };
    char text[768];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20)
            *c = ' ';       /* one event is one line, whatever a value holds */
    fprintf(stderr, "%s%s %s %s\n", getenv("JOURNAL_STREAM") ? priorities[level] : "", names[level], event, text);
}
