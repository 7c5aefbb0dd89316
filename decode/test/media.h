/* Reading the test files: small ones of our own in media/, whose place the build passes in MEDIA_DIR. */
#ifndef DECODE_TEST_MEDIA_H
#define DECODE_TEST_MEDIA_H

#include "picture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MEDIA_BYTES_MAX = 1 << 20 };

static inline int media_open(const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", getenv("MEDIA_DIR"), name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fprintf(stderr, "%s is missing\n", path);
	return fd;
}

/* The caller frees file.at. */
static inline struct bytes media_read(const char *name)
{
	uint8_t *at = malloc(MEDIA_BYTES_MAX);
	int fd = media_open(name);
	ssize_t n = at && fd >= 0 ? read(fd, at, MEDIA_BYTES_MAX) : -1;
	if (fd >= 0)
		close(fd);
	return (struct bytes){ at, n > 0 ? (size_t)n : 0 };
}

/* A descriptor of a file in memory that holds these bytes. */
static inline int media_fd_of(struct bytes file)
{
	int fd = memfd_create("media", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, file.at, file.n) != (ssize_t)file.n)
		return -1;
	return fd;
}

/* Room for a picture's pixels, from malloc; the caller frees picture.pixels. */
static inline uint8_t *media_room(void *, size_t size)
{
	return malloc(size);
}

#endif
