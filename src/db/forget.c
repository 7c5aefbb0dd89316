/* What was deleted goes from the disk, too. */
#include "sqlite.h"

/* Writers wait while a database is written anew. At half a gigabyte that is about as long as a report may wait; beyond it children would be
   turned away, so it is left to the operator (docs/retention.md). */
enum { AT_ONCE_BYTES = 256 << 20, AT_NIGHT_BYTES = 512 << 20, WAIT_MS = 4000 };

static status answered(struct db *db, sqlite3 *at, int code, const char *what)
{
    if (code == SQLITE_OK)
        return OK;
    if ((code & 0xff) == SQLITE_IOERR)
        db_disk_failed(db, what, code);
    return fail((code & 0xff) == SQLITE_IOERR ? BROKEN : BUSY, "%s: %s", what, sqlite3_errmsg(at));
}

static i64 number(sqlite3 *at, const char *pragma)
{
    sqlite3_stmt *s = NULL;
    i64 n = 0;

    if (sqlite3_prepare_v2(at, pragma, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static status write_anew(struct db *db, sqlite3 *at, bool large)
{
    i64 bytes = number(at, "PRAGMA page_count") * number(at, "PRAGMA page_size");

    if (bytes > (large ? AT_NIGHT_BYTES : AT_ONCE_BYTES)) {
        if (large)
            log_warn("db_forget", "bytes=%lld: too large to be written anew while reports come in: docs/retention.md", (long long)bytes);
        return OK;
    }
    return answered(db, at, sqlite3_exec(at, "VACUUM", NULL, NULL, NULL), "vacuum");
}

/* A connection of its own, without the limits of the others: VACUUM attaches a second file. */
static status forget(struct db *db, sqlite3 *at, bool large)
{
    sqlite3_busy_timeout(at, WAIT_MS);
    sqlite3_wal_autocheckpoint(at, 0);          /* it would drop the error of an fsync */
    TRY(answered(db, at, sqlite3_exec(at, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON", NULL, NULL, NULL), "open"));
    TRY(write_anew(db, at, large));
    if (atomic_load(&db->shipped)) {
        atomic_store(&db->forget, true);
        return OK;
    }
    return answered(db, at, sqlite3_wal_checkpoint_v2(at, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL), "checkpoint");
}

status db_forget(struct conn *conn, bool large)
{
    struct db *db = conn->db;
    sqlite3 *at = NULL;
    status s;
    int code;

    if (db->kind != DB_SQLITE)
        return OK;
    code = sqlite3_open_v2(db->address, &at, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL);
    s = answered(db, at, code, "open");
    if (s == OK)
        s = forget(db, at, large);
    sqlite3_close(at);
    return s;
}
