/* The short texts that travel with a result. */
#ifndef DECODE_MESSAGE_H
#define DECODE_MESSAGE_H

#include "client.h"

#include <stdarg.h>

/* Writes text, cut to fit. What a file or a library put into it may be anything, and it ends on somebody's
 * terminal: all but printable ASCII becomes '?'. */
[[gnu::format(printf, 2, 3)]]
void message_set(char message[DECODE_MESSAGE_MAX], const char *format, ...);

[[gnu::format(printf, 2, 0)]]
void message_set_list(char message[DECODE_MESSAGE_MAX], const char *format, va_list args);

/* The same cleaning for text from elsewhere, which need not be terminated. */
void message_clean(char *text, size_t size);

#endif
