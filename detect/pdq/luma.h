/* Luma of 8-bit pixels. The sums run left to right in single precision: part of the hash's definition.
 * Inline, so that each kernel gets it compiled for its own instructions. */
#ifndef PDQ_LUMA_H
#define PDQ_LUMA_H

#include "pdq.h"

static inline float luma_of(const uint8_t *p, uint32_t channels)
{
	if (channels < 3)
		return (float)p[0];
	return 0.299f * (float)p[0] + 0.587f * (float)p[1] + 0.114f * (float)p[2];
}

/* n pixels side by side; a call for each count of channels, so that each loop has a constant stride. */
static inline void luma_run(const uint8_t *p, uint32_t channels, uint32_t n, float *restrict out)
{
	switch (channels) {
	case 1:
		for (uint32_t i = 0; i < n; i++)
			out[i] = luma_of(p + i, 1);
		break;
	case 2:
		for (uint32_t i = 0; i < n; i++)
			out[i] = luma_of(p + 2 * (size_t)i, 2);
		break;
	case 3:
		for (uint32_t i = 0; i < n; i++)
			out[i] = luma_of(p + 3 * (size_t)i, 3);
		break;
	default:
		for (uint32_t i = 0; i < n; i++)
			out[i] = luma_of(p + 4 * (size_t)i, 4);
	}
}

/* Row y of the source as width floats, resized by nearest neighbour where the source asks for it. */
static inline void luma_row(const struct pdq_source *s, uint32_t y, float *restrict out)
{
	if (s->luma) {
		const float *row = s->luma + (size_t)y * s->width;
		for (uint32_t x = 0; x < s->width; x++)
			out[x] = row[x];
		return;
	}
	const uint8_t *row = s->pixels + (size_t)((uint64_t)y * s->full_height / s->height) * s->stride;
	if (s->width == s->full_width) {
		luma_run(row, s->channels, s->width, out);
		return;
	}
	for (uint32_t x = 0; x < s->width; x++)
		out[x] = luma_of(row + (size_t)((uint64_t)x * s->full_width / s->width) * s->channels, s->channels);
}

#endif
