/* Any bytes as a film: its first frames, or an error with a message. */
#include "video_source.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAMES_MAX = 20 };

static enum decode_code watch(struct video_source *source)
{
	bool more = true;
	enum decode_code code = video_source_open(source);
	for (int i = 0; code == DECODE_OK && more && i < FRAMES_MAX; i++) {
		code = video_source_next(source, &more);
		if (code == DECODE_OK && more && video_source_time(source) > 1e300)
			abort();
	}
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct video_source source = { .fd = memfd_create("film", MFD_CLOEXEC), .size = (int64_t)n };

	av_log_set_level(AV_LOG_QUIET);
	if (source.fd < 0 || write(source.fd, data, n) != (ssize_t)n)
		abort();
	if (watch(&source) != DECODE_OK && !source.message[0])
		abort();
	video_source_close(&source);
	close(source.fd);
	return 0;
}
