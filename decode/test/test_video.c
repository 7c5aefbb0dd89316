/* Films through the sandboxed program. */
#include "check.h"
#include "media.h"

#include <math.h>
#include <string.h>

struct seen {
	uint64_t frames, last, stop_after;
	double seconds;
	uint32_t width, height;
	uint64_t sum; /* of all pixels */
};

static bool see(void *user, const struct decode_frame *frame)
{
	struct seen *seen = user;
	CHECK(frame->image.channels == 3 && frame->image.size == 3ul * frame->image.width * frame->image.height,
		" ");
	CHECK(!seen->frames || frame->number > seen->last, " ");
	seen->frames++;
	seen->last = frame->number;
	seen->seconds = frame->seconds;
	seen->width = frame->image.width;
	seen->height = frame->image.height;
	for (size_t i = 0; i < frame->image.size; i++)
		seen->sum += frame->image.pixels[i];
	return seen->frames != seen->stop_after;
}

static enum decode_code watch(
	struct decode *decode, int fd, struct decode_video_options options, struct seen *seen)
{
	uint64_t stop_after = seen->stop_after;
	*seen = (struct seen){ .stop_after = stop_after };
	return decode_video(decode, fd, &options, see, seen);
}

/* All are the same 12 frames, 25 a second. The Theora encoder drops some that barely differ. */
static const struct film { const char *file; uint64_t frames; } films[] = {
	{ "h264.mp4", 12 }, { "hevc.mkv", 12 }, { "vp9.webm", 12 }, { "av1.webm", 12 }, { "mpeg4.avi", 12 },
	{ "mpeg2.ts", 12 }, { "mpeg1.mpg", 12 }, { "theora.ogv", 6 }, { "flash.flv", 12 }, { "wmv2.asf", 12 },
	{ "animated.gif", 3 },
};

static void all_containers_and_codecs_are_opened(struct decode *decode)
{
	for (size_t i = 0; i < sizeof films / sizeof films[0]; i++) {
		struct seen seen = { 0 };
		int fd = media_open(films[i].file);
		enum decode_code code = watch(decode, fd, (struct decode_video_options){ 0 }, &seen);
		CHECK(code == DECODE_OK, "%s: %s", films[i].file, decode_message(decode));
		CHECK(seen.frames == films[i].frames, "%s: %lu", films[i].file, (unsigned long)seen.frames);
		CHECK(fabs(seen.seconds - (double)(films[i].frames - 1) / 25) < 0.002, "%s: %f", films[i].file,
			seen.seconds);
		CHECK(seen.width == 48 && seen.height == 32 && seen.sum > 0, "%s", films[i].file);
		close(fd);
	}
}

static void only_wanted_frames_are_sent(struct decode *decode)
{
	static const struct { double between; uint64_t frames, last; } rows[] = {
		{ 0, 12, 11 }, { 0.01, 12, 11 }, { 0.08, 6, 10 }, { 0.119, 6, 10 }, { 0.12, 4, 9 }, { 1, 1, 0 },
		{ 1e30, 1, 0 },
	};
	int fd = media_open("h264.mp4");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct seen seen = { 0 };
		CHECK(watch(decode, fd, (struct decode_video_options){ .seconds_between = rows[i].between }, &seen)
			== DECODE_OK, "%s", decode_message(decode));
		CHECK(seen.frames == rows[i].frames && seen.last == rows[i].last, "%g: %lu, last %lu",
			rows[i].between, (unsigned long)seen.frames, (unsigned long)seen.last);
	}
	close(fd);
}

static void frames_are_scaled_and_resampled(struct decode *decode)
{
	struct seen seen = { 0 };
	int fd = media_open("h264.mp4");

	CHECK(watch(decode, fd, (struct decode_video_options){ .width = 64, .height = 64 }, &seen) == DECODE_OK,
		" ");
	CHECK(seen.width == 64 && seen.height == 64, " ");
	/* 0.48 s: 15 a second drop, 50 a second repeat. */
	CHECK(watch(decode, fd, (struct decode_video_options){ .resample_fps = 15 }, &seen) == DECODE_OK, " ");
	CHECK(seen.frames == 8, "%lu", (unsigned long)seen.frames);
	CHECK(watch(decode, fd, (struct decode_video_options){ .resample_fps = 50 }, &seen) == DECODE_OK, " ");
	CHECK(seen.frames == 23 && seen.last == 22, "%lu", (unsigned long)seen.frames);
	CHECK(fabs(seen.seconds - 22 / 50.0) < 1e-9, "%f", seen.seconds);
	close(fd);
}

static void large_frames_pass_one_by_one(struct decode *decode)
{
	struct seen small = { 0 }, large = { 0 };
	int fd = media_open("vp9.webm");
	const struct decode_video_options options = { .width = 4800, .height = 3200 };

	CHECK(
		watch(decode, fd, options, &large) == DECODE_OK && large.frames == 12, "%s", decode_message(decode));
	CHECK(watch(decode, fd, (struct decode_video_options){ 0 }, &small) == DECODE_OK, " ");
	double ratio = (double)large.sum / ((double)small.sum * 10000);
	CHECK(ratio > 0.98 && ratio < 1.02, "%f", ratio);
	close(fd);
}

static void stopping_is_no_error(struct decode *decode)
{
	struct seen seen = { .stop_after = 2 };
	int fd = media_open("h264.mp4");
	CHECK(watch(decode, fd, (struct decode_video_options){ 0 }, &seen) == DECODE_OK, "%s",
		decode_message(decode));
	CHECK(seen.frames >= 2 && seen.frames <= 6, "%lu", (unsigned long)seen.frames);
	close(fd);
}

static void limits_hold(struct decode *decode)
{
	struct seen seen = { 0 };
	int fd = media_open("h264.mp4"), pipes[2];

	CHECK(
		watch(decode, fd, (struct decode_video_options){ .frames_max = 5 }, &seen) == DECODE_TOO_LARGE, " ");
	CHECK(seen.frames == 5, "%lu", (unsigned long)seen.frames);
	CHECK(watch(decode, fd, (struct decode_video_options){ .width = 60000, .height = 60000 }, &seen)
		== DECODE_TOO_LARGE, "%s", decode_message(decode));
	CHECK(
		pipe(pipes) == 0 && watch(decode, pipes[0], (struct decode_video_options){ 0 }, &seen) == DECODE_IO,
		" ");
	close(pipes[0]);
	close(pipes[1]);
	close(fd);
}

static void other_files_are_refused(struct decode *decode)
{
	static const char *const names[] = { "rgb.png", "rgb.jpg", "alpha.webp" };
	struct seen seen = { 0 };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		int fd = media_open(names[i]);
		CHECK(
			watch(decode, fd, (struct decode_video_options){ 0 }, &seen) == DECODE_UNKNOWN, "%s", names[i]);
		close(fd);
	}
}

/* Whatever is left of a film after damage, the program lives or is replaced, and the next film plays. */
static void damage_does_not_spread(struct decode *decode)
{
	uint64_t seed = 7;
	for (size_t i = 0; i < sizeof films / sizeof films[0]; i++)
		for (int round = 0; round < 12; round++) {
			struct bytes file = media_read(films[i].file);
			uint8_t *at = (uint8_t *)(uintptr_t)file.at;
			for (uint64_t flips = check_random(&seed) % 20 + 1; flips; flips--)
				at[check_random(&seed) % file.n] = (uint8_t)check_random(&seed);
			if (round % 3 == 0)
				file.n = check_random(&seed) % file.n;
			struct seen seen = { .stop_after = 200 };
			int fd = media_fd_of(file);
			enum decode_code code =
				watch(decode, fd, (struct decode_video_options){ .frames_max = 300 }, &seen);
			CHECK(code != DECODE_DIED && code != DECODE_TOO_SLOW, "%s: %s", films[i].file,
				decode_message(decode));
			CHECK(code == DECODE_OK || decode_message(decode)[0], "%s", films[i].file);
			close(fd);
			free(at);
		}
}

int main(void)
{
	struct decode *decode = decode_open(NULL);

	all_containers_and_codecs_are_opened(decode);
	only_wanted_frames_are_sent(decode);
	frames_are_scaled_and_resampled(decode);
	large_frames_pass_one_by_one(decode);
	stopping_is_no_error(decode);
	limits_hold(decode);
	other_files_are_refused(decode);
	damage_does_not_spread(decode);
	decode_close(decode);
	return check_done();
}
