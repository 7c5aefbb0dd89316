/* libxml2 with our allocator: what it gives back is zeroed, and it never half-fails for memory. Call before any other use of it. */
#pragma once

void xml_start(void);
