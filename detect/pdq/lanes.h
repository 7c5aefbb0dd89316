/*
 * Vectors of PDQ_LANES floats, and blocks of picture rows turned into strips of them. For kernel.c alone: it is
 * compiled anew for each instruction set.
 */
#ifndef PDQ_LANES_H
#define PDQ_LANES_H

#include <stddef.h>
#include <stdint.h>

#if PDQ_LANES > 4
#include <immintrin.h>
#endif

#define LANES PDQ_LANES
#define STRANDS 2 /* vectors abreast in a strip: two chains of additions hide each other's latency */
#define BLOCK ((uint32_t)(LANES * STRANDS))
#define CHUNK 64u /* columns of a block at a time: few enough for the nearest cache */

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef float vec_any __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

struct strand { /* one pixel of each of BLOCK rows */
	vec v[STRANDS];
};

/* a + b * c, rounded once. Four lanes have no such instruction everywhere, and no use for it. */
static inline vec plus_product(vec a, vec b, float c)
{
#if LANES == 4
	return a + b * c;
#elif LANES == 8
	return (vec)_mm256_fmadd_ps((__m256)b, _mm256_set1_ps(c), (__m256)a);
#else
	return (vec)_mm512_fmadd_ps((__m512)b, _mm512_set1_ps(c), (__m512)a);
#endif
}

/* ---- Transposing ------------------------------------------------------------------------------------- */

/* Vectors are loaded and stored by quarters of four floats, each of another row; what remains is to transpose
 * squares of four by four within the quarters. */
#if LANES == 4
#define EACH_QUAD(M) M(0)
#elif LANES == 8
#define EACH_QUAD(M) M(0), M(4)
#else
#define EACH_QUAD(M) M(0), M(4), M(8), M(12)
#endif
#define FIRST_HALVES(i) (i), (i) + LANES, (i) + 1, (i) + LANES + 1
#define LAST_HALVES(i) (i) + 2, (i) + LANES + 2, (i) + 3, (i) + LANES + 3
#define FIRST_PAIRS(i) (i), (i) + 1, (i) + LANES, (i) + LANES + 1
#define LAST_PAIRS(i) (i) + 2, (i) + 3, (i) + LANES + 2, (i) + LANES + 3

/* Four floats, or sixteen bytes, of every fourth row; pitch is in bytes. */
static inline vec load_quads(const void *from, size_t pitch)
{
	const char *at = from;
#if LANES == 4
	(void)pitch;
	typedef float vec_bytes __attribute__((vector_size(LANES * 4), aligned(1), may_alias));
	return *(const vec_bytes *)at;
#elif LANES == 8
	return (vec)_mm256_loadu2_m128((const float *)(at + 4 * pitch), (const float *)at);
#else
	__m512 all = _mm512_castps128_ps512(_mm_loadu_ps((const float *)at));
	all = _mm512_insertf32x4(all, _mm_loadu_ps((const float *)(at + 4 * pitch)), 1);
	all = _mm512_insertf32x4(all, _mm_loadu_ps((const float *)(at + 8 * pitch)), 2);
	return (vec)_mm512_insertf32x4(all, _mm_loadu_ps((const float *)(at + 12 * pitch)), 3);
#endif
}

static inline void store_quads(float *at, size_t pitch, vec v)
{
#if LANES == 4
	(void)pitch;
	*(vec_any *)at = v;
#elif LANES == 8
	_mm256_storeu2_m128(at + 4 * pitch, at, (__m256)v);
#else
	_mm_storeu_ps(at, _mm512_castps512_ps128((__m512)v));
	_mm_storeu_ps(at + 4 * pitch, _mm512_extractf32x4_ps((__m512)v, 1));
	_mm_storeu_ps(at + 8 * pitch, _mm512_extractf32x4_ps((__m512)v, 2));
	_mm_storeu_ps(at + 12 * pitch, _mm512_extractf32x4_ps((__m512)v, 3));
#endif
}

/* Four by four within each quarter of four vectors. */
static inline void transpose_quads(vec m[4])
{
	const vec low01 = __builtin_shufflevector(m[0], m[1], EACH_QUAD(FIRST_HALVES));
	const vec high01 = __builtin_shufflevector(m[0], m[1], EACH_QUAD(LAST_HALVES));
	const vec low23 = __builtin_shufflevector(m[2], m[3], EACH_QUAD(FIRST_HALVES));
	const vec high23 = __builtin_shufflevector(m[2], m[3], EACH_QUAD(LAST_HALVES));
	m[0] = __builtin_shufflevector(low01, low23, EACH_QUAD(FIRST_PAIRS));
	m[1] = __builtin_shufflevector(low01, low23, EACH_QUAD(LAST_PAIRS));
	m[2] = __builtin_shufflevector(high01, high23, EACH_QUAD(FIRST_PAIRS));
	m[3] = __builtin_shufflevector(high01, high23, EACH_QUAD(LAST_PAIRS));
}

/* BLOCK rows of `columns` floats (a multiple of LANES), `pitch` floats apart, to a strip. */
static void rows_to_strip(const float *rows, size_t pitch, uint32_t columns, struct strand *strip)
{
	for (uint32_t x = 0; x < columns; x += 4)
		for (size_t k = 0; k < STRANDS; k++) {
			vec m[4];
			for (size_t i = 0; i < 4; i++)
				m[i] = load_quads(rows + (k * LANES + i) * pitch + x, 4 * pitch);
			transpose_quads(m);
			for (size_t i = 0; i < 4; i++)
				strip[x + i].v[k] = m[i];
		}
}

/* ---- Luma of pixels, straight into strips -------------------------------------------------------------- */

#define RGB_BEYOND 2u /* pixels after the last one that rgb_to_strip may read */

enum { RED, GREEN, BLUE };
static const float rgb_weights[] = { 0.299f, 0.587f, 0.114f };

/* Byte `at` of each of the four-byte units, times the weight of its colour, rounded once. */
static inline vec weighted(vec units, int at, int colour)
{
#if LANES == 16
	/* A byte b becomes the float 2^23 + b, or 2^23 + 256 b, by joining it with constant bytes. That times the weight
	 * (by 256), less 2^23 times it, is the product as it is rounded once. */
	const __m512i x = (__m512i)units, two_23 = _mm512_set1_epi32(0x4b000000);
	const __m512i wanted = _mm512_add_epi32(_mm512_set4_epi32(12, 8, 4, 0), _mm512_set1_epi32(at));
	const float weight = rgb_weights[colour] / (at == 1 ? 256 : 1);
	const __m512i joined = at < 2 ? _mm512_ternarylogic_epi32(x, _mm512_set1_epi32(0xff << 8 * at), two_23, 0xea)
		: _mm512_mask_shuffle_epi8(two_23, 0x1111111111111111u, x, wanted);
	return plus_product(_mm512_set1_ps(-8388608.0f * weight), (vec)joined, weight);
#else
	typedef int32_t ints __attribute__((vector_size(LANES * 4)));
	return __builtin_convertvector(((ints)units >> 8 * at) & 255, vec) * rgb_weights[colour];
#endif
}

/* Pixel i of the four in three units. */
static inline vec luma_in(const vec units[3], int i)
{
	const int r = 3 * i, g = r + 1, b = r + 2;
	return weighted(units[r / 4], r % 4, RED) + weighted(units[g / 4], g % 4, GREEN)
		+ weighted(units[b / 4], b % 4, BLUE);
}

/* CHUNK pixels of BLOCK rows of RGB. */
static void rgb_to_strip(const uint8_t *rows, size_t stride, struct strand *strip)
{
	for (uint32_t x = 0; x < CHUNK; x += 4, rows += 12)
		for (size_t k = 0; k < STRANDS; k++) {
			vec m[4]; /* twelve bytes of use; the last four are the next pixels' */
			for (size_t i = 0; i < 4; i++)
				m[i] = load_quads(rows + (k * LANES + i) * stride, stride);
			transpose_quads(m);
			for (int i = 0; i < 4; i++)
				strip[x + (uint32_t)i].v[k] = luma_in(m, i);
		}
}

#endif
