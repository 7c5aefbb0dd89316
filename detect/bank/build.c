/* Building a bank: sort, then for each slot count, add up, and deal the entries out to their buckets. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bank.h"

struct record {
	uint8_t bits[32];
	uint32_t id_size, order; /* order: the place in which it was added */
	uint64_t id_at;          /* in the builder's text */
};

struct detect_builder {
	enum detect_family family;
	struct record *records;
	size_t n, room;
	char *text;
	size_t text_size, text_room;
	uint64_t number_max; /* of ids that are numbers */
	bool texts;          /* an id is not a number */
};

enum detect_status detect_builder_open(
	enum detect_family family, struct detect_builder **out, struct detect_error *error)
{
	if (family != DETECT_FULL && family != DETECT_CPP512)
		return detect_fail(DETECT_INVALID, error, "unknown hash family %d", (int)family);
	struct detect_builder *builder = calloc(1, sizeof *builder);
	if (!builder)
		return detect_fail(DETECT_MEMORY, error, "no memory for a builder");
	builder->family = family;
	*out = builder;
	return DETECT_OK;
}

void detect_builder_close(struct detect_builder *builder)
{
	if (!builder)
		return;
	free(builder->records);
	free(builder->text);
	free(builder);
}

/* Makes room for `more` elements beyond n in an array of *room elements of `size` bytes; NULL: no memory. */
static void *reserve(void *at, size_t *room, size_t n, size_t more, size_t size)
{
	if (at && more <= *room - n)
		return at;
	size_t wanted = *room < 1024 ? 1024 : *room + *room / 2;
	if (wanted < n + more)
		wanted = n + more;
	void *grown = reallocarray(at, wanted, size);
	if (grown)
		*room = wanted;
	return grown;
}

static bool reserve_one(struct detect_builder *b, size_t id_size)
{
	struct record *records = reserve(b->records, &b->room, b->n, 1, sizeof *records);
	if (records)
		b->records = records;
	char *text = reserve(b->text, &b->text_room, b->text_size, id_size, 1);
	if (text)
		b->text = text;
	return records && text;
}

enum detect_status detect_builder_add(struct detect_builder *b, const struct detect_pdq *hash, const char *id,
	size_t id_size, struct detect_error *error)
{
	const struct id_text text = { id, id_size };
	uint64_t number = 0;
	if (hash->family != b->family)
		return detect_fail(DETECT_INVALID, error, "the hash is of another family than the bank");
	if (!id_valid(text))
		return detect_fail(
			DETECT_INVALID, error, "an id must be 1 to 255 bytes without spaces or control characters");
	if (b->n >= BANK_COUNT_MAX)
		return detect_fail(DETECT_MEMORY, error, "more hashes than a bank can hold");
	if (!reserve_one(b, id_size))
		return detect_fail(DETECT_MEMORY, error, "no memory for hash %zu", b->n + 1);
	struct record *r = &b->records[b->n];
	*r = (struct record){ .id_size = (uint32_t)id_size, .order = (uint32_t)b->n, .id_at = b->text_size };
	memcpy(r->bits, hash->bits, sizeof r->bits);
	memcpy(b->text + b->text_size, id, id_size);
	b->text_size += id_size;
	b->n++;
	if (!id_number(text, &number))
		b->texts = true;
	else if (number > b->number_max)
		b->number_max = number;
	return DETECT_OK;
}

/* ---- Layout -------------------------------------------------------------------------------------------- */

struct writing {
	struct detect_builder *builder;
	struct bank_header *header; /* the mapped file */
	uint8_t *map;
	size_t size;
	uint32_t total;
	atomic_uint next_slot, slots_done;
	detect_progress_fn *progress;
	void *user;
};

static void place_sections(struct bank_header *h, const struct detect_builder *b, size_t *end)
{
	const uint64_t total = b->n + BANK_PLANTED, buckets = (uint64_t)1 << h->bucket_bits;
	h->sections[SECTION_HASHES].size = 32 * total;
	h->sections[SECTION_IDS].size = h->id_width * b->n;
	h->sections[SECTION_TEXT].size = b->texts ? b->text_size : 0;
	for (uint32_t slot = 0; slot < BANK_SLOTS; slot++) {
		h->sections[SECTION_STARTS + slot].size = 4 * (buckets + 1);
		h->sections[SECTION_SKETCHES + slot].size = 4 * total;
		h->sections[SECTION_MEMBERS + slot].size = 4 * total;
	}
	uint64_t at = BANK_PAGE;
	for (uint32_t i = 0; i < SECTIONS; i++) {
		h->sections[i].offset = at;
		at += bank_pages(h->sections[i].size);
	}
	*end = at;
}

static struct bank_header header_of(const struct detect_builder *b, uint64_t replaces, size_t *size)
{
	struct bank_header h = {
		.magic = BANK_MAGIC,
		.byte_order = BANK_BYTE_ORDER,
		.version = BANK_VERSION,
		.family = b->family,
		.id_kind = b->texts ? ID_TEXTS : ID_NUMBERS,
		.bucket_bits = BANK_BITS_MIN,
		.count = b->n,
		.replaces = replaces,
	};
	h.id_width = (b->texts ? b->text_size : b->number_max) > UINT32_MAX ? 8 : 4;
	while (h.bucket_bits < BANK_BITS_MAX && (size_t)BANK_LOAD << h.bucket_bits < b->n)
		h.bucket_bits++;
	place_sections(&h, b, size);
	return h;
}

/* ---- Filling ------------------------------------------------------------------------------------------- */

static int record_order(const void *left, const void *right)
{
	const struct record *x = left, *y = right;
	int order = memcmp(x->bits, y->bits, sizeof x->bits);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Deals records out by their first two bytes, so that what remains to sort fits the cache. */
static bool sort_records(struct detect_builder *b)
{
	enum { PARTS = 65536 };
	size_t *starts = calloc(PARTS + 1, sizeof *starts);
	struct record *dealt = reallocarray(NULL, b->n + 1, sizeof *dealt);
	if (starts && dealt) {
		for (size_t i = 0; i < b->n; i++)
			starts[b->records[i].bits[0] << 8 | b->records[i].bits[1]]++;
		for (size_t part = 0, sum = 0; part <= PARTS; part++) {
			size_t n = starts[part];
			starts[part] = sum;
			sum += n;
		}
		for (size_t i = 0; i < b->n; i++)
			dealt[starts[b->records[i].bits[0] << 8 | b->records[i].bits[1]]++] = b->records[i];
		for (size_t part = 0, begin = 0; part < PARTS; begin = starts[part++])
			qsort(dealt + begin, starts[part] - begin, sizeof *dealt, record_order);
		free(b->records);
		b->records = dealt;
		b->room = b->n + 1;
		dealt = NULL;
	}
	free(dealt);
	bool sorted = starts != NULL && b->room == b->n + 1;
	free(starts);
	return sorted;
}

static void *section(const struct writing *w, uint32_t i)
{
	return w->map + w->header->sections[i].offset;
}

static void fill_hashes(struct writing *w)
{
	const struct detect_builder *b = w->builder;
	uint8_t *hashes = section(w, SECTION_HASHES);
	for (size_t i = 0; i < b->n; i++)
		memcpy(hashes + 32 * i, b->records[i].bits, 32);
	for (uint32_t i = 0; i < BANK_PLANTED; i++) {
		struct words planted = planted_hash(i);
		memcpy(hashes + 32 * (b->n + i), planted.w, 32);
	}
}

static void fill_ids(struct writing *w)
{
	const struct detect_builder *b = w->builder;
	uint8_t *ids = section(w, SECTION_IDS);
	char *text = section(w, SECTION_TEXT);
	const uint32_t width = w->header->id_width;
	uint64_t value = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct id_text id = { b->text + b->records[i].id_at, b->records[i].id_size };
		if (b->texts) {
			memcpy(text + value, id.at, id.n);
			value += id.n;
		} else {
			id_number(id, &value);
		}
		memcpy(ids + i * width, &value, width); /* little endian: the low bytes */
	}
}

static void fill_slot(struct writing *w, uint32_t slot)
{
	const uint8_t *hashes = section(w, SECTION_HASHES);
	const uint32_t bits = w->header->bucket_bits, buckets = (uint32_t)1 << bits;
	uint32_t *starts = section(w, SECTION_STARTS + slot), *sketches = section(w, SECTION_SKETCHES + slot);
	uint32_t *members = section(w, SECTION_MEMBERS + slot);
	for (uint32_t i = 0; i < w->total; i++) {
		struct words x = words_of(hashes + (size_t)i * 32);
		starts[slot_bucket(&x, slot, bits) + 1]++;
	}
	for (uint32_t i = 0; i < buckets; i++)
		starts[i + 1] += starts[i];
	/* Dealing moves each start to the next bucket's; afterwards they are moved back. */
	for (uint32_t i = 0; i < w->total; i++) {
		struct words x = words_of(hashes + (size_t)i * 32);
		uint32_t place = starts[slot_bucket(&x, slot, bits)]++;
		sketches[place] = slot_sketch(&x, slot, bits);
		members[place] = i;
	}
	memmove(starts + 1, starts, buckets * sizeof *starts);
	starts[0] = 0;
}

static void *fill_slots(void *user)
{
	struct writing *w = user;
	for (uint32_t slot; (slot = atomic_fetch_add(&w->next_slot, 1)) < BANK_SLOTS;) {
		fill_slot(w, slot);
		atomic_fetch_add(&w->slots_done, 1);
	}
	return NULL;
}

static void report(const struct writing *w, double fraction)
{
	if (w->progress)
		w->progress(w->user, fraction);
}

static void fill(struct writing *w, int threads)
{
	pthread_t helpers[BANK_SLOTS];
	int n = 0;
	fill_hashes(w);
	fill_ids(w);
	report(w, 0.4);
	for (; n < threads - 1 && n < BANK_SLOTS - 1; n++)
		if (pthread_create(&helpers[n], NULL, fill_slots, w))
			break; /* fewer threads do the same work */
	for (uint32_t slot; (slot = atomic_fetch_add(&w->next_slot, 1)) < BANK_SLOTS;) {
		fill_slot(w, slot);
		report(w, 0.4 + 0.5 * (atomic_fetch_add(&w->slots_done, 1) + 1) / BANK_SLOTS);
	}
	while (n--)
		pthread_join(helpers[n], NULL);
	for (uint32_t i = 0; i < SECTIONS; i++)
		w->header->sections[i].sum = bank_sum(section(w, i), bank_pages(w->header->sections[i].size));
	w->header->sum = bank_sum(w->header, offsetof(struct bank_header, sum));
}

/* ---- The file ------------------------------------------------------------------------------------------ */

static enum detect_status write_file(
	struct writing *w, const char *path, uint64_t replaces, int threads, struct detect_error *error)
{
	struct bank_header header = header_of(w->builder, replaces, &w->size);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return detect_fail(DETECT_IO, error, "%s: %m", path);
	/* Room is taken now: a full disk must be an error here, not a signal while the map is written. */
	int full = posix_fallocate(fd, 0, (off_t)w->size);
	w->map = full ? MAP_FAILED : mmap(NULL, w->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	enum detect_status status = DETECT_OK;
	if (w->map == MAP_FAILED) {
		errno = full ? full : errno;
		status = detect_fail(DETECT_IO, error, "%s: %zu bytes: %m", path, w->size);
	} else {
		w->header = (struct bank_header *)w->map;
		w->total = (uint32_t)w->builder->n + BANK_PLANTED;
		*w->header = header;
		fill(w, threads);
		if (msync(w->map, w->size, MS_SYNC))
			status = detect_fail(DETECT_IO, error, "%s: %m", path);
		munmap(w->map, w->size);
	}
	close(fd);
	return status;
}

static void sync_folder(const char *path)
{
	char *folder = path_with(path, "");
	char *slash = folder ? strrchr(folder, '/') : NULL;
	if (slash)
		slash[1] = '\0';
	int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

/* The sum in the header of the bank that lies there now, or 0. */
static uint64_t sum_at(const char *path)
{
	struct detect_bank *old;
	if (bank_map(path, &old, NULL))
		return 0;
	uint64_t sum = old->header->sum;
	detect_bank_close(old);
	return sum;
}

enum detect_status builder_write_locked(struct detect_builder *builder, const char *path, int log_fd,
	int threads, detect_progress_fn *progress, void *user, struct detect_error *error)
{
	struct writing w = { .builder = builder, .progress = progress, .user = user };
	struct detect_bank *proof = NULL;
	char *fresh = path_with(path, ".new");
	if (!fresh || !sort_records(builder)) {
		free(fresh);
		return detect_fail(DETECT_MEMORY, error, "no memory to build %s", path);
	}
	report(&w, 0.3);
	enum detect_status status = write_file(&w, fresh, sum_at(path), threads, error);
	if (!status)
		status = bank_map(fresh, &proof, error);
	if (!status && rename(fresh, path))
		status = detect_fail(DETECT_IO, error, "%s: %m", path);
	if (!status) {
		sync_folder(path);
		status = log_reset(log_fd, proof->header->sum, error);
		report(&w, 1);
	} else {
		unlink(fresh);
	}
	detect_bank_close(proof);
	free(fresh);
	return status;
}

/* A rename would put the bank in the place of a device as readily as of an older bank. */
static bool replaceable(const char *path)
{
	struct stat st;
	return stat(path, &st) || S_ISREG(st.st_mode);
}

enum detect_status detect_builder_write(struct detect_builder *builder, const char *path, int threads,
	detect_progress_fn *progress, void *user, struct detect_error *error)
{
	if (!replaceable(path))
		return detect_fail(DETECT_IO, error, "%s is not a regular file", path);
	char *log_path = path_with(path, ".log");
	int log_fd = -1;
	enum detect_status status = log_path ? log_open_locked(log_path, &log_fd, error)
										 : detect_fail(DETECT_MEMORY, error, "no memory to build %s", path);
	if (!status) {
		status = builder_write_locked(builder, path, log_fd, threads, progress, user, error);
		close(log_fd);
	}
	free(log_path);
	return status;
}
