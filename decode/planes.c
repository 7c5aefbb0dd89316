#include "planes.h"

static size_t whole_blocks(uint32_t side, bool halved)
{
	const size_t block = halved ? 16 : 8;
	return (side + block - 1) / block * 8;
}

struct planes planes_of(enum decode_sampling sampling, uint32_t width, uint32_t height)
{
	struct planes planes = { .size = 0 };

	for (int c = 0; c < 3; c++) {
		planes.stride[c] = whole_blocks(width, c > 0 && sampling != DECODE_444);
		planes.rows[c] = whole_blocks(height, c > 0 && sampling == DECODE_420);
		planes.offset[c] = planes.size;
		planes.size += planes.stride[c] * planes.rows[c];
	}
	return planes;
}

void planes_place(struct decode_image *image)
{
	image->stride = (size_t)image->width * image->channels;
	if (image->sampling == DECODE_INTERLEAVED)
		return;
	const struct planes planes = planes_of(image->sampling, image->width, image->height);
	image->stride = planes.stride[0];
	image->chroma_stride = planes.stride[1];
	for (int c = 0; c < 2; c++)
		image->chroma[c] = image->pixels + planes.offset[c + 1];
}
