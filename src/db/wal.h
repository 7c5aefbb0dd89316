/* The write-ahead log of a SQLite database, for whoever copies it elsewhere as it grows (cmd/ship.c).

   From wal_open to wal_close the checkpoints of this process are made here alone: SQLite begins its log anew only when all of
   it has reached the database, and what it overwrites must have been read before. A read transaction that stays open (the
   pin) keeps other processes from it as well. What was lost nevertheless is found: SQLite counts its commits
   (https://sqlite.org/walformat.html, iChange), and the commits that were read must be as many. */
#pragma once

#include "db.h"

/* Frames up to here were read. The salt is drawn anew whenever the log begins anew; sum: the checksum after the frame. */
struct wal_place { uint8_t salt[8]; i64 frame; uint32_t sum[2]; };

struct wal_page { i64 no; const char *at; };
struct wal_batch {              /* n 0: there is nothing new */
    struct wal_page *pages;     /* each once, as it is at the end, in the order of their numbers; in the arena */
    size_t n;
    i64 page_bytes, db_pages;   /* db_pages: of the database at its end; what lies behind is cut off */
    bool whole;                 /* ends with a commit; else the next batch belongs to it */
    bool patient;               /* has nothing but pages of the patient tables */
    struct wal_place end;
    i64 left;                   /* frames behind its end */
};

struct wal;
/* patient: tables of one page each that change all the time and are worth little (NULL at the end). */
/* Before anything is written by a process that will ship: a checkpoint of what was not sent yet would let SQLite begin its log anew,
   for a reader of a log that lies in the database whole holds nobody up. */
void wal_expect(struct db *db);
status wal_open(struct db *db, const char *const *patient, struct wal **wal);
/* Checkpoints are SQLite's commits' again. The log stays where it is when the database is closed, so that the next process
   finds the place. */
void wal_close(struct wal *wal);

/* The log became too long: checkpoints go on without waiting for anybody, until wal_begin. */
void wal_let_go(struct wal *wal);
i64 wal_frames(struct wal *wal);                /* of the log, now; 0 where that cannot be seen */

/* Begins at the end of the log. */
status wal_begin(struct wal *wal, struct wal_place *place);
/* Begins where an earlier process stopped. NOT_FOUND: the log was begun anew since, or another lies there. at_end: a checkpoint of
   ours was made at that place, so the log that was begun anew right after it (its salt counts on by one) goes on from there; the
   place moves to its beginning. */
status wal_resume(struct wal *wal, struct wal_place *place, bool at_end);

/* What came behind the place, about 8 MB at most; moves nothing: wal_passed does. CONFLICT: commits are missing, begin again. */
status wal_read(struct wal *wal, struct arena *a, const struct wal_place *place, struct wal_batch *batch);
void wal_passed(struct wal *wal, struct wal_place *place, const struct wal_batch *batch);

/* Whether it is time for a checkpoint, because the log is long or something has to be forgotten. */
bool wal_is_due(const struct wal *wal);
/* While nobody writes: reads the rest and brings all of it to the database, so that the next commit begins the log anew. The
   batch is given to `keep` before, which must make it survive a kill. BUSY: not now. */
typedef status wal_keep(void *to, const struct wal_batch *batch);
status wal_checkpoint(struct wal *wal, struct arena *a, const struct wal_place *place, wal_keep *keep, void *to);
