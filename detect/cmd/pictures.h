/* Many picture files to hashes: folders are walked, files decoded in sandboxed processes, on several threads,
 * and handed out in the order in which they were named. */
#ifndef CMD_PICTURES_H
#define CMD_PICTURES_H

#include <stdbool.h>

#include "lachan/detect.h"

struct picture {
	const char *path;
	uint32_t width, height;
	struct detect_pdq hash;
	struct detect_pdq turned[DETECT_TURNS]; /* only when asked for */
	struct detect_file_hashes file;         /* only when asked for */
	bool damaged;                           /* hashed, but the file is corrupt in part */
	char message[256];                      /* why it has no hash, or what is damaged; else empty */
	bool hashed;
	bool hopeless; /* nothing at all can be decoded here: the sandbox does not start */
};

typedef void picture_fn(void *user, const struct picture *picture);

struct picture_options {
	enum detect_family family;
	bool turned;
	bool file_hashes;
	int threads;
};

/* Calls take, in this thread, for every file; those without a hash were named on stderr before.
 * Returns the exit status: 1 when a file or folder could not be read, decoded or hashed. */
int pictures_hash(
	const struct picture_options *options, char *const *paths, int n, picture_fn *take, void *user);

/* The files that the paths stand for, folders walked in order of name, links to files followed; sorted out
 * are folders that contain themselves. Named on stderr: what cannot be read. */
struct file_list {
	char **at;
	size_t n, room;
	bool failed; /* something was named on stderr */
};
void file_list_make(struct file_list *list, char *const *paths, int n);
void file_list_free(struct file_list *list);

#endif
