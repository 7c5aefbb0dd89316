/* SHA-1 and SHA-256 by the instructions that newer x86 processors have for them (Intel, "SHA Extensions", 2013): some four to six
 * times as fast. The same digests; hasher.c chooses. */
#include "block.h"

#include <cpuid.h>
#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

int sha_extensions(void)
{
	static int known; /* 1: no, 2: yes; whoever asks first writes what everybody would */
	unsigned a = 0, b = 0, c = 0, d = 0, more = 0, simd = 0;
	int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);

	if (answer == 0) {
		if (__get_cpuid(1, &a, &b, &simd, &d))
			more = __get_cpuid_count(7, 0, &a, &b, &c, &d) ? b : 0;
		answer = (more & bit_SHA) && (simd & bit_SSE4_1) && (simd & bit_SSSE3) ? 2 : 1;
		__atomic_store_n(&known, answer, __ATOMIC_RELAXED);
	}
	return answer == 2;
}

/* ---- SHA-256: state lies as ABEF and CDGH ------------------------------------------------------------------------------------ */

static const uint32_t roots[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Words 16 and on of the schedule, four at a time, each in the place of those sixteen words before. */
static inline WITH_SHA __m128i sha256_words(__m128i w[4], int i, const uint8_t *block, __m128i bytes)
{
	if (i < 4)
		return w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), bytes);
	__m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]), _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
	return w[i % 4] = _mm_sha256msg2_epu32(sum, w[(i + 3) % 4]);
}

WITH_SHA void sha256_block_x86(uint32_t state[8], const uint8_t block[64])
{
	const __m128i bytes = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
	__m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
	__m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);
	const __m128i abef_before = abef, cdgh_before = cdgh;
	__m128i w[4];

#pragma GCC unroll 16
	for (int i = 0; i < 16; i++) {
		__m128i four = _mm_add_epi32(sha256_words(w, i, block, bytes), _mm_load_si128((const __m128i *)(roots + 4 * i)));
		cdgh = _mm_sha256rnds2_epu32(cdgh, abef, four);
		abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(four, 0x0e));
	}
	abef = _mm_add_epi32(abef, abef_before);
	cdgh = _mm_add_epi32(cdgh, cdgh_before);
	low = _mm_shuffle_epi32(abef, 0x1b);
	high = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

/* ---- SHA-1 --------------------------------------------------------------------------------------------------------------------- */

static inline WITH_SHA __m128i sha1_words(__m128i w[4], int i, const uint8_t *block, __m128i bytes)
{
	if (i < 4)
		return w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), bytes);
	__m128i x = _mm_xor_si128(_mm_sha1msg1_epu32(w[i % 4], w[(i + 1) % 4]), w[(i + 2) % 4]);
	return w[i % 4] = _mm_sha1msg2_epu32(x, w[(i + 3) % 4]);
}

/* Four rounds; which function of the four is part of the instruction. */
static inline WITH_SHA __m128i sha1_rounds(__m128i abcd, __m128i e, int i)
{
	switch (i / 5) {
	case 0: return _mm_sha1rnds4_epu32(abcd, e, 0);
	case 1: return _mm_sha1rnds4_epu32(abcd, e, 1);
	case 2: return _mm_sha1rnds4_epu32(abcd, e, 2);
	default: return _mm_sha1rnds4_epu32(abcd, e, 3);
	}
}

WITH_SHA void sha1_block_x86(uint32_t state[5], const uint8_t block[64])
{
	const __m128i bytes = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	const __m128i abcd_before = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1b);
	const __m128i e_before = _mm_set_epi32((int)state[4], 0, 0, 0);
	__m128i abcd = abcd_before, before = e_before, w[4];

#pragma GCC unroll 20
	for (int i = 0; i < 20; i++) {
		__m128i words = sha1_words(w, i, block, bytes);
		__m128i e = i == 0 ? _mm_add_epi32(before, words) : _mm_sha1nexte_epu32(before, words);
		before = abcd;
		abcd = sha1_rounds(abcd, e, i);
	}
	before = _mm_sha1nexte_epu32(before, e_before);
	abcd = _mm_add_epi32(abcd, abcd_before);
	_mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1b));
	state[4] = (uint32_t)_mm_extract_epi32(before, 3);
}
