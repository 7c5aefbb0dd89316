/* The formats that lachan-decode opens. Loading libheif and its decoders would take four times as long as
 * starting the rest, so that its formats are only recognised here, and sent to another program. */
#include "picture.h"
#include "service.h"

static enum decode_code send_elsewhere(struct bytes, struct picture *picture)
{
	picture->elsewhere = true;
	return picture_fail(picture, DECODE_UNKNOWN, "opened by lachan-decode-heif");
}

const struct picture_codec picture_codecs[] = {
	{ "jpeg", jpeg_claims, jpeg_decode },
	{ "png", png_claims, png_decode },
	{ "webp", webp_claims, webp_decode },
	{ "gif", gif_claims, gif_decode },
	{ "heif", heif_claims, send_elsewhere },
	{ 0 },
};

const struct service service = { .serve = picture_serve };
