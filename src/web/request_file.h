/* One request from bytes, without a socket: for `lachan request FILE`, tests and fuzzers. */
#pragma once

#include "web.h"

/* Reads the first line, the headers (at most 64) and the body of an HTTP/1.1 request; lines may end in LF
   alone, because people write these files by hand. INVALID names the line. The body is freed by
   request_file_free. */
status request_file_read(struct arena *a, struct str raw, const char *spool_dir, struct request *r);
void request_file_free(struct request *r);

/* The answer as it would go out: status line, headers, body. */
void request_file_answer(const struct response *response, struct out *o);
