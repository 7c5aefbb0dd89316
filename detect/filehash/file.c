/* Digests of a whole file. */
#include "lachan/detect.h"
#include "status.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16 };

enum detect_status detect_file_hash(int fd, struct detect_file_hashes *out, struct detect_error *error)
{
	struct detect_file_hasher hasher;
	uint8_t some[READ_BYTES];
	ssize_t n;

	detect_file_hasher_begin(&hasher);
	while ((n = read(fd, some, sizeof some)) != 0) {
		if (n < 0 && errno != EINTR)
			return detect_fail(DETECT_IO, error, "the file cannot be read: %s", strerror(errno));
		if (n > 0)
			detect_file_hasher_add(&hasher, some, (size_t)n);
	}
	detect_file_hasher_end(&hasher, out);
	return DETECT_OK;
}

void detect_bytes_to_hex(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}
