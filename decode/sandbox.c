#include "sandbox.h"

#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

bool sandbox_limit_resources(void)
{
	static const struct { __rlimit_resource_t what; rlim_t most; } limits[] = {
		{ RLIMIT_AS, DECODE_MEMORY_BYTES },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_NOFILE, 16 },
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_MEMLOCK, 0 },
		{ RLIMIT_MSGQUEUE, 0 },
		/* CPU seconds are the client's to limit, anew for each file; processes are seccomp's to deny,
		 * as RLIMIT_NPROC counts all of one user's, and would deny the threads that HEIF needs. */
	};
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		if (setrlimit(limits[i].what, &(struct rlimit){ limits[i].most, limits[i].most }) != 0)
			return false;
	return true;
}

/* As in <linux/landlock.h> of newer kernels than the one whose headers are installed. */
struct landlock_rules {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

enum {
	LANDLOCK_VERSION_FLAG = 1,
	LANDLOCK_NET = 3,   /* bind and connect TCP */
	LANDLOCK_SCOPED = 3 /* abstract unix sockets and signals outside of this process's domain */
};

/* Rights over files that each version of Landlock's interface knows: 13 at first, refer, truncate, ioctl. */
static struct landlock_rules landlock_rules_of(long version)
{
	return (struct landlock_rules){
		.handled_access_fs = version >= 5 ? 0xffff : version >= 3 ? 0x7fff : version == 2 ? 0x3fff : 0x1fff,
		.handled_access_net = version >= 4 ? LANDLOCK_NET : 0,
		.scoped = version >= 6 ? LANDLOCK_SCOPED : 0,
	};
}

/* Kernels before 6.7 know a shorter struct, and refuse a longer one only if the rest is not zero. */
bool sandbox_landlock(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
	if (version < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP;
	struct landlock_rules rules = landlock_rules_of(version);
	long set = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
	if (set < 0)
		return false;
	bool done = syscall(SYS_landlock_restrict_self, (int)set, 0) == 0;
	close((int)set);
	return done;
}

/* The C library's own, for starting and ending threads. */
enum { SIGNAL_OF_THREADS = 33 };

#define ALLOW(call, ...) \
	ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(call), __VA_ARGS__) == 0

static bool allow_plain_calls(scmp_filter_ctx filter)
{
	static const int calls[] = {
		SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(lseek), SCMP_SYS(close),
		SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
		SCMP_SYS(futex), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(exit),
		SCMP_SYS(exit_group), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
		SCMP_SYS(sched_getaffinity), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
		SCMP_SYS(getrandom),
	};
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

/* Memory is never executable, and shared with nobody but by the pixel descriptor. */
static bool allow_memory(scmp_filter_ctx filter)
{
	bool ok = true;
	ALLOW(mmap, 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
		SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE, MAP_PRIVATE));
	ALLOW(mmap, 3, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
		SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE, MAP_SHARED), SCMP_A4(SCMP_CMP_EQ, DECODE_FD_PIXELS, 0));
	ALLOW(mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return ok;
}

/* Talk with the client; libraries may also mutter into descriptor 2, which leads nowhere. */
static bool allow_talk(scmp_filter_ctx filter)
{
	bool ok = true;
	ALLOW(recvmsg, 1, SCMP_A0(SCMP_CMP_EQ, DECODE_FD_CONTROL, 0));
	ALLOW(sendmsg, 1, SCMP_A0(SCMP_CMP_EQ, DECODE_FD_CONTROL, 0));
	ALLOW(write, 1, SCMP_A0(SCMP_CMP_EQ, 2, 0));
	return ok;
}

/* Threads of this process, which seccomp holds too, but no other process. The flags of clone3 lie in memory,
 * where no filter can see them: it is called absent, and the C library falls back to clone. */
static bool allow_threads(scmp_filter_ctx filter)
{
	bool ok = true;
	ALLOW(clone, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_NEWUSER
		| CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND));
	ALLOW(rt_sigaction, 1, SCMP_A0(SCMP_CMP_EQ, SIGNAL_OF_THREADS, 0));
	ALLOW(prctl, 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
	return ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/* The character set converter of the C library looks for its modules when a broadcast names a station, and
 * does without them when it is refused. */
static bool refuse_files(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0) == 0
		&& seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 0) == 0;
}

bool sandbox_seccomp(bool threads)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return false;
	bool done = allow_plain_calls(filter) && allow_memory(filter) && allow_talk(filter)
		&& (!threads || allow_threads(filter)) && refuse_files(filter) && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return done;
}

/* When memory runs out on the machine, this process goes first. Best effort: not every kernel lets us say
 * so. */
static void volunteer_for_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1000", 4) != 4)
		errno = 0;
	close(fd);
}

bool sandbox_enter(bool threads, const char **why)
{
	volunteer_for_oom();
	clearenv();
	*why = "spare descriptors could not be closed";
	if (close_range(DECODE_FD_FIRST_FREE, ~0u, 0) != 0)
		return false;
	*why = "no_new_privs was refused";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return false;
	*why = "resource limits were refused";
	if (!sandbox_limit_resources())
		return false;
	*why = "Landlock was refused";
	if (!sandbox_landlock())
		return false;
	*why = "seccomp was refused";
	return sandbox_seccomp(threads);
}
