/* HEIF and AVIF by libheif: the primary picture, with the turns and crops that the container itself declares
 * (they are part of the picture's definition, ISO/IEC 23008-12; EXIF's are not). */
#include "picture.h"

#include "message.h"

#include <libheif/heif.h>
#include <string.h>

struct heif {
	struct heif_context *context;
	struct heif_image_handle *handle;
	struct heif_image *image;
	struct picture *picture;
};

void heif_prepare(void)
{
	heif_init(NULL);
}

static enum decode_code library_fail(struct heif *heif, struct heif_error error)
{
	bool large = error.code == heif_error_Memory_allocation_error
		|| error.subcode == heif_suberror_Security_limit_exceeded;
	return picture_fail(heif->picture, large ? DECODE_TOO_LARGE : DECODE_BROKEN, "%s",
		error.message ? error.message : "broken");
}

#define HEIF_TRY(call)                                        \
	do {                                                  \
		struct heif_error error_ = (call);            \
		if (error_.code != heif_error_Ok)             \
			return library_fail(heif, error_);    \
	} while (0)

static enum decode_code open_primary(struct heif *heif, struct bytes file)
{
	heif->context = heif_context_alloc();
	if (!heif->context)
		return picture_fail(heif->picture, DECODE_TOO_LARGE, "no memory");
	heif_context_set_maximum_image_size_limit(heif->context, DECODE_SIDE_MAX);
	heif_context_set_max_decoding_threads(heif->context, 0);
	HEIF_TRY(heif_context_read_from_memory_without_copy(heif->context, file.at, file.n, NULL));
	HEIF_TRY(heif_context_get_primary_image_handle(heif->context, &heif->handle));
	return DECODE_OK;
}

static enum decode_code decode_primary(struct heif *heif)
{
	struct heif_decoding_options *options = heif_decoding_options_alloc();
	if (!options)
		return picture_fail(heif->picture, DECODE_TOO_LARGE, "no memory");
	options->convert_hdr_to_8bit = 1;
	struct heif_error error = heif_decode_image(heif->handle, &heif->image, heif_colorspace_RGB,
		heif_chroma_interleaved_RGB, options);
	heif_decoding_options_free(options);
	HEIF_TRY(error);
	return DECODE_OK;
}

/* The coded picture may differ in size from what the container promised. Room is taken only now, when the
 * library has freed what it decoded from: a large picture would not fit three times. */
static enum decode_code copy_pixels(struct heif *heif)
{
	struct picture *picture = heif->picture;
	int stride = 0;
	const uint8_t *from = heif_image_get_plane_readonly(heif->image, heif_channel_interleaved, &stride);
	int width = heif_image_get_width(heif->image, heif_channel_interleaved);
	int height = heif_image_get_height(heif->image, heif_channel_interleaved);

	if (!from || width != (int)picture->width || height != (int)picture->height || stride < width * 3)
		return picture_fail(picture, DECODE_BROKEN, "a picture that does not have its declared size");
	enum decode_code code = picture_begin(picture, picture->width, picture->height, 3);
	if (code != DECODE_OK)
		return code;
	for (uint32_t y = 0; y < picture->height; y++)
		memcpy(picture->pixels + (size_t)y * picture->width * 3, from + (size_t)y * (size_t)stride,
			(size_t)picture->width * 3);
	return DECODE_OK;
}

static enum decode_code decode_in(struct heif *heif, struct bytes file)
{
	enum decode_code code = open_primary(heif, file);
	if (code != DECODE_OK)
		return code;
	int width = heif_image_handle_get_width(heif->handle),
		height = heif_image_handle_get_height(heif->handle);
	if (width <= 0 || height <= 0)
		return picture_fail(heif->picture, DECODE_BROKEN, "a side of zero pixels");
	heif->picture->file_channels = heif_image_handle_has_alpha_channel(heif->handle) ? 4 : 3;
	code = picture_check(heif->picture, (uint32_t)width, (uint32_t)height, 3);
	if (code == DECODE_OK)
		code = decode_primary(heif);
	return code == DECODE_OK ? copy_pixels(heif) : code;
}

enum decode_code heif_decode(struct bytes file, struct picture *picture)
{
	struct heif heif = { .picture = picture };

	if (heif_is_av1(file))
		memcpy(picture->format, "avif", 5);
	enum decode_code code = decode_in(&heif, file);
	heif_image_release(heif.image);
	heif_image_handle_release(heif.handle);
	heif_context_free(heif.context);
	return code;
}
