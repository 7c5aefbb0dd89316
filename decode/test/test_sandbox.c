/* The walls: what a decoder that has been taken over can still do, which is nothing; and that without walls
 * nothing is decoded. */
#include "check.h"
#include "client.h"
#include "media.h"
#include "protocol.h"
#include "sandbox.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Opened for reading and writing, so that only the walls stand between the decoder and the file. */
static int act_fd(const char *act)
{
	char text[64];
	int n = snprintf(text, sizeof text, "EVIL %s", act);
	return media_fd_of((struct bytes){ (const uint8_t *)text, (size_t)n });
}

static enum decode_code perform_planes(struct decode *decode, const char *act, struct decode_image *image)
{
	int fd = act_fd(act);
	enum decode_code code = decode_picture_planes(decode, fd, image);
	close(fd);
	return code;
}

static enum decode_code perform(struct decode *decode, const char *act, struct decode_image *image)
{
	int fd = act_fd(act);
	enum decode_code code = decode_picture(decode, fd, image);
	close(fd);
	return code;
}

static void every_escape_fails(struct decode *decode)
{
	static const struct { const char *act; enum decode_code code; } escapes[] = {
		{ "open", DECODE_BROKEN }, { "create", DECODE_BROKEN }, { "connect", DECODE_DIED },
		{ "fork", DECODE_DIED }, { "vfork", DECODE_DIED }, { "ptrace", DECODE_DIED },
		{ "traceme", DECODE_DIED }, { "kill", DECODE_DIED }, { "exec", DECODE_DIED },
		{ "code", DECODE_DIED }, { "make-code", DECODE_DIED }, { "write-input", DECODE_DIED },
		{ "map-input", DECODE_DIED }, { "more-cpu", DECODE_DIED }, { "shrink-pixels", DECODE_DIED },
		{ "memory", DECODE_BROKEN }, { "crash", DECODE_DIED },
	};
	struct decode_image image;

	for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
		enum decode_code code = perform(decode, escapes[i].act, &image);
		CHECK(code == escapes[i].code, "%s: %d %s", escapes[i].act, code, decode_message(decode));
		CHECK(!image.pixels && decode_message(decode)[0], "%s", escapes[i].act);
		CHECK(perform(decode, "nothing", &image) == DECODE_OK, "after %s", escapes[i].act);
	}
	CHECK(access("/tmp/lachan-evil", F_OK) != 0, "a file was created");
}

static void lies_are_seen_through(struct decode *decode)
{
	static const char *const lies[] = { "lie-size", "lie-place", "lie-sides", "lie-code" };
	struct decode_image image;

	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		CHECK(perform(decode, lies[i], &image) == DECODE_DIED && !image.pixels, "%s", lies[i]);
		CHECK(perform(decode, "nothing", &image) == DECODE_OK, "after %s", lies[i]);
	}
}

/* Planes come only to those who asked for them, and their sizes are computed anew. */
static void lies_about_planes_are_seen_through(const char *program)
{
	static const char *const lies[] = { "lie-sampling", "lie-planes" };
	struct decode *decode = decode_open(&(struct decode_options){ .program = program });
	struct decode_image image;

	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
		CHECK(perform_planes(decode, lies[i], &image) == DECODE_DIED && !image.pixels, "%s", lies[i]);
	CHECK(perform(decode, "planes", &image) == DECODE_DIED && !image.pixels, "not asked for");
	CHECK(perform_planes(decode, "nothing", &image) == DECODE_OK, " ");
	CHECK(perform_planes(decode, "planes", &image) == DECODE_OK && image.sampling == DECODE_420, " ");
	CHECK(image.chroma[1] == image.pixels + 256 + 64 && image.stride == 16 && image.chroma_stride == 8, " ");
	decode_close(decode);
}

static void messages_are_harmless(const char *program)
{
	struct decode *decode =
		decode_open(&(struct decode_options){ .program = program, .files_per_process = 1 });
	struct decode_image image;

	CHECK(perform(decode, "lie-message", &image) == DECODE_BROKEN, " ");
	CHECK(strlen(decode_message(decode)) < DECODE_MESSAGE_MAX, " ");
	CHECK(!strchr(decode_message(decode), '\x1b'), " ");
	decode_close(decode);
}

/* Two answers to one file: the second would pass for one about the next file. */
static void answers_in_advance_are_not_taken(const char *program)
{
	struct decode *decode = decode_open(&(struct decode_options){ .program = program, .files_per_process = 100 });
	struct decode_image image;

	for (int i = 0; i < 20; i++) {
		CHECK(perform(decode, "lie-message", &image) == DECODE_BROKEN, "time %d: %s", i, decode_message(decode));
		CHECK(perform(decode, "open", &image) != DECODE_OK, "time %d: %s", i, decode_message(decode));
	}
	decode_close(decode);
}

static void endless_work_is_ended(struct decode *decode)
{
	struct decode_image image;
	CHECK(perform(decode, "spin", &image) == DECODE_TOO_SLOW, "%s", decode_message(decode));
	CHECK(perform(decode, "nothing", &image) == DECODE_OK, " ");
}

/* ---- Walls that do not stand ---- */

/* From now on the kernel answers this call of this process and its children with the error (prlimit64: that
 * of memory only, as the client asks for other limits). */
static bool forbid(int call, int error)
{
	const uint32_t refuse = SCMP_ACT_ERRNO((uint32_t)error);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool done = filter && (call == SCMP_SYS(prlimit64)
		? seccomp_rule_add(filter, refuse, call, 1, SCMP_A1(SCMP_CMP_EQ, RLIMIT_AS, 0))
		: seccomp_rule_add(filter, refuse, call, 0)) == 0;
	if (call == SCMP_SYS(seccomp))
		done = done && seccomp_rule_add(filter, refuse, SCMP_SYS(prctl), 1,
			SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0)) == 0;
	done = done && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return done;
}

/* In a child: 0 when a file then gives this code, and a refusal its reason. */
static int try_without(const char *program, int call, int error, enum decode_code wanted)
{
	if (!forbid(call, error))
		return 2;
	struct decode *decode = decode_open(&(struct decode_options){ .program = program });
	struct decode_image image;
	enum decode_code code = perform(decode, "nothing", &image);
	const bool told = code == DECODE_OK ? image.pixels != NULL
		: !image.pixels && strstr(decode_message(decode), "refused");
	return code == wanted && told ? 0 : 1;
}

static void check_without(const char *program, int call, int error, enum decode_code wanted)
{
	int status = -1;
	pid_t child = fork();
	if (child == 0)
		_exit(try_without(program, call, error, wanted));
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "without call %d: %d", call, status);
}

static void without_walls_nothing_is_decoded(const char *program)
{
	check_without(program, SCMP_SYS(seccomp), EPERM, DECODE_NO_SANDBOX);
	check_without(program, SCMP_SYS(prctl), EPERM, DECODE_NO_SANDBOX);
	check_without(program, SCMP_SYS(prlimit64), EPERM, DECODE_NO_SANDBOX);
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0)
		check_without(program, SCMP_SYS(landlock_restrict_self), EPERM, DECODE_NO_SANDBOX);
}

static void a_kernel_without_landlock_is_accepted(const char *program)
{
	check_without(program, SCMP_SYS(landlock_create_ruleset), ENOSYS, DECODE_OK);
	check_without(program, SCMP_SYS(landlock_create_ruleset), EOPNOTSUPP, DECODE_OK);
}

/* ---- Landlock by itself, as the layer below seccomp ---- */

static bool can_connect(void)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 || errno != EACCES;
}

static int landlocked(long version)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!sandbox_landlock())
		return 1;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 2;
	if (version >= 4 && can_connect())
		return 3;
	return version >= 6 && kill(getppid(), 0) == 0 ? 4 : 0;
}

static void landlock_denies_by_itself(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	int status = -1;

	if (version < 1) {
		fputs("skipped: this kernel has no Landlock\n", stderr);
		return;
	}
	pid_t child = fork();
	if (child == 0)
		_exit(landlocked(version));
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
}

/* ---- What the kernel says of a running decoder ---- */

static long status_field(int pid, const char *name)
{
	char path[64], line[256];
	long value = -1;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name) + 1, NULL, 10);
	if (file)
		fclose(file);
	return value;
}

static int only_child(void)
{
	char path[64], line[64] = "";
	snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
	FILE *file = fopen(path, "re");
	if (!file || !fgets(line, sizeof line, file))
		line[0] = '\0';
	if (file)
		fclose(file);
	return (int)strtol(line, NULL, 10);
}

static int open_files_of(int pid)
{
	char path[64];
	int n = 0;
	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	DIR *folder = opendir(path);
	for (const struct dirent *entry; folder && (entry = readdir(folder));)
		n += entry->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return folder ? n : -1;
}

/* -1 where the kernel does not let us look, as the process is not dumpable: who is not root sees nothing. */
static int environment_bytes_of(int pid)
{
	char path[64], some[16];
	snprintf(path, sizeof path, "/proc/%d/environ", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, some, sizeof some);
	if (fd >= 0)
		close(fd);
	return (int)n;
}

static void the_kernel_confirms_it(struct decode *decode)
{
	struct decode_image image;
	CHECK(perform(decode, "nothing", &image) == DECODE_OK, " ");
	int pid = only_child();
	CHECK(pid > 0, "no child");
	CHECK(status_field(pid, "Seccomp:") == 2, "pid %d", pid);
	CHECK(status_field(pid, "NoNewPrivs:") == 1, " ");
	CHECK(status_field(pid, "Threads:") == 1, " ");
	int files = open_files_of(pid);
	CHECK(files == DECODE_FD_FIRST_FREE || files < 0, "%d descriptors", files);
	CHECK(environment_bytes_of(pid) <= 0, "an environment");
}

int main(void)
{
	const char *program = getenv("DECODE_EVIL");
	struct decode *decode = decode_open(&(struct decode_options){ .program = program });

	CHECK(program && decode, " ");
	the_kernel_confirms_it(decode);
	every_escape_fails(decode);
	lies_are_seen_through(decode);
	lies_about_planes_are_seen_through(program);
	messages_are_harmless(program);
	answers_in_advance_are_not_taken(program);
	endless_work_is_ended(decode);
	decode_close(decode);
	without_walls_nothing_is_decoded(program);
	a_kernel_without_landlock_is_accepted(program);
	landlock_denies_by_itself();
	return check_done();
}
