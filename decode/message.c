#include "message.h"

#include <stdio.h>

void message_clean(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

void message_set_list(char message[DECODE_MESSAGE_MAX], const char *format, va_list args)
{
	vsnprintf(message, DECODE_MESSAGE_MAX, format, args);
	message_clean(message, DECODE_MESSAGE_MAX);
}

void message_set(char message[DECODE_MESSAGE_MAX], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	message_set_list(message, format, args);
	va_end(args);
}
