/*
 * A decoder as an attacker would like to have it, to be shut in like the real ones: each file says what it
 * is to try. Success is reported as a picture, so that the test sees it; refusal as an error.
 */
#include "channel.h"
#include "picture.h"
#include "service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool try_open(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool try_create(void)
{
	return open("/tmp/lachan-evil", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool try_connect(void)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	connect(fd, (const struct sockaddr *)&to, sizeof to);
	return true; /* to have got so far is success enough */
}

static bool try_fork(void)
{
	return fork() >= 0;
}

static bool try_vfork(void)
{
	return syscall(SYS_vfork) >= 0;
}

static bool try_ptrace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool try_ptrace_itself(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool try_kill(void)
{
	return syscall(SYS_kill, 1, 0) == 0;
}

static bool try_exec(void)
{
	char *const arguments[] = { (char[]){ "true" }, NULL };
	execv("/bin/true", arguments);
	return false;
}

static bool try_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
		!= MAP_FAILED;
}

static bool try_make_code(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool try_write_input(void)
{
	return pwrite(DECODE_FD_FIRST_FREE, "evil", 4, 0) == 4;
}

static bool try_map_input(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, DECODE_FD_FIRST_FREE, 0) != MAP_FAILED;
}

static bool try_more_cpu(void)
{
	return setrlimit(RLIMIT_CPU, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }) == 0;
}

static bool try_shrink_pixels(void)
{
	return ftruncate(DECODE_FD_PIXELS, 0) == 0;
}

static bool try_memory(void)
{
	void *volatile at = malloc(DECODE_MEMORY_BYTES);
	return at;
}

static bool try_spin(void)
{
	for (volatile unsigned i = 1; i; i += 2)
		continue;
	return true;
}

static bool try_crash(void)
{
	__builtin_trap();
}

static bool lie(struct decode_reply reply)
{
	channel_send(&reply);
	return true;
}

static bool lie_about_size(void)
{
	return lie((struct decode_reply){ .kind = DECODE_REPLY_DONE,
		.width = 4000,
		.height = 4000,
		.channels = 3,
		.file_channels = 3,
		.size = 48 });
}

static bool lie_about_place(void)
{
	return lie((struct decode_reply){ .kind = DECODE_REPLY_DONE, .width = 4, .height = 4, .channels = 3,
		.file_channels = 3, .size = 48, .offset = UINT64_MAX - 8 });
}

static bool lie_about_sides(void)
{
	return lie((struct decode_reply){ .kind = DECODE_REPLY_DONE,
		.width = UINT32_MAX,
		.height = UINT32_MAX,
		.channels = UINT32_MAX,
		.file_channels = 3,
		.size = (uint64_t)UINT32_MAX * UINT32_MAX * UINT32_MAX });
}

/* In planes, which not everyone asks for: right in itself; of a sampling that there is not; of the size of RGB. */
static bool lie_about_planes(uint32_t sampling, uint64_t size)
{
	return lie((struct decode_reply){ .kind = DECODE_REPLY_DONE, .width = 16, .height = 16, .channels = 3,
		.file_channels = 3, .sampling = sampling, .size = size });
}

static bool give_planes(void)
{
	return lie_about_planes(DECODE_420, 16 * 16 + 2 * 8 * 8);
}

static bool lie_about_sampling(void)
{
	return lie_about_planes(DECODE_420 + 1, 16 * 16 + 2 * 8 * 8);
}

static bool lie_about_plane_size(void)
{
	return lie_about_planes(DECODE_420, 16 * 16 * 3);
}

static bool lie_about_code(void)
{
	return lie((struct decode_reply){ .kind = DECODE_REPLY_DONE, .code = 4711 });
}

/* An error whose text runs over the end, with terminal commands in it. */
static bool lie_in_message(void)
{
	struct decode_reply reply = { .kind = DECODE_REPLY_DONE, .code = DECODE_BROKEN };
	memset(reply.message, '\x1b', sizeof reply.message);
	memset(reply.format, 'x', sizeof reply.format);
	return lie(reply);
}

static const struct act {
	const char *name;
	bool (*succeeds)(void);
} acts[] = {
	{ "open", try_open }, { "create", try_create }, { "connect", try_connect }, { "fork", try_fork },
	{ "vfork", try_vfork }, { "ptrace", try_ptrace }, { "traceme", try_ptrace_itself }, { "kill", try_kill },
	{ "exec", try_exec }, { "code", try_code }, { "make-code", try_make_code },
	{ "write-input", try_write_input }, { "map-input", try_map_input }, { "more-cpu", try_more_cpu },
	{ "shrink-pixels", try_shrink_pixels }, { "memory", try_memory }, { "spin", try_spin },
	{ "crash", try_crash }, { "lie-size", lie_about_size }, { "lie-place", lie_about_place },
	{ "planes", give_planes }, { "lie-sampling", lie_about_sampling }, { "lie-planes", lie_about_plane_size },
	{ "lie-sides", lie_about_sides }, { "lie-code", lie_about_code }, { "lie-message", lie_in_message },
};

static bool evil_claims(struct bytes file)
{
	return bytes_have(file, 0, "EVIL ", 5);
}

static enum decode_code evil_decode(struct bytes file, struct picture *picture)
{
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		size_t n = strlen(acts[i].name);
		if (file.n == 5 + n && bytes_have(file, 5, acts[i].name, n) && !acts[i].succeeds())
			return picture_fail(picture, DECODE_BROKEN, "refused: %s", strerror(errno));
	}
	enum decode_code code = picture_begin(picture, 1, 1, 1);
	picture->file_channels = 1;
	if (code == DECODE_OK)
		picture->pixels[0] = 0;
	return code;
}

const struct picture_codec picture_codecs[] = {
	{ "evil", evil_claims, evil_decode },
	{ 0 },
};

const struct service service = { .serve = picture_serve };
