/* Text at the edge (architecture.md): CRLF to LF, NUL and C0 dropped, NFC; and keys for search. */
#pragma once

#include "memory.h"
#include "status.h"

/* Makes what a person typed fit to keep: broken UTF-8 becomes U+FFFD, CRLF and CR become LF, C0 except LF and TAB goes,
   the rest is NFC. Never refuses: for public forms. */
struct str text_clean(struct arena *a, struct str typed);

/* The same, but INVALID with the byte offset in fail_message() where the UTF-8 is broken: for the API and staff. */
status text_strict(struct arena *a, struct str typed, struct str *clean);

bool text_valid(struct str s, size_t *bad_offset);
size_t text_length(struct str s);                           /* code points */
struct str text_upto(struct str s, size_t code_points);     /* never cuts inside a character */
struct str text_nfkc(struct arena *a, struct str s);        /* for passwords; broken UTF-8 is kept as it is */

/* Key that makes "Hoà", "Hòa", "hoa" and "HOA" equal: NFD, marks off, đ to d, lower case. */
struct str text_search_key(struct arena *a, struct str s);
