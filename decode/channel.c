#include "channel.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t *mapped;
static size_t mapped_size;
static uint64_t asked; /* which file */

static ssize_t receive(struct msghdr *message)
{
	ssize_t n;
	do
		n = recvmsg(DECODE_FD_CONTROL, message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		_exit(n == 0 ? 0 : 1);
	return n;
}

int channel_receive(struct decode_request *request)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { .iov_base = request, .iov_len = sizeof *request };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof control };

	if (receive(&message) != (ssize_t)sizeof *request)
		_exit(1);
	const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	if (!rights || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(sizeof(int)))
		_exit(1);
	int fd;
	memcpy(&fd, CMSG_DATA(rights), sizeof fd);
	asked = request->file;
	return fd;
}

void channel_send(const struct decode_reply *reply)
{
	struct decode_reply whole = *reply;
	struct iovec part = { .iov_base = &whole, .iov_len = sizeof whole };
	const struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	whole.file = asked;
	do
		n = sendmsg(DECODE_FD_CONTROL, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof whole)
		_exit(1);
}

struct decode_verdict channel_verdict(void)
{
	struct decode_verdict verdict;
	struct iovec part = { .iov_base = &verdict, .iov_len = sizeof verdict };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (receive(&message) != (ssize_t)sizeof verdict)
		_exit(1);
	return verdict;
}

static void unmap(void)
{
	if (mapped)
		munmap(mapped, mapped_size);
	mapped = NULL;
	mapped_size = 0;
}

uint8_t *channel_pixels(size_t size)
{
	if (size <= mapped_size)
		return mapped;
	unmap();
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, DECODE_FD_PIXELS, 0);
	if (at == MAP_FAILED)
		return NULL;
	mapped = at;
	mapped_size = size;
	return mapped;
}

void channel_release_pixels(void)
{
	if (mapped_size > DECODE_KEEP_BYTES)
		unmap();
}
