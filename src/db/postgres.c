#include "postgres.h"

#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

enum { PARAMS_MAX = 64, FETCH_ROWS = 200 };

/* Types of PostgreSQL's catalogue, which never change. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_VARCHAR = 1043 };

enum { BINARY = 1 };

/* -- parameters --------------------------------------------------------------------------------- */

struct params {
    Oid types[PARAMS_MAX];
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX], formats[PARAMS_MAX];
    i64 numbers[PARAMS_MAX];            /* big-endian, as they travel */
};

static Oid oid_of(enum sql_type type)
{
    return type == SQL_BIGINT ? OID_INT8 : type == SQL_TEXT ? OID_TEXT : OID_BYTEA;
}

/* Without types, PostgreSQL would take `at < $1 - 3600000` for int4 and overflow. */
static void set_types(const struct stmt *s, struct params *p)
{
    assert(s->n_params <= PARAMS_MAX);
    for (size_t i = 0; i < s->n_params; i++)
        p->types[i] = oid_of(s->params[i].type);
}

static status set_values(const struct stmt *s, const void *in, struct params *p)
{
    for (size_t i = 0; i < s->n_params; i++) {
        struct cell cell;

        TRY(cell_of_param(s, i, in, &cell));
        p->formats[i] = BINARY;
        if (cell.bytes.n > INT32_MAX)
            return fail(TOO_LARGE, "%s: parameter %s", s->name, s->params[i].name);
        p->lengths[i] = (int)cell.bytes.n;
        p->values[i] = cell.null ? NULL : cell.bytes.n ? cell.bytes.at : "";
        if (s->params[i].type == SQL_BIGINT && !cell.null) {
            p->numbers[i] = (i64)htobe64((uint64_t)cell.number);
            p->values[i] = (const char *)&p->numbers[i];
            p->lengths[i] = sizeof(i64);
        }
    }
    return OK;
}

/* -- rows --------------------------------------------------------------------------------------- */

static bool fits(enum sql_type want, Oid is)
{
    switch (want) {
    case SQL_ID:
    case SQL_BYTEA:  return is == OID_BYTEA;
    case SQL_TEXT:   return is == OID_TEXT || is == OID_VARCHAR;
    case SQL_BIGINT: return is == OID_INT8 || is == OID_INT4 || is == OID_INT2 || is == OID_BOOL;
    }
    return false;
}

/* A column count or type that differs is a mistake in the .sql file: a sum without CAST is a numeric, for instance. */
static status check_columns(const struct stmt *s, const PGresult *r)
{
    if ((size_t)PQnfields(r) != s->n_columns)
        return fail(INVALID, "%s gives %d columns, not %zu", s->name, PQnfields(r), s->n_columns);
    for (size_t i = 0; i < s->n_columns; i++)
        if (!fits(s->columns[i].type, PQftype(r, (int)i)))
            return fail(INVALID, "%s: column %s has type %u", s->name, s->columns[i].name, PQftype(r, (int)i));
    return OK;
}

static i64 big_endian(const char *at, int n)
{
    uint64_t value = (uint8_t)at[0] & 0x80 && n > 1 ? UINT64_MAX : 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | (uint8_t)at[i];
    return (i64)value;
}

static struct cell cell_of(const PGresult *r, int row, int column, enum sql_type type)
{
    const char *at = PQgetvalue(r, row, column);
    int n = PQgetlength(r, row, column);

    if (PQgetisnull(r, row, column))
        return (struct cell){ .null = true };
    if (type == SQL_BIGINT)
        return (struct cell){ .number = big_endian(at, n) };
    return (struct cell){ .bytes = str_of(at, (size_t)n) };
}

static status take_rows(struct sink *to, const PGresult *r)
{
    const struct stmt *s = to->stmt;
    void *row;

    if (s->n_columns == 0)
        return OK;
    TRY(check_columns(s, r));
    for (int i = 0; i < PQntuples(r); i++) {
        TRY(sink_row(to, &row));
        for (size_t c = 0; c < s->n_columns; c++)
            TRY(sink_cell(to, row, c, cell_of(r, i, (int)c, s->columns[c].type)));
        TRY(sink_done(to, row));
    }
    return OK;
}

/* -- statements --------------------------------------------------------------------------------- */

static i64 deadline_ms(const struct conn *conn)
{
    return conn->db->config.statement_ms;
}

static void name_of(const struct stmt *s, char name[16])
{
    snprintf(name, 16, "s%d", *s->slot);
}

/* Result of what was sent, held; or the status of its error, not held. */
static status result_of(struct conn *conn, int sent, const char *what, PGresult **r)
{
    struct wire *w = conn->own;
    status s;

    TRY(wire_result(w, sent, deadline_ms(conn), r));
    s = wire_status(w, *r, what);
    if (s != OK)
        wire_release(w);
    return s;
}

static status prepare_once(struct conn *conn, const struct stmt *s)
{
    struct wire *w = conn->own;
    struct params p;
    PGresult *r;
    char name[16];

    if (w->prepared[*s->slot])
        return OK;
    set_types(s, &p);
    name_of(s, name);
    TRY(result_of(conn, PQsendPrepare(w->pg, name, s->sql[DB_POSTGRES], (int)s->n_params, p.types), s->name, &r));
    wire_release(w);
    w->prepared[*s->slot] = true;
    return OK;
}

static status run_prepared(struct conn *conn, const struct stmt *s, const struct params *p, struct sink *to)
{
    struct wire *w = conn->own;
    PGresult *r;
    char name[16];
    status result;
    i64 changed;

    TRY(prepare_once(conn, s));
    name_of(s, name);
    TRY(result_of(conn, PQsendQueryPrepared(w->pg, name, (int)s->n_params, p->values, p->lengths, p->formats, BINARY),
                  s->name, &r));
    if (str_i64(str_c(PQcmdTuples(r)), &changed))
        to->changed = changed;
    result = take_rows(to, r);
    wire_release(w);
    return result;
}

/* -- row by row, with a cursor ------------------------------------------------------------------ */

static status declare_cursor(struct conn *conn, const struct stmt *s, const struct params *p)
{
    struct out o = { .max = 1 << 20 };
    struct wire *w = conn->own;
    PGresult *r;
    status result;

    out_c(&o, "DECLARE lachan_each NO SCROLL CURSOR FOR ");
    out_c(&o, s->sql[DB_POSTGRES]);
    out_char(&o, '\0');
    result = result_of(conn, PQsendQueryParams(w->pg, o.at, (int)s->n_params, p->types, p->values, p->lengths,
                                               p->formats, BINARY), s->name, &r);
    out_free(&o);
    if (result == OK)
        wire_release(w);
    return result;
}

static status fetch_all(struct conn *conn, struct sink *to)
{
    struct wire *w = conn->own;
    char fetch[64];
    status s = OK;
    int n = FETCH_ROWS;
    PGresult *r;

    snprintf(fetch, sizeof fetch, "FETCH FORWARD %d FROM lachan_each", FETCH_ROWS);
    while (s == OK && n == FETCH_ROWS) {
        if (w->pg == NULL)
            return fail(BUSY, "the connection was lost");
        TRY(result_of(conn, PQsendQueryParams(w->pg, fetch, 0, NULL, NULL, NULL, NULL, BINARY), to->stmt->name, &r));
        n = PQntuples(r);
        s = take_rows(to, r);
        wire_release(w);
    }
    return s;
}

static status run_cursor(struct conn *conn, const struct stmt *s, const struct params *p, struct sink *to)
{
    struct wire *w = conn->own;
    bool own = !conn->in_tx;
    status result, end = OK;

    if (own)
        TRY(wire_exec(w, "BEGIN READ ONLY", deadline_ms(conn)));
    result = declare_cursor(conn, s, p);
    if (result == OK)
        result = fetch_all(conn, to);
    if (w->pg != NULL && (own || result == OK))
        end = wire_exec(w, own ? "ROLLBACK" : "CLOSE lachan_each", deadline_ms(conn));
    return result != OK ? result : end;
}

/* -- the driver --------------------------------------------------------------------------------- */

/* An error of the server inside a transaction ends it; so does a lost connection. */
static status ended(struct conn *conn, status s)
{
    struct wire *w = conn->own;

    if (conn->in_tx && s != OK && (w->pg == NULL || PQtransactionStatus(w->pg) != PQTRANS_INTRANS))
        conn->tx_status = s;
    return s;
}

static status run(struct conn *conn, const struct stmt *s, const void *in, struct sink *to)
{
    struct params p;

    set_types(s, &p);
    TRY(set_values(s, in, &p));
    if (!conn->in_tx)
        TRY(wire_ready(conn->own));
    return ended(conn, to->each ? run_cursor(conn, s, &p, to) : run_prepared(conn, s, &p, to));
}

/* The server gives every statement outside a transaction one of its own. */
static bool writes(struct conn *conn, const struct stmt *s)
{
    (void)conn, (void)s;
    return false;
}

static status script(struct conn *conn, const char *sql)
{
    return ended(conn, wire_exec(conn->own, sql, SCRIPT_MS));
}

static status prepare(struct conn *conn, const struct stmt *s)
{
    struct wire *w = conn->own;
    char name[16];
    PGresult *r;
    status result;

    TRY(wire_ready(w));
    TRY(prepare_once(conn, s));
    name_of(s, name);
    TRY(result_of(conn, PQsendDescribePrepared(w->pg, name), s->name, &r));
    result = check_columns(s, r);
    wire_release(w);
    return result;
}

static status begin(struct conn *conn)
{
    TRY(wire_ready(conn->own));
    return wire_exec(conn->own, "BEGIN", deadline_ms(conn));
}

static status begin_read(struct conn *conn)
{
    TRY(wire_ready(conn->own));
    return wire_exec(conn->own, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", deadline_ms(conn));
}

/* COMMIT of a transaction that failed answers ROLLBACK, without an error. */
static status commit(struct conn *conn)
{
    struct wire *w = conn->own;
    PGresult *r;
    bool kept;

    TRY(result_of(conn, PQsendQuery(w->pg, "COMMIT"), "commit", &r));
    kept = strcmp(PQcmdStatus(r), "COMMIT") == 0;
    wire_release(w);
    return kept ? OK : fail(BUSY, "the transaction was rolled back");
}

static void rollback(struct conn *conn)
{
    struct wire *w = conn->own;

    if (w->pg != NULL && wire_exec(w, "ROLLBACK", deadline_ms(conn)) != OK)
        wire_close(w);
}

static void settle(struct conn *conn)
{
    struct wire *w = conn->own;

    if (w == NULL)
        return;
    wire_release_all(w);
    if (!conn->in_tx && w->pg != NULL && PQtransactionStatus(w->pg) != PQTRANS_IDLE)
        rollback(conn);
}

static status open_db(struct db *db)
{
    return PQisthreadsafe() ? OK : fail(BROKEN, "libpq of %s was built without threads", db->address);
}

static void close_db(struct db *db)
{
    (void)db;
}

static status open_conn(struct conn *conn)
{
    struct wire *w = memory_new(sizeof *w);

    conn->own = w;
    w->db = conn->db;
    return wire_ready(w);
}

static void close_conn(struct conn *conn)
{
    wire_close(conn->own);
    free(conn->own);
    conn->own = NULL;
}

const struct driver postgres_driver = {
    .open = open_db, .close = close_db, .conn_open = open_conn, .conn_close = close_conn,
    .begin = begin, .begin_read = begin_read, .commit = commit, .rollback = rollback, .settle = settle,
    .writes = writes, .run = run, .script = script, .prepare = prepare,
};
