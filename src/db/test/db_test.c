#include "base/clock.h"
#include "db/test.sql.h"
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

static struct db *db;
static struct conn *conn;
static struct arena arena;
static char folder[] = "/tmp/lachan-db-XXXXXX";

TEST(it_opens) {
    char path[64];
    REQUIRE(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    arena = arena_make(1 << 24);
    REQUIRE(db_open(&(struct db_config){ .address = path }, &db) == OK);
    db_register(db, test_sql);
    CHECK(db_migrate(db, migrations, migrations_n) == OK);
    CHECK(db_migrate(db, migrations, migrations_n) == OK);
    REQUIRE(conn_open(db, &conn) == OK);
    conn_use(conn, &arena);
    CHECK(db_prepare_all(conn) == OK);
    printf("# %s\n", fail_message());
    struct id id = id_random();
    CHECK(sql_note_add(conn, (struct sql_note_add){ .id = id, .writer = 1, .title = STR("x") }) == OK);
    CHECK(sql_note_add(conn, (struct sql_note_add){ .id = id, .writer = 1, .title = STR("x") }) == CONFLICT);
    struct notes_row row;
    CHECK(sql_note_get(conn, (struct sql_note_get){ id }, &row) == OK);
    CHECK_STR(row.title, STR("x"));
    printf("# %s\n", fail_message());
}
TEST_MAIN
