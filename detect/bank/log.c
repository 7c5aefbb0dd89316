/* Changes to a bank: a log beside it, and the bank built anew with the log in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bank.h"

enum { LOG_MAX = 1 << 30, LOCK_TRIES = 200, LOCK_PAUSE_NS = 10000000 };

char *path_with(const char *path, const char *ending)
{
	char *all;
	return asprintf(&all, "%s%s", path, ending) < 0 ? NULL : all;
}

/* ---- Lock and header ------------------------------------------------------------------------------------ */

/* The log's lock is the bank's: whoever holds it may write the log and replace the bank. */
enum detect_status log_open_locked(const char *log_path, int *fd, struct detect_error *error)
{
	*fd = open(log_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (*fd < 0)
		return detect_fail(DETECT_IO, error, "%s: %m", log_path);
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(*fd, LOCK_EX | LOCK_NB))
			return DETECT_OK;
		nanosleep(&(struct timespec){ .tv_nsec = LOCK_PAUSE_NS }, NULL);
	}
	close(*fd);
	return detect_fail(DETECT_BUSY, error, "%s: another process is changing the bank", log_path);
}

enum detect_status log_reset(int fd, uint64_t bank, struct detect_error *error)
{
	struct bank_log_header h = {
		.magic = BANK_LOG_MAGIC,
		.byte_order = BANK_BYTE_ORDER,
		.version = BANK_VERSION,
		.bank = bank,
	};
	h.sum = bank_sum(&h, offsetof(struct bank_log_header, sum));
	if (ftruncate(fd, 0) || pwrite(fd, &h, sizeof h, 0) != sizeof h || fdatasync(fd))
		return detect_fail(DETECT_IO, error, "the bank's log cannot be written: %m");
	return DETECT_OK;
}

/* ---- One change in memory -------------------------------------------------------------------------------- */

static enum detect_status add(struct detect_bank *b, struct words words, struct id_text id)
{
	if (b->added_count == b->added_room) {
		uint32_t room = b->added_room ? 2 * b->added_room : 64;
		struct added *at = reallocarray(b->added, room, sizeof *at);
		if (!at)
			return DETECT_MEMORY;
		b->added = at;
		b->added_room = room;
	}
	if (b->added_ids_room - b->added_ids_size < id.n) {
		uint32_t room = 2 * b->added_ids_room + 4096;
		char *ids = realloc(b->added_ids, room);
		if (!ids)
			return DETECT_MEMORY;
		b->added_ids = ids;
		b->added_ids_room = room;
	}
	memcpy(b->added_ids + b->added_ids_size, id.at, id.n);
	b->added[b->added_count++] = (struct added){
		.words = words, .id_at = b->added_ids_size, .id_size = (uint8_t)id.n
	};
	b->added_ids_size += (uint32_t)id.n;
	return DETECT_OK;
}

static void mark_gone(struct detect_bank *b, uint32_t entry)
{
	if (entry >= b->count) {
		b->added[entry - b->count].gone = true;
		return;
	}
	b->gone[entry / 64] |= (uint64_t)1 << entry % 64;
	b->gone_count++;
}

static enum detect_status take_away(struct detect_bank *b, struct words words, struct id_text id)
{
	struct detect_matches equal = { 0 };
	bool found = false;
	if (!b->gone)
		b->gone = calloc(b->count / 64 + 1, sizeof *b->gone);
	enum detect_status status = b->gone ? search_index(b, &words, 1, 0, 0, &equal) : DETECT_MEMORY;
	for (size_t i = 0; i < equal.n && !status; i++) {
		char room[24];
		struct id_text here = bank_id(b, equal.at[i].entry, room);
		if (here.n != id.n || memcmp(here.at, id.at, id.n))
			continue;
		mark_gone(b, equal.at[i].entry);
		found = true;
	}
	detect_matches_free(&equal);
	return status ? status : found ? DETECT_OK : DETECT_NOT_FOUND;
}

static enum detect_status apply(
	struct detect_bank *b, enum bank_change_kind kind, struct words words, struct id_text id)
{
	b->log_records++;
	return kind == CHANGE_ADD ? add(b, words, id) : take_away(b, words, id);
}

/* ---- Reading the log ------------------------------------------------------------------------------------- */

static bool all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* The record at p, of n bytes that are left: its size, 0 for one that a crash cut off, or -1 for a damaged one. */
static ssize_t record_size(const uint8_t *p, size_t n)
{
	struct bank_log_record r;
	if (n < sizeof r || all_zero(p, n))
		return 0;
	memcpy(&r, p, sizeof r);
	const size_t least = sizeof r + r.id_size;
	if (r.size < least || r.size % 8 || r.size > least + 7 || r.id_size == 0 || r.id_size > BANK_ID_MAX)
		return -1;
	if (r.size > n)
		return 0;
	if (r.sum != bank_sum(p + sizeof r.sum, r.size - sizeof r.sum))
		return -1;
	if (!id_valid((struct id_text){ (const char *)p + sizeof r, r.id_size }))
		return -1;
	return r.kind == CHANGE_ADD || r.kind == CHANGE_REMOVE ? (ssize_t)r.size : -1;
}

static enum detect_status apply_records(
	struct detect_bank *b, const uint8_t *log, size_t n, struct detect_error *error)
{
	size_t at = sizeof(struct bank_log_header);
	for (ssize_t size; at < n && (size = record_size(log + at, n - at)) != 0; at += (size_t)size) {
		if (size < 0)
			return detect_fail(
				DETECT_BROKEN, error, "%s: the record at byte %zu is damaged", b->log_path, at);
		struct bank_log_record r;
		memcpy(&r, log + at, sizeof r);
		const struct id_text id = { (const char *)log + at + sizeof r, r.id_size };
		enum detect_status status = apply(b, (enum bank_change_kind)r.kind, words_of(r.bits), id);
		if (status == DETECT_NOT_FOUND)
			return detect_fail(DETECT_BROKEN, error, "%s removes what is not there", b->log_path);
		if (status)
			return detect_fail(status, error, "no memory for %s", b->log_path);
	}
	b->log_end = at;
	return DETECT_OK;
}

static enum detect_status apply_log(
	struct detect_bank *b, const uint8_t *log, size_t n, struct detect_error *error)
{
	struct bank_log_header h;
	if (n < sizeof h)
		return DETECT_OK; /* just made, or a crash while it was emptied: no changes since */
	memcpy(&h, log, sizeof h);
	if (memcmp(h.magic, BANK_LOG_MAGIC, sizeof h.magic) ||
		h.sum != bank_sum(&h, offsetof(struct bank_log_header, sum)))
		return detect_fail(DETECT_BROKEN, error, "%s is not a log of a bank, or damaged", b->log_path);
	if (h.byte_order != BANK_BYTE_ORDER || h.version != BANK_VERSION)
		return detect_fail(DETECT_VERSION, error, "%s is of version %u", b->log_path, h.version);
	if (h.bank == b->header->replaces && h.bank != b->header->sum)
		return DETECT_OK; /* its changes are in this bank already; a crash kept it from being emptied */
	if (h.bank != b->header->sum)
		return detect_fail(DETECT_BROKEN, error, "%s belongs to another bank", b->log_path);
	return apply_records(b, log, n, error);
}

static enum detect_status read_all(
	int fd, size_t n, uint8_t *out, const char *path, struct detect_error *error)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = pread(fd, out + at, n - at, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return detect_fail(DETECT_IO, error, "%s: %m", path);
		at += (size_t)got;
	}
	return DETECT_OK;
}

enum detect_status log_apply(struct detect_bank *b, struct detect_error *error)
{
	int fd = open(b->log_path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? DETECT_OK : detect_fail(DETECT_IO, error, "%s: %m", b->log_path);
	struct stat st;
	uint8_t *log = NULL;
	enum detect_status status = DETECT_OK;
	if (fstat(fd, &st) || st.st_size > LOG_MAX)
		status = detect_fail(DETECT_IO, error, "%s cannot be read or is too large", b->log_path);
	else if (!(log = malloc((size_t)st.st_size + 1)))
		status = detect_fail(DETECT_MEMORY, error, "no memory for %s", b->log_path);
	if (!status)
		status = read_all(fd, (size_t)st.st_size, log, b->log_path, error);
	close(fd);
	if (!status) {
		b->log_size = st.st_size;
		status = apply_log(b, log, (size_t)st.st_size, error);
	}
	free(log);
	return status;
}

/* ---- Changing a bank ------------------------------------------------------------------------------------- */

struct change_text {
	uint8_t *at;
	size_t n;
};

static void put_record(struct change_text *out, const struct detect_change *c)
{
	struct bank_log_record r = { .kind = c->remove ? CHANGE_REMOVE : CHANGE_ADD,
		.id_size = (uint16_t)c->id_size };
	r.size = (uint32_t)((sizeof r + c->id_size + 7) & ~(size_t)7);
	memcpy(r.bits, c->hash.bits, sizeof r.bits);
	uint8_t *p = out->at + out->n;
	memset(p, 0, r.size);
	memcpy(p, &r, sizeof r);
	memcpy(p + sizeof r, c->id, c->id_size);
	r.sum = bank_sum(p + sizeof r.sum, r.size - sizeof r.sum);
	memcpy(p, &r.sum, sizeof r.sum);
	out->n += r.size;
}

/* Applies each change in memory first: what cannot be applied must not be written. */
static enum detect_status check_changes(struct detect_bank *b, const struct detect_change *changes, size_t n,
	struct change_text *out, struct detect_error *error)
{
	for (size_t i = 0; i < n; i++) {
		const struct detect_change *c = &changes[i];
		const struct id_text id = { c->id, c->id_size };
		if (c->hash.family != b->header->family || !id_valid(id))
			return detect_fail(
				DETECT_INVALID, error, "change %zu: another hash family, or no valid id", i + 1);
		enum detect_status status = apply(
			b, c->remove ? CHANGE_REMOVE : CHANGE_ADD, words_of(c->hash.bits), id);
		if (status == DETECT_NOT_FOUND)
			return detect_fail(status, error, "change %zu removes what is not there", i + 1);
		if (status)
			return detect_fail(status, error, "change %zu: no memory", i + 1);
		put_record(out, c);
	}
	return DETECT_OK;
}

static enum detect_status append(
	struct detect_bank *b, int fd, const struct change_text *text, struct detect_error *error)
{
	enum detect_status status = DETECT_OK;
	if (!b->log_end) {
		status = log_reset(fd, b->header->sum, error);
		b->log_end = sizeof(struct bank_log_header);
	}
	if (status)
		return status;
	if (b->log_end + text->n > LOG_MAX)
		return detect_fail(DETECT_MEMORY, error, "the log is full: compact the bank");
	if (ftruncate(fd, (off_t)b->log_end) ||
		pwrite(fd, text->at, text->n, (off_t)b->log_end) != (ssize_t)text->n || fdatasync(fd)) {
		detect_fail(DETECT_IO, error, "%s: %m", b->log_path);
		if (ftruncate(fd, (off_t)b->log_end))
			detect_fail(DETECT_IO, error, "%s: a half-written record remains", b->log_path);
		return DETECT_IO;
	}
	return DETECT_OK;
}

/* Opens the bank with its log, whose lock the caller holds. */
static enum detect_status open_for_writing(
	const char *path, struct detect_bank **out, struct detect_error *error)
{
	enum detect_status status = bank_map(path, out, error);
	if (!status && (status = log_apply(*out, error)))
		detect_bank_close(*out);
	return status;
}

static enum detect_status change_locked(
	const char *path, int fd, const struct detect_change *changes, size_t n, struct detect_error *error)
{
	struct detect_bank *b;
	enum detect_status status = open_for_writing(path, &b, error);
	if (status)
		return status;
	struct change_text text = { .at = reallocarray(
									NULL, n + 1, sizeof(struct bank_log_record) + BANK_ID_MAX + 8) };
	status = text.at ? check_changes(b, changes, n, &text, error)
					 : detect_fail(DETECT_MEMORY, error, "no memory for %zu changes", n);
	if (!status)
		status = append(b, fd, &text, error);
	free(text.at);
	detect_bank_close(b);
	return status;
}

/* Runs a change under the lock, unless there is no bank there at all. */
static enum detect_status lock_bank(const char *path, int *fd, struct detect_error *error)
{
	char *log_path = path_with(path, ".log");
	enum detect_status status = DETECT_OK;
	if (!log_path)
		status = detect_fail(DETECT_MEMORY, error, "no memory to change %s", path);
	else if (access(path, F_OK))
		status = detect_fail(DETECT_NOT_FOUND, error, "%s: %m", path);
	else
		status = log_open_locked(log_path, fd, error);
	free(log_path);
	return status;
}

enum detect_status detect_bank_change(
	const char *path, const struct detect_change *changes, size_t n, struct detect_error *error)
{
	int fd;
	enum detect_status status = lock_bank(path, &fd, error);
	if (status)
		return status;
	status = change_locked(path, fd, changes, n, error);
	close(fd);
	return status;
}

/* ---- Compaction ------------------------------------------------------------------------------------------ */

static enum detect_status refill(
	const struct detect_bank *b, struct detect_builder *builder, struct detect_error *error)
{
	enum detect_status status = DETECT_OK;
	for (uint32_t entry = 0; entry < b->count + b->added_count && !status; entry++) {
		if (entry < b->count ? bank_entry_gone(b, entry) : b->added[entry - b->count].gone)
			continue;
		struct detect_pdq hash;
		char room[24];
		detect_bank_hash(b, entry, &hash);
		struct id_text id = bank_id(b, entry, room);
		status = detect_builder_add(builder, &hash, id.at, id.n, error);
	}
	return status;
}

enum detect_status detect_bank_compact(
	const char *path, int threads, detect_progress_fn *progress, void *user, struct detect_error *error)
{
	int fd;
	struct detect_bank *b = NULL;
	struct detect_builder *builder = NULL;
	enum detect_status status = lock_bank(path, &fd, error);
	if (status)
		return status;
	status = open_for_writing(path, &b, error);
	if (status) {
		close(fd);
		return status;
	}
	status = detect_bank_verify(b, error); /* damage must not be built into a bank with good checksums */
	if (!status)
		status = detect_builder_open(detect_bank_family(b), &builder, error);
	if (!status)
		status = refill(b, builder, error);
	if (!status)
		status = builder_write_locked(builder, path, fd, threads, progress, user, error);
	detect_builder_close(builder);
	detect_bank_close(b);
	close(fd);
	return status;
}
