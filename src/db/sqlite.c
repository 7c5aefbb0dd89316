#include "sqlite.h"

#include "../base/room.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEPS_BETWEEN_CLOCKS = 2000, CHECKPOINT_PAGES = 4000, CACHE_KILOBYTES = 2000 };

struct own {                            /* of a conn */
    struct writer *writer;              /* the process's */
    struct link reader;
};

/* -- links -------------------------------------------------------------------------------------- */

static const char PRAGMAS[] =
    "PRAGMA synchronous = FULL;"        /* an answer is given only for what survives a power cut */
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;"             /* a disk that fails is an error then, not a signal */
    "PRAGMA journal_size_limit = 67108864;";

static void set_limits(sqlite3 *sqlite)
{
    static const int limits[][2] = {
        { SQLITE_LIMIT_LENGTH, 64 << 20 }, { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 }, { SQLITE_LIMIT_COLUMN, 100 },
        { SQLITE_LIMIT_EXPR_DEPTH, 100 }, { SQLITE_LIMIT_COMPOUND_SELECT, 20 }, { SQLITE_LIMIT_FUNCTION_ARG, 20 },
        { SQLITE_LIMIT_ATTACHED, 0 }, { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500 },
        { SQLITE_LIMIT_VARIABLE_NUMBER, 100 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 5 }, { SQLITE_LIMIT_WORKER_THREADS, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(limits); i++)
        sqlite3_limit(sqlite, limits[i][0], limits[i][1]);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

static int on_progress(void *to)
{
    const struct link *link = to;

    return clock_mono_ms() > link->deadline;
}

/* Checkpoints are ours, because SQLite's own would drop the error of an fsync. */
static int on_commit(void *to, sqlite3 *sqlite, const char *name, int pages)
{
    struct db *db = to;
    int code = SQLITE_OK;

    if (pages >= CHECKPOINT_PAGES && !atomic_load(&db->shipped))
        code = sqlite3_wal_checkpoint_v2(sqlite, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if ((code & 0xff) == SQLITE_IOERR)
        db_disk_failed(db, "checkpoint", code);
    return SQLITE_OK;
}

static status set_up(struct link *link, bool writes)
{
    int code = SQLITE_OK;

    set_limits(link->sqlite);
    sqlite3_busy_timeout(link->sqlite, link->db->config.statement_ms);
    sqlite3_progress_handler(link->sqlite, STEPS_BETWEEN_CLOCKS, on_progress, link);
    if (writes)
        code = link_exec(link, "PRAGMA journal_mode = WAL");
    if (code == SQLITE_OK)
        code = link_exec(link, PRAGMAS);
    if (code == SQLITE_OK)      /* a writer whose pages do not fit spills them into the log before the commit, and reads them again */
        code = link_exec(link, writes ? "PRAGMA cache_size = -16384" : "PRAGMA query_only = ON");
    if (writes)
        sqlite3_wal_hook(link->sqlite, on_commit, link->db);
    return code == SQLITE_OK ? OK : link_failed(link, code, "open");
}

status link_open(struct link *link, struct db *db, bool writes)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    int code;

    flags |= db->config.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    link->db = db;
    code = sqlite3_open_v2(db->address, &link->sqlite, flags, NULL);
    if (code != SQLITE_OK)
        return fail(BROKEN, "cannot open the database: %s", sqlite3_errstr(code));
    return set_up(link, writes);
}

void link_close(struct link *link)
{
    for (size_t i = 0; i < SLOTS_MAX; i++)
        sqlite3_finalize(link->cache[i]);
    if (link->sqlite != NULL && atomic_load(&link->db->keep_log))
        sqlite3_db_config(link->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close(link->sqlite);
    link->sqlite = NULL;
}

int link_exec(struct link *link, const char *sql)
{
    link->deadline = clock_mono_ms() + link->db->config.statement_ms;
    return sqlite3_exec(link->sqlite, sql, NULL, NULL, NULL);
}

/* The outcome is unknown: what failed may lie in the log of the database or not, so the same is asked again after the next start.
   A quota that is used up is no failure of the disk. */
static status io_failed(struct link *link, int code, const char *what)
{
    const char *why = sqlite3_errmsg(link->sqlite);
    int error = sqlite3_system_errno(link->sqlite);

    if (room_error(error, OK) == FULL)
        return fail(FULL, "%s: %s: errno %d", what, why, error);
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC || code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_TRUNCATE)
        db_disk_failed(link->db, what, code);
    return fail(BUSY, "%s: %s (%d): errno %d", what, why, code, error);
}

status link_failed(struct link *link, int code, const char *what)
{
    const char *why = sqlite3_errmsg(link->sqlite);

    if ((code & 0xff) == SQLITE_IOERR)
        return io_failed(link, code, what);
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return fail(CONFLICT, "%s: %s", what, why);
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
    case SQLITE_NOMEM:                  /* these say nothing about a row: what cannot be read now is not left out, as what was altered is */
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return fail(BUSY, "%s: %s", what, why);
    case SQLITE_CORRUPT:        /* SQLite says so also where a disk cannot read (its IOERR_CORRUPTFS): not for the sender to know */
        log_error("db_unreadable", "during=%s: %s: look at the disk, then run \"lachan audit verify\"", what, why);
        return fail(BUSY, "%s: %s", what, why);
    case SQLITE_FULL:
        return fail(FULL, "%s: %s", what, why);
    case SQLITE_TOOBIG:
        return fail(TOO_LARGE, "%s: %s", what, why);
    }
    return fail(BROKEN, "%s: %s (%d)", what, why, code);
}

/* -- statements --------------------------------------------------------------------------------- */

static struct link *link_of(struct conn *conn)
{
    struct own *own = conn->own;

    return conn->in_tx && !conn->reading ? &own->writer->link : &own->reader;
}

/* In a transaction an error of the database ends it, as on PostgreSQL; and some errors end the whole group. */
static status ended(struct conn *conn, status s)
{
    struct own *own = conn->own;

    if (s != OK && conn->in_tx) {
        conn->tx_status = s;
        if (!conn->reading)
            writer_check_lost(own->writer);
    }
    return s;
}

static status statement(struct link *link, const struct stmt *s, sqlite3_stmt **found)
{
    sqlite3_stmt **at = &link->cache[*s->slot];
    int code = SQLITE_OK;

    if (*at == NULL)
        code = sqlite3_prepare_v3(link->sqlite, s->sql[DB_SQLITE], -1, SQLITE_PREPARE_PERSISTENT, at, NULL);
    if (code != SQLITE_OK)
        return link_failed(link, code, s->name);
    *found = *at;
    return OK;
}

/* Borrows the bytes: they outlive the statement's run, and its bindings are cleared after it. */
static int bind_cell(sqlite3_stmt *at, int i, enum sql_type type, struct cell cell)
{
    if (cell.null)
        return sqlite3_bind_null(at, i);
    if (type == SQL_BIGINT)
        return sqlite3_bind_int64(at, i, cell.number);
    if (type == SQL_TEXT)
        return sqlite3_bind_text64(at, i, cell.bytes.at, cell.bytes.n, SQLITE_STATIC, SQLITE_UTF8);
    return sqlite3_bind_blob64(at, i, cell.bytes.at, cell.bytes.n, SQLITE_STATIC);
}

static status bind_all(struct link *link, const struct stmt *s, const void *in, sqlite3_stmt *at)
{
    for (size_t i = 0; i < s->n_params; i++) {
        struct cell cell;
        int code;

        TRY(cell_of_param(s, i, in, &cell));
        code = bind_cell(at, (int)i + 1, s->params[i].type, cell);
        if (code != SQLITE_OK)
            return link_failed(link, code, s->name);
    }
    return OK;
}

static status read_cell(sqlite3_stmt *at, int i, const struct sql_column *c, struct cell *cell)
{
    static const int wanted[] = { [SQL_ID] = SQLITE_BLOB, [SQL_BYTEA] = SQLITE_BLOB, [SQL_TEXT] = SQLITE_TEXT,
                                  [SQL_BIGINT] = SQLITE_INTEGER };
    int type = sqlite3_column_type(at, i);

    *cell = (struct cell){ .null = type == SQLITE_NULL };
    if (cell->null)
        return OK;
    if (type != wanted[c->type])
        return fail(BROKEN, "column %s has the wrong type", c->name);
    if (c->type == SQL_BIGINT) {
        cell->number = sqlite3_column_int64(at, i);
        return OK;
    }
    cell->bytes = str_of(sqlite3_column_blob(at, i), (size_t)sqlite3_column_bytes(at, i));
    /* NULL is an empty value as well as one that no memory was left for */
    if (cell->bytes.at == NULL && sqlite3_errcode(sqlite3_db_handle(at)) == SQLITE_NOMEM)
        return fail(BUSY, "column %s: out of memory", c->name);
    return OK;
}

static status take_row(struct sink *to, sqlite3_stmt *at)
{
    const struct stmt *s = to->stmt;
    struct cell cell;
    void *row;

    TRY(sink_row(to, &row));
    for (size_t i = 0; i < s->n_columns; i++) {
        TRY(read_cell(at, (int)i, &s->columns[i], &cell));
        TRY(sink_cell(to, row, i, cell));
    }
    return sink_done(to, row);
}

static status step_all(struct link *link, sqlite3_stmt *at, struct sink *to)
{
    int code;

    link->deadline = clock_mono_ms() + link->db->config.statement_ms;
    while ((code = sqlite3_step(at)) == SQLITE_ROW) {
        TRY(take_row(to, at));
        if (to->each)           /* the deadline is on SQLite's work, not on what is done with a row */
            link->deadline = clock_mono_ms() + link->db->config.statement_ms;
    }
    to->changed = sqlite3_changes64(link->sqlite);
    return code == SQLITE_DONE ? OK : ended(to->conn, link_failed(link, code, to->stmt->name));
}

/* -- the driver --------------------------------------------------------------------------------- */

static status run(struct conn *conn, const struct stmt *s, const void *in, struct sink *to)
{
    struct link *link = link_of(conn);
    sqlite3_stmt *at;
    status result = statement(link, s, &at);

    if (result != OK)
        return ended(conn, result);
    sqlite3_reset(at);
    result = bind_all(link, s, in, at);
    if (result == OK)
        result = step_all(link, at, to);
    sqlite3_reset(at);
    sqlite3_clear_bindings(at);
    return result;
}

static bool writes(struct conn *conn, const struct stmt *s)
{
    struct own *own = conn->own;
    sqlite3_stmt *at;

    return statement(&own->reader, s, &at) == OK && !sqlite3_stmt_readonly(at);
}

static status script(struct conn *conn, const char *sql)
{
    struct link *link = link_of(conn);
    int code;

    link->deadline = clock_mono_ms() + SCRIPT_MS;
    code = sqlite3_exec(link->sqlite, sql, NULL, NULL, NULL);
    return ended(conn, code == SQLITE_OK ? OK : link_failed(link, code, "script"));
}

static status prepare(struct conn *conn, const struct stmt *s)
{
    struct own *own = conn->own;
    sqlite3_stmt *at;

    TRY(statement(&own->reader, s, &at));
    if ((size_t)sqlite3_column_count(at) != s->n_columns || (size_t)sqlite3_bind_parameter_count(at) != s->n_params)
        return fail(INVALID, "%s gives other columns, or takes other parameters, than it says", s->name);
    return OK;
}

static void reset_all(sqlite3 *sqlite)
{
    for (sqlite3_stmt *at = NULL; (at = sqlite3_next_stmt(sqlite, at)) != NULL; )
        if (sqlite3_stmt_busy(at))
            sqlite3_reset(at);
}

static void settle(struct conn *conn)
{
    struct own *own = conn->own;

    if (own == NULL || own->reader.sqlite == NULL)
        return;
    reset_all(own->reader.sqlite);
    if (conn->in_tx && !conn->reading)
        reset_all(own->writer->link.sqlite);
}

static status begin(struct conn *conn)
{
    struct own *own = conn->own;

    return writer_begin(own->writer);
}

static status begin_read(struct conn *conn)
{
    struct own *own = conn->own;
    int code = link_exec(&own->reader, "BEGIN");

    return code == SQLITE_OK ? OK : link_failed(&own->reader, code, "begin");
}

static status commit(struct conn *conn)
{
    struct own *own = conn->own;

    return writer_commit(own->writer);
}

static void rollback(struct conn *conn)
{
    struct own *own = conn->own;

    if (conn->reading)
        link_exec(&own->reader, "ROLLBACK");
    else
        writer_rollback(own->writer);
}

/* The file is made here and not by SQLite, so that it is never readable for others; -wal and -shm take after it. */
static status make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(BROKEN, "cannot open the database file: %m");
    close(fd);
    return OK;
}

static status open_db(struct db *db)
{
    struct writer *writer = memory_new(sizeof *writer);

    db->own = writer;
    if (db->config.read_only)
        return OK;
    TRY(make_file(db->address));
    return writer_open(writer, db);
}

static void close_db(struct db *db)
{
    struct writer *writer = db->own;

    if (!db->config.read_only && writer->link.db != NULL)
        writer_close(writer);
    free(writer);
}

static status open_conn(struct conn *conn)
{
    struct own *own = memory_new(sizeof *own);

    conn->own = own;
    own->writer = conn->db->own;
    return link_open(&own->reader, conn->db, false);
}

static void close_conn(struct conn *conn)
{
    struct own *own = conn->own;

    link_close(&own->reader);
    free(own);
    conn->own = NULL;
}

static void cache(struct conn *conn, int kilobytes)
{
    char text[64];

    snprintf(text, sizeof text, "PRAGMA cache_size = -%d", kilobytes > 0 ? kilobytes : CACHE_KILOBYTES);
    (void)link_exec(&((struct own *)conn->own)->reader, text);
}

const struct driver sqlite_driver = {
    .open = open_db, .close = close_db, .conn_open = open_conn, .conn_close = close_conn,
    .begin = begin, .begin_read = begin_read, .commit = commit, .rollback = rollback, .settle = settle,
    .writes = writes, .run = run, .script = script, .prepare = prepare, .cache = cache,
};
