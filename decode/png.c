/* PNG by libpng, to 8-bit grey or RGB: palettes and 1 to 4 bit greys are spelt out, of 16 bits the upper 8
 * are kept, alpha and transparency are dropped. */
#include "picture.h"

#include "message.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* Text, profiles and the like, unpacked. None of it is used. */
enum { CHUNKS_MAX = 1000, CHUNK_BYTES_MAX = 8 << 20 };

struct png {
	png_struct *reader;
	png_info *info;
	struct bytes rest;
	struct picture *picture;
	png_bytep *rows;
	bool rows_done;
	enum decode_code code;
};

[[gnu::noreturn]] static void on_error(png_struct *reader, const char *text)
{
	struct png *png = png_get_error_ptr(reader);
	message_set(png->picture->message, "%s", text);
	png->code = strstr(text, "memory") ? DECODE_TOO_LARGE : DECODE_BROKEN;
	png_longjmp(reader, 1);
}

static void on_warning(png_struct *, const char *)
{
	/* Of parts that are not used, or that libpng has put right. */
}

static void on_read(png_struct *reader, png_byte *to, size_t n)
{
	struct png *png = png_get_io_ptr(reader);
	if (n > png->rest.n)
		png_error(reader, "the file ends before the picture does");
	memcpy(to, png->rest.at, n);
	png->rest.at += n;
	png->rest.n -= n;
}

static void set_limits(png_struct *reader)
{
	png_set_user_limits(reader, DECODE_SIDE_MAX, DECODE_SIDE_MAX);
	png_set_chunk_cache_max(reader, CHUNKS_MAX);
	png_set_chunk_malloc_max(reader, CHUNK_BYTES_MAX);
}

static uint32_t stored_channels(const struct png *png)
{
	int type = png_get_color_type(png->reader, png->info);
	bool alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(png->reader, png->info, PNG_INFO_tRNS);
	return (type & PNG_COLOR_MASK_COLOR ? 3u : 1u) + (alpha ? 1u : 0u);
}

static void choose_output(const struct png *png)
{
	png_set_expand(png->reader);
	png_set_strip_16(png->reader);
	png_set_strip_alpha(png->reader);
	png_set_interlace_handling(png->reader);
	png_read_update_info(png->reader, png->info);
}

static void read_rows(struct png *png)
{
	struct picture *picture = png->picture;
	size_t stride = (size_t)picture->width * picture->channels;

	if (png_get_rowbytes(png->reader, png->info) != stride)
		png_error(png->reader, "rows of an unexpected length");
	png->rows = png_malloc(png->reader, picture->height * sizeof *png->rows);
	for (uint32_t y = 0; y < picture->height; y++)
		png->rows[y] = picture->pixels + stride * y;
	png_read_image(png->reader, png->rows);
	png->rows_done = true;
	png_read_end(png->reader, NULL);
}

static enum decode_code read_picture(struct png *png)
{
	set_limits(png->reader);
	png_set_read_fn(png->reader, png, on_read);
	png_read_info(png->reader, png->info);
	uint32_t channels = stored_channels(png);
	png->picture->file_channels = channels;
	enum decode_code code = picture_begin(png->picture, png_get_image_width(png->reader, png->info),
		png_get_image_height(png->reader, png->info), channels > 2 ? 3 : 1);
	if (code != DECODE_OK)
		return code;
	choose_output(png);
	read_rows(png);
	return DECODE_OK;
}

/* What comes after the last row cannot spoil the picture. */
static void read_or_give_up(struct png *png)
{
	if (setjmp(png_jmpbuf(png->reader)) == 0) {
		png->code = read_picture(png);
	} else if (png->rows_done) {
		png->code = DECODE_OK;
		png->picture->damaged = true;
	}
}

bool png_claims(struct bytes file)
{
	return bytes_have(file, 0, "\x89PNG\r\n\x1a\n", 8);
}

enum decode_code png_decode(struct bytes file, struct picture *picture)
{
	struct png png = { .rest = file, .picture = picture };

	png.reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, &png, on_error, on_warning);
	png.info = png.reader ? png_create_info_struct(png.reader) : NULL;
	if (png.info)
		read_or_give_up(&png);
	else
		png.code = picture_fail(picture, DECODE_TOO_LARGE, "no memory");
	if (png.reader)
		png_free(png.reader, png.rows);
	png_destroy_read_struct(&png.reader, &png.info, NULL);
	return png.code;
}
