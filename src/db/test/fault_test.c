/* Faults around the database: a disk that does not keep, a server that stops, a connection that is lost. */
#include "fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>

/* -- SQLite: fsync fails ------------------------------------------------------------------------ */

static atomic_bool disk_fails;
static sqlite3_io_methods failing_methods[2];       /* of the database, and of its WAL, which has no locks */
static int (*real_sync)(sqlite3_file *, int);
static sqlite3_vfs *real_vfs, failing_vfs;

static int failing_sync(sqlite3_file *file, int flags)
{
    return disk_fails ? SQLITE_IOERR_FSYNC : real_sync(file, flags);
}

/* Files stay those of SQLite; only their fsync is ours. */
static int failing_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    int code = real_vfs->xOpen(vfs, name, file, flags, out);

    if (code == SQLITE_OK && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) {
        sqlite3_io_methods *methods = &failing_methods[(flags & SQLITE_OPEN_WAL) != 0];

        *methods = *file->pMethods;
        real_sync = methods->xSync;
        methods->xSync = failing_sync;
        file->pMethods = methods;
    }
    return code;
}

TEST(a_disk_that_fails_to_keep_ends_writing_and_loses_nothing_acknowledged)
{
    struct hand h;
    struct db *db;

    if (test_on_postgres())
        SKIP("the server has the disk");
    real_vfs = sqlite3_vfs_find(NULL);
    failing_vfs = *real_vfs;
    failing_vfs.zName = "failing";
    failing_vfs.xOpen = failing_open;
    REQUIRE(sqlite3_vfs_register(&failing_vfs, 1) == SQLITE_OK);
    db = fresh_db(SHORT_MS);
    h = hand_open(db);
    CHECK(add_note(use(&h), 1, 1) == OK);
    disk_fails = true;
    CHECK(add_note(h.conn, 1, 2) == BUSY);
    disk_fails = false;
    CHECK(db_broken(db));
    CHECK(db_ready(db) == BUSY);
    CHECK(add_note(h.conn, 1, 3) == BUSY);
    CHECK(tx_begin(h.conn) == BUSY);
    hand_close(&h);
    db_close(db);
    db = open_db(SHORT_MS);
    h = hand_open(db);
    CHECK(count_notes(use(&h)) >= 1);
    CHECK(add_note(h.conn, 1, 1) == CONFLICT);
    CHECK(add_note(h.conn, 1, 4) == OK);
    hand_close(&h);
    db_close(db);
}

TEST(another_process_that_writes_makes_us_wait_no_longer_than_the_deadline)
{
    struct db *ours, *theirs;
    struct hand a, b;

    if (test_on_postgres())
        SKIP("PostgreSQL locks rows");
    ours = fresh_db(SHORT_MS);
    theirs = open_db(SHORT_MS);
    a = hand_open(ours);
    b = hand_open(theirs);
    REQUIRE(tx_begin(use(&b)) == OK);
    CHECK(add_note(b.conn, 2, 1) == OK);
    CHECK(tx_begin(use(&a)) == BUSY);
    CHECK(tx_commit(b.conn) == OK);
    CHECK(count_notes(a.conn) == 1);
    CHECK(add_note(a.conn, 2, 2) == OK);
    hand_close(&a);
    hand_close(&b);
    db_close(ours);
    db_close(theirs);
}

/* -- PostgreSQL: the server --------------------------------------------------------------------- */

static pid_t backend(struct conn *conn)
{
    struct backend_row row = { 0 };

    return sql_backend(conn, &row) == OK ? (pid_t)row.pid : 0;
}

TEST(a_server_that_stands_still_is_busy_in_time_and_is_used_again_later)
{
    pid_t postmaster, server;
    struct hand h;
    struct db *db;

    if (!test_on_postgres() || !getenv("LACHAN_TEST_POSTMASTER"))
        SKIP("there is no server");
    postmaster = (pid_t)strtol(getenv("LACHAN_TEST_POSTMASTER"), NULL, 10);
    db = fresh_db(SHORT_MS);
    h = hand_open(db);
    server = backend(use(&h));
    REQUIRE(server > 0 && postmaster > 0);
    REQUIRE(tx_begin(h.conn) == OK);
    CHECK(add_note(h.conn, 3, 1) == OK);
    kill(postmaster, SIGSTOP);
    kill(server, SIGSTOP);
    CHECK(add_note(h.conn, 3, 2) == BUSY);
    CHECK(tx_commit(h.conn) == BUSY);
    CHECK(add_note(h.conn, 3, 3) == BUSY);      /* connecting hangs too, until connect_timeout */
    CHECK(db_ready(db) == BUSY);
    kill(server, SIGCONT);
    kill(postmaster, SIGCONT);
    CHECK(count_notes(h.conn) == 0);
    CHECK(add_note(h.conn, 3, 1) == OK);
    hand_close(&h);
    db_close(db);
}

TEST(a_lost_connection_is_replaced_between_transactions_and_not_within_one)
{
    struct hand h, other;
    struct db *db;
    struct backend_end_row row;

    if (!test_on_postgres())
        SKIP("there is no server");
    db = fresh_db(SHORT_MS);
    h = hand_open(db);
    other = hand_open(db);
    REQUIRE(sql_backend_end(use(&other), (struct sql_backend_end){ backend(use(&h)) }, &row) == OK);
    usleep(200000);
    CHECK(add_note(h.conn, 4, 1) == OK);
    REQUIRE(tx_begin(h.conn) == OK);
    CHECK(add_note(h.conn, 4, 2) == OK);
    REQUIRE(sql_backend_end(other.conn, (struct sql_backend_end){ backend(h.conn) }, &row) == OK);
    usleep(200000);
    CHECK(add_note(h.conn, 4, 3) == BUSY);
    CHECK(add_note(h.conn, 4, 4) == BUSY);
    CHECK(tx_commit(h.conn) == BUSY);
    CHECK(count_notes(h.conn) == 1);
    hand_close(&h);
    hand_close(&other);
    db_close(db);
}

TEST(a_server_that_is_not_there_is_busy)
{
    struct db *db = NULL;
    struct conn *conn = NULL;

    if (!test_on_postgres())
        SKIP("there is no server");
    REQUIRE(db_open(&(struct db_config){ .address = "postgres:///nobody?host=/nonexistent" }, &db) == OK);
    CHECK(conn_open(db, &conn) == BUSY);
    db_close(db);
}

TEST(an_address_that_cannot_be_opened_says_so)
{
    struct db *db = NULL;

    CHECK(db_open(&(struct db_config){ .address = "/nonexistent/folder/a.db" }, &db) == BROKEN);
    CHECK(db == NULL);
}

TEST_MAIN
