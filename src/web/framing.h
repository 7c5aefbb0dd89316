/* What the HTTP library lets through and we do not: shapes by which two programs could see two different
   requests in the same bytes (request smuggling). What the library hides from us is listed in
   SECURITY.md. */
#pragma once

#include "handle.h"

enum { FRAMING_HEADERS = 64, FRAMING_TARGET = 4096 };
#define FRAMING_READ_MAX ((i64)1200 * 1024 * 1024)      /* beyond it a connection is closed, not read to its end */

enum method framing_method(struct str name);

/* The problem, or PROBLEMS where there is none. */
enum problem framing_check(const struct request *r);
