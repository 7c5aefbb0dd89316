#include "process.h"

#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The process may also wait, or share its core with others: then its CPU limit does not end it. */
enum { WALL_SECONDS = 60 };

static bool append(char path[PROCESS_PATH_BYTES], const char *text)
{
	size_t start = strlen(path), n = strlen(text) + 1;
	if (start + n > PROCESS_PATH_BYTES)
		return false;
	memcpy(path + start, text, n);
	return true;
}

/* Puts name in the place of what follows the last slash. */
static bool replace_name(char path[PROCESS_PATH_BYTES], const char *name)
{
	char *slash = strrchr(path, '/');
	path[slash ? slash - path + 1 : 0] = '\0';
	return append(path, name);
}

/* Beside the running program, as installed; else where the build leaves it. False when it does not fit. */
static bool find_near(const char *suffix, char path[PROCESS_PATH_BYTES])
{
	static const char *const places[] = { "lachan-decode", "decode/lachan-decode", "../decode/lachan-decode" };
	char self[PROCESS_PATH_BYTES];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n < 0)
		return false;
	self[n] = '\0';
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		path[0] = '\0';
		if (append(path, self) && replace_name(path, places[i]) && append(path, suffix) && access(path, X_OK) == 0)
			return true;
	}
	path[0] = '\0'; /* none: the first is the one to complain of */
	return append(path, self) && replace_name(path, places[0]) && append(path, suffix);
}

bool process_find(const char *named, const char *suffix, char path[PROCESS_PATH_BYTES])
{
	if (!named)
		named = getenv("LACHAN_DECODE");
	if (!named)
		return find_near(suffix, path);
	path[0] = '\0';
	return append(path, named) && append(path, suffix);
}

/* The new process holds /dev/null three times, its end of the conversation, and the pixels; nothing else.
 * The two are first moved out of the way, as either could already have the other's number. */
static bool plan_descriptors(posix_spawn_file_actions_t *plan, int control, int pixels)
{
	for (int fd = 0; fd < 3; fd++)
		if (posix_spawn_file_actions_addopen(plan, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0) != 0)
			return false;
	return posix_spawn_file_actions_adddup2(plan, control, DECODE_FD_CONTROL) == 0
		&& posix_spawn_file_actions_adddup2(plan, pixels, DECODE_FD_PIXELS) == 0
		&& posix_spawn_file_actions_addclosefrom_np(plan, DECODE_FD_FIRST_FREE) == 0;
}

/* Signals that the caller blocks or ignores must still end the decoder. */
static bool plan_signals(posix_spawnattr_t *plan)
{
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setsigmask(plan, &none) == 0 && posix_spawnattr_setsigdefault(plan, &all) == 0
		&& posix_spawnattr_setflags(plan, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0;
}

static bool spawn(const char *path, int control, int pixels, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	char *const arguments[] = { (char *)(uintptr_t)path, NULL }, *const environment[] = { NULL };

	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attributes) != 0)
		return false;
	bool done = plan_descriptors(&files, control, pixels) && plan_signals(&attributes)
		&& posix_spawn(pid, path, &files, &attributes, arguments, environment) == 0;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return done;
}

/* The same file under a number that plan_descriptors does not assign. */
static int high_copy(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 64);
}

static bool find_cpu_clock(struct process *process)
{
	struct rlimit limit;

	if (clock_getcpuclockid(process->pid, &process->cpu_clock) != 0
		|| prlimit(process->pid, RLIMIT_CPU, NULL, &limit) != 0)
		return false;
	process->cpu_seconds_max = limit.rlim_max;
	return true;
}

bool process_start(struct process *process, const char *path, int pixels_fd)
{
	int pair[2];
	const struct timeval patience = { .tv_sec = WALL_SECONDS };

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	int theirs = high_copy(pair[1]), pixels = high_copy(pixels_fd);
	bool done = theirs >= 0 && pixels >= 0
		&& setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0
		&& spawn(path, theirs, pixels, &process->pid);
	if (theirs >= 0)
		close(theirs);
	if (pixels >= 0)
		close(pixels);
	close(pair[1]);
	process->control = pair[0];
	if (!done) {
		close(pair[0]);
		process->pid = 0;
		return false;
	}
	if (find_cpu_clock(process))
		return true;
	process_end(process);
	return false;
}

int process_end(struct process *process)
{
	int status = 0;

	kill(process->pid, SIGKILL); /* one that is already dead keeps its own status */
	close(process->control);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	process->pid = 0;
	return status;
}

bool process_grant_cpu(const struct process *process, unsigned seconds)
{
	struct timespec used;
	const rlim_t most = process->cpu_seconds_max;

	if (clock_gettime(process->cpu_clock, &used) != 0)
		return false;
	rlim_t wanted = (rlim_t)used.tv_sec + seconds;
	return prlimit(process->pid, RLIMIT_CPU, &(struct rlimit){ wanted < most ? wanted : most, most }, NULL)
		== 0;
}

bool process_send(const struct process *process, const void *message, size_t size, int fd)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec part = { .iov_base = (void *)(uintptr_t)message, .iov_len = size };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		header.msg_control = control;
		header.msg_controllen = sizeof control;
		struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
		*rights = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(rights), &fd, sizeof fd);
	}
	do
		n = sendmsg(process->control, &header, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)size;
}

bool process_is_quiet(const struct process *process)
{
	char byte;
	ssize_t n;

	do
		n = recv(process->control, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

enum process_answer process_receive(const struct process *process, struct decode_reply *reply)
{
	ssize_t n;
	do
		n = recv(process->control, reply, sizeof *reply, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return PROCESS_SILENT;
	return n == (ssize_t)sizeof *reply ? PROCESS_ANSWERED : PROCESS_GONE;
}
