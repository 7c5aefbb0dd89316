#include "whole_file.h"

#include "status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads on until the end, which a size taken beforehand need not be. */
static enum detect_status read_to_end(FILE *file, size_t most, struct whole_file *out)
{
	for (size_t room = 1 << 16;; room *= 2) {
		uint8_t *more = realloc(out->at, room);
		if (!more)
			return DETECT_MEMORY;
		out->at = more;
		out->n += fread(out->at + out->n, 1, room - out->n, file);
		if (out->n > most)
			return DETECT_MEMORY;
		if (out->n < room)
			return ferror(file) ? DETECT_IO : DETECT_OK;
	}
}

enum detect_status whole_file_read(
	const char *path, size_t most, struct whole_file *out, struct detect_error *error)
{
	*out = (struct whole_file){ 0 };
	FILE *file = fopen(path, "re");
	if (!file)
		return detect_fail(
			errno == ENOENT ? DETECT_NOT_FOUND : DETECT_IO, error, "%s: %s", path, strerror(errno));
	enum detect_status status = read_to_end(file, most, out);
	fclose(file);
	if (status == DETECT_OK)
		return DETECT_OK;
	free(out->at);
	out->at = NULL;
	return detect_fail(status, error, "%s: %s", path, status == DETECT_IO ? "cannot be read" : "too large");
}
