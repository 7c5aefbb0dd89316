/* The two inner loops of the search, for each instruction set; all give the same results. */
#ifndef BANK_KERNEL_H
#define BANK_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct piece { /* entries from..to-1 of a slot; passes a sketch that differs in at most limit bits */
	uint32_t from, to, limit;
};

enum {
	SCAN_BLOCK = 512,  /* hashes that stay in the first-level cache while all queries pass over them */
	PASSED_SPARE = 16, /* places a filter needs free to go on */
};

struct bank_kernel {
	const char *name;
	bool (*supported)(void);

	/* Goes through pieces[*at .. n-1] and writes the places of sketches that pass. Stops early, with *at and
	 * the piece there moved on, when fewer than PASSED_SPARE of `room` places are left. Returns their count. */
	size_t (*filter)(const uint32_t *sketches, uint32_t query, struct piece *pieces, size_t *at, size_t n,
		uint32_t *passed, size_t room);

	/* Compares one query with a block of up to SCAN_BLOCK hashes, laid out as word k of hash i at
	 * [k * SCAN_BLOCK + i]; writes i of those within radius, returns their count. */
	size_t (*scan)(const uint64_t *block, size_t n, const uint64_t query[4], uint32_t radius, uint32_t *hits);
};

extern const struct bank_kernel bank_kernel_portable, bank_kernel_popcnt, bank_kernel_avx512;

/* The fastest of this processor. */
const struct bank_kernel *bank_kernel(void);

#endif
