/* Reading lines of bounded length, fast. */
#ifndef CMD_LINES_H
#define CMD_LINES_H

#include <stdint.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 1024 }; /* longer than any hash with its id */

enum line_result { LINE_END, LINE_READ, LINE_TOO_LONG };

struct lines {
	FILE *from;
	uint64_t number; /* of the line just read, from 1 */
	char text[LINE_MAX_BYTES + 1];
	size_t n;
};

/* Reads the next line, without its line feed and a carriage return before it, into text; terminated.
 * Of a line that is too long, the rest is passed over. */
enum line_result lines_next(struct lines *lines);

/* A hash with an optional id on a line, split by comma, spaces or tabs; what stands where. */
struct hash_line {
	const char *hash, *id;
	size_t hash_size, id_size;
};

/* Returns false for a line that is empty but for spaces. */
int hash_line_split(const struct lines *lines, struct hash_line *out);

#endif
