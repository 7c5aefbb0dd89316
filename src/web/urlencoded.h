/* application/x-www-form-urlencoded in pieces of any size. Names over 256 bytes are cut; a broken escape
   stays as it is. */
#pragma once

#include "parts.h"

struct urlencoded {
    struct part_sink sink;
    bool in_value;
    char name[256], escape[2], buffer[1024];
    size_t n_name, n_escape, n_buffer;          /* n_escape: 0, or 1 + characters of an escape that have come */
    i64 at;
};

void urlencoded_start(struct urlencoded *u, struct part_sink sink);
void urlencoded_feed(struct urlencoded *u, struct str bytes);
void urlencoded_end(struct urlencoded *u);
