/* JPEG by libjpeg-turbo with its defaults (exact integer DCT, fancy upsampling), so that hashes are those
 * that every other program computes. CMYK becomes RGB as in Pillow, which the `full` hash family is defined
 * by. */
#include "picture.h"

#include "message.h"
#include "planes.h"

#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

/* A progressive file may repeat its scans at will; real ones have about ten. */
enum { SCANS_MAX = 500 };

struct jpeg {
	struct jpeg_decompress_struct info;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf give_up;
	enum decode_code code;
	bool ended; /* the file, before its end marker */
	struct picture *picture;
};

static struct jpeg *jpeg_of(j_common_ptr info)
{
	return info->client_data;
}

[[gnu::noreturn]] static void give_up(struct jpeg *jpeg, enum decode_code code)
{
	jpeg->code = code;
	longjmp(jpeg->give_up, 1);
}

static void keep_message(j_common_ptr info)
{
	char text[JMSG_LENGTH_MAX];
	info->err->format_message(info, text);
	message_set(jpeg_of(info)->picture->message, "%s", text);
}

[[gnu::noreturn]] static void on_error(j_common_ptr info)
{
	int code = info->err->msg_code;
	keep_message(info);
	bool large = code == JERR_OUT_OF_MEMORY || code == JERR_WIDTH_OVERFLOW || code == JERR_IMAGE_TOO_BIG;
	give_up(jpeg_of(info), large ? DECODE_TOO_LARGE : DECODE_BROKEN);
}

/* Told apart from what cameras and editors do every day, such as bytes between two markers. */
static bool tells_damage(int warning)
{
	return warning == JWRN_HIT_MARKER || warning == JWRN_HUFF_BAD_CODE || warning == JWRN_MUST_RESYNC
		|| warning == JWRN_ARITH_BAD_CODE;
}

/* Every row may be out when a file of one scan ends, and only its end marker be missing: then nothing is
 * asked for after the end. Of several scans the later ones are missing. */
static bool end_spoils(const struct jpeg_decompress_struct *info)
{
	return info->output_height == 0 || info->progressive_mode || info->comps_in_scan < info->num_components;
}

/* Called for warnings (level -1) and chatter. A file that ends early is broken; other damage leaves most of
 * the picture, which is worth hashing. */
static void on_message(j_common_ptr info, int level)
{
	struct jpeg *jpeg = jpeg_of(info);
	int warning = level < 0 ? info->err->msg_code : 0;

	jpeg->ended |= warning == JWRN_JPEG_EOF;
	if ((warning == JWRN_JPEG_EOF && end_spoils(&jpeg->info))
		|| (warning == JWRN_HIT_MARKER && jpeg->ended)) {
		message_set(jpeg->picture->message, "the file ends before the picture does");
		give_up(jpeg, DECODE_BROKEN);
	}
	if (tells_damage(warning) && !jpeg->picture->damaged) {
		keep_message(info);
		jpeg->picture->damaged = true;
	}
}

static void on_progress(j_common_ptr info)
{
	struct jpeg *jpeg = jpeg_of(info);
	if (jpeg->info.input_scan_number <= SCANS_MAX)
		return;
	message_set(jpeg->picture->message, "more than %d scans", SCANS_MAX);
	give_up(jpeg, DECODE_TOO_LARGE);
}

static uint8_t times(unsigned a, unsigned b)
{
	unsigned product = a * b + 128;
	return (uint8_t)((product + (product >> 8)) >> 8);
}

/* Adobe's files, which are nearly all there are, store ink inverted: 255 is no ink. */
static void cmyk_row_to_rgb(const uint8_t *cmyk, uint32_t width, uint8_t *rgb)
{
	for (uint32_t x = 0; x < width; x++, cmyk += 4, rgb += 3)
		for (int i = 0; i < 3; i++)
			rgb[i] = (uint8_t)(cmyk[3] - times(255u - cmyk[i], cmyk[3]));
}

/* In planes can be given what spreads its chroma in one of three ways. Under five pixels libjpeg spreads it in yet
 * another, and nothing is to be gained. */
static enum decode_sampling sampling_of(const struct jpeg_decompress_struct *info)
{
	const jpeg_component_info *c = info->comp_info;

	if (info->num_components != 3 || info->jpeg_color_space != JCS_YCbCr || info->image_width < 5)
		return DECODE_INTERLEAVED;
	for (int i = 1; i < 3; i++)
		if (c[i].h_samp_factor != 1 || c[i].v_samp_factor != 1)
			return DECODE_INTERLEAVED;
	if (c->v_samp_factor == 1)
		return c->h_samp_factor == 1 ? DECODE_444 : c->h_samp_factor == 2 ? DECODE_422 : DECODE_INTERLEAVED;
	return c->v_samp_factor == 2 && c->h_samp_factor == 2 ? DECODE_420 : DECODE_INTERLEAVED;
}

/* Thin pictures of nearly the largest size would outgrow it in planes of whole blocks. */
static bool fits_in_planes(const struct jpeg_decompress_struct *info, enum decode_sampling sampling)
{
	return sampling != DECODE_INTERLEAVED
		&& planes_of(sampling, info->image_width, info->image_height).size <= DECODE_PIXEL_BYTES_MAX;
}

static enum decode_code choose_colours(struct jpeg *jpeg)
{
	struct jpeg_decompress_struct *info = &jpeg->info;

	const enum decode_sampling sampling = sampling_of(info);

	jpeg->picture->file_channels = (uint32_t)info->num_components;
	if (jpeg->picture->planes && fits_in_planes(info, sampling)) {
		info->raw_data_out = TRUE;
		return picture_begin_planes(jpeg->picture, info->image_width, info->image_height, sampling);
	}
	if (info->num_components == 1)
		info->out_color_space = JCS_GRAYSCALE;
	else if (info->num_components == 3)
		info->out_color_space = JCS_RGB;
	else if (info->num_components == 4)
		info->out_color_space = JCS_CMYK;
	else
		return picture_fail(jpeg->picture, DECODE_BROKEN, "JPEG with %d components", info->num_components);
	return picture_begin(
		jpeg->picture, info->image_width, info->image_height, info->num_components == 1 ? 1 : 3);
}

enum { ROWS = 16 };

static void read_rows(struct jpeg *jpeg)
{
	struct jpeg_decompress_struct *info = &jpeg->info;
	size_t stride = (size_t)jpeg->picture->width * jpeg->picture->channels;
	JSAMPROW rows[ROWS];

	while (info->output_scanline < info->output_height) {
		uint8_t *next = jpeg->picture->pixels + stride * info->output_scanline;
		JDIMENSION n = info->output_height - info->output_scanline;
		n = n < ROWS ? n : ROWS;
		for (JDIMENSION i = 0; i < n; i++)
			rows[i] = next + stride * i;
		jpeg_read_scanlines(info, rows, n);
	}
}

static void read_cmyk_rows(struct jpeg *jpeg)
{
	struct jpeg_decompress_struct *info = &jpeg->info;
	size_t stride = (size_t)jpeg->picture->width * 3;
	JSAMPARRAY row = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, info->image_width * 4, 1);

	while (info->output_scanline < info->output_height) {
		uint8_t *next = jpeg->picture->pixels + stride * info->output_scanline;
		if (jpeg_read_scanlines(info, row, 1) == 1)
			cmyk_row_to_rgb(row[0], info->output_width, next);
	}
}

/* The rows below the picture that fill its last blocks of all are not written: they may point anywhere. */
static void read_planes(struct jpeg *jpeg)
{
	struct jpeg_decompress_struct *info = &jpeg->info;
	const struct planes planes = planes_of(jpeg->picture->sampling, info->image_width, info->image_height);
	const JDIMENSION lines = (JDIMENSION)info->max_v_samp_factor * DCTSIZE;
	JSAMPROW rows[3][2 * DCTSIZE];
	JSAMPARRAY all[3] = { rows[0], rows[1], rows[2] };

	while (info->output_scanline < info->output_height) {
		for (int c = 0; c < 3; c++) {
			const size_t n = (size_t)info->comp_info[c].v_samp_factor * DCTSIZE;
			const size_t first = info->output_scanline / lines * n, last = planes.rows[c] - 1;
			for (size_t i = 0; i < n; i++)
				rows[c][i] = jpeg->picture->pixels + planes.offset[c]
					+ planes.stride[c] * (first + i < last ? first + i : last);
		}
		jpeg_read_raw_data(info, all, lines);
	}
}

static enum decode_code read_picture(struct jpeg *jpeg, struct bytes file)
{
	struct jpeg_decompress_struct *info = &jpeg->info;

	jpeg_create_decompress(info);
	info->progress = &jpeg->progress;
	jpeg_mem_src(info, file.at, file.n);
	jpeg_read_header(info, TRUE);
	enum decode_code code = choose_colours(jpeg);
	if (code != DECODE_OK)
		return code;
	jpeg_start_decompress(info);
	if (info->raw_data_out)
		read_planes(jpeg);
	else if (info->out_color_space == JCS_CMYK)
		read_cmyk_rows(jpeg);
	else
		read_rows(jpeg);
	jpeg_finish_decompress(info);
	return DECODE_OK;
}

/* Apart from jpeg_decode, so that nothing that changes after setjmp is a local variable of its caller. */
static void read_or_give_up(struct jpeg *jpeg, struct bytes file)
{
	if (setjmp(jpeg->give_up) == 0)
		jpeg->code = read_picture(jpeg, file);
}

bool jpeg_claims(struct bytes file)
{
	return bytes_have(file, 0, "\xff\xd8\xff", 3);
}

enum decode_code jpeg_decode(struct bytes file, struct picture *picture)
{
	struct jpeg jpeg = { .picture = picture, .progress.progress_monitor = on_progress };

	jpeg.info.err = jpeg_std_error(&jpeg.errors);
	jpeg.info.client_data = &jpeg;
	jpeg.errors.error_exit = on_error;
	jpeg.errors.emit_message = on_message;
	read_or_give_up(&jpeg, file);
	jpeg_destroy_decompress(&jpeg.info);
	return jpeg.code;
}
