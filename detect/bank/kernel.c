/* Compiled without anything special, with POPCNT, and with AVX-512 VPOPCNTDQ. */
#include "kernel.h"

#ifdef __AVX512VPOPCNTDQ__
#include <immintrin.h>

static size_t filter(const uint32_t *sketches, uint32_t query, struct piece *pieces, size_t *at, size_t n,
	uint32_t *passed, size_t room)
{
	const __m512i wanted = _mm512_set1_epi32((int)query);
	const __m512i steps = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
	size_t count = 0;
	for (; *at < n; ++*at) {
		struct piece *p = &pieces[*at];
		const __m512i limit = _mm512_set1_epi32((int)p->limit);
		for (; p->from < p->to; p->from += p->to - p->from < 16 ? p->to - p->from : 16) {
			if (room - count < PASSED_SPARE)
				return count;
			uint32_t left = p->to - p->from;
			__mmask16 valid = (__mmask16)(left < 16 ? (1u << left) - 1 : 0xffffu);
			__m512i differ = _mm512_xor_si512(_mm512_maskz_loadu_epi32(valid, sketches + p->from), wanted);
			__mmask16 pass = _mm512_mask_cmple_epu32_mask(valid, _mm512_popcnt_epi32(differ), limit);
			if (!pass)
				continue;
			__m512i places = _mm512_add_epi32(_mm512_set1_epi32((int)p->from), steps);
			_mm512_mask_compressstoreu_epi32(passed + count, pass, places);
			count += (size_t)__builtin_popcount(pass);
		}
	}
	return count;
}

static size_t scan(const uint64_t *block, size_t n, const uint64_t query[4], uint32_t radius, uint32_t *hits)
{
	const __m512i limit = _mm512_set1_epi64((long long)radius);
	__m512i wanted[4];
	size_t count = 0;
	for (int k = 0; k < 4; k++)
		wanted[k] = _mm512_set1_epi64((long long)query[k]);
	for (size_t i = 0; i < n; i += 8) {
		__m512i sum = _mm512_setzero_si512();
		for (size_t k = 0; k < 4; k++) {
			__m512i word = _mm512_loadu_si512(block + k * SCAN_BLOCK + i);
			sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_xor_si512(word, wanted[k])));
		}
		uint32_t pass = _mm512_cmple_epu64_mask(sum, limit);
		for (; pass; pass &= pass - 1) {
			size_t hit = i + (size_t)__builtin_ctz(pass);
			if (hit < n)
				hits[count++] = (uint32_t)hit;
		}
	}
	return count;
}

#else

static size_t filter(const uint32_t *sketches, uint32_t query, struct piece *pieces, size_t *at, size_t n,
	uint32_t *passed, size_t room)
{
	size_t count = 0;
	for (; *at < n; ++*at) {
		struct piece *p = &pieces[*at];
		for (; p->from < p->to; p->from++) {
			if (room - count < PASSED_SPARE)
				return count;
			passed[count] = p->from;
			count += (uint32_t)__builtin_popcount(sketches[p->from] ^ query) <= p->limit;
		}
	}
	return count;
}

static size_t scan(const uint64_t *block, size_t n, const uint64_t query[4], uint32_t radius, uint32_t *hits)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		int sum = 0;
		for (size_t k = 0; k < 4; k++)
			sum += __builtin_popcountll(block[k * SCAN_BLOCK + i] ^ query[k]);
		hits[count] = (uint32_t)i;
		count += (uint32_t)sum <= radius;
	}
	return count;
}

#endif

static bool supported(void)
{
	return BANK_SUPPORTED;
}

const struct bank_kernel BANK_KERNEL = { BANK_NAME, supported, filter, scan };
