/* Any bytes as a picture, in RGB and in planes: the same error with a message, or pixels of the size that is claimed,
 * every one of them set. */
#include "picture.h"
#include "planes.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_MAX = 4 << 20 }; /* larger ones would only be slower */

static uint8_t *room(void *, size_t size)
{
	return size <= ROOM_MAX ? malloc(size) : NULL;
}

static size_t size_of(const struct picture *picture)
{
	if (picture->sampling)
		return planes_of(picture->sampling, picture->width, picture->height).size;
	return (size_t)picture->width * picture->height * picture->channels;
}

static enum decode_code decode(struct bytes file, bool planes)
{
	struct picture picture = { .room = room, .planes = planes };
	volatile uint8_t sum = 0;

	enum decode_code code = picture_decode(file, &picture);
	if (code != DECODE_OK && !picture.message[0])
		abort();
	if (code == DECODE_OK && (picture.size != size_of(&picture) || (picture.sampling && !planes)))
		abort();
	for (size_t i = 0; code == DECODE_OK && i < picture.size; i++)
		sum = (uint8_t)(sum + picture.pixels[i]);
	free(picture.pixels);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1); /* of its exact length, so that reading on is seen */

	memcpy(copy, data, n);
	const enum decode_code rgb = decode((struct bytes){ copy, n }, false);
	const enum decode_code planes = decode((struct bytes){ copy, n }, true);
	if (rgb != planes && rgb != DECODE_TOO_LARGE && planes != DECODE_TOO_LARGE) /* the room here, which is small */
		abort();
	free(copy);
	return 0;
}
