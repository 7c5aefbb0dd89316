/*
 * Shuts the calling process in, for good. From then on it can compute, allocate up to a limit, read
 * descriptors it holds, write the shared pixels, and talk over DECODE_FD_CONTROL; start threads if it must.
 * It can open nothing, connect nowhere, start or trace no process, map nothing executable, and send no
 * signal.
 *
 * Layers, each of which would do for most attacks: no environment and no spare descriptors; resource limits;
 * no_new_privs; Landlock denying every file, TCP port, abstract socket and signal (as far as the kernel
 * knows these); a seccomp allow-list that kills the process for any other call.
 */
#ifndef DECODE_SANDBOX_H
#define DECODE_SANDBOX_H

#include <stdbool.h>

/* False when a layer that this kernel has cannot be put in place; then *why says which. Kernels without
 * Landlock are accepted: the seccomp list denies the same calls. */
bool sandbox_enter(bool threads, const char **why);

/* Its parts, for tests. */
bool sandbox_limit_resources(void);
bool sandbox_landlock(void);
bool sandbox_seccomp(bool threads);

#endif
