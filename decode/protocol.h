/*
 * What client and decoder say to each other: one SOCK_SEQPACKET message each, native byte order, since both
 * are built together and run on one machine. The decoder checks nothing of a request (its client is
 * trusted); the client checks every field of a reply.
 */
#ifndef DECODE_PROTOCOL_H
#define DECODE_PROTOCOL_H

#include "client.h"

/* Descriptors of the decoder; 0, 1 and 2 are /dev/null, and a file to decode comes as the next free one. */
enum { DECODE_FD_CONTROL = 3, DECODE_FD_PIXELS = 4, DECODE_FD_FIRST_FREE = 5 };

/* Address space of the decoder, everything included. */
enum { DECODE_MEMORY_BYTES = 512 << 20 };

/* The pixel memory: room for the largest picture, which does not begin on an aligned address. libjpeg-turbo
 * writes aligned rows past the caches, and reading them back for the hash then takes a quarter longer. */
enum { DECODE_PIXELS_OFFSET = 16, DECODE_SHARED_BYTES = DECODE_PIXEL_BYTES_MAX + 4096 };

/* Pixel memory of more than this is given back after each file. */
enum { DECODE_KEEP_BYTES = 16 << 20 };

/* Comes with the file's descriptor. */
struct decode_request {
	uint64_t file_size; /* of a regular file: what comes by pipe has been copied into one */
	uint64_t planes;    /* not 0: a picture may come in planes */
	uint64_t file;      /* how many this process was asked about, with this one */
	struct decode_video_options video;
};

enum decode_reply_kind {
	DECODE_REPLY_READY = 1, /* once, when the sandbox holds (or, with a code, when it does not) */
	DECODE_REPLY_DONE = 2,  /* the picture, or after the last frame of a video, or an error */
	DECODE_REPLY_FRAME = 3, /* answered by a struct decode_verdict */
	DECODE_REPLY_ELSEWHERE = 4, /* instead of done: lachan-decode-heif opens such files */
	DECODE_REPLY_WORKING = 5   /* frames go by that nobody asked for; needs no answer, but CPU time */
};

struct decode_reply {
	uint64_t file; /* of the request that it answers; set as it is sent */
	uint32_t kind;
	uint32_t code;
	uint32_t width, height, channels, file_channels, damaged;
	uint32_t sampling; /* enum decode_sampling: where planes lie, both sides know from planes.h */
	uint64_t offset, size; /* in the pixel memory */
	uint64_t number;
	double seconds;
	char format[8];
	char message[DECODE_MESSAGE_MAX];
};

/* The client has read a frame, whose memory is free again. */
struct decode_verdict {
	uint32_t go_on;
};

#endif
