/* The formats that lachan-decode opens, told apart by their first bytes. */
#include "picture.h"

static bool jpeg_claims(struct bytes file)
{
	return bytes_have(file, 0, "\xff\xd8\xff", 3);
}

static bool png_claims(struct bytes file)
{
	return bytes_have(file, 0, "\x89PNG\r\n\x1a\n", 8);
}

static bool webp_claims(struct bytes file)
{
	return bytes_have(file, 0, "RIFF", 4) && bytes_have(file, 8, "WEBP", 4);
}

static bool gif_claims(struct bytes file)
{
	return bytes_have(file, 0, "GIF87a", 6) || bytes_have(file, 0, "GIF89a", 6);
}

const struct picture_codec picture_codecs[] = {
	{ "jpeg", jpeg_claims, jpeg_decode },
	{ "png", png_claims, png_decode },
	{ "webp", webp_claims, webp_decode },
	{ "gif", gif_claims, gif_decode },
	{ "heif", heif_claims, heif_decode }, /* AVIF too: the same container */
	{ 0 },
};
