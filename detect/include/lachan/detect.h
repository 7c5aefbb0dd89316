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

/* ---- Bank -------------------------------------------------------------------------------------------- */

/* ---- Video ------------------------------------------------------------------------------------------- */

/* ---- File hashes ------------------------------------------------------------------------------------- */

/* ---- Address ----------------------------------------------------------------------------------------- */

/* ---- Text -------------------------------------------------------------------------------------------- */

#ifdef __cplusplus
}
#endif
#endif
