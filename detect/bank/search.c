/* Queries against one bank: through the index, or past every hash. */
#include <stdlib.h>

#include "bank.h"
#include "kernel.h"

enum {
	BATCH = 256,   /* bucket addresses on their way through the three stages together */
	PASSED = 2048, /* places that passed a filter, before the filter has to wait */
};

bool matches_push(struct detect_matches *m, struct detect_match match)
{
	if (m->n == m->room) {
		size_t room = m->room ? 2 * m->room : 64;
		struct detect_match *at = reallocarray(m->at, room, sizeof *at);
		if (!at)
			return false;
		m->at = at;
		m->room = room;
	}
	m->at[m->n++] = match;
	return true;
}

void detect_matches_free(struct detect_matches *matches)
{
	free(matches->at);
	*matches = (struct detect_matches){ 0 };
}

/* Slot by slot, and in each slot query by query: the buckets of one slot of a million hashes stay in the cache, and their
   pages in the translation buffer, while many queries pass; those of all slots do not. */
struct search {
	const struct detect_bank *bank;
	const struct words *queries;
	uint32_t n, first_number, radius;
	struct detect_matches *out;
	uint32_t slot, query, mask; /* what to look at next */
	bool planted;        /* look for planted hashes and nothing else */
	enum detect_status status;
};

struct batch { /* some buckets of one slot for one query */
	uint32_t slot, query;
	size_t n;
	struct piece pieces[BATCH]; /* first from holds the address, then the entries */
};

/* ---- First stage: which buckets; their starting places are on the way into the cache ------------------- */

static void take(struct search *s, struct batch *batch)
{
	const struct detect_bank *b = s->bank;
	const uint32_t share = s->slot < BANK_SLOTS ? slot_share(s->slot, s->radius) : 0;
	const uint32_t end = b->masks_below[share];
	batch->slot = share ? s->slot : 0;
	batch->query = s->query;
	batch->n = 0;
	if (!share)
		return;
	const uint32_t home = slot_bucket(&s->queries[s->query], s->slot, b->header->bucket_bits);
	for (uint32_t weight = 0; weight < share; weight++) { /* masks lie in the order of their weights */
		const uint32_t limit = slot_limit(s->slot, s->radius) - weight;
		const uint32_t end_of_weight = b->masks_below[weight + 1];
		for (; s->mask < end_of_weight && batch->n < BATCH; s->mask++) {
			const uint32_t address = home ^ b->masks[s->mask];
			__builtin_prefetch(&b->starts[s->slot][address]);
			batch->pieces[batch->n++] = (struct piece){ .from = address, .limit = limit };
		}
	}
	if (s->mask < end)
		return;
	s->mask = 0;
	if (++s->query == s->n) {
		s->query = 0;
		s->slot++;
	}
}

/* ---- Second stage: from addresses to runs of entries; their sketches are on the way -------------------- */

static void look_up(struct search *s, struct batch *batch)
{
	const uint32_t *starts = s->bank->starts[batch->slot], *sketches = s->bank->sketches[batch->slot];
	size_t kept = 0;
	for (size_t i = 0; i < batch->n; i++) {
		struct piece p = batch->pieces[i];
		p.to = starts[p.from + 1];
		p.from = starts[p.from];
		if (p.from > p.to || p.to > s->bank->total) {
			s->status = DETECT_BROKEN;
			return;
		}
		if (p.from == p.to)
			continue;
		__builtin_prefetch(&sketches[p.from]);
		__builtin_prefetch(&sketches[p.to - 1]);
		batch->pieces[kept++] = p;
	}
	batch->n = kept;
}

/* ---- Third stage: sketches, then whole hashes ---------------------------------------------------------- */

/* Several slots may come upon the same entry: it counts in the first of them. */
static bool found_before(const struct search *s, const struct words *differ, uint32_t slot)
{
	for (uint32_t earlier = 0; earlier < slot; earlier++)
		if (slot_finds(differ, earlier, s->bank->header->bucket_bits, s->radius))
			return true;
	return false;
}

static void consider(struct search *s, const struct batch *batch, uint32_t place)
{
	const struct detect_bank *b = s->bank;
	const uint32_t entry = b->members[batch->slot][place];
	if (entry >= b->total) {
		s->status = DETECT_BROKEN;
		return;
	}
	const struct words differ = words_xor(bank_words(b, entry), s->queries[batch->query]);
	const uint32_t distance = words_weight(differ);
	if (distance > s->radius || (entry >= b->count) != s->planted ||
		(!s->planted && bank_entry_gone(b, entry)) || found_before(s, &differ, batch->slot))
		return;
	if (!matches_push(s->out, (struct detect_match){ s->first_number + batch->query, entry, distance }))
		s->status = DETECT_MEMORY;
}

static void sift(struct search *s, const struct bank_kernel *kernel, struct batch *batch)
{
	uint32_t passed[PASSED];
	const uint32_t sketch =
		slot_sketch(&s->queries[batch->query], batch->slot, s->bank->header->bucket_bits);
	for (size_t at = 0; at < batch->n && !s->status;) {
		size_t n = kernel->filter(
			s->bank->sketches[batch->slot], sketch, batch->pieces, &at, batch->n, passed, PASSED);
		for (size_t i = 0; i < n && !s->status; i++)
			consider(s, batch, passed[i]);
	}
}

/* ---- The index as a whole ------------------------------------------------------------------------------ */

static void run(struct search *s)
{
	const struct bank_kernel *kernel = bank_kernel();
	struct batch batches[3];
	batches[1] = batches[2] = (struct batch){ 0 };
	for (uint32_t turn = 0, idle = 0; idle < 3 && !s->status; turn++) {
		take(s, &batches[turn % 3]);
		idle = batches[turn % 3].n ? 0 : idle + 1;
		look_up(s, &batches[(turn + 2) % 3]);
		if (!s->status)
			sift(s, kernel, &batches[(turn + 1) % 3]);
	}
}

static enum detect_status search_added(const struct detect_bank *b, struct words query, uint32_t number,
	uint32_t radius, struct detect_matches *out)
{
	for (uint32_t i = 0; i < b->added_count; i++) {
		uint32_t distance = words_weight(words_xor(b->added[i].words, query));
		if (distance <= radius && !b->added[i].gone &&
			!matches_push(out, (struct detect_match){ number, b->count + i, distance }))
			return DETECT_MEMORY;
	}
	return DETECT_OK;
}

enum detect_status search_index(const struct detect_bank *b, const struct words *queries, size_t n,
	uint32_t first_number, uint32_t radius, struct detect_matches *out)
{
	struct search s = { .bank = b, .queries = queries, .n = (uint32_t)n, .first_number = first_number,
		.radius = radius, .out = out };
	run(&s);
	for (size_t i = 0; i < n && !s.status; i++)
		s.status = search_added(b, queries[i], first_number + (uint32_t)i, radius, out);
	return s.status;
}

bool search_proves(const struct detect_bank *b)
{
	struct detect_matches found = { 0 };
	bool proven = true;
	for (uint32_t n = 0; n < BANK_PLANTED && proven; n++) {
		const struct words query = planted_query(n);
		struct search s = {
			.bank = b, .queries = &query, .n = 1, .radius = 31, .out = &found, .planted = true
		};
		found.n = 0;
		run(&s);
		proven = !s.status && found.n == 1 && found.at[0].entry == b->count + n && found.at[0].distance == 31;
	}
	detect_matches_free(&found);
	return proven;
}

/* A bucket costs two trips to memory, an entry of a scan a fraction of a nanosecond. */
double search_cost(const struct detect_bank *b, uint32_t radius)
{
	const double bucket = 15, entry = 0.1, scanned = 0.35;
	const double load = (double)b->total / (1 << b->header->bucket_bits);
	double buckets = 0;
	if (radius + 1 > BANK_SLOTS * MASK_WEIGHTS)
		return 2;
	for (uint32_t slot = 0; slot < BANK_SLOTS; slot++)
		buckets += b->masks_below[slot_share(slot, radius)];
	return buckets * (bucket + entry * load) / (scanned * b->total);
}

/* ---- Past every hash ----------------------------------------------------------------------------------- */

/* A block of hashes word by word, so that one vector holds the same word of several. */
static size_t load_block(const struct detect_bank *b, uint32_t first, uint64_t block[4 * SCAN_BLOCK])
{
	size_t n = b->count - first < SCAN_BLOCK ? b->count - first : SCAN_BLOCK;
	for (size_t i = 0; i < n; i++) {
		struct words x = bank_words(b, first + (uint32_t)i);
		for (size_t k = 0; k < 4; k++)
			block[k * SCAN_BLOCK + i] = x.w[k];
	}
	return n;
}

enum detect_status search_scan(const struct detect_bank *b, const struct words *queries, size_t n,
	uint32_t first_number, uint32_t radius, struct detect_matches *out)
{
	const struct bank_kernel *kernel = bank_kernel();
	uint64_t block[4 * SCAN_BLOCK] = { 0 };
	uint32_t hits[SCAN_BLOCK];
	for (uint32_t first = 0; first < b->count; first += SCAN_BLOCK) {
		size_t length = load_block(b, first, block);
		for (size_t q = 0; q < n; q++) {
			size_t found = kernel->scan(block, length, queries[q].w, radius, hits);
			for (size_t i = 0; i < found; i++) {
				uint32_t entry = first + hits[i];
				uint32_t distance = words_weight(words_xor(bank_words(b, entry), queries[q]));
				if (!bank_entry_gone(b, entry) &&
					!matches_push(out, (struct detect_match){ first_number + (uint32_t)q, entry, distance }))
					return DETECT_MEMORY;
			}
		}
	}
	enum detect_status status = DETECT_OK;
	for (size_t q = 0; q < n && !status; q++)
		status = search_added(b, queries[q], first_number + (uint32_t)q, radius, out);
	return status;
}

/* ---- Order --------------------------------------------------------------------------------------------- */

static int match_order(const void *left, const void *right, void *bank)
{
	const struct detect_match *x = left, *y = right;
	if (x->query != y->query)
		return x->query < y->query ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	int order = detect_bank_compare_ids(bank, x->entry, y->entry);
	return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

void search_sort(const struct detect_bank *b, struct detect_matches *m, size_t first)
{
	if (m->n - first > 1)
		qsort_r(m->at + first, m->n - first, sizeof *m->at, match_order, (void *)(uintptr_t)b);
}
