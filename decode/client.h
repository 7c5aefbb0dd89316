/*
 * Opens untrusted pictures and videos in another process, which can do nothing but that.
 *
 * The program `lachan-decode` (or `lachan-decode-heif`, `lachan-decode-video` for these) is started without
 * environment and without any file but those handed to it, shuts itself into seccomp, Landlock and resource
 * limits before it sees the first untrusted byte, and answers with raw pixels in shared memory. If it cannot
 * shut itself in, it decodes nothing (DECODE_NO_SANDBOX). It is used again for up to 100 files, then
 * replaced.
 *
 * One struct decode has at most one process of each of the three and belongs to one thread; for more, open
 * more. Needs nothing else of this project; a caller may fork and exec freely: no descriptor is inherited.
 */
#ifndef DECODE_CLIENT_H
#define DECODE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DECODE_SIDE_MAX = 65535,                 /* pixels, either way */
	DECODE_FILES_MAX = 100,                  /* files for one process */
	DECODE_CPU_SECONDS = 10,                 /* for a picture, and for each frame of a video */
	DECODE_PIXEL_BYTES_MAX = 384 << 20,      /* of one picture; 512 MiB is all that the process may have */
	DECODE_PICTURE_FILE_MAX = 128 << 20,     /* bytes of a picture file; videos are read piece by piece */
	DECODE_MESSAGE_MAX = 160
};

enum decode_code {
	DECODE_OK = 0,
	DECODE_NO_PROGRAM = 1, /* lachan-decode was not found or did not start */
	DECODE_NO_SANDBOX = 2, /* it could not shut itself in, and so refused to decode */
	DECODE_IO = 3,         /* the file cannot be read, or is no regular file or pipe */
	DECODE_UNKNOWN = 4,    /* not of a format that we open; the bytes decide, never the name */
	DECODE_BROKEN = 5,     /* truncated or corrupt */
	DECODE_TOO_LARGE = 6,  /* sides, pixels, file or memory over a limit */
	DECODE_TOO_SLOW = 7,   /* over the CPU or wall time; the process was ended */
	DECODE_DIED = 8        /* the process died (a bug in a decoder, or an attack stopped by the sandbox) */
};

/* Where the colours of a picture lie. */
enum decode_sampling {
	DECODE_INTERLEAVED = 0, /* channel beside channel */
	DECODE_444, /* in planes, for those who asked for them: as a JPEG stores them, */
	DECODE_422, /* chroma of two pixels side by side in one, */
	DECODE_420  /* or of two by two */
};

/* 8-bit pixels, row by row without padding: size == width * height * channels. Alpha is dropped, not
 * blended; EXIF orientation is ignored. Read-only, and overwritten or unmapped by the next call on the same
 * struct decode. The other process could still change the pixels (never their size): read each once, trust
 * none. */
struct decode_image {
	uint32_t width, height;
	uint32_t channels;      /* 1 grey or 3 red, green, blue */
	uint32_t file_channels; /* as stored: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha, or CMYK */
	bool damaged;           /* decoded to the end, but parts of the file are corrupt */
	char format[8];         /* "jpeg", "png", "webp", "gif", "heif", "avif"; empty for video frames */
	const uint8_t *pixels;
	size_t size;
	enum decode_sampling sampling;
	size_t stride;            /* bytes from one row to the next */
	const uint8_t *chroma[2]; /* of planes: blue and red differences; pixels are luma then, size is that of all three */
	size_t chroma_stride;
};

struct decode;

/* NULL for all defaults. */
struct decode_options {
	const char *program;        /* path of lachan-decode, whose sisters lie beside it; NULL: $LACHAN_DECODE,
	                             * else beside the running program, or in decode/ in or beside its folder */
	uint32_t files_per_process; /* 0: DECODE_FILES_MAX */
};

/* Starts no process yet: that happens with the first file. NULL when out of memory. */
struct decode *decode_open(const struct decode_options *options);

/* Ends the process. NULL is fine. */
void decode_close(struct decode *decode);

/* What the last call complained of, in English, for a log; "" after DECODE_OK unless the image is damaged.
 * Valid until the next call. Bytes that are not printable ASCII have been replaced. */
const char *decode_message(const struct decode *decode);

/* Decodes the picture behind fd (open for reading; stays the caller's; the offset of a file does not matter,
 * a pipe is read to its end first): JPEG, PNG, WebP, GIF (these two: first frame), HEIF, AVIF. */
[[nodiscard]] enum decode_code decode_picture(struct decode *decode, int fd, struct decode_image *image);

/* The same, but a JPEG of the usual samplings comes as it is stored: in planes, which is less work for it and half the
 * memory. See image->sampling; detect_pdq_hash takes such planes and gives the hash of the RGB that decode_picture
 * would have made of them. */
[[nodiscard]] enum decode_code decode_picture_planes(struct decode *decode, int fd, struct decode_image *image);

/* ---- Video ---- */

struct decode_video_options {
	uint32_t width, height; /* of the frames handed out; both 0: as in the file */
	double seconds_between; /* frames n with n % (int)(this * fps) == 0, as vPDQ; 0: every frame */
	uint32_t resample_fps;  /* not 0: to this constant rate by repeating and dropping, scaled bicubic (TMK: 15) */
	uint64_t frames_max;    /* more than so many handed out are DECODE_TOO_LARGE; 0: one million */
};

struct decode_frame {
	struct decode_image image; /* always 3 channels; valid during the call only */
	uint64_t number;           /* counted from 0 over all frames of the (resampled) stream */
	double seconds;            /* number / fps */
};

/* Returns false to stop early, which is no error. */
typedef bool decode_frame_fn(void *user, const struct decode_frame *frame);

/* Calls frame_fn for each frame in order; options NULL: every frame as it is. Frames handed out before an
 * error stay handed out. fd must be a regular file. Every frame (or 32 that are passed over) gets
 * DECODE_CPU_SECONDS anew, so that a long film is no error but a bomb is. */
[[nodiscard]] enum decode_code decode_video(struct decode *decode, int fd,
	const struct decode_video_options *options, decode_frame_fn *frame_fn, void *user);

/* "too large" and so on. */
const char *decode_code_text(enum decode_code code);

#endif
