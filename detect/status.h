/* Setting a struct detect_error; used by every part of the library. */
#ifndef DETECT_STATUS_H
#define DETECT_STATUS_H

#include "lachan/detect.h"

/* Writes the message (may be cut to fit) unless error is NULL, and returns status: `return detect_fail(...)`. */
[[gnu::format(printf, 3, 4)]] enum detect_status detect_fail(
	enum detect_status status, struct detect_error *error, const char *format, ...);

#endif
