/* Every kernel gives the oracle's coefficients, quality and bits, to the last bit. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "pdq/luma.h"
#include "pdq/oracle.h"

static const struct pdq_kernel *const kernels[] = {
	&pdq_kernel_portable,
#ifdef __x86_64__
	&pdq_kernel_avx2,
	&pdq_kernel_avx512,
#endif
};

enum texture { NOISE, FLAT, STRIPES, CHECKS, RAMP, SPIKE, ONE_BLUE, NEARLY_FLAT, TEXTURES };

static uint8_t texel(enum texture t, uint32_t x, uint32_t y, uint32_t c, uint64_t *seed)
{
	switch (t) {
	case NOISE: return (uint8_t)check_random(seed);
	case FLAT: return 255;
	case STRIPES: return x & 1 ? 255 : 0;
	case CHECKS: return (x ^ y) & 1 ? 255 : 0;
	case RAMP: return (uint8_t)(x + 3 * y + 7 * c);
	case SPIKE: return x == 7 && y == 9 ? 255 : 0;
	case ONE_BLUE: return c == 2 && x % 61 == 0 && y % 53 == 0;
	case NEARLY_FLAT: return (uint8_t)(127 + (check_random(seed) % 50 == 0));
	default: abort();
	}
}

static void fill(uint8_t *pixels, const struct pdq_source *s, enum texture t, uint64_t *seed)
{
	for (uint32_t y = 0; y < s->full_height; y++)
		for (uint32_t x = 0; x < s->full_width; x++)
			for (uint32_t c = 0; c < s->channels; c++)
				pixels[y * s->stride + (size_t)x * s->channels + c] = texel(t, x, y, c, seed);
}

/* Luma as the definition has it, written independently of the kernels. */
static float *luma_of_source(const struct pdq_source *s)
{
	float *luma = malloc((size_t)s->width * s->height * sizeof *luma);
	for (uint32_t y = 0; y < s->height; y++)
		for (uint32_t x = 0; x < s->width; x++) {
			size_t from_y = (size_t)y * s->full_height / s->height,
				   from_x = (size_t)x * s->full_width / s->width;
			const uint8_t *p = s->pixels + from_y * s->stride + from_x * s->channels;
			float v = s->channels < 3 ? (float)p[0] : 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
			luma[(size_t)y * s->width + x] = v;
		}
	return luma;
}

static void compare(const struct pdq_source *s, const struct pdq_signal *expected, enum texture t)
{
	uint8_t oracle[32], bits[32];
	oracle_bits(expected, oracle);
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
		if (!kernels[k]->supported())
			continue;
		struct pdq_signal got;
		void *scratch = aligned_alloc(64, kernels[k]->scratch_size(s));
		kernels[k]->signal(s, scratch, &got);
		pdq_bits(&got, PDQ_ORIGINAL, bits);
		CHECK(!memcmp(got.dct, expected->dct, sizeof got.dct),
			"%s, %ux%u (of %ux%u), %u channels, texture %d", kernels[k]->name, s->width, s->height,
			s->full_width, s->full_height, s->channels, (int)t);
		CHECK(got.quality == expected->quality, "%s: %d, not %d", kernels[k]->name, got.quality,
			expected->quality);
		CHECK(!memcmp(bits, oracle, sizeof bits), "%s", kernels[k]->name);
		free(scratch);
	}
}

static void try_size(uint32_t width, uint32_t height, uint32_t channels, bool shrink, uint64_t *seed)
{
	struct pdq_source s = {
		.width = shrink ? 512 : width,
		.height = shrink ? 512 : height,
		.full_width = width,
		.full_height = height,
		.channels = channels,
		.stride = (size_t)width * channels + 5,
	};
	uint8_t *pixels = malloc(s.stride * height);
	s.pixels = pixels;
	for (int t = 0; t < TEXTURES; t++) {
		fill(pixels, &s, (enum texture)t, seed);
		float *luma = luma_of_source(&s), *room = malloc((size_t)s.width * s.height * sizeof *room);
		struct pdq_source direct = s;
		direct.luma = memcpy(malloc((size_t)s.width * s.height * sizeof *luma), luma,
			(size_t)s.width * s.height * sizeof *luma);
		struct pdq_signal expected;
		oracle_signal(luma, room, (int)s.height, (int)s.width, &expected);
		compare(&s, &expected, (enum texture)t);
		compare(&direct, &expected, (enum texture)t);
		free((void *)(uintptr_t)direct.luma);
		free(room);
		free(luma);
	}
	free(pixels);
}

/* Planes that no JPEG need give, so that every clamp is met. Luma is that of single pixels here, which test_pdq_planes
 * holds to libjpeg-turbo's. */
static void try_planes(uint32_t width, uint32_t height, enum detect_sampling sampling, uint64_t *seed)
{
	struct pdq_source s = { .width = width, .height = height, .full_width = width, .full_height = height,
		.channels = 3, .stride = width, .sampling = sampling,
		.chroma_stride = sampling == DETECT_444 ? width : (width + 1) / 2 };
	const size_t pixels = (size_t)width * height,
				 chroma = s.chroma_stride * (sampling == DETECT_420 ? (height + 1) / 2 : height);
	uint8_t *planes[3];
	for (int c = 0; c < 3; c++)
		planes[c] = malloc(c ? chroma : pixels);
	s.pixels = planes[0];
	s.chroma[0] = planes[1];
	s.chroma[1] = planes[2];
	for (int t = 0; t < 3; t++) {
		for (int c = 0; c < 3; c++)
			for (size_t i = 0; i < (c ? chroma : pixels); i++)
				planes[c][i] = (uint8_t)(t == 0 ? check_random(seed) : t == 1 ? check_random(seed) % 2 * 255 : i * 7);
		float *luma = malloc(pixels * sizeof *luma), *room = malloc(pixels * sizeof *room);
		for (uint32_t y = 0; y < height; y++)
			luma_part(&s, y, 0, width, luma + (size_t)y * width);
		struct pdq_signal expected;
		oracle_signal(luma, room, (int)height, (int)width, &expected);
		compare(&s, &expected, (enum texture)t);
		free(room);
		free(luma);
	}
	for (int c = 0; c < 3; c++)
		free(planes[c]);
}

int main(void)
{
	uint64_t seed = 1;
	static const uint32_t sides[][2] = {
		{ 5, 5 },
		{ 5, 700 },
		{ 700, 5 },
		{ 64, 64 },
		{ 63, 65 },
		{ 127, 129 },
		{ 128, 128 },
		{ 16, 31 },
		{ 256, 256 },
		{ 512, 512 },
		{ 513, 511 },
		{ 640, 33 },
		{ 1600, 1004 },
		{ 2049, 97 },
		{ 33, 2049 }, { 9000, 40 }, { 40, 9000 }, { 17000, 9 }, { 65536, 5 },
	};
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
		try_size(sides[i][0], sides[i][1], 3, false, &seed);
	for (int i = 0; i < 40; i++) {
		uint32_t width = 5 + (uint32_t)(check_random(&seed) % 400),
				 height = 5 + (uint32_t)(check_random(&seed) % 400);
		try_size(width, height, 1 + (uint32_t)i % 4, false, &seed);
	}
	for (int sampling = DETECT_444; sampling <= DETECT_420; sampling++)
		for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
			try_planes(sides[i][0], sides[i][1], (enum detect_sampling)sampling, &seed);
	try_size(1031, 517, 3, true, &seed);
	try_size(300, 513, 1, true, &seed);
	return check_done();
}
