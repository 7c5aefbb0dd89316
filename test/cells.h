/* Every value of every table as it lies in the database, read past our own code: what a thief of the disk has. */
#pragma once

#include "site.h"

struct cell_seen {
    const char *table, *column;
    bool number;                /* `i`; else text or bytes in `value` */
    i64 i;
    struct str value;
};
typedef void cell_each(void *to, const struct cell_seen *cell);

/* NULL is passed over. The values live until the call returns. Gives the number of tables; ends the program where the
   database cannot be read. */
size_t cells_each(const struct site *site, cell_each *each, void *to);

/* Every file below the instance's folder, its database left out. */
struct file_seen { const char *path, *name; i64 changed; struct str bytes; };
typedef void file_each(void *to, const struct file_seen *file);
size_t files_each(const struct site *site, file_each *each, void *to);
