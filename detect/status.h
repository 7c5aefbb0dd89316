/* Setting a struct detect_error; used by every part of the library. */
#ifndef DETECT_STATUS_H
#define DETECT_STATUS_H

#include "lachan/detect.h"

/* Writes the message (may be cut to fit) unless error is NULL, and gives status: `return detect_fail(...)`.
   A macro, so that compiler and analyzers see which status comes back. */
#define detect_fail(status, error, ...) (detect_fail_note(error, __VA_ARGS__), detect_fail_as(status))

[[gnu::format(printf, 2, 3)]] void detect_fail_note(struct detect_error *error, const char *format, ...);

static inline enum detect_status detect_fail_as(enum detect_status status)
{
	return status;
}

#endif
