#include "hash_list.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lines.h"
#include "progress.h"

enum { WRONG_SHOWN = 1000, PROGRESS_EVERY = 4096 };

int processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 64 ? 64 : (int)n;
}

static void complain(struct hash_lists *l, const char *path, const struct lines *lines, const char *why)
{
	if (++l->wrong <= WRONG_SHOWN)
		fprintf(stderr, "%s:%llu: %s\n", path, (unsigned long long)lines->number, why);
	if (l->wrong == WRONG_SHOWN)
		fprintf(stderr, "further lines are counted, not shown\n");
}

/* Hands on one line. Returns false to stop. */
static bool take_line(struct hash_lists *l, const char *path, const struct lines *lines)
{
	struct hash_line parts;
	struct detect_pdq hash = { .family = (uint8_t)l->family };
	struct detect_error error = { "" };
	char number[24];
	if (!hash_line_split(lines, &parts))
		return true;
	if (detect_pdq_from_hex(parts.hash, parts.hash_size, &hash)) {
		complain(l, path, lines, "not a PDQ hash of 64 hexadecimal digits");
		return true;
	}
	if (!parts.id_size && l->id_needed) {
		complain(l, path, lines, "no id");
		return true;
	}
	if (!parts.id_size) {
		parts.id = number;
		parts.id_size = (size_t)snprintf(number, sizeof number, "%llu", l->lines);
	}
	enum detect_status status = l->take(l->user, &hash, parts.id, parts.id_size, &error);
	if (status != DETECT_OK)
		complain(l, path, lines, error.text);
	return status == DETECT_OK || status == DETECT_INVALID;
}

/* Position over size of a regular file, for the bar. */
static double part_read(FILE *from)
{
	struct stat st;
	off_t at = ftello(from);
	if (at < 0 || fstat(fileno(from), &st) || st.st_size <= 0)
		return 0;
	return (double)at / (double)st.st_size;
}

static bool read_lines(struct hash_lists *l, FILE *from, const char *path)
{
	struct lines lines = { .from = from };
	struct progress bar;
	bool go_on = true;
	progress_begin(&bar, path);
	for (enum line_result r; go_on && (r = lines_next(&lines)) != LINE_END;) {
		l->lines++;
		if (r == LINE_TOO_LONG)
			complain(l, path, &lines, "the line is too long");
		else
			go_on = take_line(l, path, &lines);
		if (l->lines % PROGRESS_EVERY == 0)
			progress_show(&bar, part_read(from));
	}
	progress_end(&bar);
	if (ferror(from)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	return go_on;
}

bool hash_lists_read(struct hash_lists *lists, char *const *paths, int n)
{
	bool good = true;
	for (int i = 0; i < n; i++) {
		if (!strcmp(paths[i], "-")) {
			good &= read_lines(lists, stdin, "standard input");
			continue;
		}
		FILE *from = fopen(paths[i], "re");
		if (!from) {
			fprintf(stderr, "%s: %s\n", paths[i], strerror(errno));
			good = false;
			continue;
		}
		good &= read_lines(lists, from, paths[i]);
		fclose(from);
	}
	return good;
}
