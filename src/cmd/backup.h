/* Inside cmd/: a repository of backups, and what one backup says of itself.

   REPO/blobs/ab/SHA256 hold pieces of sealed database and evidence files as they lie, named by the SHA-256 of their bytes: what two
   backups share lies there once. REPO/snapshots/TIME.backup says what makes one backup, as text, signed by the log's key:

     lachan-backup 1
     origin NAME             of the log
     made N                  ms since 1970
     schema N                migrations that the database has
     log N BASE64            entries of the log's tree, and its root
     database N SHA256       bytes of the database, and their hash
     piece N SHA256          in order; each is a box of up to 16 KiB under a key of its own: four pages, because a report
                             touches pages all over
     keys N SHA256           a blob: the keys of the pieces in order, boxed under one key
     sealed BASE64           that key, wrapped to the offline key
     file ID N SHA256        evidence, as it lies in DIR/files
     end

   Everything can be checked without any secret; nothing of the database can be read without the offline key. */
#pragma once

#include "cmd.h"

#include "../ledger/ledger.h"

enum { PIECE_BYTES = 16 << 10, HASH_HEX = 64 };

struct blob { char name[HASH_HEX + 1]; i64 size; };

struct backup_file { struct id id; struct blob blob; };
struct manifest {
    struct str origin, sealed;
    i64 made, schema, log_size, db_size;
    struct digest log_root;
    char db_sha256[HASH_HEX + 1];
    struct blob *pieces, keys;
    size_t n_pieces;
    struct backup_file *files;
    size_t n_files;
};

/* backup_manifest.c. The text is signed; read: INVALID where it is not such a text, whatever it is signed with. */
struct str manifest_write(struct arena *a, const struct manifest *m, const struct house_keys *h);
status manifest_read(struct arena *a, struct str text, struct manifest *m);

struct key backup_ctx_piece(void);
struct key backup_ctx_keys(void);
struct key backup_ctx_seal(void);

/* backup_store.c. A blob that is there already is not written again. What is put gets its name in store_settle, when all of it is
   on the disk: an fsync for each piece took most of the time, and a half-written piece under its name would be trusted later. */
struct store { const char *path; i64 written, written_bytes; struct blob *fresh; size_t n_fresh, room; };
status store_open(struct store *s, const char *path, bool make);
struct blob blob_name(struct str bytes);
bool store_has(const struct store *s, const struct blob *b);
status store_put(struct store *s, struct str bytes, struct blob *b);
/* A file of any size; its bytes must have this name. INVALID: they have not, or it is gone: the file itself is damaged. */
status store_put_file(struct store *s, const char *path, const struct blob *b);
status store_settle(struct store *s);
void store_close(struct store *s);
/* Checked. BROKEN names the blob. */
status store_get(const struct store *s, struct arena *a, const struct blob *b, struct str *bytes);
status store_get_file(const struct store *s, const struct blob *b, const char *path);
status store_check(const struct store *s, const struct blob *b);

struct snapshots { struct str *at; size_t n; };        /* names, the oldest first */
status store_snapshots(const struct store *s, struct arena *a, struct snapshots *list);
status store_put_snapshot(const struct store *s, struct str name, struct str text);
/* name "": the newest. NOT_FOUND: there is none. */
status store_snapshot(const struct store *s, struct arena *a, struct str name, struct str *found, struct str *text);
/* Deletes snapshots made before `before` but for the newest, and the blobs that no other needs. */
status store_prune(struct store *s, struct arena *a, i64 before, i64 *gone);
