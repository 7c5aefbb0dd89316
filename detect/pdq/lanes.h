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

/* Four floats of every fourth row. */
static inline vec load_quads(const float *at, size_t pitch)
{
#if LANES == 4
	(void)pitch;
	return *(const vec_any *)at;
#elif LANES == 8
	return (vec)_mm256_loadu2_m128(at + 4 * pitch, at);
#else
	__m512 all = _mm512_castps128_ps512(_mm_loadu_ps(at));
	all = _mm512_insertf32x4(all, _mm_loadu_ps(at + 4 * pitch), 1);
	all = _mm512_insertf32x4(all, _mm_loadu_ps(at + 8 * pitch), 2);
	return (vec)_mm512_insertf32x4(all, _mm_loadu_ps(at + 12 * pitch), 3);
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
				m[i] = load_quads(rows + (k * LANES + i) * pitch + x, pitch);
			transpose_quads(m);
			for (size_t i = 0; i < 4; i++)
				strip[x + i].v[k] = m[i];
		}
}

#endif
