/* The compression functions of the three digests, and reading and writing of words. No C library. */
#ifndef FILEHASH_BLOCK_H
#define FILEHASH_BLOCK_H

#include <stdint.h>

void md5_block(uint32_t state[4], const uint8_t block[64]);
void sha1_block(uint32_t state[5], const uint8_t block[64]);
void sha256_block(uint32_t state[8], const uint8_t block[64]);

#ifdef __x86_64__
/* Whether this processor has the instructions that the two need. */
int sha_extensions(void);
void sha1_block_x86(uint32_t state[5], const uint8_t block[64]);
void sha256_block_x86(uint32_t state[8], const uint8_t block[64]);
#endif

/* To the left, by 1 to 31 bits. */
static inline uint32_t block_rotate(uint32_t v, unsigned by)
{
	return v << by | v >> (32 - by);
}

static inline uint32_t block_read_little(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint32_t block_read_big(const uint8_t *at)
{
	return (uint32_t)at[3] | (uint32_t)at[2] << 8 | (uint32_t)at[1] << 16 | (uint32_t)at[0] << 24;
}

static inline void block_write_little(uint8_t *at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static inline void block_write_big(uint8_t *at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (24 - 8 * i));
}

#endif
