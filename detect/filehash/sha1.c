/* FIPS 180-4. */
#include "block.h"

static inline uint32_t mix(unsigned i, uint32_t b, uint32_t c, uint32_t d)
{
	switch (i / 20) {
	case 0: return ((b & c) | (~b & d)) + 0x5a827999;
	case 1: return (b ^ c ^ d) + 0x6ed9eba1;
	case 2: return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	default: return (b ^ c ^ d) + 0xca62c1d6;
	}
}

void sha1_block(uint32_t state[5], const uint8_t block[64])
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], words[80];

	for (unsigned i = 0; i < 16; i++)
		words[i] = block_read_big(block + 4 * i);
	for (unsigned i = 16; i < 80; i++)
		words[i] = block_rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
#pragma GCC unroll 80
	for (unsigned i = 0; i < 80; i++) {
		uint32_t next = block_rotate(a, 5) + mix(i, b, c, d) + e + words[i];
		e = d;
		d = c;
		c = block_rotate(b, 30);
		b = a;
		a = next;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}
