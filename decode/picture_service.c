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

static enum decode_code read_all(int fd, uint64_t size, struct bytes *file)
{
	if (size > DECODE_PICTURE_FILE_MAX || !make_room((size_t)size))
		return DECODE_TOO_LARGE;
	while (file->n < size) {
		ssize_t n = pread(fd, buffer + file->n, (size_t)size - file->n, (off_t)file->n);
		if (n < 0 && errno != EINTR)
			return DECODE_IO;
		if (n == 0)
			break; /* it has become shorter: the codec will say so */
		file->n += n > 0 ? (size_t)n : 0;
	}
	file->at = buffer;
	return DECODE_OK;
}

static uint8_t *shared_room(void *, size_t size)
{
	uint8_t *at = channel_pixels(DECODE_PIXELS_OFFSET + size);
	return at ? at + DECODE_PIXELS_OFFSET : NULL;
}

static void tell(const struct picture *picture, struct decode_reply *done)
{
	done->width = picture->width;
	done->height = picture->height;
	done->channels = picture->channels;
	done->file_channels = picture->file_channels;
	done->damaged = picture->damaged;
	done->sampling = picture->sampling;
	done->offset = DECODE_PIXELS_OFFSET;
	done->size = picture->size;
	memcpy(done->format, picture->format, sizeof done->format);
	memcpy(done->message, picture->message, sizeof done->message);
}

enum decode_code picture_serve(int fd, const struct decode_request *request, struct decode_reply *done)
{
	struct bytes file = { 0 };
	struct picture picture = { .room = shared_room, .planes = request->planes != 0 };

	enum decode_code code = read_all(fd, request->file_size, &file);
	if (code == DECODE_OK) {
		code = picture_decode(file, &picture);
		tell(&picture, done);
		if (picture.elsewhere)
			done->kind = DECODE_REPLY_ELSEWHERE;
	} else {
		message_set(done->message, code == DECODE_IO ? "the file cannot be read" : "too large a file");
	}
	release_buffer();
	return code;
}
