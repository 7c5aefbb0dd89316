/* How the planes of a JPEG lie in memory: what decoder and client compute alike, neither asking the other. */
#ifndef DECODE_PLANES_H
#define DECODE_PLANES_H

#include "client.h"

/* Luma, blue difference, red difference, one after the other, each of whole blocks of 8x8. */
struct planes {
	size_t offset[3], stride[3], rows[3];
	size_t size; /* of all */
};

struct planes planes_of(enum decode_sampling sampling, uint32_t width, uint32_t height);

/* Sets strides and chroma of an image whose sides, channels, sampling and pixels are set. */
void planes_place(struct decode_image *image);

#endif
