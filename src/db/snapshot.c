/* A copy of a SQLite database while others write to it. */
#include "sqlite.h"

#include <stdio.h>

static status copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");
    int code;

    if (copy == NULL)
        return fail(BROKEN, "snapshot: %s", sqlite3_errmsg(to));
    code = sqlite3_backup_step(copy, -1);       /* one read transaction: one state, and no writer waits for it in WAL mode */
    (void)sqlite3_backup_finish(copy);
    return code == SQLITE_DONE ? OK : fail(code == SQLITE_BUSY ? BUSY : BROKEN, "snapshot: %s", sqlite3_errstr(code));
}

/* An older schema may not have it yet. */
static bool there(sqlite3 *copy, const char *table)
{
    return sqlite3_table_column_metadata(copy, "main", table, NULL, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

/* The journal mode goes back to one file; what is emptied is overwritten. */
static status settle(sqlite3 *copy, const char *const *emptied)
{
    int code = sqlite3_exec(copy, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;", NULL, NULL, NULL);

    for (; code == SQLITE_OK && *emptied != NULL; emptied++) {
        char text[128];

        if (!there(copy, *emptied))
            continue;
        snprintf(text, sizeof text, "DELETE FROM %s", *emptied);
        code = sqlite3_exec(copy, text, NULL, NULL, NULL);
    }
    return code == SQLITE_OK ? OK : fail(BROKEN, "snapshot: %s", sqlite3_errmsg(copy));
}

status db_snapshot(const struct db *db, const char *path, const char *const *emptied)
{
    sqlite3 *from = NULL, *to = NULL;
    status s;

    if (db_kind(db) != DB_SQLITE)
        return fail(INVALID, "a snapshot is for SQLite; PostgreSQL has tools of its own (docs/operations.md)");
    if (sqlite3_open_v2(db->address, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        s = fail(BROKEN, "snapshot: %s", sqlite3_errmsg(to != NULL ? to : from));
    else
        s = copy_pages(from, to);
    if (s == OK)
        s = settle(to, emptied);
    sqlite3_close(from);
    sqlite3_close(to);
    return s;
}

status db_empty(const char *path, const char *const *emptied)
{
    sqlite3 *sqlite = NULL;
    status s;

    if (sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        s = fail(BROKEN, "%s: %s", path, sqlite3_errmsg(sqlite));
    else
        s = settle(sqlite, emptied);
    sqlite3_close(sqlite);
    return s;
}
