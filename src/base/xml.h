/* libxml2 for what others send: our allocator, and a look at the text before any parser sees it. */
#pragma once

#include "memory.h"
#include "status.h"

/* libxml2 with our allocator: what it gives back is zeroed, and it never half-fails for memory. Call before any other use of it. */
void xml_start(void);

/* How much of it there may be. */
struct xml_limits { size_t bytes, elements, depth, tag; };      /* tag: bytes between < and > */
/* Whether a document is safe to parse: UTF-8 and nothing that says otherwise, no DOCTYPE or other declaration, within the limits.
   It need not be well-formed. INVALID, TOO_LARGE: fail_message says why, in words for whoever sent it. A byte order mark is
   skipped: *body begins behind it. */
status xml_safe(struct str text, const struct xml_limits *limits, struct str *body);

/* Text as the content of an element or attribute. Characters that XML cannot hold become U+FFFD. */
void out_xml(struct out *o, struct str text);
