/* Inside cmd/: an S3-compatible store, as far as backups need one: objects by name. Names hold [a-z0-9/._-] alone, so that no
   signature depends on how something is escaped. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

struct s3;

/* place: "https://host[:port]/bucket[/prefix]"; http only to this machine. key_file: "ACCESS SECRET [REGION]", for its owner alone. */
status s3_open(const char *place, const char *key_file, struct s3 **s3);
void s3_close(struct s3 *s3);

/* NOT_FOUND: there is no such object. DENIED: the store does not know the key, or it may not. BUSY: no answer. */
status s3_put(struct s3 *s3, const char *name, struct str bytes);
status s3_put_file(struct s3 *s3, const char *name, int fd, i64 size, const char *sha256);
typedef status s3_sink(void *to, struct str bytes);
status s3_get(struct s3 *s3, const char *name, s3_sink *sink, void *to);
status s3_size(struct s3 *s3, const char *name, i64 *size);
status s3_drop(struct s3 *s3, const char *name);
/* All names below `folder` (without it), in order, and when each was written (ms). */
typedef status s3_each(void *to, struct str name, i64 written);
status s3_list(struct s3 *s3, const char *folder, s3_each *each, void *to);
