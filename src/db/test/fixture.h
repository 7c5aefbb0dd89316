/* What the test programs of db/ share: one database with the test schema, and conns with an arena each. */
#pragma once

#include "base/clock.h"
#include "database.h"
#include "db/test.sql.h"

enum { SHORT_MS = 700, LONG_MS = 20 * SECOND_MS };

struct hand {                   /* a conn with its arena */
    struct arena arena;
    struct conn *conn;
};

[[gnu::noreturn]] static void bail_out(void)
{
    printf("Bail out! %s\n", fail_message());
    exit(1);
}

static struct db *open_db(int statement_ms)
{
    struct db *db = NULL;

    if (db_open(&(struct db_config){ .address = test_address(), .statement_ms = statement_ms }, &db) != OK)
        bail_out();
    db_register(db, test_sql);
    db_register(db, tables_sql);
    return db;
}

static struct hand hand_open(struct db *db)
{
    struct hand h = { .arena = arena_make((size_t)64 << 20) };

    if (conn_open(db, &h.conn) != OK)
        bail_out();
    return h;
}

/* The arena moves with the hand, so the conn is told of it where the hand has come to rest. */
static struct conn *use(struct hand *h)
{
    conn_use(h->conn, &h->arena);
    return h->conn;
}

static void hand_close(struct hand *h)
{
    conn_close(h->conn);
    arena_free(&h->arena);
}

/* Empty tables of the test schema. */
static struct db *fresh_db(int statement_ms)
{
    struct db *db = open_db(statement_ms);
    struct hand h;
    bool ok = db_migrate(db, migrations, migrations_n) == OK;

    h = hand_open(db);
    ok = ok && db_script(use(&h), "DELETE FROM notes; DELETE FROM files") == OK;
    hand_close(&h);
    if (!ok)
        bail_out();
    return db;
}

[[gnu::unused]] static status add_note(struct conn *conn, i64 writer, i64 no)
{
    return sql_note_add(conn, (struct sql_note_add){ .id = id_random(), .writer = writer, .no = no });
}

[[gnu::unused]] static i64 count_notes(struct conn *conn)
{
    struct notes_count_row row = { 0 };

    return sql_notes_count(conn, &row) == OK ? row.n : -1;
}
