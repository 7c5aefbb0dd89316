/* Hashes with very many neighbours: they would drown those who match against the bank. */
#include <stdlib.h>

#include "bank.h"

enum { FLOOD_BATCH = 512 }; /* few, since each may have very many neighbours in memory at once */

struct flood_run {
	const struct detect_bank *bank;
	struct detect_pdq hashes[FLOOD_BATCH];
	uint32_t entries[FLOOD_BATCH];
	size_t n;
};

/* Equal hashes lie side by side in the bank: one query is enough for them. Returns where to go on. */
static uint32_t collect(struct flood_run *run, uint32_t entry)
{
	const struct detect_bank *b = run->bank;
	run->n = 0;
	for (; entry < b->count + b->added_count && run->n < FLOOD_BATCH; entry++) {
		if (entry < b->count ? bank_entry_gone(b, entry) : b->added[entry - b->count].gone)
			continue;
		detect_bank_hash(b, entry, &run->hashes[run->n]);
		if (run->n && !memcmp(run->hashes[run->n - 1].bits, run->hashes[run->n].bits, 32))
			continue;
		run->entries[run->n++] = entry;
	}
	return entry;
}

static void report(const struct flood_run *run, const struct detect_matches *found, uint64_t least,
	detect_flood_fn *flood_fn, void *user)
{
	for (size_t i = 0, at = 0; i < run->n; i++) {
		uint64_t neighbours = 0;
		for (; at < found->n && found->at[at].query == i; at++)
			neighbours++;
		if (neighbours >= least)
			flood_fn(user, &(struct detect_flood){ run->entries[i], neighbours });
	}
}

enum detect_status detect_bank_floods(const struct detect_bank *bank, int radius, uint64_t least, int threads,
	detect_flood_fn *flood_fn, detect_progress_fn *progress, void *user, struct detect_error *error)
{
	const uint32_t end = bank->count + bank->added_count;
	struct detect_matches found = { 0 };
	struct flood_run *run = malloc(sizeof *run);
	if (!run)
		return detect_fail(DETECT_MEMORY, error, "no memory to look for floods");
	enum detect_status status = DETECT_OK;
	run->bank = bank;
	for (uint32_t entry = 0; entry < end && !status;) {
		entry = collect(run, entry);
		found.n = 0;
		status = detect_bank_query_many(bank, run->hashes, run->n, radius, threads, &found, error);
		if (!status)
			report(run, &found, least, flood_fn, user);
		if (progress)
			progress(user, (double)entry / end);
	}
	detect_matches_free(&found);
	free(run);
	return status;
}
