/* Pictures through the sandboxed program: the same pixels as without, whatever comes before or between. */
#include "check.h"
#include "media.h"

#include <dirent.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>

static const char *const files[] = { "rgb.png", "interlaced.png", "rgba.png", "grey.png", "rgb.jpg",
	"subsampled.jpg", "still.gif", "animated.gif", "alpha.webp", "animated.webp", "rgb.heic", "rgb.avif" };

enum { FILES = sizeof files / sizeof files[0] };

static bool same(const struct decode_image *image, const struct picture *picture)
{
	return image->width == picture->width && image->height == picture->height
		&& image->channels == picture->channels && image->file_channels == picture->file_channels
		&& image->sampling == picture->sampling && strcmp(image->format, picture->format) == 0
		&& image->size == picture->size && memcmp(image->pixels, picture->pixels, picture->size) == 0;
}

typedef enum decode_code open_fn(struct decode *decode, int fd, struct decode_image *image);

static void check_file(struct decode *decode, const char *name, open_fn *open_it)
{
	struct bytes file = media_read(name);
	struct picture picture = { .room = media_room, .planes = open_it == decode_picture_planes };
	struct decode_image image;
	int fd = media_open(name);

	CHECK(picture_decode(file, &picture) == DECODE_OK, "%s", name);
	CHECK(open_it(decode, fd, &image) == DECODE_OK, "%s: %s", name, decode_message(decode));
	CHECK(same(&image, &picture), "%s", name);
	CHECK(decode_message(decode)[0] == '\0', "%s", decode_message(decode));
	free(picture.pixels);
	free((void *)(uintptr_t)file.at);
	close(fd);
}

static void pixels_are_those_of_the_library(struct decode *decode)
{
	for (int i = 0; i < FILES; i++)
		check_file(decode, files[i], decode_picture);
}

/* JPEGs, and nothing else; a pipe is as good as a file, and RGB is still there for those who come after. */
static void planes_are_for_those_who_ask(struct decode *decode)
{
	struct decode_image image;
	int fd = media_open("subsampled.jpg");

	for (int i = 0; i < FILES; i++) {
		check_file(decode, files[i], decode_picture_planes);
		check_file(decode, files[i], decode_picture);
	}
	CHECK(decode_picture_planes(decode, fd, &image) == DECODE_OK && image.sampling == DECODE_420, " ");
	CHECK(image.channels == 3 && image.size == 48 * 32 * 3 / 2 && image.stride == 48, "%zu", image.size);
	CHECK(image.chroma_stride == 24 && image.chroma[0] == image.pixels + 48 * 32, " ");
	close(fd);
}

static int open_files(void)
{
	int n = 0;
	DIR *folder = opendir("/proc/self/fd");
	while (readdir(folder))
		n++;
	closedir(folder);
	return n;
}

static void many_files_leave_nothing_behind(struct decode *decode)
{
	int before = open_files();
	for (int i = 0; i < 350; i++)
		check_file(decode, files[i % FILES], decode_picture);
	CHECK(open_files() == before, "%d descriptors, then %d", before, open_files());
}

static void refusals_have_reasons(struct decode *decode)
{
	struct decode_image image;
	int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), nothing = media_fd_of((struct bytes){ 0 });
	int pipes[2], write_only = open("/dev/null", O_WRONLY | O_CLOEXEC);

	CHECK(decode_picture(decode, folder, &image) == DECODE_IO && decode_message(decode)[0], " ");
	CHECK(decode_picture(decode, -1, &image) == DECODE_IO && decode_message(decode)[0], " ");
	CHECK(decode_picture(decode, write_only, &image) == DECODE_IO && decode_message(decode)[0], " ");
	CHECK(decode_picture(decode, nothing, &image) == DECODE_BROKEN && decode_message(decode)[0], " ");
	CHECK(pipe(pipes) == 0 && decode_picture(decode, pipes[1], &image) == DECODE_IO, " ");
	CHECK(!image.pixels && image.size == 0, " ");
	close(folder);
	close(nothing);
	close(write_only);
	close(pipes[0]);
	close(pipes[1]);
	check_file(decode, "rgb.png", decode_picture);
}

static void too_large_a_file_is_not_read(struct decode *decode)
{
	struct decode_image image;
	int fd = memfd_create("sparse", MFD_CLOEXEC);
	CHECK(ftruncate(fd, (off_t)DECODE_PICTURE_FILE_MAX + 1) == 0, " ");
	CHECK(decode_picture(decode, fd, &image) == DECODE_TOO_LARGE, "%s", decode_message(decode));
	close(fd);
}

static void pipes_are_read_to_their_end(struct decode *decode)
{
	struct bytes file = media_read("rgb.heic");
	struct decode_image image;
	int pipes[2];

	CHECK(pipe2(pipes, O_CLOEXEC) == 0, " ");
	CHECK(write(pipes[1], file.at, file.n) == (ssize_t)file.n, " ");
	close(pipes[1]);
	CHECK(decode_picture(decode, pipes[0], &image) == DECODE_OK && image.width == 48, "%s",
		decode_message(decode));
	close(pipes[0]);
	free((void *)(uintptr_t)file.at);
}

static void the_offset_of_a_file_does_not_matter(struct decode *decode)
{
	struct decode_image image;
	int fd = media_open("rgb.png");
	CHECK(lseek(fd, 0, SEEK_END) > 0, " ");
	CHECK(decode_picture(decode, fd, &image) == DECODE_OK, "%s", decode_message(decode));
	CHECK(decode_picture(decode, fd, &image) == DECODE_OK, "%s", decode_message(decode));
	close(fd);
}

static void a_missing_program_is_named(void)
{
	struct decode *decode = decode_open(&(struct decode_options){ .program = "/nowhere/lachan-decode" });
	struct decode_image image;
	int fd = media_open("rgb.png");
	CHECK(decode_picture(decode, fd, &image) == DECODE_NO_PROGRAM, " ");
	CHECK(strstr(decode_message(decode), "/nowhere/lachan-decode"), "%s", decode_message(decode));
	decode_close(decode);
	decode = decode_open(&(struct decode_options){ .program = "/bin/true" });
	CHECK(decode_picture(decode, fd, &image) == DECODE_NO_PROGRAM, "%s", decode_message(decode));
	decode_close(decode);
	close(fd);
}

/* By hand it does nothing but say so. */
static void started_by_hand_it_explains_itself(void)
{
	int status = -1;
	pid_t child = fork();
	if (child == 0) {
		close_range(2, ~0u, 0);
		execl(getenv("LACHAN_DECODE"), "lachan-decode", NULL);
		_exit(99);
	}
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2, "%d", status);
}

static void *work(void *failed)
{
	struct decode *decode = decode_open(NULL);
	struct decode_image image;
	for (int i = 0; i < 120; i++) {
		int fd = media_open(files[i % FILES]);
		*(int *)failed += decode_picture(decode, fd, &image) != DECODE_OK || image.width != 48;
		close(fd);
	}
	decode_close(decode);
	return NULL;
}

static void threads_have_a_decoder_each(void)
{
	pthread_t threads[3];
	int failed[3] = { 0 };
	for (int i = 0; i < 3; i++)
		CHECK(pthread_create(&threads[i], NULL, work, &failed[i]) == 0, " ");
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		CHECK(failed[i] == 0, "thread %d: %d", i, failed[i]);
	}
}

int main(void)
{
	struct decode *decode = decode_open(NULL);

	heif_prepare();
	pixels_are_those_of_the_library(decode);
	planes_are_for_those_who_ask(decode);
	many_files_leave_nothing_behind(decode);
	refusals_have_reasons(decode);
	too_large_a_file_is_not_read(decode);
	pipes_are_read_to_their_end(decode);
	the_offset_of_a_file_does_not_matter(decode);
	decode_close(decode);
	a_missing_program_is_named();
	started_by_hand_it_explains_itself();
	threads_have_a_decoder_each();
	return check_done();
}
