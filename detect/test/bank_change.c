/* Changing a bank: additions, removals, compaction, replacement under readers, and damage of every kind. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bank/format.h"
#include "check.h"
#include "lachan/detect.h"

enum { N = 2000 };

static char folder[] = "bank-change-XXXXXX", path[64], log_path[64];
static uint64_t seed = 5;

static struct detect_pdq random_hash(void)
{
	struct detect_pdq h = { .family = DETECT_FULL };
	for (size_t i = 0; i < 32; i++)
		h.bits[i] = (uint8_t)check_random(&seed);
	return h;
}

static void build(const struct detect_pdq *hashes, const char *prefix)
{
	struct detect_builder *b;
	struct detect_error error = { "" };
	CHECK(!detect_builder_open(DETECT_FULL, &b, &error));
	for (int i = 0; i < N; i++) {
		char id[64];
		int size = snprintf(id, sizeof id, "%s%d", prefix, i);
		CHECK(!detect_builder_add(b, &hashes[i], id, (size_t)size, &error), "%s", error.text);
	}
	CHECK(!detect_builder_write(b, path, 1, NULL, NULL, &error), "%s", error.text);
	detect_builder_close(b);
}

static struct detect_bank *open_bank(void)
{
	struct detect_bank *b = NULL;
	struct detect_error error = { "" };
	CHECK(!detect_bank_open(path, DETECT_CHECK_ALL, &b, &error), "%s", error.text);
	return b;
}

/* How many entries with this id lie at distance 0. */
static int find(const struct detect_bank *b, const struct detect_pdq *hash, const char *wanted)
{
	struct detect_matches m = { 0 };
	int n = 0;
	CHECK(!detect_bank_query(b, hash, 31, &m, NULL));
	for (size_t i = 0; i < m.n; i++) {
		char id[256];
		detect_bank_id(b, m.at[i].entry, id);
		n += m.at[i].distance == 0 && !strcmp(id, wanted);
	}
	detect_matches_free(&m);
	return n;
}

static int find_now(const struct detect_pdq *hash, const char *wanted)
{
	struct detect_bank *b = open_bank();
	int n = find(b, hash, wanted);
	detect_bank_close(b);
	return n;
}

static enum detect_status change(bool remove, const struct detect_pdq *hash, const char *id)
{
	const struct detect_change c = { remove, *hash, id, strlen(id) };
	return detect_bank_change(path, &c, 1, NULL);
}

static void try_changes(const struct detect_pdq *hashes, const char *first_id)
{
	struct detect_pdq fresh = random_hash();
	struct detect_bank *before = open_bank();
	CHECK(!change(false, &fresh, "added/1") && !change(false, &hashes[0], "second-id"));
	CHECK(detect_bank_stale(before) && find(before, &fresh, "added/1") == 0, "an open bank must not change");
	CHECK(find_now(&fresh, "added/1") == 1 && find_now(&hashes[0], "second-id") == 1 &&
		find_now(&hashes[0], first_id) == 1);
	CHECK(change(true, &fresh, "other") == DETECT_NOT_FOUND &&
		change(true, &hashes[1], first_id) == DETECT_NOT_FOUND);
	CHECK(!change(true, &hashes[0], first_id) && find_now(&hashes[0], first_id) == 0 &&
		find_now(&hashes[0], "second-id") == 1);
	CHECK(!change(true, &fresh, "added/1") && find_now(&fresh, "added/1") == 0);
	CHECK(!change(false, &fresh, "added/1") && find_now(&fresh, "added/1") == 1);
	struct detect_bank *logged = open_bank();
	CHECK(detect_bank_count(logged) == N + 1 && detect_bank_logged(logged) == 5);

	struct detect_error error = { "" };
	CHECK(!detect_bank_compact(path, 2, NULL, NULL, &error), "%s", error.text);
	CHECK(find(before, &hashes[0], first_id) == 1 && find(logged, &fresh, "added/1") == 1,
		"readers keep what they have");
	detect_bank_close(before);
	detect_bank_close(logged);
	struct detect_bank *compact = open_bank();
	CHECK(detect_bank_count(compact) == N + 1 && detect_bank_logged(compact) == 0);
	CHECK(find(compact, &fresh, "added/1") == 1 && find(compact, &hashes[0], first_id) == 0 &&
		find(compact, &hashes[0], "second-id") == 1);
	detect_bank_close(compact);
}

/* ---- Damage -------------------------------------------------------------------------------------------- */

static uint8_t *read_file(const char *name, size_t *n)
{
	struct stat st = { 0 };
	int fd = open(name, O_RDONLY);
	CHECK(fd >= 0 && !fstat(fd, &st));
	uint8_t *data = malloc((size_t)st.st_size + 1);
	CHECK(read(fd, data, (size_t)st.st_size) == st.st_size);
	close(fd);
	*n = (size_t)st.st_size;
	return data;
}

static void write_file(const char *name, const uint8_t *data, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	CHECK(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	close(fd);
}

static enum detect_status open_status(enum detect_bank_check check)
{
	struct detect_bank *b = NULL;
	struct detect_error error = { "" };
	enum detect_status status = detect_bank_open(path, check, &b, &error);
	CHECK(!status || *error.text, "a failure says what is wrong");
	if (!status)
		detect_bank_close(b);
	return status;
}

static void flip_bits(void)
{
	size_t n, tried = 0;
	uint8_t *file = read_file(path, &n);
	for (size_t at = 0; at < n; at += at < 1024 ? 1 : 1 + check_random(&seed) % 700) {
		const uint8_t mask = (uint8_t)(1 << check_random(&seed) % 8);
		file[at] ^= mask;
		write_file(path, file, n);
		enum detect_status status = open_status(DETECT_CHECK_ALL);
		CHECK(status == DETECT_BROKEN || status == DETECT_VERSION, "byte %zu: status %d", at, (int)status);
		/* Opened without checksums it may pass, but must not crash, whatever it then answers. */
		struct detect_bank *b;
		if (!detect_bank_open(path, DETECT_CHECK_PROOF, &b, NULL)) {
			struct detect_matches m = { 0 };
			struct detect_pdq query = random_hash();
			for (int i = 0; i < 3; i++) {
				enum detect_status answer = detect_bank_query(b, &query, 31, &m, NULL);
				CHECK(answer == DETECT_OK || answer == DETECT_BROKEN);
			}
			detect_matches_free(&m);
			detect_bank_close(b);
		}
		file[at] ^= mask;
		tried++;
	}
	CHECK(tried > 500, "%zu", tried);
	write_file(path, file, n);
	for (size_t cut = 0; cut < n; cut += 1 + check_random(&seed) % 9000) {
		write_file(path, file, cut);
		CHECK(open_status(DETECT_CHECK_PROOF) != DETECT_OK, "cut to %zu of %zu", cut, n);
	}
	write_file(path, file, n);
	CHECK(open_status(DETECT_CHECK_ALL) == DETECT_OK);
	free(file);
}

static void damage_log(void)
{
	struct detect_pdq a = random_hash(), b = random_hash();
	CHECK(!change(false, &a, "log-a") && !change(false, &b, "log-b"));
	size_t n;
	uint8_t *log = read_file(log_path, &n);
	for (size_t at = 0; at < n; at++) {
		log[at] ^= 4;
		write_file(log_path, log, n);
		enum detect_status status = open_status(DETECT_CHECK_PROOF);
		/* A length that now reaches past the end looks like a crash half-way: the record does not count. */
		bool length = (at - sizeof(struct bank_log_header)) % ((n - sizeof(struct bank_log_header)) / 2) - 8 <
			4;
		CHECK(status == DETECT_BROKEN || status == DETECT_VERSION || (status == DETECT_OK && length),
			"byte %zu: %d", at, (int)status);
		log[at] ^= 4;
	}
	for (size_t cut = sizeof(struct bank_log_header); cut < n; cut++) { /* a crash while appending */
		write_file(log_path, log, cut);
		const bool whole = cut >= (n + sizeof(struct bank_log_header)) / 2;
		CHECK(find_now(&a, "log-a") == whole && find_now(&b, "log-b") == 0, "cut to %zu", cut);
	}
	write_file(log_path, log, n - 3);
	CHECK(!change(false, &b, "log-c") && find_now(&a, "log-a") == 1 && find_now(&b, "log-c") == 1,
		"appends after a crash");
	free(log);
}

static void foreign_log(const struct detect_pdq *hashes)
{
	size_t n;
	uint8_t *log = read_file(log_path, &n);
	CHECK(!detect_bank_compact(path, 1, NULL, NULL, NULL));
	write_file(log_path, log, n); /* as after a crash between the renaming and the emptying of the log */
	struct detect_bank *b = open_bank();
	CHECK(detect_bank_logged(b) == 0);
	detect_bank_close(b);
	CHECK(!detect_bank_compact(path, 1, NULL, NULL, NULL));
	build(hashes, "");
	write_file(log_path, log, n);
	CHECK(open_status(DETECT_CHECK_PROOF) == DETECT_BROKEN, "a log of an older bank");
	unlink(log_path);
	free(log);
}

/* A reader in another process opens and searches without pause while this one replaces the bank. */
static void replace_under_reader(const struct detect_pdq *hashes)
{
	build(hashes, "");
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 400; i++) {
			struct detect_bank *b;
			if (detect_bank_open(path, DETECT_CHECK_ALL, &b, NULL))
				_exit(1);
			if (find(b, &hashes[1], "1") != 1)
				_exit(2);
			detect_bank_close(b);
		}
		_exit(0);
	}
	struct detect_pdq extra = random_hash();
	int status = 0, rounds = 0;
	for (; waitpid(child, &status, WNOHANG) == 0 && rounds < 100000; rounds++) {
		CHECK(!change(rounds % 2, &extra, "extra"));
		if (rounds % 5 == 0)
			CHECK(!detect_bank_compact(path, 1, NULL, NULL, NULL));
	}
	if (rounds == 100000)
		kill(child, SIGKILL);
	CHECK(
		rounds < 100000 && WIFEXITED(status) && WEXITSTATUS(status) == 0, "the reader ended with %d", status);
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/bank", folder);
	snprintf(log_path, sizeof log_path, "%s/bank.log", folder);
	struct detect_pdq *hashes = malloc(N * sizeof *hashes);
	for (int i = 0; i < N; i++)
		hashes[i] = random_hash();
	CHECK(open_status(DETECT_CHECK_ALL) == DETECT_NOT_FOUND);
	build(hashes, "");
	try_changes(hashes, "0");
	build(hashes, "case-");
	try_changes(hashes, "case-0");
	flip_bits();
	damage_log();
	foreign_log(hashes);
	replace_under_reader(hashes);
	free(hashes);
	unlink(path);
	unlink(log_path);
	rmdir(folder);
	return check_done();
}
