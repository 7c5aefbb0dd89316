/* Mapping a bank, and making sure that it is one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bank.h"

/* ---- The file ------------------------------------------------------------------------------------------ */

static enum detect_status map_file(struct detect_bank *b, struct detect_error *error)
{
	int fd = open(b->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return detect_fail(errno == ENOENT ? DETECT_NOT_FOUND : DETECT_IO, error, "%s: %m", b->path);
	struct stat st;
	enum detect_status status = DETECT_OK;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		status = detect_fail(DETECT_IO, error, "%s is not a regular file", b->path);
	} else if (st.st_size < BANK_PAGE) {
		status = detect_fail(DETECT_BROKEN, error, "%s is too short to be a bank", b->path);
	} else {
		void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			status = detect_fail(DETECT_IO, error, "%s cannot be mapped: %m", b->path);
		else
			b->map = map;
		b->size = (size_t)st.st_size;
		b->device = st.st_dev;
		b->inode = st.st_ino;
	}
	close(fd);
	return status;
}

/* ---- The header ---------------------------------------------------------------------------------------- */

static enum detect_status check_header(const struct detect_bank *b, struct detect_error *error)
{
	const struct bank_header *h = b->header;
	if (memcmp(h->magic, BANK_MAGIC, sizeof h->magic))
		return detect_fail(DETECT_BROKEN, error, "%s is not a bank", b->path);
	if (h->byte_order != BANK_BYTE_ORDER || h->version != BANK_VERSION)
		return detect_fail(DETECT_VERSION, error, "%s is a bank of version %u, this program reads version %d",
			b->path, h->version, BANK_VERSION);
	if (h->sum != bank_sum(h, offsetof(struct bank_header, sum)))
		return detect_fail(DETECT_BROKEN, error, "%s: the header is damaged", b->path);
	if (h->count > BANK_COUNT_MAX || h->bucket_bits < BANK_BITS_MIN || h->bucket_bits > BANK_BITS_MAX ||
		(h->family != DETECT_FULL && h->family != DETECT_CPP512) || (h->id_width != 4 && h->id_width != 8) ||
		(h->id_kind != ID_NUMBERS && h->id_kind != ID_TEXTS))
		return detect_fail(DETECT_BROKEN, error, "%s: the header makes no sense", b->path);
	return DETECT_OK;
}

static uint64_t section_size(const struct bank_header *h, uint32_t section)
{
	const uint64_t total = h->count + BANK_PLANTED;
	if (section == SECTION_HASHES)
		return 32 * total;
	if (section == SECTION_IDS)
		return h->id_width * h->count;
	if (section == SECTION_TEXT)
		return h->sections[section].size; /* any */
	if (section < SECTION_SKETCHES)
		return 4 * (((uint64_t)1 << h->bucket_bits) + 1);
	return 4 * total;
}

static enum detect_status check_sections(const struct detect_bank *b, struct detect_error *error)
{
	uint64_t at = BANK_PAGE;
	for (uint32_t i = 0; i < SECTIONS; i++) {
		const struct bank_section *s = &b->header->sections[i];
		if (s->size != section_size(b->header, i) || s->offset != at || s->size > b->size)
			return detect_fail(DETECT_BROKEN, error, "%s: section %u is misplaced", b->path, i);
		at += bank_pages(s->size);
	}
	if (at != b->size)
		return detect_fail(DETECT_BROKEN, error, "%s has %zu bytes, not %llu: cut off, or not copied whole",
			b->path, b->size, (unsigned long long)at);
	return DETECT_OK;
}

static void find_sections(struct detect_bank *b)
{
	b->count = (uint32_t)b->header->count;
	b->total = b->count + BANK_PLANTED;
	b->hashes = bank_section(b, SECTION_HASHES);
	for (uint32_t slot = 0; slot < BANK_SLOTS; slot++) {
		b->starts[slot] = bank_section(b, SECTION_STARTS + slot);
		b->sketches[slot] = bank_section(b, SECTION_SKETCHES + slot);
		b->members[slot] = bank_section(b, SECTION_MEMBERS + slot);
	}
}

/* ---- The ways to vary a bucket address ----------------------------------------------------------------- */

static enum detect_status make_masks(struct detect_bank *b, struct detect_error *error)
{
	const uint32_t bits = b->header->bucket_bits, end = (uint32_t)1 << bits;
	uint32_t n = 0;
	for (uint32_t weight = 0, choose = 1; weight < MASK_WEIGHTS; weight++) {
		b->masks_below[weight] = n;
		n += choose;
		choose = choose * (bits > weight ? bits - weight : 0) / (weight + 1);
	}
	b->masks_below[MASK_WEIGHTS] = n;
	b->masks = malloc(n * sizeof *b->masks);
	if (!b->masks)
		return detect_fail(DETECT_MEMORY, error, "no memory to open %s", b->path);
	for (uint32_t weight = 0; weight < MASK_WEIGHTS; weight++) {
		uint32_t mask = ((uint32_t)1 << weight) - 1, *at = b->masks + b->masks_below[weight];
		for (; mask < end && at < b->masks + b->masks_below[weight + 1]; at++) {
			*at = mask;
			if (!mask)
				continue;
			uint32_t low = mask & -mask, carried = mask + low; /* the next number of the same weight */
			mask = carried | ((mask ^ carried) >> 2) / low;
		}
	}
	return DETECT_OK;
}

/* ---- Opening ------------------------------------------------------------------------------------------- */

enum detect_status bank_map(const char *path, struct detect_bank **out, struct detect_error *error)
{
	struct detect_bank *b = calloc(1, sizeof *b);
	enum detect_status status = DETECT_MEMORY;
	if (b) {
		b->path = path_with(path, "");
		b->log_path = path_with(path, ".log");
	}
	if (!b || !b->path || !b->log_path)
		detect_fail(status, error, "no memory to open %s", path);
	else
		status = map_file(b, error);
	if (!status) {
		b->header = (const struct bank_header *)b->map;
		status = check_header(b, error);
	}
	if (!status)
		status = check_sections(b, error);
	if (!status)
		status = make_masks(b, error);
	if (!status) {
		find_sections(b);
		if (!search_proves(b))
			status = detect_fail(DETECT_BROKEN, error, "%s does not find its planted hashes", path);
	}
	if (status)
		detect_bank_close(b);
	else
		*out = b;
	return status;
}

/* A writer may replace bank and log between our opening the one and the other: then once more. */
enum detect_status detect_bank_open(
	const char *path, enum detect_bank_check check, struct detect_bank **out, struct detect_error *error)
{
	for (int attempt = 0;; attempt++) {
		struct detect_bank *b;
		enum detect_status status = bank_map(path, &b, error);
		if (status)
			return status;
		if (check == DETECT_CHECK_ALL)
			status = detect_bank_verify(b, error);
		if (!status)
			status = log_apply(b, error);
		struct stat now;
		bool moved = !stat(path, &now) && (now.st_ino != b->inode || now.st_dev != b->device);
		if (!status && !moved) {
			*out = b;
			return DETECT_OK;
		}
		detect_bank_close(b);
		if (!moved)
			return status;
		if (attempt == 100)
			return detect_fail(DETECT_BUSY, error, "%s is replaced all the time", path);
	}
}

void detect_bank_close(struct detect_bank *b)
{
	if (!b)
		return;
	if (b->map)
		munmap((void *)(uintptr_t)b->map, b->size);
	free(b->masks);
	free(b->added);
	free(b->added_ids);
	free(b->gone);
	free(b->path);
	free(b->log_path);
	free(b);
}

/* ---- Checking everything ------------------------------------------------------------------------------- */

static bool slot_consistent(const struct detect_bank *b, uint32_t slot)
{
	const uint32_t *starts = b->starts[slot], *members = b->members[slot];
	const uint32_t buckets = (uint32_t)1 << b->header->bucket_bits;
	bool good = starts[0] == 0 && starts[buckets] == b->total;
	for (uint32_t i = 0; i < buckets; i++)
		good &= starts[i] <= starts[i + 1];
	for (uint32_t i = 0; i < b->total; i++)
		good &= members[i] < b->total;
	return good;
}

/* Nothing is left unsaid: also the rest of the header's page must be as it was written. */
static bool page_rest_empty(const struct detect_bank *b)
{
	for (size_t i = sizeof *b->header; i < BANK_PAGE; i++)
		if (b->map[i])
			return false;
	return true;
}

enum detect_status detect_bank_verify(const struct detect_bank *bank, struct detect_error *error)
{
	if (!page_rest_empty(bank))
		return detect_fail(DETECT_BROKEN, error, "%s: the header's page is damaged", bank->path);
	for (uint32_t i = 0; i < SECTIONS; i++) {
		const struct bank_section *s = &bank->header->sections[i];
		if (bank_sum(bank->map + s->offset, bank_pages(s->size)) != s->sum)
			return detect_fail(DETECT_BROKEN, error, "%s: section %u is damaged", bank->path, i);
	}
	if (!bank_ids_good(bank))
		return detect_fail(DETECT_BROKEN, error, "%s: an id is damaged", bank->path);
	for (uint32_t slot = 0; slot < BANK_SLOTS; slot++)
		if (!slot_consistent(bank, slot))
			return detect_fail(DETECT_BROKEN, error, "%s: index %u is wrong", bank->path, slot);
	return DETECT_OK;
}

/* ---- Facts --------------------------------------------------------------------------------------------- */

int detect_bank_stale(const struct detect_bank *bank)
{
	struct stat st;
	if (stat(bank->path, &st) || st.st_ino != bank->inode || st.st_dev != bank->device)
		return 1;
	off_t log_size = stat(bank->log_path, &st) ? 0 : st.st_size;
	return log_size != bank->log_size;
}

enum detect_family detect_bank_family(const struct detect_bank *bank)
{
	return (enum detect_family)bank->header->family;
}

uint64_t detect_bank_count(const struct detect_bank *bank)
{
	uint64_t count = bank->count - bank->gone_count;
	for (uint32_t i = 0; i < bank->added_count; i++)
		count += !bank->added[i].gone;
	return count;
}

uint64_t detect_bank_bytes(const struct detect_bank *bank)
{
	return bank->size;
}

uint64_t detect_bank_logged(const struct detect_bank *bank)
{
	return bank->log_records;
}

void detect_bank_hash(const struct detect_bank *bank, uint32_t entry, struct detect_pdq *out)
{
	*out = (struct detect_pdq){ .family = (uint8_t)bank->header->family };
	struct words x = entry < bank->count ? bank_words(bank, entry) : bank->added[entry - bank->count].words;
	memcpy(out->bits, x.w, sizeof out->bits);
}
