/* One running decoder program, as its client sees it. */
#ifndef DECODE_PROCESS_H
#define DECODE_PROCESS_H

#include "protocol.h"

#include <sys/resource.h>
#include <sys/types.h>
#include <time.h>

enum { PROCESS_PATH_BYTES = 4096 };

struct process {
	pid_t pid; /* 0: none */
	int control;
	clockid_t cpu_clock;
	rlim_t cpu_seconds_max; /* the caller's own limit, inherited */
};

/* The path of the program: named, else $LACHAN_DECODE, else lachan-decode beside the running program or where the
 * build leaves it from there; each with the suffix. False when it does not fit. */
bool process_find(const char *named, const char *suffix, char path[PROCESS_PATH_BYTES]);

bool process_start(struct process *process, const char *path, int pixels_fd);

/* Ends it if it still runs, and returns the status that waitpid gives. */
int process_end(struct process *process);

/* So many seconds of CPU from now on, at most, to whole seconds. From outside, because whoever takes over
 * the process could grant itself more. */
bool process_grant_cpu(const struct process *process, unsigned seconds);

/* fd: a descriptor to send along, or -1. */
bool process_send(const struct process *process, const void *message, size_t size, int fd);

enum process_answer { PROCESS_ANSWERED, PROCESS_SILENT, PROCESS_GONE };

/* Whether nothing waits to be received: a process that was not asked has nothing to say. */
bool process_is_quiet(const struct process *process);

enum process_answer process_receive(const struct process *process, struct decode_reply *reply);

#endif
