/* Scores of two films through the sandboxed decoder: `film_score A B` prints the vPDQ percentages (of A in
 * B, of B in A) and TMK levels 1 and 2. A name that ends in .rgb is raw 64x64 frames, 15 a second, without a
 * vPDQ score. */
#include "client.h"
#include "lachan/detect.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct film {
	struct detect_vpdq frames;
	struct detect_tmk tmk;
};

static void die(const char *file, const char *what)
{
	fprintf(stderr, "%s: %s\n", file, what);
	exit(1);
}

static struct detect_image image_of(const struct decode_frame *frame)
{
	return (struct detect_image){ .pixels = frame->image.pixels, .width = frame->image.width,
		.height = frame->image.height, .channels = frame->image.channels };
}

static bool add_hash(void *user, const struct decode_frame *frame)
{
	struct film *film = user;
	const struct detect_image image = image_of(frame);
	struct detect_vpdq_frame out = { .frame = (uint32_t)frame->number, .seconds = frame->seconds };
	return detect_pdq_hash(&image, DETECT_FULL, &out.hash, NULL) == DETECT_OK
		&& detect_vpdq_add(&film->frames, &out) == DETECT_OK;
}

static bool add_to_course(void *user, const struct decode_frame *frame)
{
	const struct detect_image image = image_of(frame);
	return detect_tmk_add(user, &image) == DETECT_OK;
}

static void watch(struct decode *decode, const char *path, struct film *film)
{
	const struct decode_video_options all = { 0 },
									  course = { .width = DETECT_TMK_SIDE,
										  .height = DETECT_TMK_SIDE,
										  .resample_fps = DETECT_TMK_FPS };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (decode_video(decode, fd, &all, add_hash, film) != DECODE_OK
		|| decode_video(decode, fd, &course, add_to_course, &film->tmk) != DECODE_OK)
		die(path, decode_message(decode));
	close(fd);
}

static void watch_raw(const char *path, struct film *film)
{
	uint8_t pixels[DETECT_TMK_SIDE * DETECT_TMK_SIDE * 3];
	const struct detect_image image = {
		.pixels = pixels, .width = DETECT_TMK_SIDE, .height = DETECT_TMK_SIDE, .channels = 3
	};
	FILE *file = fopen(path, "re");

	if (!file)
		die(path, "cannot be opened");
	while (fread(pixels, sizeof pixels, 1, file) == 1)
		if (detect_tmk_add(&film->tmk, &image) != DETECT_OK)
			die(path, "cannot be hashed");
	fclose(file);
}

static struct film *film_of(struct decode *decode, const char *path)
{
	struct film *film = calloc(1, sizeof *film);
	const size_t n = strlen(path);

	detect_tmk_begin(&film->tmk);
	if (n > 4 && strcmp(path + n - 4, ".rgb") == 0)
		watch_raw(path, film);
	else
		watch(decode, path, film);
	detect_tmk_end(&film->tmk);
	return film;
}

int main(int argc, char **argv)
{
	struct decode *decode = decode_open(NULL);
	struct detect_vpdq_match match;
	double level2 = 0;

	if (argc != 3 || !decode)
		return 2;
	struct film *a = film_of(decode, argv[1]), *b = film_of(decode, argv[2]);
	if (detect_vpdq_compare(&a->frames, &b->frames, NULL, &match) != DETECT_OK
		|| detect_tmk_level2(&a->tmk, &b->tmk, &level2) != DETECT_OK)
		die(argv[1], "cannot be compared");
	printf("%.1f %.1f %.4f %.4f %d %d\n", match.query_percent, match.target_percent,
		detect_tmk_level1(&a->tmk, &b->tmk), level2, a->tmk.frames, b->tmk.frames);
	detect_vpdq_free(&a->frames);
	detect_vpdq_free(&b->frames);
	free(a);
	free(b);
	decode_close(decode);
	return 0;
}
