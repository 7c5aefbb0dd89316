/* The only writer of the logged tables. A row is checked when read (its mac) and written only through an
   act, which puts the hash of every row it wrote into one log entry (SECURITY.md, "The log"). */
#pragma once

#include "../db/db.h"
#include "../vault/merkle.h"

/* One worker's way to the data. `db`, `arena` and `secrets` are the worker's own. */
struct ledger {
    struct conn *db;
    const struct house *house;
    struct arena *arena;
    struct secrets *secrets;
    struct act *act;            /* the open act, or NULL */
};

/* What is being done, by whom, to what. Names are codes ("report.new", "case.read"), never free text. */
struct act_info {
    const char *act;
    i64 now;                    /* ms */
    bool anonymous;  /* the entry then carries the local day, and waits for the full hour to be numbered */
    struct id actor, unit;      /* zero: the child, or a job */
    struct id object;           /* case, report, user ...: what the log's pages search by */
};

/* Begins an act with its transaction. Argon2 must be over by now (V18). */
status act_begin(struct ledger *l, struct act_info info);
/* Writes the entry and commits. After anything but OK nothing of the act exists. BUSY also where a read since the request began was
   (conn_missed): what was made without it is not kept. */
status act_commit(struct ledger *l);
/* The entry of what was done so far, and another one for what comes: two things of one transaction, as a link between two cases that each
   of them must show. Both stand, or neither. */
status act_next(struct ledger *l, struct act_info info);
/* Rolls back; right also when nothing is open. web_handle calls it after every request that failed. */
void act_abort(struct ledger *l);
/* The same before an act is tried again: waits until whoever was first has ended, or the next look would find what was before. */
void act_again(struct ledger *l);
/* An act that writes no row: a read, a refusal, a failed check. Begins, writes the entry, commits. */
status act_note(struct ledger *l, struct act_info info);

/* A row of a logged table: `row` is the struct that sqlc made for the table; kgen and mac are filled here.
   CONFLICT: insert of a key that exists; update or delete of a row whose mac is no longer the one that was
   read. */
status row_insert(struct ledger *l, const struct table *t, void *row);
status row_update(struct ledger *l, const struct table *t, void *row);
status row_delete(struct ledger *l, const struct table *t, const void *row);

/* Reads one row by its key columns (set in *row before the call) and checks it. BROKEN and logged if
   altered. */
status row_get(struct ledger *l, const struct table *t, void *row);
/* Checks a row that a SELECT gave; called by what sqlc makes. An altered row is BROKEN: its content is
   wiped first. */
status row_check(struct ledger *l, const struct table *t, void *row);
/* For lists: an altered row is wiped but for its key columns and marked, so that one bad row does not hide
   a queue. */
bool row_check_or_wipe(struct ledger *l, const struct table *t, void *row);
/* The newest log entry that names this row must carry its present hash: for what decides who may enter. */
status row_agrees_with_log(struct ledger *l, const struct table *t, const void *row);
/* The same for every use: a row that agreed within AGREES_MS is taken at its mark. BROKEN, and an alarm in the log lines,
   where it contradicts its entry; OK inside an open act, whose entry is not written yet. */
enum { AGREES_MS = 10 * 60 * 1000 };
status row_agrees_lately(struct ledger *l, const struct table *t, const void *row, i64 now);

/* -- the log ------------------------------------------------------------------------------------------- */
/* Gives numbers to committed entries, adds them to the tree and signs its new head (leased job, each
   second). Entries of anonymous acts wait for the first call behind a full hour and are numbered in the
   order of their random ids. CONFLICT: another process was numbering at the same time; nothing is lost,
   call again. BROKEN: the head in the database is not one that we signed. An entry whose mac is wrong gets
   no number and is left to audit verify. */
status log_number(struct ledger *l, i64 now);
/* Start-up check: the log extends the head kept in the file beside K_inst. BROKEN with the reason. A
   missing file is right: it is a first start. */
status log_check_head(struct ledger *l, const char *head_file);
/* Writes the present head to that file, durably. Check before keeping. */
status log_keep_head(struct ledger *l, const char *head_file);

struct audit {
    i64 entries, waiting, rows;         /* numbered, held by their mac only, logged rows compared */
    struct str head;                    /* signed checkpoint; "" where nothing is numbered yet */
    struct str bad;                     /* first bad entry or row, "" if none: "row grants 7f..: ..." */
    uint8_t log_pk[32];                 /* the key that signed the head */
};
/* Tree, head, macs, that every logged row is what the entries naming it say, and the short cuts to newest
   entries. `list` ends with NULL; tables that are not logged are passed over. OK with audit->bad empty, or
   BROKEN with it set. Runs in a snapshot beside other work. Memory: about 150 bytes for each row ever
   named. */
status audit_verify(struct ledger *l, const struct table *const *list, struct audit *audit);

/* Keeps what a check found, for all processes and for the pages of administrators and auditors; the next check of its kind
   writes over it. `audit->bad` empty: fine. */
#define AUDIT_ROWS "rows"               /* the whole log and every row, each hour */
#define AUDIT_HEAD "head"               /* the log extends the head that this process knew, each minute */
status audit_keep(struct ledger *l, const char *kind, const struct audit *audit, i64 now);
struct audit_last {
    i64 at, entries, rows;              /* of the last AUDIT_ROWS; 0: none yet */
    struct str bad;                     /* of the first kind that is not fine; "": all is well */
    i64 bad_at;
};
status audit_last(struct ledger *l, struct audit_last *last);

/* Writes the head and all entries as lines of text to `to`: see export.c for the form. */
status audit_export(struct ledger *l, file_sink *sink, void *to);
/* Checks such a file without any secret: the tree against the signed head. log_pk NULL takes the key that
   the file itself names: then the file is only shown to be whole, and audit->log_pk must be compared with
   the log's known key. */
status audit_verify_export(struct arena *a, int fd, const uint8_t *log_pk, struct audit *audit);
