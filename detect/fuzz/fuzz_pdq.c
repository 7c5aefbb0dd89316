/* Any pixels, any sides: each kernel gives the oracle's bits. Input: width, height (2 bytes each), channels and
 * family (and sampling), then pixels, repeated as often as needed. */
#include <stdlib.h>
#include <string.h>

#include "pdq/luma.h"
#include "pdq/oracle.h"

enum { SIDE_MAX = 700 };

static const struct pdq_kernel *const kernels[] = {
	&pdq_kernel_portable,
#ifdef __x86_64__
	&pdq_kernel_avx2,
	&pdq_kernel_avx512,
#endif
};

static void oracle(const struct pdq_source *source, struct pdq_signal *out)
{
	const size_t bytes = (size_t)source->width * source->height * sizeof(float);
	float *a = malloc(bytes), *b = malloc(bytes);
	for (uint32_t y = 0; y < source->height; y++)
		luma_part(source, y, 0, source->width, a + (size_t)y * source->width);
	oracle_signal(a, b, (int)source->height, (int)source->width, out);
	free(a);
	free(b);
}

static void compare(const struct pdq_source *source)
{
	struct pdq_signal expected, got;
	uint8_t bits[32], oracle_result[32];
	oracle(source, &expected);
	oracle_bits(&expected, oracle_result);
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
		if (!kernels[k]->supported())
			continue;
		void *scratch = aligned_alloc(64, kernels[k]->scratch_size(source));
		kernels[k]->signal(source, scratch, &got);
		free(scratch);
		pdq_bits(&got, PDQ_ORIGINAL, bits);
		if (memcmp(got.dct, expected.dct, sizeof got.dct) || got.quality != expected.quality ||
			memcmp(bits, oracle_result, sizeof bits))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 7)
		return 0;
	const uint32_t width = (uint32_t)(data[0] | data[1] << 8) % SIDE_MAX,
				   height = (uint32_t)(data[2] | data[3] << 8) % SIDE_MAX;
	const uint32_t channels = data[4] % 6;
	const size_t bytes = (size_t)width * height * channels;
	uint8_t *pixels = malloc(bytes + 1); /* planes take no more than RGB */
	for (size_t i = 0; i < bytes; i++)
		pixels[i] = data[6 + i % (n - 6)];
	const enum detect_sampling sampling = (enum detect_sampling)(data[5] >> 2 & 7);
	const size_t chroma_stride = sampling == DETECT_444 ? width : (width + 1) / 2;
	const size_t chroma_bytes = chroma_stride * (sampling == DETECT_420 ? (height + 1) / 2 : height);
	const struct detect_image image = { .pixels = pixels, .width = width, .height = height, .channels = channels,
		.sampling = sampling, .chroma_stride = chroma_stride,
		.chroma = { pixels + (size_t)width * height, pixels + (channels == 3 ? bytes - chroma_bytes : 0) } };
	struct pdq_source source;
	if (!pdq_source_of(&image, (enum detect_family)(data[5] % 4), &source)) {
		struct detect_pdq hash;
		if (detect_pdq_hash(&image, (enum detect_family)(data[5] % 4), &hash, NULL))
			abort();
		if (source.width >= PDQ_SIDE_MIN && source.height >= PDQ_SIDE_MIN)
			compare(&source);
	}
	free(pixels);
	return 0;
}
