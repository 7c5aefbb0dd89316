#include "status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

const char *detect_version(void)
{
	return "0.1.0";
}

void detect_fail_note(struct detect_error *error, const char *format, ...)
{
	int kept = errno; /* the status beside the message may be chosen by it */
	if (error) {
		va_list args;
		va_start(args, format);
		vsnprintf(error->text, sizeof error->text, format, args);
		va_end(args);
	}
	errno = kept;
}
