#include "client.h"

#include "message.h"
#include "planes.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The second: signs of work without a frame, each for 32 frames that were passed over. */
enum { FRAMES_MAX_DEFAULT = 1000000, WORKING_MAX = 1000000 };

enum program { PICTURES, HEIF, VIDEOS, PROGRAMS };

static const char *const program_suffix[PROGRAMS] = {
	[PICTURES] = "", [HEIF] = "-heif", [VIDEOS] = "-video"
};

/* A process, perhaps not running now, and the memory in which it puts its pixels. */
struct worker {
	struct process process;
	uint32_t files_done;
	int pixels_fd;         /* -1: none yet */
	const uint8_t *pixels;
	bool pixels_large;     /* more pages in use than are worth keeping */
};

struct decode {
	char *program_option; /* NULL: found by process_find */
	uint32_t files_per_process;
	struct worker workers[PROGRAMS];
	char message[DECODE_MESSAGE_MAX];
};

static enum decode_code fail(struct decode *decode, enum decode_code code, const char *text)
{
	message_set(decode->message, "%s", text);
	return code;
}

const char *decode_message(const struct decode *decode)
{
	return decode->message;
}

/* ---- Shared pixels ---- */

/* A sparse file in memory of the largest size, so that it never changes: neither side can shrink it under
 * the other. Only pages that were written to take memory. */
static bool open_pixels(struct worker *worker)
{
	worker->pixels_fd = memfd_create("decode-pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (worker->pixels_fd < 0 || ftruncate(worker->pixels_fd, DECODE_SHARED_BYTES) != 0
		|| fcntl(worker->pixels_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
		return false;
	void *at = mmap(NULL, DECODE_SHARED_BYTES, PROT_READ, MAP_SHARED | MAP_NORESERVE, worker->pixels_fd, 0);
	if (at == MAP_FAILED)
		return false;
	worker->pixels = at;
	return true;
}

static void close_pixels(struct worker *worker)
{
	if (worker->pixels)
		munmap((void *)(uintptr_t)worker->pixels, DECODE_SHARED_BYTES);
	if (worker->pixels_fd >= 0)
		close(worker->pixels_fd);
	worker->pixels = NULL;
	worker->pixels_fd = -1;
}

static void empty_pixels(struct worker *worker)
{
	fallocate(worker->pixels_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, DECODE_SHARED_BYTES);
	worker->pixels_large = false;
}

struct decode *decode_open(const struct decode_options *options)
{
	struct decode *decode = calloc(1, sizeof *decode);
	if (!decode)
		return NULL;
	for (int i = 0; i < PROGRAMS; i++)
		decode->workers[i].pixels_fd = -1;
	decode->files_per_process = options && options->files_per_process ? options->files_per_process
		: DECODE_FILES_MAX;
	if (options && options->program) {
		decode->program_option = strdup(options->program);
		if (!decode->program_option) {
			decode_close(decode);
			return NULL;
		}
	}
	return decode;
}

void decode_close(struct decode *decode)
{
	if (!decode)
		return;
	for (int i = 0; i < PROGRAMS; i++) {
		if (decode->workers[i].process.pid)
			process_end(&decode->workers[i].process);
		close_pixels(&decode->workers[i]);
	}
	free(decode->program_option);
	free(decode);
}

/* ---- The process ---- */

/* Ends the process, and says how it had ended. */
static enum decode_code bury(struct decode *decode, struct worker *worker)
{
	int status = process_end(&worker->process);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		return fail(decode, DECODE_TOO_SLOW, "over its seconds of CPU time");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return fail(decode, DECODE_DIED, "the decoder asked the system for something that it may not do");
	message_set(decode->message, WIFSIGNALED(status) ? "the decoder was ended by signal %d"
		: "the decoder ended with status %d", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return DECODE_DIED;
}

/* DECODE_OK when an answer came; else the process is no more. */
static enum decode_code receive(struct decode *decode, struct worker *worker, struct decode_reply *reply)
{
	enum process_answer answer = process_receive(&worker->process, reply);

	if (answer == PROCESS_GONE)
		return bury(decode, worker);
	if (answer == PROCESS_SILENT) {
		process_end(&worker->process);
		return fail(decode, DECODE_TOO_SLOW, "no answer for a minute");
	}
	if (reply->file != worker->files_done) {
		process_end(&worker->process);
		return fail(decode, DECODE_DIED, "the decoder answered for another file");
	}
	message_clean(reply->message, sizeof reply->message);
	message_clean(reply->format, sizeof reply->format);
	return DECODE_OK;
}

/* Each process begins with empty pixels, so that none sees what another decoded. */
static enum decode_code start(struct decode *decode, enum program which)
{
	struct worker *worker = &decode->workers[which];
	char path[PROCESS_PATH_BYTES];
	struct decode_reply ready;

	if (!worker->pixels && !open_pixels(worker)) {
		close_pixels(worker);
		return fail(decode, DECODE_TOO_LARGE, "no memory for pixels");
	}
	empty_pixels(worker);
	worker->files_done = 0;
	if (!process_find(decode->program_option, program_suffix[which], path)
		|| !process_start(&worker->process, path, worker->pixels_fd)) {
		message_set(decode->message, "%s does not start", path);
		return DECODE_NO_PROGRAM;
	}
	if (receive(decode, worker, &ready) != DECODE_OK)
		return DECODE_NO_PROGRAM;
	if (ready.kind == DECODE_REPLY_READY && ready.code == DECODE_OK)
		return DECODE_OK;
	process_end(&worker->process);
	return fail(decode, DECODE_NO_SANDBOX, ready.message);
}

/* Makes sure of a process that is not worn out, and has not said anything about this file before it has seen it. */
static enum decode_code ensure(struct decode *decode, enum program which)
{
	struct worker *worker = &decode->workers[which];

	if (worker->process.pid && worker->files_done < decode->files_per_process && process_is_quiet(&worker->process))
		return DECODE_OK;
	if (worker->process.pid)
		process_end(&worker->process);
	return start(decode, which);
}

static enum decode_code ask(
	struct decode *decode, enum program which, int fd, const struct decode_request *request)
{
	struct worker *worker = &decode->workers[which];
	struct decode_request asked = *request;

	enum decode_code code = ensure(decode, which);
	if (code != DECODE_OK)
		return code;
	if (worker->pixels_large)
		empty_pixels(worker);
	asked.file = ++worker->files_done;
	if (!process_grant_cpu(&worker->process, DECODE_CPU_SECONDS)
		|| !process_send(&worker->process, &asked, sizeof asked, fd))
		return bury(decode, worker);
	return DECODE_OK;
}

/* ---- Answers: whatever the decoder says is checked, because a hostile file may be speaking ---- */

static bool is_image(const struct decode_reply *reply, bool planes)
{
	uint64_t size = (uint64_t)reply->width * reply->height * reply->channels;

	if (reply->sampling != DECODE_INTERLEAVED) {
		if (!planes || reply->sampling > DECODE_420 || reply->channels != 3)
			return false;
		size = planes_of(reply->sampling, reply->width, reply->height).size;
	}
	return reply->width > 0 && reply->width <= DECODE_SIDE_MAX
		&& reply->height > 0 && reply->height <= DECODE_SIDE_MAX
		&& (reply->channels == 1 || reply->channels == 3)
		&& reply->file_channels >= 1 && reply->file_channels <= 4
		&& reply->size == size && size <= DECODE_PIXEL_BYTES_MAX
		&& reply->offset <= DECODE_SHARED_BYTES - size;
}

static struct decode_image image_of(struct worker *worker, const struct decode_reply *reply)
{
	struct decode_image image = {
		.width = reply->width, .height = reply->height,
		.channels = reply->channels, .file_channels = reply->file_channels,
		.damaged = reply->damaged != 0,
		.pixels = worker->pixels + reply->offset, .size = (size_t)reply->size,
		.sampling = reply->sampling,
	};
	planes_place(&image);
	memcpy(image.format, reply->format, sizeof image.format);
	worker->pixels_large |= reply->size > DECODE_KEEP_BYTES;
	return image;
}

static enum decode_code nonsense(struct decode *decode, struct worker *worker)
{
	process_end(&worker->process);
	return fail(decode, DECODE_DIED, "the decoder gave an answer that makes no sense");
}

static bool is_code(uint32_t code)
{
	return code <= DECODE_DIED;
}

/* One question and its answer, or the way to the program that opens such files. */
static enum decode_code picture_by(struct decode *decode, enum program which, int fd,
	const struct decode_request *request, struct decode_image *image)
{
	struct worker *worker = &decode->workers[which];
	struct decode_reply reply;

	enum decode_code code = ask(decode, which, fd, request);
	if (code == DECODE_OK)
		code = receive(decode, worker, &reply);
	if (code != DECODE_OK)
		return code;
	if (which == PICTURES && reply.kind == DECODE_REPLY_ELSEWHERE)
		return picture_by(decode, HEIF, fd, request, image);
	if (reply.kind != DECODE_REPLY_DONE || !is_code(reply.code)
		|| (reply.code == DECODE_OK && !is_image(&reply, request->planes != 0)))
		return nonsense(decode, worker);
	if (reply.code == DECODE_OK)
		*image = image_of(worker, &reply);
	if (reply.code != DECODE_OK || reply.damaged)
		return fail(decode, reply.code, reply.message);
	return DECODE_OK;
}

/* The decoder may need to look twice, which no pipe allows. -1 when it cannot be read or is too large. */
static int copy_of_pipe(int from)
{
	int copy = memfd_create("decode-pipe", MFD_CLOEXEC);
	size_t total = 0;
	uint8_t block[1 << 16];
	ssize_t n;

	while (copy >= 0 && total <= DECODE_PICTURE_FILE_MAX && (n = read(from, block, sizeof block)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || write(copy, block, (size_t)n) != n) {
			close(copy);
			return -1;
		}
		total += (size_t)n;
	}
	return copy;
}

static enum decode_code not_a_file(struct decode *decode)
{
	return fail(decode, DECODE_IO, "not a file that can be read");
}

static enum decode_code picture_of_pipe(struct decode *decode, int fd, bool planes, struct decode_image *image)
{
	struct stat is;
	int copy = copy_of_pipe(fd);

	if (copy < 0 || fstat(copy, &is) != 0)
		return not_a_file(decode);
	const struct decode_request request = { .file_size = (uint64_t)is.st_size, .planes = planes };
	enum decode_code code = picture_by(decode, PICTURES, copy, &request, image);
	close(copy);
	return code;
}

static enum decode_code picture(struct decode *decode, int fd, bool planes, struct decode_image *image)
{
	struct stat is;

	*image = (struct decode_image){ 0 };
	decode->message[0] = '\0';
	if (fstat(fd, &is) != 0)
		return not_a_file(decode);
	if (S_ISFIFO(is.st_mode) || S_ISSOCK(is.st_mode))
		return picture_of_pipe(decode, fd, planes, image);
	if (!S_ISREG(is.st_mode))
		return not_a_file(decode);
	const struct decode_request request = { .file_size = (uint64_t)is.st_size, .planes = planes };
	return picture_by(decode, PICTURES, fd, &request, image);
}

enum decode_code decode_picture(struct decode *decode, int fd, struct decode_image *image)
{
	return picture(decode, fd, false, image);
}

enum decode_code decode_picture_planes(struct decode *decode, int fd, struct decode_image *image)
{
	return picture(decode, fd, true, image);
}

/* Shows one frame to the caller, and tells the decoder that its memory is free again. */
static enum decode_code show_frame(struct decode *decode, const struct decode_reply *reply,
	decode_frame_fn *frame_fn, void *user)
{
	struct worker *worker = &decode->workers[VIDEOS];

	if (!is_image(reply, false) || reply->channels != 3)
		return nonsense(decode, worker);
	const struct decode_frame frame = { .image = image_of(worker, reply),
		.number = reply->number, .seconds = reply->seconds };
	const struct decode_verdict verdict = { .go_on = frame_fn(user, &frame) };
	if (!process_grant_cpu(&worker->process, DECODE_CPU_SECONDS)
		|| !process_send(&worker->process, &verdict, sizeof verdict, -1))
		return bury(decode, worker);
	return DECODE_OK;
}

static enum decode_code keep_working(struct decode *decode)
{
	struct worker *worker = &decode->workers[VIDEOS];
	return process_grant_cpu(&worker->process, DECODE_CPU_SECONDS) ? DECODE_OK : bury(decode, worker);
}

/* Answers until the film is over; what each may be is checked by those who use it. */
static enum decode_code play(
	struct decode *decode, uint64_t frames_max, decode_frame_fn *frame_fn, void *user)
{
	struct worker *worker = &decode->workers[VIDEOS];
	struct decode_reply reply;
	uint64_t frames = 0, working = 0;

	for (;;) {
		enum decode_code code = receive(decode, worker, &reply);
		if (code != DECODE_OK)
			return code;
		if (reply.kind == DECODE_REPLY_DONE && is_code(reply.code))
			return fail(decode, reply.code, reply.message);
		if (reply.kind == DECODE_REPLY_FRAME && frames++ < frames_max)
			code = show_frame(decode, &reply, frame_fn, user);
		else if (reply.kind == DECODE_REPLY_WORKING && working++ < WORKING_MAX)
			code = keep_working(decode);
		else
			return nonsense(decode, worker);
		if (code != DECODE_OK)
			return code;
	}
}

enum decode_code decode_video(struct decode *decode, int fd, const struct decode_video_options *options,
	decode_frame_fn *frame_fn, void *user)
{
	struct decode_request request = { 0 };
	struct stat is;

	decode->message[0] = '\0';
	if (fstat(fd, &is) != 0 || !S_ISREG(is.st_mode))
		return not_a_file(decode);
	request.file_size = (uint64_t)is.st_size;
	if (options)
		request.video = *options;
	if (!request.video.frames_max)
		request.video.frames_max = FRAMES_MAX_DEFAULT;
	enum decode_code code = ask(decode, VIDEOS, fd, &request);
	return code == DECODE_OK ? play(decode, request.video.frames_max, frame_fn, user) : code;
}
