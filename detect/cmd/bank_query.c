/* bank query, verify, info, floods: what reads a bank. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "bank_actions.h"
#include "hash_list.h"
#include "lines.h"
#include "progress.h"

static const char query_help[] =
	"usage: bank query BANK [--radius 31] [--threads N] [--count]\n"
	"\n"
	"Looks up lines PDQHEX [ID] from standard input. For every entry of the bank within the radius prints\n"
	"QUERY_ID BANK_ID DISTANCE, in the order of input, then distance, then id; QUERY_ID is the given id, "
	"else\n"
	"the number of the line. --count prints only how many there are altogether. No match is no failure.\n";

enum { BATCH = 8192 };

struct querying {
	struct detect_bank *bank;
	int radius, threads;
	bool count_only;
	unsigned long long matches;
	size_t n;
	struct detect_pdq hashes[BATCH];
	char ids[BATCH][LINE_MAX_BYTES + 1];
};

static struct detect_bank *open_bank(const char *path, enum detect_bank_check check)
{
	struct detect_bank *bank = NULL;
	struct detect_error error;
	if (detect_bank_open(path, check, &bank, &error))
		fprintf(stderr, "%s\n", error.text);
	return bank;
}

static bool run_batch(struct querying *q)
{
	struct detect_matches found = { 0 };
	struct detect_error error = { "" };
	enum detect_status status = detect_bank_query_many(
		q->bank, q->hashes, q->n, q->radius, q->threads, &found, &error);
	if (status)
		fprintf(stderr, "%s\n", error.text);
	q->matches += found.n;
	for (size_t i = 0; i < found.n && !q->count_only && !status; i++) {
		char id[256];
		detect_bank_id(q->bank, found.at[i].entry, id);
		printf("%s %s %u\n", q->ids[found.at[i].query], id, found.at[i].distance);
	}
	detect_matches_free(&found);
	q->n = 0;
	return status == DETECT_OK && !ferror(stdout);
}

/* Puts a line into the batch. Returns false, having said why, for one that is no hash. */
static bool take_line(struct querying *q, const struct lines *lines)
{
	struct hash_line parts;
	if (!hash_line_split(lines, &parts))
		return true;
	struct detect_pdq *hash = &q->hashes[q->n];
	*hash = (struct detect_pdq){ .family = (uint8_t)detect_bank_family(q->bank) };
	if (detect_pdq_from_hex(parts.hash, parts.hash_size, hash)) {
		fprintf(stderr, "standard input:%llu: not a PDQ hash of 64 hexadecimal digits\n",
			(unsigned long long)lines->number);
		return false;
	}
	if (parts.id_size)
		snprintf(q->ids[q->n], sizeof q->ids[q->n], "%.*s", (int)parts.id_size, parts.id);
	else
		snprintf(q->ids[q->n], sizeof q->ids[q->n], "%llu", (unsigned long long)lines->number);
	q->n++;
	return true;
}

static int query_all(struct querying *q)
{
	struct lines lines = { .from = stdin };
	bool good = true;
	for (enum line_result r; (r = lines_next(&lines)) != LINE_END;) {
		if (r == LINE_TOO_LONG)
			fprintf(stderr, "standard input:%llu: the line is too long\n", (unsigned long long)lines.number);
		good &= r == LINE_READ && take_line(q, &lines);
		if (q->n == BATCH && !run_batch(q))
			return 1;
	}
	if (!run_batch(q))
		return 1;
	if (q->count_only)
		printf("%llu\n", q->matches);
	return !good || ferror(stdin);
}

int bank_query(int argc, char **argv)
{
	int radius = 31, threads = processors();
	bool count_only = false;
	const struct arg args[] = {
		{ "--radius", ARG_NUMBER, &radius, 0, 256, NULL },
		{ "--threads", ARG_NUMBER, &threads, 1, 64, NULL },
		{ "--count", ARG_FLAG, &count_only, 0, 0, NULL },
		{ 0 },
	};
	int status = args_read(args, query_help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc != 2)
		return args_wrong(query_help, "one bank is needed");
	struct querying *q = calloc(1, sizeof *q);
	if (q)
		q->bank = open_bank(argv[1], DETECT_CHECK_ALL);
	status = 1;
	if (q && q->bank) {
		q->radius = radius;
		q->threads = threads;
		q->count_only = count_only;
		status = query_all(q);
		detect_bank_close(q->bank);
	}
	free(q);
	return status;
}

/* ---- verify and info ----------------------------------------------------------------------------------- */

static const char verify_help[] = "usage: bank verify BANK\n"
								  "\n"
								  "Checks every checksum, every number of the index, the planted hashes, and "
								  "the log. Exit 0: all is well.\n";

static const char info_help[] = "usage: bank info BANK\n"
								"\n"
								"Prints hashes, family, size in bytes, and changes in the log, one a line.\n";

/* Reads the arguments of an action that takes one bank and nothing else. */
static int one_bank(const char *help, int *argc, char **argv)
{
	int status = args_read(&(struct arg){ 0 }, help, argc, argv);
	if (status == ARGS_GO_ON && *argc != 2)
		status = args_wrong(help, "one bank is needed");
	return status;
}

int bank_verify(int argc, char **argv)
{
	int status = one_bank(verify_help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	struct detect_bank *bank = open_bank(argv[1], DETECT_CHECK_ALL);
	if (bank)
		printf("%s: %llu hashes, all checks passed\n", argv[1], (unsigned long long)detect_bank_count(bank));
	detect_bank_close(bank);
	return bank == NULL;
}

int bank_info(int argc, char **argv)
{
	int status = one_bank(info_help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	struct detect_bank *bank = open_bank(argv[1], DETECT_CHECK_PROOF);
	if (!bank)
		return 1;
	printf("hashes %llu\nfamily %s\nbytes %llu\nlogged %llu\n", (unsigned long long)detect_bank_count(bank),
		detect_bank_family(bank) == DETECT_FULL ? "full" : "cpp512",
		(unsigned long long)detect_bank_bytes(bank), (unsigned long long)detect_bank_logged(bank));
	detect_bank_close(bank);
	return 0;
}

/* ---- floods -------------------------------------------------------------------------------------------- */

static const char floods_help[] = "usage: bank floods BANK [--radius 31] [--least 100] [--threads N]\n"
								  "\n"
								  "Prints PDQHEX NEIGHBOURS ID for each different hash of the bank with at "
								  "least so many entries within the\n"
								  "radius, itself included: flat or generic pictures that match far too "
								  "much. Takes a query for each hash.\n";

struct flooding {
	struct detect_bank *bank;
	struct progress bar;
};

static void print_flood(void *user, const struct detect_flood *flood)
{
	struct flooding *f = user;
	struct detect_pdq hash;
	char hex[65], id[256];
	detect_bank_hash(f->bank, flood->entry, &hash);
	detect_bank_id(f->bank, flood->entry, id);
	detect_pdq_to_hex(&hash, hex);
	printf("%s %llu %s\n", hex, (unsigned long long)flood->neighbours, id);
}

static void show_flooding(void *user, double fraction)
{
	progress_show(&((struct flooding *)user)->bar, fraction);
}

int bank_floods(int argc, char **argv)
{
	int radius = 31, least = 100, threads = processors();
	const struct arg args[] = {
		{ "--radius", ARG_NUMBER, &radius, 0, 256, NULL },
		{ "--least", ARG_NUMBER, &least, 1, 1 << 30, NULL },
		{ "--threads", ARG_NUMBER, &threads, 1, 64, NULL },
		{ 0 },
	};
	int status = args_read(args, floods_help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc != 2)
		return args_wrong(floods_help, "one bank is needed");
	struct flooding f = { .bank = open_bank(argv[1], DETECT_CHECK_ALL) };
	if (!f.bank)
		return 1;
	struct detect_error error = { "" };
	progress_begin(&f.bar, "floods");
	enum detect_status result = detect_bank_floods(
		f.bank, radius, (uint64_t)least, threads, print_flood, show_flooding, &f, &error);
	progress_end(&f.bar);
	detect_bank_close(f.bank);
	if (result)
		fprintf(stderr, "%s\n", error.text);
	return result != DETECT_OK;
}
