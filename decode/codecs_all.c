/* All formats in one process without walls: for tests, fuzzers and benchmarks. */
#include "picture.h"

const struct picture_codec picture_codecs[] = {
	{ "jpeg", jpeg_claims, jpeg_decode },
	{ "png", png_claims, png_decode },
	{ "webp", webp_claims, webp_decode },
	{ "gif", gif_claims, gif_decode },
	{ "heif", heif_claims, heif_decode },
	{ 0 },
};
