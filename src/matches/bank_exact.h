/* A file of ids of values that match exactly (MD5, SHA, addresses): sorted, mapped, searched as it lies. Pure: no database. */
#pragma once

#include "../base/id.h"
#include "../base/memory.h"
#include "../base/status.h"

struct exact;

/* Sorts `ids` and writes the file beside `path`, durable, then renames. Ids of our own are planted among them. */
status exact_write(const char *path, struct id *ids, size_t n);
/* Maps it and lets it prove itself: its shape, its order and every planted id. BROKEN says what is wrong. */
status exact_open(const char *path, struct exact **out);
void exact_close(struct exact *e);
bool exact_has(const struct exact *e, struct id id);
size_t exact_count(const struct exact *e);      /* without the planted ones */
