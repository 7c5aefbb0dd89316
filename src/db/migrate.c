#include "migrate.h"

#include "../base/log.h"
#include "dialect.h"

static const char CREATE[] = "CREATE TABLE IF NOT EXISTS schema (n BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
                             " sha256 TEXT NOT NULL)";
/* Two processes that start at once: the second waits here, then sees the work done. On SQLite BEGIN does this. */
static const char LOCK[] = "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(20261124)";

struct applied {
    i64 n;
    struct str name, sha256;
};

static const struct sql_column columns[] = {
    { "n", SQL_BIGINT, false, offsetof(struct applied, n) },
    { "name", SQL_TEXT, false, offsetof(struct applied, name) },
    { "sha256", SQL_TEXT, false, offsetof(struct applied, sha256) },
};

static int there_slot, newest_slot, all_slot, add_slot;

static const struct stmt there = {
    .name = "schema_there",
    .sql = { "SELECT COUNT(*) AS n FROM sqlite_schema WHERE name = 'schema'",
             "SELECT COUNT(*) AS n FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema'" },
    .columns = columns, .n_columns = 1, .row_size = sizeof(i64), .slot = &there_slot,
};

const struct stmt migrate_newest = {
    .name = "schema_newest",
    .sql = { "SELECT COALESCE(MAX(n), 0) AS n FROM schema", "SELECT COALESCE(MAX(n), 0) AS n FROM schema" },
    .columns = columns, .n_columns = 1, .row_size = sizeof(i64), .slot = &newest_slot,
};

static const struct stmt all = {
    .name = "schema_all",
    .sql = { "SELECT n, name, sha256 FROM schema ORDER BY n", "SELECT n, name, sha256 FROM schema ORDER BY n" },
    .columns = columns, .n_columns = 3, .row_size = sizeof(struct applied), .slot = &all_slot,
};

static const struct stmt add = {
    .name = "schema_add",
    .sql = { "INSERT INTO schema (n, name, sha256) VALUES (?1, ?2, ?3)",
             "INSERT INTO schema (n, name, sha256) VALUES ($1, $2, $3)" },
    .params = columns, .n_params = 3, .slot = &add_slot,
};

const struct stmt *const migrate_sql[] = { &there, &migrate_newest, &all, &add, NULL };

/* A migration as this database reads it. */
static status run_text(struct conn *conn, struct str text)
{
    struct out o = { .max = 2 * text.n + 1024 };
    status s;

    if (conn_kind(conn) == DB_SQLITE)
        dialect_sqlite(text, &o);
    else
        out_str(&o, text);
    out_char(&o, '\0');
    s = o.over ? fail(TOO_LARGE, "a migration is too long") : db_script(conn, o.at);
    out_free(&o);
    return s;
}

/* What was applied must be the beginning of the list, unchanged. */
static status compare(const struct applied *at, size_t n_at, const struct migration *list, size_t n)
{
    if (n_at > n)
        return fail(CONFLICT, "the schema is newer than this program: it has migration %lld, the newest known is %zu",
                    (long long)at[n_at - 1].n, n);
    for (size_t i = 0; i < n_at; i++)
        if (at[i].n != list[i].n || !str_is(at[i].sha256, list[i].sha256))
            return fail(CONFLICT, "migration %s was changed after it had been applied", list[i].name);
    return OK;
}

static status apply(struct conn *conn, const struct migration *m)
{
    struct applied row = { .n = m->n, .name = str_c(m->name), .sha256 = str_c(m->sha256) };

    TRY(run_text(conn, str_c(m->sql)));
    TRY(db_exec(conn, &add, &row, NULL));
    log_info("migrate", "applied=%s", m->name);
    return OK;
}

/* In a transaction: applies the next migration, if there is one. */
static status step(struct conn *conn, const struct migration *list, size_t n, bool *more)
{
    void *at;
    size_t n_at;

    if (conn_kind(conn) == DB_POSTGRES)
        TRY(db_script(conn, LOCK));
    TRY(run_text(conn, str_c(CREATE)));
    TRY(db_rows(conn, &all, NULL, &at, &n_at));
    TRY(compare(at, n_at, list, n));
    *more = n_at < n;
    return *more ? apply(conn, &list[n_at]) : OK;
}

static status migrate(struct conn *conn, const struct migration *list, size_t n)
{
    bool more = true;

    while (more) {
        TRY(tx_begin(conn));
        TRY(step(conn, list, n, &more));
        TRY(tx_commit(conn));
    }
    return OK;
}

status db_migrate(struct db *db, const struct migration *list, size_t n)
{
    struct arena arena = arena_make(1 << 20);
    struct conn *conn = NULL;
    status s = conn_open(db, &conn);

    if (s == OK) {
        conn_use(conn, &arena);
        s = migrate(conn, list, n);
        conn_close(conn);
    }
    arena_free(&arena);
    return s;
}

static status schema_of(struct conn *conn, i64 *n)
{
    i64 tables;

    *n = 0;
    TRY(db_one(conn, &there, NULL, &tables));
    return tables ? db_one(conn, &migrate_newest, NULL, n) : OK;
}

status db_schema(struct db *db, i64 *n)
{
    struct arena arena = arena_make(1 << 20);
    struct conn *conn = NULL;
    status s = conn_open(db, &conn);

    if (s == OK) {
        conn_use(conn, &arena);
        s = schema_of(conn, n);
        conn_close(conn);
    }
    arena_free(&arena);
    return s;
}
