/* The body of a request while it arrives and after. Up to 256 KiB stays in memory; what is larger goes,
   chunk by chunk, encrypted under a random key that only memory holds, into a file without a name.
   Plaintext never reaches a disk. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

enum { BODY_MEMORY_MAX = 256 * 1024 };
#define BODY_MAX ((i64)300 * 1024 * 1024)

struct body;

/* spool_dir NULL: only what fits into memory is kept. */
struct body *body_make(const char *spool_dir);
void body_without_room(struct body *b);         /* there is no room for files: what does not fit into memory is FULL */
void body_free(struct body *b);                 /* wipes; NULL is fine */

/* Takes a piece. Never fails: what cannot be kept is dropped and body_cut says why, so that a child's
   words at the beginning of a body survive a film at its end that is too large, and a full disk. */
void body_add(struct body *b, const void *bytes, size_t n);
void body_end(struct body *b);                  /* no more comes: now it can be read */

status body_cut(const struct body *b);          /* OK: whole; TOO_LARGE; FULL: no room on the disk; BUSY: not now */
i64 body_size(const struct body *b);            /* of what was kept */
i64 body_came(const struct body *b);            /* of all that came */
/* The whole of it where it is in memory, else STR_NULL. Borrowed. */
struct str body_text(const struct body *b);
/* The piece that begins at `at`, as much as is at hand (empty only at the end); borrowed until the next
   call. */
status body_piece(struct body *b, i64 at, struct str *piece);
/* All of it in the arena, for a page that reads the body itself; NULL is an empty one. TOO_LARGE: it is more than max; BUSY as body_cut. */
status body_whole(struct body *b, size_t max, struct arena *a, struct str *text);
