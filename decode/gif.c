/* The first frame of a GIF by giflib, on the canvas that the file declares. Transparent pixels keep the
 * colour that the palette gives them; what the frame does not cover has the background's colour. */
#include "picture.h"

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

enum { EXTENSION_BLOCKS_MAX = 1 << 20 };

struct gif {
	GifFileType *file;
	struct bytes rest;
	struct picture *picture;
	bool transparent;
};

static int on_read(GifFileType *file, GifByteType *to, int n)
{
	struct gif *gif = file->UserData;
	size_t take = (size_t)n < gif->rest.n ? (size_t)n : gif->rest.n;
	memcpy(to, gif->rest.at, take);
	gif->rest.at += take;
	gif->rest.n -= take;
	return (int)take;
}

static enum decode_code library_fail(struct gif *gif, int error)
{
	const char *text = GifErrorString(error);
	return picture_fail(gif->picture, DECODE_BROKEN, "%s", text ? text : "a broken GIF");
}

static bool skip_extension(struct gif *gif)
{
	GifByteType *block;
	int kind;

	if (DGifGetExtension(gif->file, &kind, &block) != GIF_OK)
		return false;
	if (kind == GRAPHICS_EXT_FUNC_CODE && block && block[0] >= 4 && (block[1] & 1))
		gif->transparent = true;
	for (int i = 0; block && i < EXTENSION_BLOCKS_MAX; i++)
		if (DGifGetExtensionNext(gif->file, &block) != GIF_OK)
			return false;
	return !block;
}

static bool find_frame(struct gif *gif)
{
	for (;;) {
		GifRecordType record;
		if (DGifGetRecordType(gif->file, &record) != GIF_OK || record == TERMINATE_RECORD_TYPE)
			return false;
		if (record == IMAGE_DESC_RECORD_TYPE)
			return DGifGetImageHeader(gif->file) == GIF_OK;
		if (record == EXTENSION_RECORD_TYPE && !skip_extension(gif))
			return false;
	}
}

static void put_colour(const ColorMapObject *map, unsigned index, uint8_t *rgb)
{
	GifColorType colour = { 0 };
	if (map && index < (unsigned)map->ColorCount)
		colour = map->Colors[index];
	rgb[0] = colour.Red;
	rgb[1] = colour.Green;
	rgb[2] = colour.Blue;
}

static void paint_background(struct gif *gif)
{
	struct picture *picture = gif->picture;
	uint8_t rgb[3];
	put_colour(gif->file->SColorMap, (unsigned)gif->file->SBackGroundColor, rgb);
	for (size_t i = 0; i < picture->size; i += 3)
		memcpy(picture->pixels + i, rgb, 3);
}

/* The row of the frame that comes n-th in the file. */
static uint32_t row_place(const GifImageDesc *frame, uint32_t n)
{
	static const struct { uint32_t first, step; } passes[] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };
	uint32_t height = (uint32_t)frame->Height;

	if (!frame->Interlace)
		return n;
	for (size_t i = 0; i < 4; i++) {
		uint32_t rows = height > passes[i].first
			? (height - passes[i].first + passes[i].step - 1) / passes[i].step : 0;
		if (n < rows)
			return passes[i].first + n * passes[i].step;
		n -= rows;
	}
	return height - 1;
}

static enum decode_code read_rows(struct gif *gif, GifPixelType *line)
{
	const GifImageDesc *frame = &gif->file->Image;
	const ColorMapObject *map = frame->ColorMap ? frame->ColorMap : gif->file->SColorMap;
	struct picture *picture = gif->picture;

	if (!map)
		return picture_fail(picture, DECODE_BROKEN, "no palette");
	for (uint32_t n = 0; n < (uint32_t)frame->Height; n++) {
		if (DGifGetLine(gif->file, line, frame->Width) != GIF_OK)
			return library_fail(gif, gif->file->Error);
		size_t y = (uint32_t)frame->Top + row_place(frame, n);
		uint8_t *to = picture->pixels + 3 * (y * picture->width + (uint32_t)frame->Left);
		for (int x = 0; x < frame->Width; x++)
			put_colour(map, line[x], to + (size_t)x * 3);
	}
	return DECODE_OK;
}

static uint32_t extent(int canvas, int from, int length)
{
	return (uint32_t)(canvas > from + length ? canvas : from + length);
}

/* Browsers too grow a canvas that is smaller than its first frame. */
static enum decode_code read_frame(struct gif *gif)
{
	const GifImageDesc *frame = &gif->file->Image;

	if (frame->Width <= 0 || frame->Height <= 0)
		return picture_fail(gif->picture, DECODE_BROKEN, "a frame of zero pixels");
	gif->picture->file_channels = gif->transparent ? 4 : 3;
	enum decode_code code = picture_begin(gif->picture, extent(gif->file->SWidth, frame->Left, frame->Width),
		extent(gif->file->SHeight, frame->Top, frame->Height), 3);
	if (code != DECODE_OK)
		return code;
	GifPixelType *line = malloc((size_t)frame->Width);
	if (!line)
		return picture_fail(gif->picture, DECODE_TOO_LARGE, "no memory");
	if ((uint32_t)frame->Width < gif->picture->width || (uint32_t)frame->Height < gif->picture->height)
		paint_background(gif);
	code = read_rows(gif, line);
	free(line);
	return code;
}

bool gif_claims(struct bytes file)
{
	return bytes_have(file, 0, "GIF87a", 6) || bytes_have(file, 0, "GIF89a", 6);
}

enum decode_code gif_decode(struct bytes file, struct picture *picture)
{
	struct gif gif = { .rest = file, .picture = picture };
	int error = 0;

	gif.file = DGifOpen(&gif, on_read, &error);
	if (!gif.file)
		return library_fail(&gif, error);
	enum decode_code code = find_frame(&gif) ? read_frame(&gif) : library_fail(&gif, gif.file->Error);
	DGifCloseFile(gif.file, NULL);
	return code;
}
