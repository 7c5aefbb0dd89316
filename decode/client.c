#include "client.h"

#include "message.h"
#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRAMES_MAX_DEFAULT = 1000000 };

enum program { PICTURES, VIDEOS };

static const char *const program_suffix[] = { [PICTURES] = "", [VIDEOS] = "-video" };

struct decode {
	char *program_option; /* NULL: found by process_find */
	uint32_t files_per_process;

	struct process process;
	enum program running;
	uint32_t files_done;

	int pixels_fd;
	const uint8_t *pixels;
	bool pixels_large; /* more pages in use than are worth keeping */
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
static bool open_pixels(struct decode *decode)
{
	decode->pixels_fd = memfd_create("decode-pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (decode->pixels_fd < 0 || ftruncate(decode->pixels_fd, DECODE_PIXEL_BYTES_MAX) != 0
		|| fcntl(decode->pixels_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
		return false;
	void *at = mmap(NULL, DECODE_PIXEL_BYTES_MAX, PROT_READ, MAP_SHARED | MAP_NORESERVE, decode->pixels_fd, 0);
	if (at == MAP_FAILED)
		return false;
	decode->pixels = at;
	return true;
}

static void empty_pixels(struct decode *decode)
{
	fallocate(decode->pixels_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, DECODE_PIXEL_BYTES_MAX);
	decode->pixels_large = false;
}

struct decode *decode_open(const struct decode_options *options)
{
	struct decode *decode = calloc(1, sizeof *decode);
	if (!decode)
		return NULL;
	decode->files_per_process = options && options->files_per_process ? options->files_per_process
		: DECODE_FILES_MAX;
	if (options && options->program)
		decode->program_option = strdup(options->program);
	if (!open_pixels(decode) || (options && options->program && !decode->program_option)) {
		decode_close(decode);
		return NULL;
	}
	return decode;
}

void decode_close(struct decode *decode)
{
	if (!decode)
		return;
	if (decode->process.pid)
		process_end(&decode->process);
	if (decode->pixels)
		munmap((void *)(uintptr_t)decode->pixels, DECODE_PIXEL_BYTES_MAX);
	if (decode->pixels_fd >= 0)
		close(decode->pixels_fd);
	free(decode->program_option);
	free(decode);
}

/* ---- The process ---- */

/* Ends the process, and says how it had ended. */
static enum decode_code bury(struct decode *decode)
{
	int status = process_end(&decode->process);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		return fail(decode, DECODE_TOO_SLOW, "over its seconds of CPU time");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return fail(decode, DECODE_DIED, "the decoder asked the system for something that it may not do");
	message_set(decode->message, WIFSIGNALED(status) ? "the decoder was ended by signal %d"
		: "the decoder ended with status %d", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return DECODE_DIED;
}

/* DECODE_OK when an answer came; else the process is no more. */
static enum decode_code receive(struct decode *decode, struct decode_reply *reply)
{
	enum process_answer answer = process_receive(&decode->process, reply);

	if (answer == PROCESS_GONE)
		return bury(decode);
	if (answer == PROCESS_SILENT) {
		process_end(&decode->process);
		return fail(decode, DECODE_TOO_SLOW, "no answer for a minute");
	}
	message_clean(reply->message, sizeof reply->message);
	message_clean(reply->format, sizeof reply->format);
	return DECODE_OK;
}

static enum decode_code start(struct decode *decode, enum program which)
{
	char path[PROCESS_PATH_BYTES];
	struct decode_reply ready;

	empty_pixels(decode);
	decode->files_done = 0;
	decode->running = which;
	if (!process_find(decode->program_option, program_suffix[which], path)
		|| !process_start(&decode->process, path, decode->pixels_fd)) {
		message_set(decode->message, "%s does not start", path);
		return DECODE_NO_PROGRAM;
	}
	if (receive(decode, &ready) != DECODE_OK)
		return DECODE_NO_PROGRAM;
	if (ready.kind == DECODE_REPLY_READY && ready.code == DECODE_OK)
		return DECODE_OK;
	process_end(&decode->process);
	return fail(decode, DECODE_NO_SANDBOX, ready.message);
}

/* A process of this kind that is not worn out. */
static enum decode_code ensure(struct decode *decode, enum program which)
{
	bool usable = decode->process.pid && decode->running == which
		&& decode->files_done < decode->files_per_process;

	if (usable)
		return DECODE_OK;
	if (decode->process.pid)
		process_end(&decode->process);
	return start(decode, which);
}

/* Regular files have a size; of pipes and the like the end shows itself. */
static bool size_of(int fd, uint64_t *size)
{
	struct stat is;

	if (fstat(fd, &is) != 0 || S_ISDIR(is.st_mode) || S_ISBLK(is.st_mode) || S_ISCHR(is.st_mode))
		return false;
	*size = S_ISREG(is.st_mode) ? (uint64_t)is.st_size : UINT64_MAX;
	return true;
}

static enum decode_code send_file(struct decode *decode, int fd, const struct decode_request *request)
{
	if (decode->pixels_large)
		empty_pixels(decode);
	decode->files_done++;
	if (!process_grant_cpu(&decode->process, DECODE_CPU_SECONDS)
		|| !process_send(&decode->process, request, sizeof *request, fd))
		return bury(decode);
	return DECODE_OK;
}

static enum decode_code ask(struct decode *decode, enum program which, int fd, struct decode_request *request)
{
	decode->message[0] = '\0';
	if (!size_of(fd, &request->file_size))
		return fail(decode, DECODE_IO, "not a file that can be read");
	enum decode_code code = ensure(decode, which);
	return code == DECODE_OK ? send_file(decode, fd, request) : code;
}

/* ---- Answers: whatever the decoder says is checked, because a hostile file may be speaking ---- */

static bool is_image(const struct decode_reply *reply)
{
	uint64_t size = (uint64_t)reply->width * reply->height * reply->channels;

	return reply->width > 0 && reply->width <= DECODE_SIDE_MAX
		&& reply->height > 0 && reply->height <= DECODE_SIDE_MAX
		&& (reply->channels == 1 || reply->channels == 3)
		&& reply->file_channels >= 1 && reply->file_channels <= 4
		&& reply->size == size && size <= DECODE_PIXEL_BYTES_MAX
		&& reply->offset <= DECODE_PIXEL_BYTES_MAX - size;
}

static struct decode_image image_of(struct decode *decode, const struct decode_reply *reply)
{
	struct decode_image image = {
		.width = reply->width, .height = reply->height,
		.channels = reply->channels, .file_channels = reply->file_channels,
		.damaged = reply->damaged != 0,
		.pixels = decode->pixels + reply->offset, .size = (size_t)reply->size,
	};
	memcpy(image.format, reply->format, sizeof image.format);
	decode->pixels_large |= reply->size > DECODE_KEEP_BYTES;
	return image;
}

static enum decode_code nonsense(struct decode *decode)
{
	process_end(&decode->process);
	return fail(decode, DECODE_DIED, "the decoder gave an answer that makes no sense");
}

static bool is_code(uint32_t code)
{
	return code <= DECODE_DIED;
}

enum decode_code decode_picture(struct decode *decode, int fd, struct decode_image *image)
{
	struct decode_request request = { 0 };
	struct decode_reply reply;

	*image = (struct decode_image){ 0 };
	enum decode_code code = ask(decode, PICTURES, fd, &request);
	if (code == DECODE_OK)
		code = receive(decode, &reply);
	if (code != DECODE_OK)
		return code;
	if (reply.kind != DECODE_REPLY_DONE || !is_code(reply.code) || (reply.code == DECODE_OK && !is_image(&reply)))
		return nonsense(decode);
	if (reply.code == DECODE_OK)
		*image = image_of(decode, &reply);
	if (reply.code != DECODE_OK || reply.damaged)
		return fail(decode, reply.code, reply.message);
	return DECODE_OK;
}

/* Shows one frame to the caller, and tells the decoder that its memory is free again. */
static enum decode_code show_frame(struct decode *decode, const struct decode_reply *reply,
	decode_frame_fn *frame_fn, void *user)
{
	if (!is_image(reply) || reply->channels != 3)
		return nonsense(decode);
	const struct decode_frame frame = { .image = image_of(decode, reply),
		.number = reply->number, .seconds = reply->seconds };
	const struct decode_verdict verdict = { .go_on = frame_fn(user, &frame) };
	if (!process_grant_cpu(&decode->process, DECODE_CPU_SECONDS)
		|| !process_send(&decode->process, &verdict, sizeof verdict, -1))
		return bury(decode);
	return DECODE_OK;
}

enum decode_code decode_video(struct decode *decode, int fd, const struct decode_video_options *options,
	decode_frame_fn *frame_fn, void *user)
{
	struct decode_request request = { .video = *options };
	struct decode_reply reply;
	uint64_t frames = 0;

	if (!request.video.frames_max)
		request.video.frames_max = FRAMES_MAX_DEFAULT;
	enum decode_code code = ask(decode, VIDEOS, fd, &request);
	while (code == DECODE_OK) {
		code = receive(decode, &reply);
		if (code != DECODE_OK)
			return code;
		if (reply.kind == DECODE_REPLY_DONE && is_code(reply.code))
			return fail(decode, reply.code, reply.message);
		if (reply.kind != DECODE_REPLY_FRAME || frames++ >= request.video.frames_max)
			return nonsense(decode);
		code = show_frame(decode, &reply, frame_fn, user);
	}
	return code;
}
