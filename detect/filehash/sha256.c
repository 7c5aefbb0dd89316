/* FIPS 180-4. */
#include "block.h"

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t roots[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void spread(const uint8_t block[64], uint32_t words[64])
{
	for (unsigned i = 0; i < 16; i++)
		words[i] = block_read_big(block + 4 * i);
	for (unsigned i = 16; i < 64; i++) {
		uint32_t x = words[i - 15], y = words[i - 2];
		uint32_t s0 = block_rotate(x, 25) ^ block_rotate(x, 14) ^ x >> 3;
		uint32_t s1 = block_rotate(y, 15) ^ block_rotate(y, 13) ^ y >> 10;
		words[i] = words[i - 16] + s0 + words[i - 7] + s1;
	}
}

void sha256_block(uint32_t state[8], const uint8_t block[64])
{
	uint32_t words[64], v[8];

	spread(block, words);
	for (unsigned i = 0; i < 8; i++)
		v[i] = state[i];
#pragma GCC unroll 8
	for (unsigned i = 0; i < 64; i++) {
		uint32_t a = v[0], e = v[4];
		uint32_t s1 = block_rotate(e, 26) ^ block_rotate(e, 21) ^ block_rotate(e, 7);
		uint32_t s0 = block_rotate(a, 30) ^ block_rotate(a, 19) ^ block_rotate(a, 10);
		uint32_t t1 = v[7] + s1 + ((e & v[5]) ^ (~e & v[6])) + roots[i] + words[i];
		uint32_t t2 = s0 + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
		v[7] = v[6], v[6] = v[5], v[5] = e;
		v[4] = v[3] + t1;
		v[3] = v[2], v[2] = v[1], v[1] = a;
		v[0] = t1 + t2;
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] += v[i];
}
