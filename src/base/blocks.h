/* Line-based data files: a line "[kind]", then lines "key: value"; '#' begins a comment line; "\n" in a value is a new line. */
#pragma once

#include "memory.h"
#include "status.h"

struct block_line { struct str key, value; int line; };
struct block {
    struct str kind;
    int line;
    struct block_line *at;
    size_t n;
};
struct blocks { struct block *at; size_t n; };

/* INVALID names the file's line. */
status blocks_read(struct arena *a, const char *name, struct str text, struct blocks *blocks);

struct str block_get(const struct block *b, const char *key);       /* first value, "" if absent */
