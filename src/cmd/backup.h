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
     shipped LINE N M        only of one that shipping began or went on from (ship.h): segments from N + 1 on are to be
                             applied to it, at least up to M
     keys N SHA256           a blob: the keys of the pieces in order, boxed under one key
     sealed BASE64           that key, wrapped to the offline key
     file ID N SHA256        evidence, as it lies in DIR/files
     end

   Everything can be checked without any secret; nothing of the database can be read without the offline key. */
#pragma once

#include "cmd.h"
#include "s3.h"

#include "../ledger/ledger.h"

enum { PIECE_BYTES = 16 << 10, HASH_HEX = 64, LINE_CHARS = 13, SNAPSHOT_NAME = 128 };

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
    char line[LINE_CHARS + 1];          /* "": nothing is shipped behind it */
    i64 after, needs;
};

/* backup_manifest.c. The text is signed; read: INVALID where it is not such a text, whatever it is signed with. */
struct str manifest_write(struct arena *a, const struct manifest *m, const struct house_keys *h);
status manifest_read(struct arena *a, struct str text, struct manifest *m);

/* Its lines, for ship_segment.c. */
bool manifest_line(struct str *text, const char *word, struct str *rest);      /* one "word rest" line */
bool manifest_number(struct str *line, i64 *n);                                 /* "N ..."; at least 0 */
bool manifest_hash(struct str said, char name[HASH_HEX + 1]);
bool manifest_blob(struct str line, struct blob *b);                            /* "N SHA256" */

struct key backup_ctx_piece(void);
struct key backup_ctx_keys(void);
struct key backup_ctx_seal(void);

/* REPO is a folder, or "s3:https://HOST/BUCKET/FOLDER" with the same names in it (s3.h; s3_key: the file with its key).

   backup_store.c. A blob that is there already is not written again. What is put gets its name in store_settle, when all of it is
   on the disk: an fsync for each piece took most of the time, and a half-written piece under its name would be trusted later. */
struct store { const char *path; struct s3 *s3; unsigned mark; i64 written, written_bytes; struct blob *fresh; size_t n_fresh, room; };
status store_open(struct store *s, const char *path, const char *s3_key, bool make);
status store_make(const struct store *s);               /* its folders */
struct blob blob_name(struct str bytes);
status file_blob(const char *path, struct blob *b);     /* reads the file; INVALID where it cannot be */
bool store_has(const struct store *s, const struct blob *b);
status store_put(struct store *s, struct str bytes, struct blob *b);
/* A file of any size; its bytes must have this name. INVALID: they have not, or it is gone: the file itself is damaged. */
status store_put_file(struct store *s, const char *path, const struct blob *b);
status store_settle(struct store *s);
void store_set_hour(const char *path);                  /* of a file and its folder */
void store_close(struct store *s);
/* Checked. BROKEN names the blob. */
status store_get(const struct store *s, struct arena *a, const struct blob *b, struct str *bytes);
status store_get_file(const struct store *s, const struct blob *b, const char *path);
status store_check(const struct store *s, const struct blob *b);

/* backup_objects.c. Objects that are not named by what is in them: "snapshots/...", "ship/..."; put whole and durable, or not at all. */
struct names { struct str *at; size_t n; };
status store_names(const struct store *s, struct arena *a, const char *folder, struct names *list);     /* in order */
status store_put_object(const struct store *s, const char *name, struct str bytes);
/* Never in the place of another: CONFLICT. The same bytes may lie there: of a try whose answer was lost. */
status store_put_new(const struct store *s, struct arena *a, const char *name, struct str bytes);
status store_object(const struct store *s, struct arena *a, const char *name, struct str *bytes);
status store_drop_object(const struct store *s, const char *name);
status s3_object(const struct store *s, struct arena *a, const char *name, size_t most, struct str *bytes);

status store_snapshots(const struct store *s, struct arena *a, struct names *list);     /* names, the oldest first */
status store_put_snapshot(const struct store *s, struct str name, struct str text);
/* name "": the newest. NOT_FOUND: there is none. */
status store_snapshot(const struct store *s, struct arena *a, struct str name, struct str *found, struct str *text);
void snapshot_object(struct str name, char object[SNAPSHOT_NAME]);

/* backup_prune.c. Deletes snapshots made before `before` but for the newest, segments that nothing needs then, and the blobs that
   nothing names and that are older than two days. */
/* BROKEN: some could not be taken away; the others are gone. */
status store_prune(struct store *s, struct arena *a, i64 before, i64 *gone);

/* backup_make.c: one backup, by whoever has the instance open. */
struct known { struct key hash, ck; struct blob blob; };        /* hash first: they are sorted by it */
struct state { struct known *at; size_t n; };
struct making {
    struct verb *v;
    struct instance *in;
    struct store store;
    struct key public;
    struct manifest m;
    struct state before, now;
    i64 damaged;                    /* files that are not what they should be */
    bool whole;                     /* the database page by page, so that what is shipped fits */
    /* Runs when the copy of the database is made, and may write into m; NULL: nothing. */
    status (*copied)(struct making *b, void *to);
    bool (*stops)(void *to);        /* asked now and then; NULL: never */
    void *to;
};
/* What everything is sealed to, as it was typed. INVALID says what one looks like, and does not repeat it: it may be the secret. */
status backup_key_read(const char *typed, struct key *public);
/* INVALID: the repository would lie in the folder that it is to save, so that it burns with it and goes into itself. */
status backup_apart(struct arena *a, const char *data_dir, const char *repo);
status backup_make(struct making *b, struct str *name);
extern const char *const backup_left_out[];     /* tables that are empty in every restored database */
