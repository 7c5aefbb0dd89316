/* Pictures: the whole file is read into memory, decoded straight into the shared pixels. */
#include "channel.h"
#include "picture.h"
#include "service.h"

#include "message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file's bytes. Kept for the next file unless large. */
static uint8_t *buffer;
static size_t buffer_size;

static void release_buffer(void)
{
	if (buffer_size <= DECODE_KEEP_BYTES)
		return;
	free(buffer);
	buffer = NULL;
	buffer_size = 0;
}

static bool make_room(size_t size)
{
	if (size <= buffer_size)
		return true;
	free(buffer);
	buffer = malloc(size);
	buffer_size = buffer ? size : 0;
	return buffer;
}

/* Pipes have no size and grow the buffer; files are read once by their size. */
static bool grow(size_t used)
{
	size_t size = buffer_size ? buffer_size * 2 : 1 << 16;
	if (used < buffer_size)
		return true;
	uint8_t *more = realloc(buffer, size);
	if (!more)
		return false;
	buffer = more;
	buffer_size = size;
	return true;
}

static enum decode_code read_some(int fd, bool seekable, struct bytes *file, size_t *got)
{
	ssize_t n;
	do
		n = seekable ? pread(fd, buffer + file->n, buffer_size - file->n, (off_t)file->n)
			: read(fd, buffer + file->n, buffer_size - file->n);
	while (n < 0 && errno == EINTR);
	*got = n > 0 ? (size_t)n : 0;
	file->n += *got;
	return n < 0 ? DECODE_IO : DECODE_OK;
}

static enum decode_code read_all(int fd, uint64_t size, struct bytes *file)
{
	bool seekable = size != UINT64_MAX;
	size_t got = 0;

	if (seekable && size > DECODE_PICTURE_FILE_MAX)
		return DECODE_TOO_LARGE;
	if (seekable && !make_room((size_t)size + 1)) /* one more, to see the end without another growth */
		return DECODE_TOO_LARGE;
	do {
		if (file->n > DECODE_PICTURE_FILE_MAX || !grow(file->n))
			return DECODE_TOO_LARGE;
		enum decode_code code = read_some(fd, seekable, file, &got);
		if (code != DECODE_OK)
			return code;
	} while (got > 0);
	file->at = buffer;
	return DECODE_OK;
}

static uint8_t *shared_room(void *, size_t size)
{
	return channel_pixels(size);
}

static void tell(const struct picture *picture, struct decode_reply *done)
{
	done->width = picture->width;
	done->height = picture->height;
	done->channels = picture->channels;
	done->file_channels = picture->file_channels;
	done->damaged = picture->damaged;
	done->size = picture->size;
	memcpy(done->format, picture->format, sizeof done->format);
	memcpy(done->message, picture->message, sizeof done->message);
}

static enum decode_code serve(int fd, const struct decode_request *request, struct decode_reply *done)
{
	struct bytes file = { 0 };
	struct picture picture = { .room = shared_room };

	enum decode_code code = read_all(fd, request->file_size, &file);
	if (code == DECODE_OK) {
		code = picture_decode(file, &picture);
		tell(&picture, done);
	} else {
		message_set(done->message, code == DECODE_IO ? "the file cannot be read" : "too large a file");
	}
	release_buffer();
	return code;
}

const struct service service = { heif_prepare, serve };
