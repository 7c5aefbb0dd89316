/* The formats that lachan-decode-heif opens. */
#include "picture.h"
#include "service.h"

const struct picture_codec picture_codecs[] = {
	{ "heif", heif_claims, heif_decode }, /* AVIF too: the same container */
	{ 0 },
};

const struct service service = { .prepare = heif_prepare, .serve = picture_serve, .threads = true };
