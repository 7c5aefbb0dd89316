/* A file without a name that holds ciphertext only. Each 64 KiB chunk is sealed by itself under the
   spool's random key, with its number as the nonce, so that any place can be read without reading what is
   before it. */
#pragma once

#include "../base/status.h"
#include "../base/str.h"

enum { SPOOL_CHUNK = 64 * 1024 };

struct spool;

status spool_make(const char *dir, struct spool **spool);       /* FULL: no room for a file; BUSY: not now */
void spool_free(struct spool *s);                               /* NULL is fine */
/* After FULL or BUSY (a full disk, a disk that fails) the whole chunks before it can still be read; nothing more may be added. */
status spool_add(struct spool *s, const void *bytes, size_t n);
status spool_end(struct spool *s);
i64 spool_size(const struct spool *s);
/* The rest of the chunk that `at` is in; borrowed until the next call. Empty at the end. BROKEN if it was
   altered. */
status spool_piece(struct spool *s, i64 at, struct str *piece);
