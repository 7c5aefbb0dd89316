#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA = 512 << 20 };

static char folder[256];
static char address[512];
static int databases;

static void clean_up(void)
{
    char path[300];
    static const char *const ends[] = { "", "-wal", "-shm" };

    for (int i = 1; i <= databases; i++)
        for (size_t k = 0; k < COUNT_OF(ends); k++) {
            snprintf(path, sizeof path, "%s/%d.db%s", folder, i, ends[k]);
            unlink(path);
        }
    rmdir(folder);
}

static void must(status s, const char *what)
{
    if (s == OK)
        return;
    printf("Bail out! %s: %s (%s)\n", what, status_name(s), fail_message());
    exit(1);
}

static const struct house *house(void)
{
    static struct house *h;
    struct key k = key_no(1);

    if (h == NULL)
        h = house_of_seed(1, &k);
    return h;
}

static void make_folder(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%s/lachan-ledger-XXXXXX", tmp ? tmp : ".");
    if (mkdtemp(folder) == NULL)
        must(BROKEN, "mkdtemp");
    atexit(clean_up);
}

/* On PostgreSQL a world is a schema of the one database that test/postgres.sh gives to a program. */
static void make_schema(const char *server)
{
    struct arena a = arena_make(1 << 20);
    struct str sql = arena_f(&a, "CREATE SCHEMA w%d", databases);
    struct conn *conn;
    struct db *db;

    must(db_open(&(struct db_config){ .address = server }, &db), "db_open");
    must(conn_open(db, &conn), "conn_open");
    conn_use(conn, &a);
    must(db_script(conn, sql.at), "create schema");
    conn_close(conn);
    db_close(db);
    arena_free(&a);
}

/* Makes the next database. */
static void next_database(void)
{
    const char *server = getenv("LACHAN_TEST_POSTGRES");

    databases++;
    if (server != NULL) {
        make_schema(server);
        snprintf(address, sizeof address, "%s&options=-csearch_path%%3Dw%d", server, databases);
        return;
    }
    if (databases == 1)
        make_folder();
    snprintf(address, sizeof address, "%s/%d.db", folder, databases);
}

static struct db *open_db(void)
{
    struct db *db;

    must(db_open(&(struct db_config){ .address = address, .statement_ms = 60000 }, &db), "db_open");
    db_register(db, tables_sql);
    db_register(db, ledger_sql);
    return db;
}

static struct world *world_on(struct db *db, bool owns_db)
{
    struct world *w = memory_new(sizeof *w);

    w->db = db;
    w->owns_db = owns_db;
    w->ledger.house = house();
    w->ledger.arena = memory_new(sizeof(struct arena));
    *w->ledger.arena = arena_make(ARENA);
    must(conn_open(db, &w->ledger.db), "conn_open");
    conn_use(w->ledger.db, w->ledger.arena);
    return w;
}

struct world *world_new(void)
{
    struct instance_row instance = { .origin = STR("example.org/log"), .rep_salt = STR("0123456789abcdef") };
    struct world *w;

    test_arena();
    clock_set_zone("Asia/Ho_Chi_Minh");
    next_database();
    w = world_on(open_db(), true);
    must(db_migrate(w->db, migrations, migrations_n), "db_migrate");
    must(act_begin(&w->ledger, staff_act("init", NOON - HOUR_MS)), "act_begin");
    must(row_insert(&w->ledger, &table_instance, &instance), "row_insert");
    must(act_commit(&w->ledger), "act_commit");
    return w;
}

struct world *world_beside(const struct world *w, bool own_db)
{
    return world_on(own_db ? open_db() : w->db, own_db);
}

void world_free(struct world *w)
{
    conn_close(w->ledger.db);
    if (w->owns_db)
        db_close(w->db);
    arena_free(w->ledger.arena);
    free(w->ledger.arena);
    free(w);
}

struct act_info staff_act(const char *act, i64 now)
{
    return (struct act_info){
        .act = act, .now = now, .actor = id_no(90), .unit = id_no(91), .object = id_no(92) };
}

struct act_info anonymous_act(const char *act, i64 now)
{
    return (struct act_info){ .act = act, .now = now, .anonymous = true, .object = id_no(92) };
}

struct id row_id(int v)
{
    return (struct id){ { 0x4c, 0x61, [6] = 0x40, [8] = 0x80, [15] = (uint8_t)v } };
}

/* Columns that the schema holds to 0 and 1. */
static bool is_flag(const struct sql_column *c)
{
    static const char *const names[] = { "active", "against", "anonymous", "blind", "fine", "grey", "kept", "names", "negative", "open", "rough", "sandbox",
                                         "staff", "two", "urgent", "waits", "whole" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(c->name, names[i]) == 0)
            return true;
    return false;
}

static void fill(const struct sql_column *c, char *row, int v)
{
    void *at = row + c->offset;

    switch (c->type) {
    case SQL_ID:
        if (c->nullable)
            *(struct opt_id *)at = (struct opt_id){ true, row_id(v) };
        else
            *(struct id *)at = row_id(v);
        break;
    case SQL_BIGINT:
        if (c->nullable)
            *(struct opt_i64 *)at = (struct opt_i64){ true, v };
        else
            *(i64 *)at = is_flag(c) ? v & 1 : v;
        break;
    case SQL_TEXT:
        *(struct str *)at = arena_f(test_arena(), "t%d", v);
        break;
    case SQL_BYTEA: {
        struct id id[2] = { row_id(v), row_id(v) };     /* a hash has the length of two */

        *(struct str *)at = arena_copy(test_arena(), str_of(id, strcmp(c->name, "digest") == 0 ? sizeof id : sizeof id[0]));
        break;
    }
    }
}

void *row_make(const struct table *t, int v)
{
    char *row = arena_alloc(test_arena(), t->row_size);

    for (size_t i = 0; i < t->n_columns - 2; i++)
        fill(&t->columns[i], row, v);
    return row;
}

size_t logged_tables(const struct table **list, size_t max)
{
    size_t n = 0;

    for (const struct table *const *t = tables; *t != NULL; t++)
        if ((*t)->logged && *t != &table_instance && n < max)
            list[n++] = *t;
    return n;
}

status insert_tables(struct world *w, size_t n, int v)
{
    const struct table *list[64];

    n = n < COUNT_OF(list) ? n : COUNT_OF(list);
    n = logged_tables(list, n);
    TRY(act_begin(&w->ledger, staff_act("test.fill", NOON)));
    for (size_t i = 0; i < n; i++) {
        status s = row_insert(&w->ledger, list[i], row_make(list[i], v));

        if (s != OK) {
            printf("# %s: %s\n", list[i]->name, fail_message());
            act_abort(&w->ledger);
            return s;
        }
    }
    return act_commit(&w->ledger);
}
