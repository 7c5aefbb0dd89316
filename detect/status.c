#include "status.h"

#include <stdarg.h>
#include <stdio.h>

const char *detect_version(void)
{
	return "0.1.0";
}

enum detect_status detect_fail(enum detect_status status, struct detect_error *error, const char *format, ...)
{
	if (error) {
		va_list args;
		va_start(args, format);
		vsnprintf(error->text, sizeof error->text, format, args);
		va_end(args);
	}
	return status;
}
