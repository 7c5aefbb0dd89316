/* Compression, only for pages that hold nothing private (so that its length tells nothing about a secret). */
#pragma once

#include "../base/memory.h"

bool gzip_accepted(struct str accept_encoding);
/* Replaces the content by its gzip form, grown to `least`, or else to a multiple of `step`, by an empty field in gzip's own
   header (RFC 1952, 2.3.1.1): padding behind the content would be compressed away. */
void gzip_in_place(struct arena *a, struct out *o, size_t least, size_t step);
