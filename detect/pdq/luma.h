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

/* ---- Planes, pixel by pixel: see planes.h for the same in bulk ---------------------------------------- */

/* libjpeg-turbo has 1.402 and 1.772 in 2^-16, 91881 and 116130: less 1 and 2 and halved, they give the same for every
 * byte of chroma. */
#define PLANES_RED 13172
#define PLANES_BLUE (-7471)

struct planes_rows { /* of chroma, which make up a row of pixels: three parts of the near one and one of the far */
	uint32_t near, far;
};

static inline struct planes_rows planes_rows_of(const struct pdq_source *s, uint32_t y)
{
	if (s->sampling != DETECT_420)
		return (struct planes_rows){ y, y };
	const uint32_t near = y / 2, last = (s->full_height + 1) / 2 - 1;
	if (y % 2)
		return (struct planes_rows){ near, near < last ? near + 1 : last };
	return (struct planes_rows){ near, near > 0 ? near - 1 : 0 };
}

static inline int chroma_of(const struct pdq_source *s, int plane, uint32_t x, uint32_t y)
{
	const struct planes_rows rows = planes_rows_of(s, y);
	const uint8_t *near = s->chroma[plane] + rows.near * s->chroma_stride,
		*far = s->chroma[plane] + rows.far * s->chroma_stride;
	if (s->sampling == DETECT_444)
		return near[x] - 128;
	const uint32_t here = x / 2, last = (s->full_width + 1) / 2 - 1;
	const uint32_t there = x % 2 ? (here < last ? here + 1 : last) : here > 0 ? here - 1 : 0;
	if (s->sampling == DETECT_422)
		return ((3 * near[here] + near[there] + (x % 2 ? 2 : 1)) >> 2) - 128;
	const int sums = 3 * (3 * near[here] + far[here]) + 3 * near[there] + far[there];
	return ((sums + (x % 2 ? 7 : 8)) >> 4) - 128;
}

static inline uint8_t byte_of(int v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static inline float luma_of_planes(const struct pdq_source *s, uint32_t x, uint32_t y)
{
	const int l = s->pixels[y * s->stride + x], blue = chroma_of(s, 0, x, y), red = chroma_of(s, 1, x, y);
	const uint8_t rgb[] = { byte_of(l + ((91881 * red + 32768) >> 16)),
		byte_of(l + ((-22554 * blue - 46802 * red + 32768) >> 16)), byte_of(l + ((116130 * blue + 32768) >> 16)) };
	return luma_of(rgb, 3);
}

/* ---- In bulk --------------------------------------------------------------------------------------------- */

#ifdef __AVX512BW__
#include <immintrin.h>

/* Luma of 16 RGB pixels. A byte b becomes the float 2^23 + b by joining it with three constant bytes. Then
 * (2^23 + b) * weight - 2^23 * weight, rounded once, is the product b * weight as the definition rounds it. */
static inline __m512 luma_16(const uint8_t *p)
{
	const __m512i spread = _mm512_set_epi32(15, 11, 10, 9, 14, 8, 7, 6, 13, 5, 4, 3, 12, 2, 1, 0);
	const __m512i red = _mm512_set4_epi32(9, 6, 3, 0), two_23 = _mm512_set1_epi32(0x4b000000);
	const __m512i green = _mm512_add_epi32(red, _mm512_set1_epi32(1)),
				  blue = _mm512_add_epi32(red, _mm512_set1_epi32(2));
	const __mmask64 low_bytes = 0x1111111111111111u;
	const __m512 r = _mm512_set1_ps(0.299f), g = _mm512_set1_ps(0.587f), b = _mm512_set1_ps(0.114f);
	const __m512 scale = _mm512_set1_ps(-8388608.0f);
	__m512i x = _mm512_maskz_loadu_epi8(0xffffffffffffu, p); /* 48 bytes */
	x = _mm512_permutexvar_epi32(spread, x);                 /* 12 of them to each quarter */
	__m512 rf = _mm512_castsi512_ps(_mm512_mask_shuffle_epi8(two_23, low_bytes, x, red));
	__m512 gf = _mm512_castsi512_ps(_mm512_mask_shuffle_epi8(two_23, low_bytes, x, green));
	__m512 bf = _mm512_castsi512_ps(_mm512_mask_shuffle_epi8(two_23, low_bytes, x, blue));
	rf = _mm512_fmadd_ps(rf, r, _mm512_mul_ps(r, scale));
	gf = _mm512_fmadd_ps(gf, g, _mm512_mul_ps(g, scale));
	bf = _mm512_fmadd_ps(bf, b, _mm512_mul_ps(b, scale));
	return _mm512_add_ps(_mm512_add_ps(rf, gf), bf);
}

static inline uint32_t luma_blocks(const uint8_t *p, uint32_t n, float *out)
{
	uint32_t i = 0;
	for (; i + 16 <= n; i += 16)
		_mm512_storeu_ps(out + i, luma_16(p + 3 * (size_t)i));
	return i;
}
#else
static inline uint32_t luma_blocks(const uint8_t *, uint32_t, float *)
{
	return 0;
}
#endif

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
		for (uint32_t i = luma_blocks(p, n, out); i < n; i++)
			out[i] = luma_of(p + 3 * (size_t)i, 3);
		break;
	default:
		for (uint32_t i = 0; i < n; i++)
			out[i] = luma_of(p + 4 * (size_t)i, 4);
	}
}

/* Pixels x .. x + n - 1 of row y of the source, resized by nearest neighbour where the source asks for it. */
static inline void luma_part(
	const struct pdq_source *s, uint32_t y, uint32_t x, uint32_t n, float *restrict out)
{
	if (s->luma) {
		const float *from = s->luma + (size_t)y * s->width + x;
		for (uint32_t i = 0; i < n; i++)
			out[i] = from[i];
		return;
	}
	const uint32_t full_y = (uint32_t)((uint64_t)y * s->full_height / s->height);
	if (s->sampling) {
		for (uint32_t i = 0; i < n; i++)
			out[i] = luma_of_planes(s, (uint32_t)((uint64_t)(x + i) * s->full_width / s->width), full_y);
		return;
	}
	const uint8_t *row = s->pixels + full_y * s->stride;
	if (s->width == s->full_width) {
		luma_run(row + (size_t)x * s->channels, s->channels, n, out);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		const size_t from = (size_t)((uint64_t)(x + i) * s->full_width / s->width);
		out[i] = luma_of(row + from * s->channels, s->channels);
	}
}

#endif
