/*
 * Pixels of a JPEG as its transform leaves them: luma and two smaller chroma planes. Spreading the chroma, making RGB
 * and weighing it happen here in one pass, in the nearest cache. The results are libjpeg-turbo's to the last bit: its
 * triangle filter and its integer colour conversion are part of what a hash of a JPEG is. For kernel.c alone: it is
 * compiled anew for each instruction set; luma.h has the same pixel by pixel.
 */
#ifndef PDQ_PLANES_H
#define PDQ_PLANES_H

#include "lanes.h"
#include "luma.h"
#include "pdq.h"

#define PAIRS (CHUNK / 2) /* pixels come as an even and an odd one, which share a chroma sample if it is halved */
#define SHORTS ((uint32_t)(LANES * 2))

typedef int16_t shorts __attribute__((vector_size(LANES * 4)));
typedef uint16_t ushorts __attribute__((vector_size(LANES * 4)));
typedef int16_t shorts_any __attribute__((vector_size(LANES * 4), aligned(1), may_alias));
typedef uint8_t half_any __attribute__((vector_size(LANES * 2), aligned(1), may_alias));

struct pair { /* of even and odd pixels side by side */
	shorts even, odd;
};

/* ---- Arithmetic of sixteen bits --------------------------------------------------------------------------- */

/* The three sets of instructions have these operations under names that differ in the beginning alone. */
#if LANES == 16
#define WIDE(operation) _mm512_##operation
typedef __m512i wide;
#elif LANES == 8
#define WIDE(operation) _mm256_##operation
typedef __m256i wide;
#elif defined __SSE2__
#include <emmintrin.h>
#define WIDE(operation) _mm_##operation
typedef __m128i wide;
#else
typedef int32_t long_shorts __attribute__((vector_size(LANES * 8)));
#endif

/* By hand, since GCC makes halves of it. */
static inline shorts widen(const uint8_t *p)
{
#if LANES == 16
	return (shorts)_mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(const void *)p));
#elif LANES == 8
	return (shorts)_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)p));
#elif defined WIDE
	return (shorts)_mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(const void *)p), _mm_setzero_si128());
#else
	return __builtin_convertvector(*(const half_any *)p, shorts);
#endif
}

static inline struct pair split(const uint8_t *p)
{
	const shorts both = *(const shorts_any *)p;
	return (struct pair){ both & 255, (shorts)((ushorts)both >> 8) };
}

/* (a * b + 2^14) >> 15, a being of ten bits at most */
static inline shorts rounded_product(shorts a, int16_t b)
{
#if LANES > 4
	return (shorts)WIDE(mulhrs_epi16)((wide)a, WIDE(set1_epi16)(b));
#elif defined WIDE
	return ((shorts)_mm_mulhi_epi16((wide)(a << 2), _mm_set1_epi16(b)) + 1) >> 1;
#else
	return __builtin_convertvector((__builtin_convertvector(a, long_shorts) * b + (1 << 14)) >> 15, shorts);
#endif
}

/* What green has less of: (-0.34414 blue - 0.71414 red) in 2^-16, rounded; red's part is 2^16 too much, which comes
 * off at the end. */
static inline shorts green_part(shorts blue, shorts red)
{
	enum { OF_BLUE = -22554, OF_RED = 18734, HALF = 1 << 15 };
#ifdef WIDE
	const wide b = (wide)blue, r = (wide)red, half = WIDE(set1_epi32)(HALF);
	const wide by = WIDE(set1_epi32)(OF_RED << 16 | (OF_BLUE & 0xffff));
	const wide low = WIDE(add_epi32)(WIDE(madd_epi16)(WIDE(unpacklo_epi16)(b, r), by), half);
	const wide high = WIDE(add_epi32)(WIDE(madd_epi16)(WIDE(unpackhi_epi16)(b, r), by), half);
	return (shorts)WIDE(packs_epi32)(WIDE(srai_epi32)(low, 16), WIDE(srai_epi32)(high, 16)) - red;
#else
	const long_shorts b = __builtin_convertvector(blue, long_shorts), r = __builtin_convertvector(red, long_shorts);
	return __builtin_convertvector((b * OF_BLUE + r * OF_RED + HALF) >> 16, shorts) - red;
#endif
}

/* Clamped to bytes and put side by side again. */
static inline void store_bytes(uint8_t *out, struct pair p)
{
#if LANES > 4
	const __m128i pairs = _mm_set_epi8(15, 7, 14, 6, 13, 5, 12, 4, 11, 3, 10, 2, 9, 1, 8, 0);
#if LANES == 16
	const wide zip = _mm512_broadcast_i32x4(pairs);
#else
	const wide zip = _mm256_broadcastsi128_si256(pairs);
#endif
	const wide packed = WIDE(packus_epi16)((wide)p.even, (wide)p.odd);
	*(shorts_any *)out = (shorts)WIDE(shuffle_epi8)(packed, zip);
#elif defined WIDE
	const wide packed = _mm_packus_epi16((wide)p.even, (wide)p.odd);
	*(shorts_any *)out = (shorts)_mm_unpacklo_epi8(packed, _mm_srli_si128(packed, 8));
#else
	shorts v[] = { p.even, p.odd };
	for (int i = 0; i < 2; i++)
		v[i] = (v[i] | (v[i] > 255)) & ~(v[i] >> 15) & 255;
	*(shorts_any *)out = v[0] | v[1] << 8;
#endif
}

/* ---- From planes to bytes of red, green and blue -------------------------------------------------------------- */

/* Samples x .. x + n - 1 of a row of `width`, of which those beyond the edges are as those at the edges. */
static inline const uint8_t *row_part(const uint8_t *row, uint32_t width, int64_t x, uint32_t n, uint8_t *room)
{
	if (x >= 0 && x + n <= width) {
		__builtin_prefetch(row + x + 2 * CHUNK); /* blocks of rows are too many streams for the processor to see */
		return row + x;
	}
	const uint32_t end = width - x < n ? (uint32_t)(width - x) : n;
	uint32_t i = 0;
	for (; x + i < 0; i++)
		room[i] = row[0];
	for (; i < end; i++)
		room[i] = row[x + i];
	for (; i < n; i++)
		room[i] = row[width - 1];
	return room;
}

/* Halved chroma: PAIRS samples with one before and one after, for each row of pixels already the weighted sum of the
 * two rows that it comes from. All rows of a block are summed before the first is read again: a vector that lies
 * across two just written has to wait for both. */
enum { CHROMA_NEEDED = 1 + PAIRS + 1, CHROMA_PITCH = CHROMA_NEEDED + 6 };

struct chroma_sums {
	int16_t rows[2][BLOCK][CHROMA_PITCH]; /* of blue and red differences */
};

/* What the sums have less, for a quarter of them to be less by 128, and rounded when it is shifted. */
#define TALL_LESS (512 - 2)

/* Of rows y and y + 1, y being even: both are three parts of one row of chroma, and one of that above or below. */
static inline void sum_two_rows(
	const struct pdq_source *s, int plane, uint32_t y, uint32_t x, int16_t sums[2][CHROMA_PITCH])
{
	__attribute__((uninitialized)) uint8_t room[3][PAIRS];
	const uint32_t width = (s->full_width + 1) / 2, from = x / 2;
	const uint32_t ends[] = { from ? from - 1 : 0, from + PAIRS < width ? from + PAIRS : width - 1 };
	const struct planes_rows first = planes_rows_of(s, y), second = planes_rows_of(s, y + 1);
	const uint8_t *near_row = s->chroma[plane] + first.near * s->chroma_stride,
				  *above_row = s->chroma[plane] + first.far * s->chroma_stride,
				  *below_row = s->chroma[plane] + second.far * s->chroma_stride;
	const uint8_t *near = row_part(near_row, width, from, PAIRS, room[0]),
				  *above = row_part(above_row, width, from, PAIRS, room[1]),
				  *below = row_part(below_row, width, from, PAIRS, room[2]);

	for (uint32_t i = 0; i < PAIRS; i += SHORTS) {
		const shorts one = widen(near + i), three = one + one + one - TALL_LESS;
		*(shorts_any *)(sums[0] + 1 + i) = three + widen(above + i);
		*(shorts_any *)(sums[1] + 1 + i) = three + widen(below + i);
	}
	for (uint32_t i = 0; i < 2; i++) {
		const int three = 3 * near_row[ends[i]] - TALL_LESS;
		sums[0][i * (PAIRS + 1)] = (int16_t)(three + above_row[ends[i]]);
		sums[1][i * (PAIRS + 1)] = (int16_t)(three + below_row[ends[i]]);
	}
}

/* Chroma less 128 of SHORTS pairs, from such sums. */
static inline struct pair spread_both_ways(const int16_t *sums)
{
	const shorts before = *(const shorts_any *)sums, here = *(const shorts_any *)(sums + 1),
				 after = *(const shorts_any *)(sums + 2), three = here + here + here;
	return (struct pair){ (three + before) >> 4, (three - 1 + after) >> 4 };
}

/* The same from chroma of which only columns are halved, from the sample before on. */
static inline struct pair spread_sideways(const uint8_t *row)
{
	const shorts here = widen(row + 1), three = here + here + here + (1 - 4 * 128);
	return (struct pair){ (three + widen(row)) >> 2, (three + 1 + widen(row + 2)) >> 2 };
}

static inline struct pair less_128(struct pair p)
{
	return (struct pair){ p.even - 128, p.odd - 128 };
}

static inline shorts red_of(shorts y, shorts red)
{
	return y + red + rounded_product(red, PLANES_RED);
}

static inline shorts blue_of(shorts y, shorts blue)
{
	return y + blue + blue + rounded_product(blue, PLANES_BLUE);
}

/* SHORTS pairs of pixels. A colour's next row is `next` away. */
static inline void store_rgb(struct pair l, struct pair blue, struct pair red, uint8_t *out, size_t next)
{
	store_bytes(out, (struct pair){ red_of(l.even, red.even), red_of(l.odd, red.odd) });
	store_bytes(out + next,
		(struct pair){ l.even + green_part(blue.even, red.even), l.odd + green_part(blue.odd, red.odd) });
	store_bytes(out + 2 * next, (struct pair){ blue_of(l.even, blue.even), blue_of(l.odd, blue.odd) });
}

/* CHUNK pixels of count rows from x and y on, an even y; what lies beyond the edge is like the edge. */
static inline void quarter_to_rgb(
	const struct pdq_source *s, uint32_t x, uint32_t y, uint32_t count, uint8_t *out, size_t next)
{
	__attribute__((uninitialized)) struct chroma_sums sums;
	__attribute__((uninitialized)) uint8_t room[CHUNK];
	for (int plane = 0; plane < 2; plane++)
		for (uint32_t i = 0; i < count; i += 2)
			sum_two_rows(s, plane, y + i, x, sums.rows[plane] + i);
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *l = row_part(s->pixels + (y + i) * s->stride, s->full_width, x, CHUNK, room);
		for (uint32_t p = 0; p < PAIRS; p += SHORTS)
			store_rgb(split(l + 2 * p), spread_both_ways(sums.rows[0][i] + p), spread_both_ways(sums.rows[1][i] + p),
				out + i * CHUNK + 2 * p, next);
	}
}

static inline void half_to_rgb(
	const struct pdq_source *s, uint32_t x, uint32_t y, uint32_t count, uint8_t *out, size_t next)
{
	__attribute__((uninitialized)) uint8_t room[3][CHUNK];
	const uint32_t width = (s->full_width + 1) / 2;
	const int64_t from = (int64_t)(x / 2) - 1;
	for (uint32_t i = 0; i < count; i++) {
		const size_t row = (y + i) * s->chroma_stride;
		const uint8_t *l = row_part(s->pixels + (y + i) * s->stride, s->full_width, x, CHUNK, room[0]);
		const uint8_t *blue = row_part(s->chroma[0] + row, width, from, CHROMA_NEEDED, room[1]);
		const uint8_t *red = row_part(s->chroma[1] + row, width, from, CHROMA_NEEDED, room[2]);
		for (uint32_t p = 0; p < PAIRS; p += SHORTS)
			store_rgb(split(l + 2 * p), spread_sideways(blue + p), spread_sideways(red + p),
				out + i * CHUNK + 2 * p, next);
	}
}

static inline void whole_to_rgb(
	const struct pdq_source *s, uint32_t x, uint32_t y, uint32_t count, uint8_t *out, size_t next)
{
	__attribute__((uninitialized)) uint8_t room[3][CHUNK];
	for (uint32_t i = 0; i < count; i++) {
		const size_t row = (y + i) * s->chroma_stride;
		const uint8_t *l = row_part(s->pixels + (y + i) * s->stride, s->full_width, x, CHUNK, room[0]);
		const uint8_t *blue = row_part(s->chroma[0] + row, s->full_width, x, CHUNK, room[1]);
		const uint8_t *red = row_part(s->chroma[1] + row, s->full_width, x, CHUNK, room[2]);
		for (uint32_t p = 0; p < CHUNK; p += 2 * SHORTS)
			store_rgb(split(l + p), less_128(split(blue + p)), less_128(split(red + p)), out + i * CHUNK + p, next);
	}
}

/* ---- And on to luma in strips ---------------------------------------------------------------------------------- */

/* CHUNK pixels of BLOCK rows of each colour. */
static void colours_to_strip(const uint8_t *colours, struct strand *strip)
{
	for (uint32_t x = 0; x < CHUNK; x += 16)
		for (size_t k = 0; k < STRANDS; k++) {
			vec units[3][4]; /* of four pixels each */
			for (size_t c = 0; c < 3; c++) {
				const uint8_t *rows = colours + (c * BLOCK + k * LANES) * CHUNK + x;
				for (size_t i = 0; i < 4; i++)
					units[c][i] = load_quads(rows + i * CHUNK, CHUNK);
				transpose_quads(units[c]);
			}
			for (uint32_t i = 0; i < 4; i++)
				for (uint32_t at = 0; at < 4; at++)
					strip[x + 4 * i + at].v[k] = weighted(units[RED][i], (int)at, RED)
						+ weighted(units[GREEN][i], (int)at, GREEN) + weighted(units[BLUE][i], (int)at, BLUE);
		}
}

/* CHUNK columns of luma of rows y .. y + count - 1. The room takes CHUNK * BLOCK pixels of three bytes. A call for each
 * way of spreading, as elsewhere. */
static void planes_to_strip(const struct pdq_source *s, uint32_t x, uint32_t y, uint32_t count, uint8_t *room,
	struct strand *strip)
{
	if (s->sampling == DETECT_420)
		quarter_to_rgb(s, x, y, count, room, BLOCK * CHUNK);
	else if (s->sampling == DETECT_422)
		half_to_rgb(s, x, y, count, room, BLOCK * CHUNK);
	else
		whole_to_rgb(s, x, y, count, room, BLOCK * CHUNK);
	colours_to_strip(room, strip);
}

#endif
