/*
 * Damaged media in numbers through the sandboxed decoder: `hostile ROUNDS SEED FILE...` spoils each file so many
 * times and has it decoded as a picture and as a film. One JSON line; exit 1 unless every file was answered, a
 * whole one is decoded afterwards, and neither descriptors nor memory have grown here.
 */
#include "check.h"
#include "media.h"

#include <dirent.h>
#include <string.h>

enum { FILE_BYTES_MAX = 8 << 20, GROWTH_KIB_MAX = 32 << 10, CODES = DECODE_DIED + 1 };

static uint64_t counts[CODES];

static bool watch(void *, const struct decode_frame *)
{
	return true;
}

static int open_descriptors(void)
{
	int n = 0;
	DIR *folder = opendir("/proc/self/fd");
	while (folder && readdir(folder))
		n++;
	if (folder)
		closedir(folder);
	return n;
}

static long resident_kib(void)
{
	char line[128] = "";
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file || !fgets(line, sizeof line, file))
		line[0] = '\0';
	if (file)
		fclose(file);
	const char *second = strchr(line, ' ');
	return second ? strtol(second, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}

/* Up to 16 bytes are changed; one file in five ends early; one in five has a run of bytes repeated. */
static struct bytes spoil(struct bytes file, uint8_t *into, uint64_t *seed)
{
	struct bytes spoilt = { into, file.n };
	memcpy(into, file.at, file.n);
	for (uint64_t flips = 1 + check_random(seed) % 16; flips; flips--)
		into[check_random(seed) % file.n] = (uint8_t)check_random(seed);
	uint64_t kind = check_random(seed) % 5, at = check_random(seed) % file.n;
	if (kind == 0)
		spoilt.n = at;
	if (kind == 1)
		memmove(into + at, into + at / 2, file.n - at);
	return spoilt;
}

static void decode_both_ways(struct decode *decode, struct bytes file)
{
	struct decode_image image;
	const struct decode_video_options options = { .frames_max = 100 };
	int fd = media_fd_of(file);

	counts[decode_picture(decode, fd, &image)]++;
	counts[decode_video(decode, fd, &options, watch, NULL)]++;
	close(fd);
}

static void attack_with(struct decode *decode, const char *path, long rounds, uint64_t *seed)
{
	uint8_t *whole = malloc(FILE_BYTES_MAX), *spoilt = malloc(FILE_BYTES_MAX);
	FILE *file = fopen(path, "re");
	size_t n = file && whole && spoilt ? fread(whole, 1, FILE_BYTES_MAX, file) : 0;

	CHECK(n > 0, "%s", path);
	for (long i = 0; i < rounds && n; i++)
		decode_both_ways(decode, spoil((struct bytes){ whole, n }, spoilt, seed));
	if (file)
		fclose(file);
	free(whole);
	free(spoilt);
}

/* One for each of the three programs. */
static void whole_files_are_decoded(struct decode *decode)
{
	struct decode_image image;
	int png = media_open("rgb.png"), heic = media_open("rgb.heic"), film = media_open("h264.mp4");
	CHECK(decode_picture(decode, png, &image) == DECODE_OK && image.width == 48, "%s", decode_message(decode));
	CHECK(decode_picture(decode, heic, &image) == DECODE_OK && image.width == 48, "%s", decode_message(decode));
	CHECK(decode_video(decode, film, NULL, watch, NULL) == DECODE_OK, "%s", decode_message(decode));
	close(png);
	close(heic);
	close(film);
}

int main(int argc, char **argv)
{
	struct decode *decode = decode_open(NULL);
	const long rounds = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	uint64_t seed = argc > 3 ? strtoull(argv[2], NULL, 10) : 0, sum = 0;

	if (rounds < 1 || !decode)
		return fputs("usage: hostile ROUNDS SEED FILE...\n", stderr), 2;
	whole_files_are_decoded(decode);
	const int descriptors = open_descriptors();
	const long kib = resident_kib();
	for (int i = 3; i < argc; i++)
		attack_with(decode, argv[i], rounds, &seed);
	whole_files_are_decoded(decode);
	const long growth = resident_kib() - kib;
	for (int i = 0; i < CODES; i++)
		sum += counts[i];
	CHECK(sum == 2 * (uint64_t)rounds * (uint64_t)(argc - 3), "%llu answers", (unsigned long long)sum);
	CHECK(open_descriptors() == descriptors, "%d descriptors, then %d", descriptors, open_descriptors());
	CHECK(growth < GROWTH_KIB_MAX, "%ld KiB more", growth);
	CHECK(counts[DECODE_NO_PROGRAM] == 0 && counts[DECODE_NO_SANDBOX] == 0, "it did not start");
	printf("{\"drill\":\"hostile-media\",\"decodings\":%llu,\"done\":%llu,\"too_slow\":%llu,\"died\":%llu,"
		"\"growth_kib\":%ld,\"ok\":%s}\n",
		(unsigned long long)sum, (unsigned long long)counts[DECODE_OK],
		(unsigned long long)counts[DECODE_TOO_SLOW], (unsigned long long)counts[DECODE_DIED], growth,
		check_failed ? "false" : "true");
	decode_close(decode);
	return check_done();
}
