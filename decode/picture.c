#include "picture.h"

#include "message.h"
#include "planes.h"

#include <string.h>

bool bytes_have(struct bytes file, size_t offset, const char *magic, size_t n)
{
	return offset <= file.n && n <= file.n - offset && memcmp(file.at + offset, magic, n) == 0;
}

enum decode_code picture_fail(struct picture *picture, enum decode_code code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	message_set_list(picture->message, format, args);
	va_end(args);
	return code;
}

enum decode_code picture_check(struct picture *picture, uint32_t width, uint32_t height, uint32_t channels)
{
	const size_t size = (size_t)width * height * channels;

	if (width == 0 || height == 0)
		return picture_fail(picture, DECODE_BROKEN, "a side of zero pixels");
	if (width > DECODE_SIDE_MAX || height > DECODE_SIDE_MAX)
		return picture_fail(picture, DECODE_TOO_LARGE, "%u x %u pixels: a side over %d", width, height,
			DECODE_SIDE_MAX);
	if (size > DECODE_PIXEL_BYTES_MAX)
		return picture_fail(picture, DECODE_TOO_LARGE, "%u x %u pixels: over %d MiB", width, height,
			DECODE_PIXEL_BYTES_MAX >> 20);
	picture->width = width;
	picture->height = height;
	picture->channels = channels;
	picture->size = size;
	return DECODE_OK;
}

static enum decode_code take_room(struct picture *picture)
{
	picture->pixels = picture->room(picture->user, picture->size);
	if (!picture->pixels)
		return picture_fail(
			picture, DECODE_TOO_LARGE, "%u x %u pixels: no memory", picture->width, picture->height);
	return DECODE_OK;
}

enum decode_code picture_begin(struct picture *picture, uint32_t width, uint32_t height, uint32_t channels)
{
	enum decode_code code = picture_check(picture, width, height, channels);
	return code == DECODE_OK ? take_room(picture) : code;
}

enum decode_code picture_begin_planes(
	struct picture *picture, uint32_t width, uint32_t height, enum decode_sampling sampling)
{
	enum decode_code code = picture_check(picture, width, height, 3);
	if (code != DECODE_OK)
		return code;
	picture->sampling = sampling;
	picture->size = planes_of(sampling, width, height).size;
	return take_room(picture);
}

static enum decode_code decode_with(
	const struct picture_codec *codec, struct bytes file, struct picture *picture)
{
	strncpy(picture->format, codec->name, sizeof picture->format - 1);
	enum decode_code code = codec->decode(file, picture);
	if (code != DECODE_OK && !picture->message[0])
		message_set(picture->message, "%s: %s", codec->name, decode_code_text(code));
	return code;
}

enum decode_code picture_decode(struct bytes file, struct picture *picture)
{
	if (file.n == 0)
		return picture_fail(picture, DECODE_BROKEN, "an empty file");
	for (const struct picture_codec *codec = picture_codecs; codec->name; codec++)
		if (codec->claims(file))
			return decode_with(codec, file, picture);
	return picture_fail(picture, DECODE_UNKNOWN, "not a picture of a known format");
}
