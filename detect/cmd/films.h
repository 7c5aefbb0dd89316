/* Films to hashes, and films against films. */
#ifndef CMD_FILMS_H
#define CMD_FILMS_H

#include <stdbool.h>

#include "client.h"
#include "lachan/detect.h"

struct film_options {
	double every; /* seconds from frame to frame; 0: every frame */
	bool json, vpdq;
	const char *tmk_path; /* where the hash of the whole film goes, instead of frames to stdout */
};

/* The verb hash for films; exit status as in detect_cmd.h. */
int films_hash(const struct film_options *options, char *const *paths, int n);

struct film_rule {
	int radius, quality;
	bool strict, distinct;
};

/* The verb match for films: paths[0] against each of the others. */
int films_match(const struct film_rule *rule, char *const *paths, int n);

/* Hands out the frames of a film. Returns false, having said why on stderr, when it cannot be read. */
bool film_frames(struct decode *decode, const char *path, const struct decode_video_options *options,
	decode_frame_fn *take, void *user);

/* The hash of a frame with its number and time. */
enum detect_status film_frame_hash(const struct decode_frame *frame, struct detect_vpdq_frame *out);

#endif
