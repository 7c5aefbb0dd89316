/* Reading CSV (RFC 4180) from memory, for the trainer. */
#ifndef DETECT_TRAIN_CSV_H
#define DETECT_TRAIN_CSV_H

#include <stddef.h>

enum { CSV_FIELDS_MAX = 32 };

struct csv {
	char *at, *end;
	char *field[CSV_FIELDS_MAX]; /* of the current row, unquoted in place, terminated */
	size_t count;
};

/* The whole file with a zero after it; ends the program if it cannot be read. The caller frees it. */
char *csv_file(const char *path, size_t *n);

/* Moves to the next row; 0 at the end. */
int csv_next(struct csv *c);

/* The column of that name in the current row (the heading), or the program ends. */
size_t csv_column(const struct csv *c, const char *name);

#endif
