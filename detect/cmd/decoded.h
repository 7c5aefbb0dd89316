/* What the decoder hands out, as the library takes it. */
#ifndef CMD_DECODED_H
#define CMD_DECODED_H

#include <assert.h>

#include "client.h"
#include "lachan/detect.h"

static_assert((int)DECODE_444 == (int)DETECT_444 && (int)DECODE_422 == (int)DETECT_422
	&& (int)DECODE_420 == (int)DETECT_420, "the decoder's samplings are the library's");

static inline struct detect_image decoded_image(const struct decode_image *from)
{
	return (struct detect_image){
		.pixels = from->pixels,
		.stride = from->stride,
		.width = from->width,
		.height = from->height,
		.channels = from->channels,
		.sampling = (enum detect_sampling)from->sampling,
		.chroma = { from->chroma[0], from->chroma[1] },
		.chroma_stride = from->chroma_stride,
	};
}

#endif
