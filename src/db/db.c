#include "driver.h"

#include "../base/text.h"
#include "migrate.h"

#include <assert.h>
#include <stdlib.h>

enum { ROWS_FIRST = 16 };
#define SCRATCH_BYTES ((size_t)64 << 20)

/* -- the database of the process ---------------------------------------------------------------- */

static bool is_postgres(struct str address)
{
    return str_starts(address, STR("postgres://")) || str_starts(address, STR("postgresql://"));
}

status db_open(const struct db_config *config, struct db **opened)
{
    struct db *db = memory_new(sizeof *db);
    status s;

    db->config = *config;
    db->config.address = db->address = strdup(config->address);
    if (db->config.statement_ms == 0)
        db->config.statement_ms = STATEMENT_MS;
    db->kind = is_postgres(str_c(config->address)) ? DB_POSTGRES : DB_SQLITE;
    db->driver = db->kind == DB_POSTGRES ? &postgres_driver : &sqlite_driver;
    db_register(db, migrate_sql);
    s = db->driver->open(db);
    if (s == OK)
        *opened = db;
    else
        db_close(db);
    return s;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db->driver->close(db);
    free(db->address);
    free(db);
}

enum db_kind db_kind(const struct db *db)
{
    return db->kind;
}

bool db_broken(const struct db *db)
{
    return atomic_load(&db->broken);
}

void db_disk_failed(struct db *db, const char *what, int error)
{
    log_error("db_disk_failed", "during=%s code=%d: this process must start again", what, error);
    atomic_store(&db->broken, true);
}

/* Slots are numbers of the process: several databases may be open (tests, restore), with the same statements. */
void db_register(struct db *db, const struct stmt *const *list)
{
    static atomic_int slots;

    assert(db->n_lists < LISTS_MAX);
    db->lists[db->n_lists++] = list;
    for (; *list != NULL; list++)
        if (*(*list)->slot == 0)
            *(*list)->slot = ++slots;
    assert(slots < SLOTS_MAX);
}

status db_ready(struct db *db)
{
    struct arena arena = arena_make(1 << 20);
    struct conn *conn = NULL;
    i64 newest;
    status s = db_broken(db) ? fail(BUSY, "the disk failed: the process must start again") : conn_open(db, &conn);

    if (s == OK) {
        conn_use(conn, &arena);
        s = db_one(conn, &migrate_newest, NULL, &newest);
        conn_close(conn);
    }
    arena_free(&arena);
    return s;
}

/* -- connections -------------------------------------------------------------------------------- */

status conn_open(struct db *db, struct conn **opened)
{
    struct conn *conn = memory_new(sizeof *conn);
    status s;

    conn->db = db;
    conn->scratch = arena_make(SCRATCH_BYTES);
    s = db->driver->conn_open(conn);
    if (s == OK)
        *opened = conn;
    else
        conn_close(conn);
    return s;
}

void conn_close(struct conn *conn)
{
    if (conn == NULL)
        return;
    tx_rollback(conn);
    conn->db->driver->conn_close(conn);
    arena_free(&conn->scratch);
    free(conn);
}

void conn_use(struct conn *conn, struct arena *arena)
{
    conn->arena = arena;
}

struct arena *conn_arena(struct conn *conn)
{
    return conn->arena;
}

enum db_kind conn_kind(const struct conn *conn)
{
    return conn->db->kind;
}

void conn_cache(struct conn *conn, int kilobytes)
{
    if (conn->db->driver->cache != NULL)
        conn->db->driver->cache(conn, kilobytes);
}

bool conn_missed(struct conn *conn)
{
    bool missed = conn->missed;

    conn->missed = false;
    return missed;
}

/* -- transactions ------------------------------------------------------------------------------- */

status tx_begin(struct conn *conn)
{
    assert(!conn->in_tx);
    if (conn->db->config.read_only)
        return fail(BROKEN, "the database was opened for reading only");
    if (db_broken(conn->db))
        return fail(BUSY, "the disk failed: the process must start again");
    TRY(conn->db->driver->begin(conn));
    conn->in_tx = true;
    conn->tx_status = OK;
    return OK;
}

status tx_begin_read(struct conn *conn)
{
    assert(!conn->in_tx);
    TRY(conn->db->driver->begin_read(conn));
    conn->in_tx = conn->reading = true;
    conn->tx_status = OK;
    return OK;
}

status tx_commit(struct conn *conn)
{
    status s = conn->tx_status;

    assert(conn->in_tx && !conn->reading);
    if (s != OK) {
        tx_rollback(conn);
        return s;
    }
    s = conn->db->driver->commit(conn);
    conn->in_tx = false;
    return s;
}

void tx_rollback(struct conn *conn)
{
    conn->db->driver->settle(conn);
    if (conn->in_tx)
        conn->db->driver->rollback(conn);
    conn->in_tx = conn->reading = false;
    conn->each_open = false;
}

status tx_wait_for_others(struct conn *conn)
{
    TRY(tx_begin(conn));
    return tx_commit(conn);
}

bool tx_open(const struct conn *conn)
{
    return conn->in_tx;
}

/* -- values ------------------------------------------------------------------------------------- */

static struct cell cell_read(const struct sql_column *c, const void *in)
{
    const char *at = (const char *)in + c->offset;
    const struct opt_id *id = (const void *)at;
    const struct opt_i64 *number = (const void *)at;
    const struct str *bytes = (const void *)at;

    if (c->type == SQL_ID && c->nullable)
        return (struct cell){ .null = !id->has, .bytes = id_bytes(&id->v) };
    if (c->type == SQL_ID)
        return (struct cell){ .bytes = id_bytes((const void *)at) };
    if (c->type == SQL_BIGINT && c->nullable)
        return (struct cell){ .null = !number->has, .number = number->v };
    if (c->type == SQL_BIGINT)
        return (struct cell){ .number = *(const i64 *)(const void *)at };
    return (struct cell){ .null = bytes->at == NULL, .bytes = *bytes };
}

status cell_of_param(const struct stmt *s, size_t i, const void *in, struct cell *cell)
{
    const struct sql_column *c = &s->params[i];
    size_t bad;

    *cell = cell_read(c, in);
    if (cell->null)
        return c->nullable ? OK : fail(BROKEN, "%s: parameter %s is NULL", s->name, c->name);
    if (c->type != SQL_TEXT)
        return OK;
    if (cell->bytes.n && memchr(cell->bytes.at, '\0', cell->bytes.n))
        return fail(INVALID, "%s: text %s holds a NUL", s->name, c->name);
    if (!text_valid(cell->bytes, &bad))
        return fail(INVALID, "%s: text %s is not UTF-8 at byte %zu", s->name, c->name, bad);
    return OK;
}

static status id_write(const struct sql_column *c, char *at, struct cell cell)
{
    struct opt_id *opt = (void *)at;
    struct id *id = c->nullable ? &opt->v : (void *)at;

    if (c->nullable)
        opt->has = !cell.null;
    if (cell.null)
        return OK;
    return id_of_bytes(cell.bytes, id) ? OK : fail(BROKEN, "column %s is no id: %zu bytes", c->name, cell.bytes.n);
}

status sink_cell(struct sink *to, void *row, size_t column, struct cell cell)
{
    const struct sql_column *c = &to->stmt->columns[column];
    struct arena *arena = to->each ? &to->conn->scratch : to->conn->arena;
    char *at = (char *)row + c->offset;

    if (cell.null && !c->nullable)
        return fail(BROKEN, "%s: column %s is NULL", to->stmt->name, c->name);
    if (c->type == SQL_ID)
        return id_write(c, at, cell);
    if (c->type == SQL_BIGINT && c->nullable)
        *(struct opt_i64 *)(void *)at = (struct opt_i64){ .has = !cell.null, .v = cell.number };
    else if (c->type == SQL_BIGINT)
        *(i64 *)(void *)at = cell.number;
    else if (!cell.null)        /* "" where a driver gives no address for no bytes: that is not NULL */
        *(struct str *)(void *)at = arena_copy(arena, cell.bytes.n ? cell.bytes : STR(""));
    return OK;
}

/* -- rows --------------------------------------------------------------------------------------- */

static void sink_grow(struct sink *to)
{
    size_t room = to->room ? 2 * to->room : ROWS_FIRST, size = to->stmt->row_size;
    char *rows;

    if (room > to->max)
        room = to->max;
    rows = arena_array(to->conn->arena, room, size);
    if (to->n)
        memcpy(rows, to->rows, to->n * size);
    to->rows = rows;
    to->room = room;
}

status sink_row(struct sink *to, void **row)
{
    if (to->each) {
        *row = arena_alloc(&to->conn->scratch, to->stmt->row_size);
        return OK;
    }
    if (to->n == to->max)
        return fail(TOO_LARGE, "%s gives more than %zu rows", to->stmt->name, to->max);
    if (to->n == to->room)
        sink_grow(to);
    *row = to->rows + to->n * to->stmt->row_size;
    return OK;
}

status sink_done(struct sink *to, void *row)
{
    status s = OK;

    to->n++;
    if (to->each) {
        s = to->each(to->to, row);
        arena_reset(&to->conn->scratch, true);
    }
    return s;
}

/* -- statements --------------------------------------------------------------------------------- */

/* A write outside a transaction is a transaction of its own, with all that tx_commit promises. */
static status run(struct conn *conn, const struct stmt *s, const void *in, struct sink *to)
{
    const struct driver *driver = conn->db->driver;
    status result;

    assert(*s->slot > 0 && conn->arena != NULL);
    to->conn = conn;
    to->stmt = s;
    if (conn->in_tx && conn->tx_status != OK)
        return conn->tx_status;
    if (conn->in_tx || !driver->writes(conn, s)) {
        result = driver->run(conn, s, in, to);
        conn->missed |= result == BUSY;
        return result;
    }
    TRY(tx_begin(conn));
    result = driver->run(conn, s, in, to);
    if (result == OK)
        return tx_commit(conn);
    tx_rollback(conn);
    return result;
}

status db_exec(struct conn *conn, const struct stmt *s, const void *in, i64 *changed)
{
    struct sink to = { .max = 0 };

    TRY(run(conn, s, in, &to));
    if (changed != NULL)
        *changed = to.changed;
    return OK;
}

status db_rows(struct conn *conn, const struct stmt *s, const void *in, void **rows, size_t *n)
{
    struct sink to = { .max = DB_ROWS_MAX };

    *rows = NULL;
    *n = 0;
    TRY(run(conn, s, in, &to));
    *rows = to.rows;
    *n = to.n;
    return OK;
}

status db_one(struct conn *conn, const struct stmt *s, const void *in, void *row)
{
    struct sink to = { .max = 2 };

    TRY(run(conn, s, in, &to));
    if (to.n > 1)
        return fail(BROKEN, "%s gives more than one row", s->name);
    if (to.n == 0)
        return NOT_FOUND;
    memcpy(row, to.rows, s->row_size);
    return OK;
}

status db_each(struct conn *conn, const struct stmt *s, const void *in, db_each_row *each, void *to)
{
    struct sink sink = { .each = each, .to = to };
    status result;

    assert(!conn->each_open && conn->arena != NULL);
    conn->each_open = true;
    conn->scratch.over = conn->arena->over;
    result = run(conn, s, in, &sink);
    arena_reset(&conn->scratch, true);
    conn->each_open = false;
    return result;
}

status db_script(struct conn *conn, const char *sql)
{
    bool own = !conn->in_tx;
    status s;

    if (own)
        TRY(tx_begin(conn));
    s = conn->tx_status != OK ? conn->tx_status : conn->db->driver->script(conn, sql);
    if (!own)
        return s;
    if (s == OK)
        return tx_commit(conn);
    tx_rollback(conn);
    return s;
}

status db_prepare_all(struct conn *conn)
{
    const struct db *db = conn->db;

    for (size_t i = 0; i < db->n_lists; i++)
        for (const struct stmt *const *s = db->lists[i]; *s != NULL; s++)
            TRY(db->driver->prepare(conn, *s));
    return OK;
}
