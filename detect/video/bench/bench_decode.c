/* What the walls cost: picture files to hashes through the sandboxed decoder, against the same in one
 * process, and against libjpeg-turbo's decoding alone. Usage: bench_decode NAME FILE...; one core: run under
 * taskset. */
#include "bench.h"
#include "client.h"
#include "cmd/decoded.h"
#include "lachan/detect.h"
#include "picture.h"
#include "planes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Rounds take turns, so that what else the machine does hits all alike; each of FILES has one start of the
 * sandboxed program in it. */
enum { FILES = DECODE_FILES_MAX, ROUNDS_MIN = 5, SECONDS = 15 };

struct run {
	char **files;
	int count;
	struct decode *decode;
	uint8_t *pixels; /* kept between files, as the sandboxed program keeps its own */
	size_t room;
	uint8_t *bytes;
};

static void die(const char *what, const char *file)
{
	fprintf(stderr, "%s: %s\n", file, what);
	exit(1);
}

static void hash(const struct decode_image *from)
{
	const struct detect_image image = decoded_image(from);
	struct detect_pdq pdq;
	if (detect_pdq_hash(&image, DETECT_FULL, &pdq, NULL) != DETECT_OK)
		die("no hash", "");
}

static void sandboxed(struct run *run, const char *file)
{
	struct decode_image image;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (decode_picture_planes(run->decode, fd, &image) != DECODE_OK)
		die(decode_message(run->decode), file);
	close(fd);
	hash(&image);
}

static uint8_t *room(void *user, size_t size)
{
	struct run *run = user;
	if (size > run->room) {
		free(run->pixels);
		run->pixels = malloc(size);
		run->room = size;
	}
	return run->pixels;
}

static struct picture decode_here(struct run *run, const char *file, bool planes)
{
	struct picture picture = { .room = room, .user = run, .planes = planes };
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, run->bytes, DECODE_PICTURE_FILE_MAX);
	close(fd);
	if (n < 0 || picture_decode((struct bytes){ run->bytes, (size_t)n }, &picture) != DECODE_OK)
		die(picture.message, file);
	return picture;
}

static void in_process(struct run *run, const char *file)
{
	const struct picture picture = decode_here(run, file, true);
	struct decode_image image = { .width = picture.width, .height = picture.height, .channels = picture.channels,
		.sampling = picture.sampling, .pixels = picture.pixels };
	planes_place(&image);
	hash(&image);
}

static void decode_alone(struct run *run, const char *file)
{
	decode_here(run, file, false);
}

static double seconds_a_file(struct run *run, void (*work)(struct run *, const char *))
{
	double start = bench_seconds();
	for (int i = 0; i < FILES; i++)
		work(run, run->files[i % run->count]);
	return (bench_seconds() - start) / FILES;
}

/* CPU seconds of this process and of the decoders that have ended: what tells on a busy machine. */
static double cpu_seconds(void)
{
	struct rusage all;
	double sum = 0;
	for (int i = 0; i < 2; i++) {
		getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &all);
		sum += (double)(all.ru_utime.tv_sec + all.ru_stime.tv_sec)
			+ 1e-6 * (double)(all.ru_utime.tv_usec + all.ru_stime.tv_usec);
	}
	return sum;
}

/* The same for so many rounds, the last decoder's included. */
static double cpu_a_file(struct run *run, void (*work)(struct run *, const char *), int rounds)
{
	double start = cpu_seconds();
	run->decode = decode_open(NULL);
	for (int i = 0; i < rounds; i++)
		seconds_a_file(run, work);
	decode_close(run->decode);
	return (cpu_seconds() - start) / (FILES * rounds);
}

static double least(double a, double b)
{
	return a == 0 || b < a ? b : a;
}

int main(int argc, char **argv)
{
	struct run run = { .files = argv + 2, .count = argc - 2, .decode = decode_open(NULL),
		.bytes = malloc(DECODE_PICTURE_FILE_MAX) };
	double walls = 0, here = 0, alone = 0;
	char name[100];

	if (argc < 3 || !run.decode || !run.bytes)
		return fputs("usage: bench_decode NAME FILE...\n", stderr), 2;
	const double start = bench_seconds();
	for (int i = 0; i < ROUNDS_MIN || bench_seconds() - start < SECONDS; i++) {
		alone = least(alone, seconds_a_file(&run, decode_alone));
		here = least(here, seconds_a_file(&run, in_process));
		walls = least(walls, seconds_a_file(&run, sandboxed));
	}
	snprintf(name, sizeof name, "decode-sandbox-%s", argv[1]);
	bench_print(name, walls * 1e6, "us/file", "the same in one process", here * 1e6);
	snprintf(name, sizeof name, "decode-to-hash-%s", argv[1]);
	bench_print(name, walls * 1e6, "us/file", "libjpeg-turbo decode alone", alone * 1e6);
	decode_close(run.decode);
	walls = cpu_a_file(&run, sandboxed, ROUNDS_MIN);
	snprintf(name, sizeof name, "decode-sandbox-cpu-%s", argv[1]);
	bench_print(name, walls * 1e6, "us/file", "the same in one process",
		cpu_a_file(&run, in_process, ROUNDS_MIN) * 1e6);
	snprintf(name, sizeof name, "decode-to-hash-cpu-%s", argv[1]);
	bench_print(name, walls * 1e6, "us/file", "libjpeg-turbo decode alone",
		cpu_a_file(&run, decode_alone, ROUNDS_MIN) * 1e6);
	free(run.pixels);
	free(run.bytes);
	return 0;
}
