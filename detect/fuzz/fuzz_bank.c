/* A bank with changed bytes and good checksums, its log made of any bytes: opening and searching it gives an
 * error or an answer. Input: a count, so many changes of 4 bytes of place and 1 of value, then the log. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bank/bank.h"

enum { ENTRIES = 60 };

static char path[64], log_path[80];
static uint8_t *whole;
static size_t whole_size;

static void fail(const char *what)
{
	perror(what);
	abort();
}

static void clean_up(void)
{
	unlink(path);
	unlink(log_path);
	free(whole);
}

static void write_file(const char *name, const uint8_t *data, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		fail(name);
	close(fd);
}

/* Near-duplicates and odd ids; what is planted is planted. */
static void make_bank(void)
{
	struct detect_builder *builder;
	snprintf(path, sizeof path, "fuzz-bank-%d", (int)getpid());
	snprintf(log_path, sizeof log_path, "%s.log", path);
	if (detect_builder_open(DETECT_FULL, &builder, NULL))
		abort();
	for (int i = 0; i < ENTRIES; i++) {
		struct detect_pdq hash = { .family = DETECT_FULL };
		memset(hash.bits, i / 10, sizeof hash.bits);
		hash.bits[i % 32] ^= (uint8_t)i;
		char id[16];
		int n = snprintf(id, sizeof id, "id-%d", i / 2);
		if (detect_builder_add(builder, &hash, id, (size_t)n, NULL))
			abort();
	}
	if (detect_builder_write(builder, path, 1, NULL, NULL, NULL))
		abort();
	detect_builder_close(builder);
	struct detect_bank *b;
	if (detect_bank_open(path, DETECT_CHECK_ALL, &b, NULL))
		abort();
	whole_size = b->size;
	whole = memcpy(malloc(whole_size), b->map, whole_size);
	detect_bank_close(b);
	atexit(clean_up);
}

/* Changes the bank and makes its checksums good again, so that what lies behind them is reached. */
static size_t change(uint8_t *bank, const uint8_t *data, size_t n)
{
	size_t at = 1;
	for (int changes = data[0]; changes && n - at >= 5; changes--, at += 5) {
		uint32_t place;
		memcpy(&place, data + at, sizeof place);
		bank[place % whole_size] = data[at + 4];
	}
	struct bank_header *h = (struct bank_header *)bank;
	for (int i = 0; i < SECTIONS; i++) {
		struct bank_section *s = &h->sections[i];
		if (s->offset <= whole_size && s->size <= whole_size && bank_pages(s->size) <= whole_size - s->offset)
			s->sum = bank_sum(bank + s->offset, bank_pages(s->size));
	}
	h->sum = bank_sum(h, offsetof(struct bank_header, sum));
	return at;
}

static void search(enum detect_bank_check check)
{
	struct detect_bank *b;
	struct detect_error error = { "" };
	if (detect_bank_open(path, check, &b, &error)) {
		if (!*error.text)
			abort();
		return;
	}
	struct detect_matches found = { 0 };
	for (uint8_t i = 0; i < 4; i++) {
		struct detect_pdq query = { .family = b->header->family == DETECT_FULL ? DETECT_FULL
																			   : DETECT_CPP512 };
		memset(query.bits, i, sizeof query.bits);
		if (detect_bank_query(b, &query, 10 * i, &found, NULL))
			break;
	}
	for (size_t i = 0; i < found.n; i++) {
		char id[256];
		if (detect_bank_id(b, found.at[i].entry, id) != strlen(id) || found.at[i].distance > 30)
			abort();
	}
	detect_matches_free(&found);
	detect_bank_close(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	if (!whole)
		make_bank();
	uint8_t *bank = memcpy(malloc(whole_size), whole, whole_size);
	size_t used = change(bank, data, n);
	write_file(path, bank, whole_size);
	write_file(log_path, data + used, n - used);
	free(bank);
	search(DETECT_CHECK_PROOF);
	search(DETECT_CHECK_ALL);
	return 0;
}
