/* Prints, as a JavaScript array, what the native library makes of made-up pictures and of bytes: the page that
 * tests the WebAssembly build makes the same pictures from the same seeds. */
#include <stdio.h>
#include <stdlib.h>

#include "lachan/detect.h"

/* xorshift32: short enough to be the same in both languages. */
static uint8_t next_byte(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return (uint8_t)(*state >> 24);
}

static void print_picture(uint32_t width, uint32_t height, uint32_t channels, enum detect_family family)
{
	const size_t n = (size_t)width * height * channels;
	uint8_t *pixels = malloc(n);
	uint32_t state = width * 65537 + height;
	for (size_t i = 0; i < n; i++)
		pixels[i] = (uint8_t)(next_byte(&state) / 4 + i / channels % width * 191 / width);
	const struct detect_image image = { .pixels = pixels, .width = width, .height = height, .channels = channels };
	struct detect_pdq hash, turned[DETECT_TURNS];
	char hex[65];
	if (detect_pdq_hash(&image, family, &hash, NULL) || detect_pdq_dihedral(&image, family, turned, NULL))
		exit(1);
	detect_pdq_to_hex(&hash, hex);
	printf("{width:%u,height:%u,channels:%u,family:%d,quality:%u,pdq:'%s',turned:[", width, height, channels,
		(int)family, hash.quality, hex);
	for (int t = 0; t < DETECT_TURNS; t++) {
		detect_pdq_to_hex(&turned[t], hex);
		printf("'%s',", hex);
	}
	puts("]},");
	free(pixels);
}

static void print_file(uint32_t n)
{
	struct detect_file_hasher hasher;
	struct detect_file_hashes hashes;
	uint32_t state = n + 1;
	char md5[33], sha1[41], sha256[65];
	detect_file_hasher_begin(&hasher);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t byte = next_byte(&state);
		detect_file_hasher_add(&hasher, &byte, 1);
	}
	detect_file_hasher_end(&hasher, &hashes);
	detect_bytes_to_hex(hashes.md5, 16, md5);
	detect_bytes_to_hex(hashes.sha1, 20, sha1);
	detect_bytes_to_hex(hashes.sha256, 32, sha256);
	printf("{bytes:%u,md5:'%s',sha1:'%s',sha256:'%s'},\n", n, md5, sha1, sha256);
}

int main(void)
{
	static const uint32_t sides[][2] = { { 5, 5 }, { 3, 90 }, { 64, 64 }, { 127, 300 }, { 512, 512 },
		{ 700, 513 }, { 1600, 1004 } };
	puts("const pictures = [");
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
		for (uint32_t channels = 1; channels <= 4; channels++)
			print_picture(sides[i][0], sides[i][1], channels, DETECT_FULL);
		print_picture(sides[i][0], sides[i][1], 3, DETECT_CPP512);
	}
	puts("], files = [");
	for (uint32_t n = 0; n < 3000000; n = n * 3 + 1)
		print_file(n);
	puts("];");
	return ferror(stdout) != 0;
}
