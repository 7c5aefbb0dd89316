/* An open bank, and what its parts share. */
#ifndef BANK_H
#define BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lachan/detect.h"
#include "slots.h"
#include "status.h"

enum { MASK_WEIGHTS = 6 }; /* bucket addresses are varied by up to 5 bits: radius 64 needs that */

struct added { /* an addition of the log */
	struct words words;
	uint32_t id_at;
	uint8_t id_size;
	bool gone; /* removed again */
};

struct detect_bank {
	char *path, *log_path;
	const uint8_t *map;
	size_t size;
	const struct bank_header *header;
	uint32_t count, total; /* entries without and with the planted ones */
	const uint8_t *hashes;
	const uint32_t *starts[BANK_SLOTS], *sketches[BANK_SLOTS], *members[BANK_SLOTS];
	uint32_t *masks;                        /* by weight: what to vary a bucket address by */
	uint32_t masks_below[MASK_WEIGHTS + 1]; /* how many weigh less than this */

	struct added *added;
	uint32_t added_count, added_room;
	char *added_ids;
	uint32_t added_ids_size, added_ids_room;
	uint64_t *gone; /* a bit for each entry that the log removes; NULL while there is none */
	uint64_t gone_count, log_records;
	dev_t device;
	ino_t inode;
	off_t log_size;
	size_t log_end; /* where the next record goes; 0 while the log is not this bank's */
};

static inline const void *bank_section(const struct detect_bank *b, uint32_t section)
{
	return b->map + b->header->sections[section].offset;
}

static inline struct words bank_words(const struct detect_bank *b, uint32_t entry)
{
	return words_of(b->hashes + (size_t)entry * 32);
}

static inline bool bank_entry_gone(const struct detect_bank *b, uint32_t entry)
{
	return b->gone && (b->gone[entry / 64] >> entry % 64 & 1);
}

/* ids.c: an id as text; not terminated, borrowed from the bank or written into room. */
struct id_text {
	const char *at;
	size_t n;
};
struct id_text bank_id(const struct detect_bank *b, uint32_t entry, char room[24]);
/* Numbers by value, before texts by bytes. */
int id_compare(struct id_text a, struct id_text b);
/* Whether it is a decimal number without leading zeros that fits 64 bits. */
bool id_number(struct id_text id, uint64_t *out);
bool id_valid(struct id_text id);
/* Whether every id in the file is one. */
bool bank_ids_good(const struct detect_bank *b);

/* search.c */
bool matches_push(struct detect_matches *m, struct detect_match match);
/* Appends unsorted what lies within radius of the query: by the index, or by a scan of everything. */
enum detect_status search_index(const struct detect_bank *b, const struct words *queries, size_t n,
	uint32_t first_number, uint32_t radius, struct detect_matches *out);
enum detect_status search_scan(const struct detect_bank *b, const struct words *queries, size_t n,
	uint32_t first_number, uint32_t radius, struct detect_matches *out);
/* The share of a scan of everything that one search by the index costs, about; over 1: scan. */
double search_cost(const struct detect_bank *b, uint32_t radius);
/* Whether each planted hash is found by the slot that it was planted for. */
bool search_proves(const struct detect_bank *b);
void search_sort(const struct detect_bank *b, struct detect_matches *m, size_t first);

/* log.c */
enum detect_status log_apply(struct detect_bank *b, struct detect_error *error);
enum detect_status log_open_locked(const char *log_path, int *fd, struct detect_error *error);
enum detect_status log_reset(int fd, uint64_t bank_sum, struct detect_error *error);
/* path with an ending, to be freed; NULL when out of memory. */
char *path_with(const char *path, const char *ending);

/* open.c: without the log. */
enum detect_status bank_map(const char *path, struct detect_bank **out, struct detect_error *error);

/* build.c: with the log's lock already held. */
enum detect_status builder_write_locked(struct detect_builder *builder, const char *path, int log_fd,
	int threads, detect_progress_fn *progress, void *user, struct detect_error *error);

#endif
