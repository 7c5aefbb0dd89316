/* Lists of hashes: lines PDQHEX[,or space or tab ID]. */
#ifndef CMD_HASH_LIST_H
#define CMD_HASH_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "lachan/detect.h"

/* Takes one entry of a list. DETECT_INVALID: the line is named and passed over; other failures end the reading. */
typedef enum detect_status hash_list_fn(
	void *user, const struct detect_pdq *hash, const char *id, size_t id_size, struct detect_error *error);

struct hash_lists {
	enum detect_family family;
	bool id_needed; /* else a line without an id has its number, counted through all lists, as id */
	hash_list_fn *take;
	void *user;
	unsigned long long lines, wrong; /* read so far; of these, left out and named on stderr */
};

/* Reads the files ("-" is standard input). Lines that cannot be used are named on stderr and passed over.
 * Returns false when a file cannot be read or take() said stop. */
bool hash_lists_read(struct hash_lists *lists, char *const *paths, int n);

/* How many processors there are. */
int processors(void);

#endif
