/* lachan-decode and its sisters: see client.h and service.h. Started by the client, never by hand. */
#include "channel.h"
#include "sandbox.h"
#include "service.h"

#include "message.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* One heap that keeps its memory between files: mapping it anew costs more than decoding a small picture. A
 * second heap for threads would reserve 64 MiB of the address space. */
static void tune_memory(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, DECODE_KEEP_BYTES);
	mallopt(M_TRIM_THRESHOLD, 2 * DECODE_KEEP_BYTES);
}

/* Where memory runs out, a picture that is not shown is the least loss: a decoder dies before all else. */
static void die_first(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;         /* no /proc: the system chooses */
	(void)!write(fd, "1000", 4);
	close(fd);
}

static bool started_by_client(void)
{
	int type = 0;
	socklen_t size = sizeof type;
	return getsockopt(DECODE_FD_CONTROL, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

static void say_ready(enum decode_code code, const char *why)
{
	struct decode_reply reply = { .kind = DECODE_REPLY_READY, .code = code };
	message_set(reply.message, "%s", why);
	channel_send(&reply);
}

static void serve_one(void)
{
	struct decode_request request;
	struct decode_reply done = { .kind = DECODE_REPLY_DONE };

	int fd = channel_receive(&request);
	done.code = service.serve(fd, &request, &done);
	close(fd);
	channel_send(&done);
	channel_release_pixels();
}

int main(void)
{
	const char *why = "";

	if (!started_by_client()) {
		fputs("lachan-decode opens files for lachan, and is started by it.\n", stderr);
		return 2;
	}
	die_first();
	tune_memory();
	if (service.prepare)
		service.prepare();
	if (!sandbox_enter(service.threads, &why)) {
		say_ready(DECODE_NO_SANDBOX, why);
		return 1;
	}
	say_ready(DECODE_OK, "");
	for (;;)
		serve_one();
}
