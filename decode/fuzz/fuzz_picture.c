/* Any bytes as a picture: an error with a message, or pixels of the size that is claimed, every one of them
 * set. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_MAX = 4 << 20 }; /* larger ones would only be slower */

static uint8_t *room(void *, size_t size)
{
	return size <= ROOM_MAX ? malloc(size) : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct picture picture = { .room = room };
	uint8_t *copy = malloc(n ? n : 1); /* of its exact length, so that reading on is seen */
	volatile uint8_t sum = 0;

	memcpy(copy, data, n);
	enum decode_code code = picture_decode((struct bytes){ copy, n }, &picture);
	if (code != DECODE_OK && !picture.message[0])
		abort();
	if (code == DECODE_OK && picture.size != (size_t)picture.width * picture.height * picture.channels)
		abort();
	for (size_t i = 0; code == DECODE_OK && i < picture.size; i++)
		sum = (uint8_t)(sum + picture.pixels[i]);
	free(picture.pixels);
	free(copy);
	return 0;
}
