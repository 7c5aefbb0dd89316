/*
 * liblachan-detect: finds known abuse material and dangerous messages.
 *
 * Every function is safe to call from several threads at once on different objects; an open bank may be
 * queried by many threads. No function prints, exits, or keeps a pointer that it was given, except where
 * said. Sizes are bytes, radii and distances are differing bits (0..256), times are seconds.
 *
 * Sections: Status, Hash, Bank, Video, File hashes, Address, Text.
 */
#ifndef LACHAN_DETECT_H
#define LACHAN_DETECT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DETECT_API __attribute__((visibility("default")))
#else
#define DETECT_API
#endif

/* ---- Status ------------------------------------------------------------------------------------------ */

enum detect_status {
	DETECT_OK = 0,
	DETECT_INVALID = 1,   /* the caller's argument or input cannot be used as it is */
	DETECT_NOT_FOUND = 2, /* no such file or item */
	DETECT_IO = 3,        /* the operating system refused a read, write or mapping */
	DETECT_BROKEN = 4,    /* stored data fails its checksum or its proof: do not trust it */
	DETECT_VERSION = 5,   /* stored data of another version of this library */
	DETECT_MEMORY = 6,    /* out of memory or over a stated maximum */
	DETECT_BUSY = 7       /* another process holds the lock; try again */
};

/* What went wrong, in English, for a log; always terminated. Pass NULL where it is not wanted. */
struct detect_error {
	char text[256];
};

/* The version of the library, such as "0.1.0". */
DETECT_API const char *detect_version(void);

/* ---- Hash -------------------------------------------------------------------------------------------- */

/* Two families of PDQ hashes are in use; hashes of the same large picture differ by 2 to 8 bits between
 * them, so the family is part of every hash and of every bank. */
enum detect_family {
	DETECT_FULL = 1,  /* of the picture in full resolution, as PyPI pdqhash and tx make it */
	DETECT_CPP512 = 2 /* first brought to 512x512 by nearest neighbour if larger, as the C++ tool does */
};

/* A decoded picture, borrowed: 8 bits a channel, 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels
 * side by side, top row first. Alpha is dropped, not blended. Sides from 1 to 65,536 pixels. */
struct detect_image {
	const uint8_t *pixels;
	size_t stride; /* bytes from one row to the next; 0 means width * channels */
	uint32_t width, height, channels;
};

/* A PDQ hash (Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019).
 * bits[0] is the first two digits of the text form. */
struct detect_pdq {
	uint8_t bits[32];
	uint8_t family;  /* enum detect_family */
	uint8_t quality; /* 0..100; below 50 the picture is too flat for its hash to mean much */
};

/* The places of detect_pdq_dihedral's eight hashes. */
enum detect_turn {
	DETECT_ORIGINAL, DETECT_ROTATE_90, DETECT_ROTATE_180, DETECT_ROTATE_270, /* anticlockwise */
	DETECT_FLIP_X,       /* top to bottom */
	DETECT_FLIP_Y,       /* left to right */
	DETECT_FLIP_PLUS_1,  /* along the main diagonal */
	DETECT_FLIP_MINUS_1, /* along the other diagonal */
	DETECT_TURNS
};

/* The hash of a picture. A side under 5 pixels gives the all-zero hash of quality 0, as the reference does.
 * DETECT_INVALID: sides or channels out of range, or DETECT_CPP512 with 2 or 4 channels (its reference
 * refuses them). DETECT_MEMORY: no scratch memory (about 100 floats for each pixel of width). */
DETECT_API enum detect_status detect_pdq_hash(const struct detect_image *image, enum detect_family family,
                                              struct detect_pdq *out, struct detect_error *error);

/* The hashes of the picture and of its seven rotations and reflections, from one blur. As in the reference,
 * a picture of exactly 64x64 is blurred here although detect_pdq_hash takes it as it is. */
DETECT_API enum detect_status detect_pdq_dihedral(const struct detect_image *image, enum detect_family family,
                                                  struct detect_pdq out[DETECT_TURNS],
                                                  struct detect_error *error);

/* The hash (DETECT_FULL) of width x height floats of luma, 0..255, row by row. */
DETECT_API enum detect_status detect_pdq_hash_luma(const float *luma, uint32_t width, uint32_t height,
                                                   struct detect_pdq *out, struct detect_error *error);

/* Differing bits, 0..256. 31 or fewer is the usual threshold for "the same picture". */
DETECT_API int detect_pdq_distance(const struct detect_pdq *a, const struct detect_pdq *b);

/* 64 lower-case hexadecimal digits and a terminator. */
DETECT_API void detect_pdq_to_hex(const struct detect_pdq *hash, char out[65]);

/* Reads exactly 64 hexadecimal digits, either case; family and quality are left to the caller.
 * Returns DETECT_INVALID and leaves out alone when n is not 64 or a digit is not one. */
DETECT_API enum detect_status detect_pdq_from_hex(const char *text, size_t n, struct detect_pdq *out);

/* The instructions in use: "avx512", "avx2" or "portable". All give the same bits. */
DETECT_API const char *detect_pdq_kernel_name(void);

/* ---- Bank -------------------------------------------------------------------------------------------- */

/* ---- Video ------------------------------------------------------------------------------------------- */

/* ---- File hashes ------------------------------------------------------------------------------------- */

/* ---- Address ----------------------------------------------------------------------------------------- */

/* ---- Text -------------------------------------------------------------------------------------------- */

#ifdef __cplusplus
}
#endif
#endif
