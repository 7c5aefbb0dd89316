/* The three digests side by side: all take blocks of 64 bytes and end with one bit, zeros and the length.
 * Freestanding: needs no C library, so that the same source builds for WebAssembly. */
#include "block.h"
#include "lachan/detect.h"

static const struct detect_file_hasher begin = {
	.md5 = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 },
	.sha1 = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 },
	.sha256 = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 },
};

void detect_file_hasher_begin(struct detect_file_hasher *hasher)
{
	*hasher = begin;
}

static void sha_blocks(struct detect_file_hasher *hasher, const uint8_t block[64])
{
#ifdef __x86_64__
	if (sha_extensions()) {
		sha1_block_x86(hasher->sha1, block);
		sha256_block_x86(hasher->sha256, block);
		return;
	}
#endif
	sha1_block(hasher->sha1, block);
	sha256_block(hasher->sha256, block);
}

static void add_block(struct detect_file_hasher *hasher, const uint8_t block[64])
{
	md5_block(hasher->md5, block);
	sha_blocks(hasher, block);
}

void detect_file_hasher_add(struct detect_file_hasher *hasher, const void *data, size_t n)
{
	const uint8_t *at = data;
	size_t used = hasher->bytes % 64;

	hasher->bytes += n;
	for (; used && n; n--) {
		hasher->block[used++] = *at++;
		if (used == 64) {
			add_block(hasher, hasher->block);
			used = 0;
		}
	}
	for (; n >= 64; n -= 64, at += 64)
		add_block(hasher, at);
	for (; n; n--)
		hasher->block[used++] = *at++;
}

/* The last block, where md5 wants the length in bits low byte first, and the others high byte first. */
static void add_length(struct detect_file_hasher *hasher, uint64_t bits)
{
	for (unsigned i = 0; i < 8; i++)
		hasher->block[56 + i] = (uint8_t)(bits >> 8 * i);
	md5_block(hasher->md5, hasher->block);
	for (unsigned i = 0; i < 8; i++)
		hasher->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
	sha_blocks(hasher, hasher->block);
}

void detect_file_hasher_end(struct detect_file_hasher *hasher, struct detect_file_hashes *out)
{
	static const uint8_t padding[64] = { 0x80 };
	const uint64_t bytes = hasher->bytes;

	detect_file_hasher_add(hasher, padding, 1 + (119 - bytes % 64) % 64);
	add_length(hasher, bytes * 8);
	out->bytes = bytes;
	for (unsigned i = 0; i < 4; i++)
		block_write_little(out->md5 + 4 * i, hasher->md5[i]);
	for (unsigned i = 0; i < 5; i++)
		block_write_big(out->sha1 + 4 * i, hasher->sha1[i]);
	for (unsigned i = 0; i < 8; i++)
		block_write_big(out->sha256 + 4 * i, hasher->sha256[i]);
}
