/* Inside cmd/: continuous shipping. What commits to a SQLite database is in a repository (backup.h) within a second, sealed to the
   offline key; a backup that is the base, and all segments behind it, give the database as it was at any moment between.

   A line is an unbroken row of segments. It goes on over restarts, as long as SQLite's log was not begun anew unseen; otherwise
   a new line begins, with a base of its own. REPO/ship/LINE-N holds segment N, REPO/ship/LINE-N-M several of them, one behind
   the other, byte for byte. LINE: the ms since 1970 at which it began. A segment is

     lachan-segment 1 BYTES      of the note that follows
     lachan-ship 1
     origin NAME                 of the log
     line LINE N                 this segment's number, from 1
     made N                      ms since 1970, of the full hour: a segment comes of what a child did, and nothing may tell when
     previous SHA256             of the segment before it, whole; zeros before the first
     wal SALT N A B              the place behind it in SQLite's log (db/wal.h)
     database N BYTES K          pages of the database after it, bytes of one, how many are in it
     ends yes                    "no": in the middle of a transaction; "log": SQLite begins its log anew behind it
     file ID N SHA256            evidence that came meanwhile: a blob
     sealed BASE64               key of the body, wrapped to the offline key
     body N SHA256
     end

   signed by the log's key, and the body: K times four bytes of page number (little endian) and the page, boxed under that key. */
#pragma once

#include "backup.h"

#include "../db/wal.h"

enum { SEGMENT_NAME = 64, SEGMENT_FILES_MAX = 1000 };

struct segment {
    struct str origin, sealed;
    char line[LINE_CHARS + 1], previous[HASH_HEX + 1], hash[HASH_HEX + 1];     /* hash: of itself, whole */
    i64 no, made, db_pages, page_bytes, n_pages;
    struct wal_place end;
    bool whole, at_end;                 /* at_end: a checkpoint was made behind it */
    struct backup_file *files;
    size_t n_files;
    struct blob body;
    struct str note, bytes;             /* as they were read */
};

/* ship_segment.c. seal: sets body, sealed and hash, and gives the object. */
struct str segment_seal(struct arena *a, const struct house_keys *h, const struct key *public, const struct wal_batch *batch, struct segment *s);
/* Cuts the first segment off `rest`. INVALID: it is none, or cut; BROKEN: its body is not the one that was signed. */
status segment_read(struct arena *a, struct str *rest, struct segment *s);
/* The pages, in the arena. BROKEN: sealed to another key, or moved. */
status segment_open(struct arena *a, const struct pair *pair, const struct segment *s, struct wal_page **pages);
void segment_object(const char *line, i64 first, i64 last, char name[SEGMENT_NAME]);      /* "ship/LINE-N" or "ship/LINE-N-M" */

/* ship_walk.c. Names of REPO/ship, in order. */
struct shipped { char line[LINE_CHARS + 1]; i64 first, last; };
status shipped_list(const struct store *s, struct arena *a, struct shipped **list, size_t *n);
/* Every segment of a line from number `from` on (0: from the first that is there), each proved against the one before. Signed by any
   of `keys`, where there are some. Stops at the first that is missing, damaged, out of its place or foreign: BROKEN names it. */
struct walk {
    const struct store *store;
    const char *line;
    i64 from;
    i64 most;                           /* up to this one: what lies behind it may be damaged. 0: to the end */
    struct str origin;                  /* "" any */
    const uint8_t (*keys)[32];
    size_t n_keys;
    status (*each)(void *to, struct arena *a, const struct segment *s);
    void *to;
};
status shipped_walk(const struct walk *w, struct arena *a);
/* The last segment of the newest line. NOT_FOUND: there is none. */
status shipped_last(const struct store *s, struct arena *a, struct segment *last);

/* The newest backup that a line goes on from. NOT_FOUND: none of the last 200. */
status shipped_base(const struct store *s, struct arena *a, const char *line, struct manifest *m);

/* ship_others.c. What was seen of the newest line that is not ours. */
struct ship_others { char ours[LINE_CHARS + 1], line[LINE_CHARS + 1]; i64 last; };
/* Whether another line came or grew since the look before. */
bool ship_others_alive(struct ship_others *o, const struct shipped *list, size_t n, const char *ours);
/* Whether another server shipped a line after `line` had begun: `other` is its newest. */
status shipped_beside(const struct store *s, struct arena *a, const char *line, struct shipped *other, bool *beside);

/* Which backup of before `until` leads to the newest state: backups of a timer lie beside those of the shipper, and are often newer than
   its base but not than its segments. passed: the newer one that was left lying, or "". */
struct chosen { struct str name, text, passed; struct manifest m; };
status shipped_choose(const struct store *s, struct arena *a, i64 until, struct chosen *c);

/* restore_shipped.c: into a database that was restored from m, up to the full hour `until`, or to segment `most`. */
struct replay {
    const struct store *store;
    const struct manifest *m;
    const struct pair *pair;
    const uint8_t (*keys)[32];
    size_t n_keys;
    i64 until, most;
    i64 last, made, pages;              /* what was found: number and time of the last segment that is to be applied */
    struct backup_file *files;          /* evidence that came with them */
    size_t n_files, room;
    int fd;
};
status replay_check(struct replay *r, struct arena *a);
status replay_apply(struct replay *r, struct arena *a, const char *path);

/* -- the running shipper ------------------------------------------------------------------------------------------------------------ */

struct ship;
status ship_start(struct verb *v, struct instance *in, struct ship **ship);
/* Sends what is left, once. */
void ship_stop(struct ship *ship);

/* Between its threads: ship.c sends segments, ship_base.c makes a base each day, ship_files.c sends evidence. */
struct ship_files;
status ship_files_start(struct ship *ship, struct ship_files **files);
void ship_files_stop(struct ship_files *f);
struct ship_base;
status ship_base_start(struct ship *ship, struct ship_base **base);
void ship_base_stop(struct ship_base *b);

struct ship_facts { struct verb *v; struct instance *in; const char *to, *s3_key; struct key public; };
const struct ship_facts *ship_facts(const struct ship *s);
/* Evidence that lies in the repository now: the next segment says so. */
void ship_add_file(struct ship *s, const struct backup_file *file);
/* The line and the number of its last segment. False: there is no line now. */
bool ship_at(struct ship *s, char line[LINE_CHARS + 1], i64 *no);
/* Waits until all that is committed now is in a segment, and gives the number of one behind it. BUSY: the line ended, or we stop. */
status ship_settle(struct ship *s, const char *line, i64 *no);
bool ship_stops(struct ship *s, i64 wait_ms);           /* waits so long unless it is told to stop */
