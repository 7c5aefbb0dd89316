/* The codecs in this process, where the sanitizers can see them. */
#include "check.h"
#include "media.h"

#include <jpeglib.h>
#include <string.h>

/* Quarters: red, green / blue, white. */
static const uint8_t colours[4][3] = { { 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 }, { 255, 255, 255 } };

static const struct expected {
	const char *file, *format;
	uint32_t channels, file_channels;
	int tolerance; /* 0: lossless */
} pictures[] = {
	{ "rgb.png", "png", 3, 3, 0 },
	{ "interlaced.png", "png", 3, 3, 0 },
	{ "rgb16.png", "png", 3, 3, 0 },
	{ "palette.png", "png", 3, 3, 1 },
	{ "rgba.png", "png", 3, 4, 0 },
	{ "rgb.jpg", "jpeg", 3, 3, 6 },
	{ "subsampled.jpg", "jpeg", 3, 3, 10 },
	{ "still.gif", "gif", 3, 3, 1 },
	{ "alpha.webp", "webp", 3, 4, 0 },
	{ "lossy.webp", "webp", 3, 3, 10 },
	{ "rgb.heic", "heif", 3, 3, 10 },
	{ "rgb.avif", "avif", 3, 3, 10 },
	{ "grey.png", "png", 1, 1, -1 },
	{ "mono.png", "png", 1, 1, -1 },
	{ "grey_alpha.png", "png", 1, 2, -1 },
	{ "animated.gif", "gif", 3, 3, -1 },
	{ "animated.webp", "webp", 3, 3, -1 },
};

enum { PICTURES = sizeof pictures / sizeof pictures[0] };

static enum decode_code decode(struct bytes file, struct picture *picture)
{
	*picture = (struct picture){ .room = media_room };
	return picture_decode(file, picture);
}

static bool has_quarters(const struct picture *picture, int tolerance)
{
	static const uint32_t places[4][2] = { { 10, 6 }, { 38, 6 }, { 10, 26 }, { 38, 26 } };
	for (int q = 0; q < 4; q++)
		for (int c = 0; c < 3; c++) {
			const uint8_t *pixel = picture->pixels + 3 * (places[q][1] * picture->width + places[q][0]);
			if (abs(pixel[c] - colours[q][c]) > tolerance)
				return false;
		}
	return true;
}

static void every_format_gives_the_same_picture(void)
{
	for (int i = 0; i < PICTURES; i++) {
		const struct expected *e = &pictures[i];
		struct bytes file = media_read(e->file);
		struct picture picture;
		enum decode_code code = decode(file, &picture);
		CHECK(code == DECODE_OK, "%s: %s", e->file, picture.message);
		CHECK(picture.width == 48 && picture.height == 32, "%s", e->file);
		CHECK(strcmp(picture.format, e->format) == 0, "%s", e->file);
		CHECK(picture.channels == e->channels && picture.file_channels == e->file_channels, "%s", e->file);
		CHECK(picture.size == 48 * 32 * e->channels && !picture.damaged, "%s", e->file);
		if (e->tolerance >= 0 && code == DECODE_OK)
			CHECK(has_quarters(&picture, e->tolerance), "%s", e->file);
		free(picture.pixels);
		free((void *)(uintptr_t)file.at);
	}
}

/* A file that ends early is either refused or, where only its last few bytes are missing, whole. */
static void truncated_files_are_refused(void)
{
	for (int i = 0; i < PICTURES; i++) {
		struct bytes file = media_read(pictures[i].file);
		int accepted = 0;
		for (size_t n = 0; n < file.n; n++) {
			uint8_t *copy = malloc(n ? n : 1); /* exactly as long, so that reading on is seen */
			memcpy(copy, file.at, n);
			struct picture picture;
			enum decode_code code = decode((struct bytes){ copy, n }, &picture);
			accepted += code == DECODE_OK && n < file.n / 2;
			CHECK(code == DECODE_OK || picture.message[0], "%s cut at %zu", pictures[i].file, n);
			free(picture.pixels);
			free(copy);
		}
		bool animated = strncmp(pictures[i].file, "animated", 8) == 0;
		CHECK(accepted == 0 || animated, "%s: %d", pictures[i].file, accepted);
		free((void *)(uintptr_t)file.at);
	}
}

static void corrupt_files_do_no_harm(void)
{
	uint64_t seed = 1;
	for (int i = 0; i < PICTURES; i++) {
		struct bytes file = media_read(pictures[i].file);
		uint8_t *copy = malloc(file.n);
		for (int round = 0; round < 400; round++) {
			memcpy(copy, file.at, file.n);
			for (uint64_t flips = check_random(&seed) % 4 + 1; flips; flips--)
				copy[check_random(&seed) % file.n] = (uint8_t)check_random(&seed);
			struct picture picture;
			enum decode_code code = decode((struct bytes){ copy, file.n }, &picture);
			CHECK(code == DECODE_OK ? picture.size > 0 : picture.message[0], "%s", pictures[i].file);
			free(picture.pixels);
		}
		free(copy);
		free((void *)(uintptr_t)file.at);
	}
}

/* ---- Large promises in few bytes ---- */

static int rooms_asked;

static uint8_t *counting_room(void *, size_t size)
{
	rooms_asked++;
	return malloc(size);
}

static void put_32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t crc_of(const uint8_t *at, size_t n)
{
	uint32_t crc = ~0u;
	for (size_t i = 0; i < n; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void make_png_huge(uint8_t *file)
{
	put_32(file + 16, 50000);
	put_32(file + 20, 50000);
	put_32(file + 29, crc_of(file + 12, 17));
}

static void make_jpeg_huge(uint8_t *file)
{
	uint8_t *frame = file;
	while (frame[0] != 0xff || frame[1] != 0xc0)
		frame++;
	frame[5] = frame[6] = frame[7] = frame[8] = 0xff;
}

static void make_gif_huge(uint8_t *file)
{
	memset(file + 6, 0xff, 4);
}

/* The canvas of an animation: 24 bits less one, each way. */
static void make_webp_huge(uint8_t *file)
{
	memset(file + 24, 0xff, 6);
}

static void bombs_are_refused_before_any_pixel(void)
{
	static const struct { const char *file; void (*enlarge)(uint8_t *); } bombs[] = {
		{ "rgb.png", make_png_huge }, { "rgb.jpg", make_jpeg_huge }, { "still.gif", make_gif_huge },
		{ "animated.webp", make_webp_huge },
	};
	for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
		struct bytes file = media_read(bombs[i].file);
		struct picture picture = { .room = counting_room };
		rooms_asked = 0;
		bombs[i].enlarge((uint8_t *)(uintptr_t)file.at);
		enum decode_code code = picture_decode(file, &picture);
		CHECK(code == DECODE_TOO_LARGE || code == DECODE_BROKEN, "%s: %s", bombs[i].file, picture.message);
		CHECK(rooms_asked == 0 && picture.message[0], "%s", bombs[i].file);
		free((void *)(uintptr_t)file.at);
	}
}

static uint8_t *no_room(void *, size_t)
{
	return NULL;
}

static void without_memory_every_format_fails_cleanly(void)
{
	for (int i = 0; i < PICTURES; i++) {
		struct bytes file = media_read(pictures[i].file);
		struct picture picture = { .room = no_room };
		CHECK(
			picture_decode(file, &picture) == DECODE_TOO_LARGE, "%s: %s", pictures[i].file, picture.message);
		free((void *)(uintptr_t)file.at);
	}
}

/* ---- Kinds of JPEG that only a library makes ---- */

static struct bytes make_jpeg(J_COLOR_SPACE colours_in, int channels, bool progressive, const uint8_t *pixel)
{
	struct jpeg_compress_struct info;
	struct jpeg_error_mgr errors;
	unsigned char *at = NULL;
	unsigned long n = 0;
	uint8_t row[16 * 4];
	JSAMPROW rows[] = { row };

	for (int x = 0; x < 16; x++)
		memcpy(row + x * channels, pixel, (size_t)channels);
	info.err = jpeg_std_error(&errors);
	jpeg_create_compress(&info);
	jpeg_mem_dest(&info, &at, &n);
	info.image_width = info.image_height = 16;
	info.input_components = channels;
	info.in_color_space = colours_in;
	jpeg_set_defaults(&info);
	if (progressive)
		jpeg_simple_progression(&info);
	jpeg_start_compress(&info, TRUE);
	while (info.next_scanline < 16)
		jpeg_write_scanlines(&info, rows, 1);
	jpeg_finish_compress(&info);
	jpeg_destroy_compress(&info);
	return (struct bytes){ at, n };
}

static void check_jpeg(struct bytes file, uint32_t channels, uint32_t file_channels, const uint8_t *want)
{
	struct picture picture;
	CHECK(decode(file, &picture) == DECODE_OK, "%s", picture.message);
	CHECK(picture.channels == channels && picture.file_channels == file_channels, " ");
	for (uint32_t c = 0; c < channels && picture.pixels; c++)
		CHECK(abs(picture.pixels[c] - want[c]) <= 3, "channel %u is %d", c, picture.pixels[c]);
	free(picture.pixels);
	free((void *)(uintptr_t)file.at);
}

static void all_kinds_of_jpeg_are_opened(void)
{
	const uint8_t grey[] = { 77 }, colour[] = { 200, 100, 50 }, ink[] = { 255, 128, 55, 200 };
	const uint8_t printed[] = { 200, 100, 43 }; /* each ink times the black one, all stored inverted */

	check_jpeg(make_jpeg(JCS_GRAYSCALE, 1, false, grey), 1, 1, grey);
	check_jpeg(make_jpeg(JCS_RGB, 3, true, colour), 3, 3, colour);
	check_jpeg(make_jpeg(JCS_CMYK, 4, false, ink), 3, 4, printed);
}

static void a_jpeg_without_its_end_marker_is_whole(void)
{
	struct bytes file = media_read("rgb.jpg");
	struct picture picture;
	file.n -= 2;
	CHECK(decode(file, &picture) == DECODE_OK && !picture.damaged, "%s", picture.message);
	free(picture.pixels);
	free((void *)(uintptr_t)file.at);
}

static void names_do_not_matter_but_bytes_do(void)
{
	static const uint8_t text[] = "not a picture at all";
	struct picture picture;
	CHECK(decode((struct bytes){ text, sizeof text }, &picture) == DECODE_UNKNOWN, " ");
	CHECK(decode((struct bytes){ text, 0 }, &picture) == DECODE_BROKEN, " ");
	struct bytes film = media_read("h264.mp4");
	CHECK(decode(film, &picture) == DECODE_UNKNOWN, " ");
	free((void *)(uintptr_t)film.at);
}

int main(void)
{
	heif_prepare();
	every_format_gives_the_same_picture();
	truncated_files_are_refused();
	corrupt_files_do_no_harm();
	bombs_are_refused_before_any_pixel();
	without_memory_every_format_fails_cleanly();
	all_kinds_of_jpeg_are_opened();
	a_jpeg_without_its_end_marker_is_whole();
	names_do_not_matter_but_bytes_do();
	return check_done();
}
