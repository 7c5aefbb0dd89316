/*
 * Decoding one picture, in this process: what the sandboxed program does inside, and what fuzzers and tests
 * call directly. A codec is one file with one function; picture_codecs lists those of a program.
 */
#ifndef DECODE_PICTURE_H
#define DECODE_PICTURE_H

#include "client.h"

/* Untrusted bytes; borrowed. */
struct bytes {
	const uint8_t *at;
	size_t n;
};

struct picture {
	/* By the caller: where pixels go. NULL means out of memory. Called at most once. */
	uint8_t *(*room)(void *user, size_t size);
	void *user;
	bool planes; /* wanted, where the codec has them */

	/* By the codec. */
	uint32_t width, height, channels, file_channels;
	uint8_t *pixels;
	size_t size;
	enum decode_sampling sampling; /* not 0: in planes, as planes.h lays them out */
	bool damaged;
	char format[8];
	char message[DECODE_MESSAGE_MAX];
	bool elsewhere; /* known, but opened by lachan-decode-heif; the code does not count */
};

struct picture_codec {
	const char *name; /* at most 7 characters */
	bool (*claims)(struct bytes file);
	enum decode_code (*decode)(struct bytes file, struct picture *picture);
};

/* Ends with a codec without a name. */
extern const struct picture_codec picture_codecs[];

enum decode_code picture_decode(struct bytes file, struct picture *picture);

/* ---- For codecs ---- */

/* Checks the sides, and sets width, height, channels and size: to be called before a codec allocates
 * anything of that size. */
[[nodiscard]] enum decode_code picture_check(struct picture *picture, uint32_t width, uint32_t height,
	uint32_t channels);

/* The same, and takes room for the pixels. */
[[nodiscard]] enum decode_code picture_begin(struct picture *picture, uint32_t width, uint32_t height,
	uint32_t channels);

/* The same for planes, of three channels. */
[[nodiscard]] enum decode_code picture_begin_planes(struct picture *picture, uint32_t width, uint32_t height,
	enum decode_sampling sampling);

/* `return picture_fail(picture, DECODE_BROKEN, "...")` */
[[gnu::format(printf, 3, 4)]]
enum decode_code picture_fail(struct picture *picture, enum decode_code code, const char *format, ...);

/* Whether the file has these bytes at this place. */
bool bytes_have(struct bytes file, size_t offset, const char *magic, size_t n);

enum decode_code jpeg_decode(struct bytes file, struct picture *picture);
enum decode_code png_decode(struct bytes file, struct picture *picture);
enum decode_code webp_decode(struct bytes file, struct picture *picture);
enum decode_code gif_decode(struct bytes file, struct picture *picture);
bool jpeg_claims(struct bytes file);
bool png_claims(struct bytes file);
bool webp_claims(struct bytes file);
bool gif_claims(struct bytes file);

enum decode_code heif_decode(struct bytes file, struct picture *picture);
bool heif_claims(struct bytes file);
bool heif_is_av1(struct bytes file);
void heif_prepare(void); /* loads what the library would load later, when files can no longer be opened */

#endif
