#include "films.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json_out.h"
#include "pictures.h"

bool film_frames(struct decode *decode, const char *path, const struct decode_video_options *options,
	decode_frame_fn *take, void *user)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	enum decode_code code = decode_video(decode, fd, options, take, user);
	close(fd);
	if (code)
		fprintf(stderr, "%s: %s: %s\n", path, decode_code_text(code), decode_message(decode));
	return code == DECODE_OK;
}

static struct detect_image image_of(const struct decode_frame *frame)
{
	const struct decode_image *i = &frame->image;
	return (struct detect_image){
		.pixels = i->pixels, .width = i->width, .height = i->height, .channels = i->channels
	};
}

enum detect_status film_frame_hash(const struct decode_frame *frame, struct detect_vpdq_frame *out)
{
	const struct detect_image image = image_of(frame);
	*out = (struct detect_vpdq_frame){ .frame = (uint32_t)frame->number, .seconds = frame->seconds };
	return detect_pdq_hash(&image, DETECT_FULL, &out->hash, NULL);
}

/* ---- Frames ------------------------------------------------------------------------------------------------ */

struct printing {
	const struct film_options *options;
	const char *path;
	bool failed;
};

static void print_frame(const struct printing *p, const struct detect_vpdq_frame *frame)
{
	char hex[65], line[DETECT_VPDQ_LINE_BYTES];
	detect_pdq_to_hex(&frame->hash, hex);
	if (p->options->vpdq) {
		detect_vpdq_line(frame, line);
		fputs(line, stdout);
		return;
	}
	if (!p->options->json) {
		printf("%u %u %s %.3f %s\n", frame->frame, frame->hash.quality, hex, frame->seconds, p->path);
		return;
	}
	printf("{\"frame\":%u,\"quality\":%u,\"pdq\":\"%s\",\"seconds\":%.3f,\"file\":", frame->frame,
		frame->hash.quality, hex, frame->seconds);
	json_string(stdout, p->path, strlen(p->path));
	puts("}");
}

static bool take_frame(void *user, const struct decode_frame *frame)
{
	struct printing *p = user;
	struct detect_vpdq_frame hashed;
	p->failed = film_frame_hash(frame, &hashed) != DETECT_OK;
	if (p->failed)
		fprintf(stderr, "%s: a frame cannot be hashed\n", p->path);
	else
		print_frame(p, &hashed);
	return !p->failed && !ferror(stdout);
}

static bool print_frames(const struct film_options *o, struct decode *decode, const char *path)
{
	const struct decode_video_options options = { .seconds_between = o->every };
	struct printing p = { .options = o, .path = path };
	return film_frames(decode, path, &options, take_frame, &p) && !p.failed;
}

/* ---- Whole films ------------------------------------------------------------------------------------------- */

static bool add_to_tmk(void *user, const struct decode_frame *frame)
{
	const struct detect_image image = image_of(frame);
	return detect_tmk_add(user, &image) == DETECT_OK;
}

static bool write_tmk(const struct film_options *o, struct decode *decode, const char *path)
{
	const struct decode_video_options options = {
		.width = DETECT_TMK_SIDE,
		.height = DETECT_TMK_SIDE,
		.resample_fps = DETECT_TMK_FPS,
	};
	struct detect_tmk *tmk = malloc(sizeof *tmk);
	struct detect_error error = { "no memory" };
	if (tmk)
		detect_tmk_begin(tmk);
	bool good = tmk && film_frames(decode, path, &options, add_to_tmk, tmk);
	if (good) {
		detect_tmk_end(tmk);
		good = detect_tmk_save(tmk, o->tmk_path, &error) == DETECT_OK;
		if (!good)
			fprintf(stderr, "%s: %s\n", o->tmk_path, error.text);
	}
	free(tmk);
	return good;
}

int films_hash(const struct film_options *options, char *const *paths, int n)
{
	struct file_list files = { 0 };
	struct decode *decode = decode_open(NULL);
	file_list_make(&files, paths, n);
	bool good = decode && !files.failed;
	for (size_t i = 0; i < files.n && decode; i++)
		good &= options->tmk_path ? write_tmk(options, decode, files.at[i])
								  : print_frames(options, decode, files.at[i]);
	decode_close(decode);
	file_list_free(&files);
	return !good;
}
