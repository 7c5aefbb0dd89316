/* The planes of a JPEG give the luma that its RGB gives, to the last bit, whatever its sides and sampling: libjpeg-turbo
 * is asked for both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "check.h"
#include "cmd/decoded.h"
#include "pdq/luma.h"
#include "picture.h"
#include "planes.h"

struct kind {
	const char *name;
	int components, across, down; /* samples of luma for one of chroma */
	bool progressive, rgb;        /* stored as RGB, after Adobe's marker */
	enum decode_sampling sampling;
};

static const struct kind kinds[] = {
	{ "4:4:4", 3, 1, 1, false, false, DECODE_444 },
	{ "4:2:2", 3, 2, 1, false, false, DECODE_422 },
	{ "4:2:0", 3, 2, 2, false, false, DECODE_420 },
	{ "4:2:0 progressive", 3, 2, 2, true, false, DECODE_420 },
	{ "4:2:2 progressive", 3, 2, 1, true, false, DECODE_422 },
	{ "4:4:0", 3, 1, 2, false, false, DECODE_INTERLEAVED },
	{ "4:1:1", 3, 4, 1, false, false, DECODE_INTERLEAVED },
	{ "RGB", 3, 1, 1, false, true, DECODE_INTERLEAVED },
	{ "grey", 1, 1, 1, false, false, DECODE_INTERLEAVED },
};

static uint8_t sample(int texture, uint32_t x, uint32_t y, int c, uint64_t *seed)
{
	switch (texture) {
	case 0: return (uint8_t)check_random(seed);
	case 1: return (x ^ y ^ (uint32_t)c) & 1 ? 255 : 0;
	default: return (uint8_t)(9 * x + 5 * y + 80 * (uint32_t)c);
	}
}

static struct bytes made(const struct kind *k, uint32_t width, uint32_t height, int texture, uint64_t *seed)
{
	struct jpeg_compress_struct info;
	struct jpeg_error_mgr errors;
	unsigned char *file = NULL;
	unsigned long n = 0;
	uint8_t *row = malloc((size_t)width * 3);

	info.err = jpeg_std_error(&errors);
	jpeg_create_compress(&info);
	jpeg_mem_dest(&info, &file, &n);
	info.image_width = width;
	info.image_height = height;
	info.input_components = k->components;
	info.in_color_space = k->components == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(&info);
	jpeg_set_quality(&info, 92, TRUE);
	if (k->rgb)
		jpeg_set_colorspace(&info, JCS_RGB);
	info.comp_info[0].h_samp_factor = k->across;
	info.comp_info[0].v_samp_factor = k->down;
	if (k->progressive)
		jpeg_simple_progression(&info);
	jpeg_start_compress(&info, TRUE);
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t i = 0; i < width * (uint32_t)k->components; i++)
			row[i] = sample(texture, i / (uint32_t)k->components, y, (int)(i % (uint32_t)k->components), seed);
		jpeg_write_scanlines(&info, &row, 1);
	}
	jpeg_finish_compress(&info);
	jpeg_destroy_compress(&info);
	free(row);
	return (struct bytes){ file, n };
}

static uint8_t *room(void *, size_t size)
{
	uint8_t *at = malloc(size);
	memset(at, 0xa5, size); /* what is left out shows */
	return at;
}

static enum decode_code opened(struct bytes file, bool planes, struct picture *picture)
{
	*picture = (struct picture){ .room = room, .planes = planes };
	return picture_decode(file, picture);
}

static struct pdq_source source_of(const struct picture *picture)
{
	struct pdq_source source;
	struct decode_image image = { .width = picture->width, .height = picture->height, .channels = picture->channels,
		.sampling = picture->sampling, .pixels = picture->pixels };
	planes_place(&image);
	const struct detect_image pixels = decoded_image(&image);
	const char *problem = pdq_source_of(&pixels, DETECT_FULL, &source);
	CHECK(!problem, "%s", problem);
	return source;
}

/* Luma is compared bit by bit, and the hash of what every kernel makes of it. */
static void compare(const struct picture *rgb, const struct picture *planes, const char *name)
{
	const struct pdq_source from_rgb = source_of(rgb), from_planes = source_of(planes);
	const size_t n = rgb->width;
	float *expected = malloc(n * sizeof *expected), *got = malloc(n * sizeof *got);
	for (uint32_t y = 0; y < rgb->height; y++) {
		luma_part(&from_rgb, y, 0, rgb->width, expected);
		luma_part(&from_planes, y, 0, rgb->width, got);
		CHECK(!memcmp(expected, got, n * sizeof *got), "%s %ux%u, row %u", name, rgb->width, rgb->height, y);
	}
	free(expected);
	free(got);
}

static const struct pdq_kernel *const kernels[] = {
	&pdq_kernel_portable,
#ifdef __x86_64__
	&pdq_kernel_avx2,
	&pdq_kernel_avx512,
#endif
};

static void compare_hashes(const struct picture *rgb, const struct picture *planes, const char *name)
{
	const struct pdq_source from_rgb = source_of(rgb), from_planes = source_of(planes);
	if (rgb->width < PDQ_SIDE_MIN || rgb->height < PDQ_SIDE_MIN)
		return;
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
		if (!kernels[k]->supported())
			continue;
		struct pdq_signal expected, got;
		void *scratch = aligned_alloc(64, kernels[k]->scratch_size(&from_rgb));
		kernels[k]->signal(&from_rgb, scratch, &expected);
		kernels[k]->signal(&from_planes, scratch, &got);
		CHECK(!memcmp(expected.dct, got.dct, sizeof got.dct) && expected.quality == got.quality, "%s: %s %ux%u",
			kernels[k]->name, name, rgb->width, rgb->height);
		free(scratch);
	}
}

static void try_one(const struct kind *k, uint32_t width, uint32_t height, int texture, uint64_t *seed)
{
	const struct bytes file = made(k, width, height, texture, seed);
	struct picture rgb, planes;
	CHECK(opened(file, false, &rgb) == DECODE_OK, "%s", rgb.message);
	CHECK(opened(file, true, &planes) == DECODE_OK, "%s", planes.message);
	CHECK(rgb.sampling == DECODE_INTERLEAVED, " ");
	CHECK(planes.sampling == (width < 5 ? DECODE_INTERLEAVED : k->sampling), "%s", k->name);
	compare(&rgb, &planes, k->name);
	compare_hashes(&rgb, &planes, k->name);
	free(rgb.pixels);
	free(planes.pixels);
	free((void *)(uintptr_t)file.at);
}

/* Cut short, and with bytes changed: both ways say the same, and what they still give is the same picture. */
static void try_spoilt(const struct kind *k, uint64_t *seed)
{
	const struct bytes file = made(k, 45, 37, 0, seed);
	uint8_t *copy = malloc(file.n);
	for (size_t i = 0; i < 400; i++) {
		const size_t n = i % 2 ? file.n : check_random(seed) % file.n + 1;
		memcpy(copy, file.at, n);
		for (size_t flips = i % 2 ? check_random(seed) % 4 + 1 : 0; flips; flips--)
			copy[check_random(seed) % n] = (uint8_t)check_random(seed);
		struct picture rgb, planes;
		const enum decode_code a = opened((struct bytes){ copy, n }, false, &rgb);
		const enum decode_code b = opened((struct bytes){ copy, n }, true, &planes);
		CHECK(a == b && rgb.damaged == planes.damaged, "%s: %d and %d", k->name, (int)a, (int)b);
		if (a == DECODE_OK && b == DECODE_OK)
			compare(&rgb, &planes, k->name);
		free(rgb.pixels);
		free(planes.pixels);
	}
	free(copy);
	free((void *)(uintptr_t)file.at);
}

int main(void)
{
	uint64_t seed = 1;
	static const uint32_t larger[][2] = { { 63, 65 }, { 64, 64 }, { 65, 127 }, { 66, 70 }, { 128, 31 }, { 129, 33 },
		{ 130, 5 }, { 257, 259 }, { 700, 61 } };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (uint32_t width = 1; width <= 40; width++)
			for (uint32_t height = 1; height <= 40; height++)
				try_one(&kinds[k], width, height, (int)(width + height) % 3, &seed);
		for (size_t i = 0; i < sizeof larger / sizeof *larger; i++)
			for (int texture = 0; texture < 3; texture++)
				try_one(&kinds[k], larger[i][0], larger[i][1], texture, &seed);
		try_spoilt(&kinds[k], &seed);
	}
	return check_done();
}
