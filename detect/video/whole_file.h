/* A small file in memory. */
#ifndef VIDEO_WHOLE_FILE_H
#define VIDEO_WHOLE_FILE_H

#include "lachan/detect.h"

struct whole_file {
	uint8_t *at; /* the caller frees it */
	size_t n;
};

/* DETECT_NOT_FOUND, DETECT_IO, or DETECT_MEMORY when there are more than most bytes. */
enum detect_status whole_file_read(
	const char *path, size_t most, struct whole_file *out, struct detect_error *error);

#endif
