/* Every statement of the program prepares on the database, and none reads a large table from end to end. */
#include "app.h"
#include "database.h"

#include "tables.sql.h"

#include <sqlite3.h>

static struct db *db;

/* Statements that read a whole table: the table stays small, or reading all of it is their purpose. */
static const char *const may_scan[] = {
    "log_head_read",            /* one row, by the key's order */
    "log_short_cuts",           /* the audit reads everything */
    "log_origin", "the_instance", "instance_rows",
    "services_near",            /* the directory: hundreds */
    "units_confirmed",          /* whom one may refer to: thousands at most, looked through by name */
    "kept_new", "kept_again",   /* each hour: which closed cases have no term, and which have one that are open again */
    "drafts_forget",            /* few rows, at an erasure */
    "key_work_left",            /* a row for each table */
    "key_holder_end", "key_holders_since",      /* a row for each running process */
    NULL
};

/* sqlc's own: 200 rows of a table in the key's order. */
static bool is_first_page(const char *name)
{
    for (const struct table *const *t = tables; *t != NULL; t++)
        if ((*t)->logged && strcmp((*t)->first->name, name) == 0)
            return true;
    return false;
}

static bool listed(const char *name)
{
    for (size_t i = 0; may_scan[i] != NULL; i++)
        if (strcmp(may_scan[i], name) == 0)
            return true;
    return str_ends(str_c(name), STR("_all")) || is_first_page(name);
}

TEST(every_statement_prepares)
{
    struct arena arena = arena_make(1 << 20);
    struct conn *conn = NULL;

    REQUIRE(app_open_db(NULL, test_address(), &db) == OK);
    REQUIRE(app_migrate(db) == OK);
    REQUIRE(conn_open(db, &conn) == OK);
    conn_use(conn, &arena);
    CHECK_STR(db_prepare_all(conn) == OK ? STR("") : str_c(fail_message()), STR(""));
    conn_close(conn);
    arena_free(&arena);
    db_close(db);
}

/* What a subquery in FROM found is walked through; how it found it stands in lines of its own. */
static bool is_subquery(struct str table, const struct str *made, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(table, made[i]))
            return true;
    return false;
}

/* Says which tables the plan scans; 0 if none. */
static int scans(sqlite3 *sqlite, const struct stmt *s)
{
    char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", s->sql[DB_SQLITE]);
    sqlite3_stmt *plan = NULL;
    struct arena arena = arena_make(1 << 16);
    struct str made[8];
    size_t n_made = 0;
    int n = 0;

    if (sqlite3_prepare_v2(sqlite, text, -1, &plan, NULL) != SQLITE_OK)
        return -1;
    while (sqlite3_step(plan) == SQLITE_ROW) {
        struct str step = arena_copy(&arena, str_c((const char *)sqlite3_column_text(plan, 3))), rest = step, verb;

        if (!str_cut(&rest, ' ', &verb))
            continue;
        if ((str_is(verb, "CO-ROUTINE") || str_is(verb, "MATERIALIZE")) && n_made < COUNT_OF(made))
            made[n_made++] = rest;
        if (str_is(verb, "SCAN") && !str_is(rest, "CONSTANT ROW") && !is_subquery(rest, made, n_made)) {
            printf("# %s: %.*s\n", s->name, (int)step.n, step.at);
            n++;
        }
    }
    sqlite3_finalize(plan);
    sqlite3_free(text);
    arena_free(&arena);
    return n;
}

TEST(no_statement_reads_a_large_table_from_end_to_end)
{
    sqlite3 *sqlite = NULL;

    if (test_on_postgres())
        SKIP("PostgreSQL plans by what the tables hold");
    REQUIRE(sqlite3_open_v2(test_address(), &sqlite, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    for (size_t i = 0; app_statements[i] != NULL; i++)
        for (const struct stmt *const *s = app_statements[i]; *s != NULL; s++)
            if (!listed((*s)->name))
                CHECK(scans(sqlite, *s) == 0);
    sqlite3_close(sqlite);
}

TEST_MAIN
