/*
 * The PDQ core: from pixels or luma to 16x16 DCT coefficients, and from those to hash bits.
 * Freestanding: needs no C library, so that the same source builds for WebAssembly.
 * The algorithm is that of "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm"
 * (Facebook, 2019); every floating-point operation and its order is part of the definition.
 */
#ifndef PDQ_H
#define PDQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lachan/detect.h"

#define PDQ_SIDE_MAX 65536u /* pixels, either way */
#define PDQ_SIDE_MIN 5u     /* smaller pictures have the all-zero hash of quality 0 */

/* A picture: width x height of what is hashed. Either luma (width * height floats, row by row) or pixels
 * of 1 to 4 interleaved 8-bit channels, taken by nearest neighbour from a picture of full_width x
 * full_height (the same as width x height when nothing is resized). Everything is borrowed. */
struct pdq_source {
	const float *luma;
	const uint8_t *pixels;
	size_t stride; /* bytes from one row of pixels to the next */
	uint32_t channels;
	enum detect_sampling sampling; /* not 0: pixels are luma, with chroma (blue, red) in planes of their own */
	const uint8_t *chroma[2];
	size_t chroma_stride;
	uint32_t width, height;
	uint32_t full_width, full_height;
	uint8_t family;
	bool keep_64; /* a picture of exactly 64x64 is taken as it is, unblurred */
};

struct pdq_signal {
	float dct[16][16];
	int quality; /* 0..100 */
};

/* One implementation; all give the same bits. */
struct pdq_kernel {
	const char *name;
	bool (*supported)(void);
	/* Bytes of scratch memory, aligned to 64, that signal() needs for this source. */
	size_t (*scratch_size)(const struct pdq_source *source);
	/* Blurs, samples and transforms; sides must lie in PDQ_SIDE_MIN..PDQ_SIDE_MAX. */
	void (*signal)(const struct pdq_source *source, void *scratch, struct pdq_signal *out);
	/* The end of it alone: 64x64 luma, already small, to coefficients (TMK+PDQF uses it unblurred). */
	void (*transform)(const float small[64][64], struct pdq_signal *out);
};

extern const struct pdq_kernel pdq_kernel_portable, pdq_kernel_avx2, pdq_kernel_avx512;

/* The fastest kernel of this processor. */
const struct pdq_kernel *pdq_kernel(void);

enum pdq_turn { /* in the order in which the eight are listed everywhere */
	PDQ_ORIGINAL,
	PDQ_ROTATE_90,
	PDQ_ROTATE_180,
	PDQ_ROTATE_270,
	PDQ_FLIP_X,
	PDQ_FLIP_Y,
	PDQ_FLIP_PLUS_1,
	PDQ_FLIP_MINUS_1,
};

/* The hash bits of the picture turned so, without another blur. Byte 0 holds bits 255..248. */
void pdq_bits(const struct pdq_signal *signal, enum pdq_turn turn, uint8_t bits[32]);

/* Luma of n pixels side by side, of 1 to 4 channels; alpha is dropped. */
void pdq_luma_row(const uint8_t *pixels, uint32_t channels, size_t n, float *out);

/* The source that stands for a picture in a family; NULL, or why it cannot be hashed. */
const char *pdq_source_of(
	const struct detect_image *image, enum detect_family family, struct pdq_source *out);

/* The first `turns` of the eight hashes; all zero, quality 0, for a picture under PDQ_SIDE_MIN. */
size_t pdq_scratch_size(const struct pdq_kernel *kernel, const struct pdq_source *source);
void pdq_hash_source(const struct pdq_kernel *kernel, const struct pdq_source *source, void *scratch,
	int turns, struct detect_pdq *out);

#endif
