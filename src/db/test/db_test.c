/* Values, errors, transactions and deadlines: the same on both databases. */
#include "fixture.h"

#include <setjmp.h>
#include <sys/stat.h>

static struct db *db;
static struct hand first, second;
static struct conn *a, *b;

TEST(a_database_opens_and_all_its_statements_prepare)
{
    db = fresh_db(SHORT_MS);
    first = hand_open(db);
    second = hand_open(db);
    a = use(&first);
    b = use(&second);
    CHECK(db_kind(db) == (test_on_postgres() ? DB_POSTGRES : DB_SQLITE));
    CHECK(db_prepare_all(a) == OK);
    CHECK(db_ready(db) == OK);
    CHECK(!db_broken(db));
}

TEST(values_come_back_as_they_were_written)
{
    static const i64 numbers[] = { 0, 1, -1, INT32_MAX, (i64)INT32_MAX + 1, INT32_MIN, INT64_MAX, INT64_MIN };
    struct str bytes = str_of("\0\xff'\"\\", 5), text = STR("Hoà, \"đ\" 😀\n\\x00'");
    struct sql_echo in = { .a = id_random(), .b = bytes, .c = text };

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct echo_row row;

        in.d = (struct opt_i64){ true, numbers[i] };
        REQUIRE(sql_echo(a, in, &row) == OK);
        CHECK(id_eq(row.a, in.a));
        CHECK(row.d.has && row.d.v == numbers[i]);
        CHECK_STR(row.b, bytes);
        CHECK_STR(row.c, text);
    }
}

TEST(null_is_not_empty)
{
    struct id id = id_random();
    struct notes_row row;

    REQUIRE(sql_note_add(a, (struct sql_note_add){ .id = id, .writer = 100, .title = STR("") }) == OK);
    REQUIRE(sql_note_get(a, (struct sql_note_get){ id }, &row) == OK);
    CHECK(row.title.at != NULL && row.title.n == 0);
    CHECK(row.body.at == NULL);
    CHECK(!row.parent.has && !row.due.has);
    CHECK(id_eq(row.id, id) && row.writer == 100 && row.no == 0);
}

TEST(a_value_of_a_megabyte_comes_back)
{
    struct id id = id_random();
    size_t n = 1 << 20;
    char *big = arena_alloc(&first.arena, n);
    struct notes_row row;

    memset(big, 0xa5, n);
    REQUIRE(sql_note_add(a, (struct sql_note_add){ .id = id, .writer = 101, .body = str_of(big, n) }) == OK);
    REQUIRE(sql_note_get(b, (struct sql_note_get){ id }, &row) == OK);
    CHECK(str_eq(row.body, str_of(big, n)));
}

TEST(text_with_nul_or_broken_utf8_is_refused_and_a_missing_value_is_a_mistake)
{
    struct sql_note_title in = { .id = id_random(), .title = str_of("a\0b", 3) };
    i64 changed;

    CHECK(sql_note_title(a, in, &changed) == INVALID);
    in.title = STR("\xc3(");
    CHECK(sql_note_title(a, in, &changed) == INVALID);
    in.title = STR_NULL;
    CHECK(sql_note_title(a, in, &changed) == BROKEN);
}

TEST(a_row_that_is_not_there_is_not_found_and_the_struct_is_left_alone)
{
    struct notes_row row = { .writer = 7 };
    i64 changed = -1;

    CHECK(sql_note_get(a, (struct sql_note_get){ id_random() }, &row) == NOT_FOUND);
    CHECK(row.writer == 7);
    CHECK(sql_note_title(a, (struct sql_note_title){ id_random(), STR("x") }, &changed) == OK);
    CHECK(changed == 0);
}

TEST(what_is_one_row_by_declaration_must_not_be_two)
{
    struct note_of_row row;

    CHECK(add_note(a, 102, 1) == OK);
    CHECK(sql_note_of(a, (struct sql_note_of){ 102 }, &row) == OK);
    CHECK(add_note(a, 102, 2) == OK);
    CHECK(sql_note_of(a, (struct sql_note_of){ 102 }, &row) == BROKEN);
}

TEST(more_rows_than_the_maximum_are_refused_not_cut)
{
    struct numbers_rows rows;

    REQUIRE(sql_numbers(a, (struct sql_numbers){ DB_ROWS_MAX }, &rows) == OK);
    CHECK(rows.n == DB_ROWS_MAX);
    CHECK(rows.at[0].i == 1 && rows.at[rows.n - 1].i == DB_ROWS_MAX);
    CHECK(sql_numbers(a, (struct sql_numbers){ DB_ROWS_MAX + 1 }, &rows) == TOO_LARGE);
    arena_reset(&first.arena, true);
}

TEST(a_key_that_exists_and_a_parent_that_does_not_are_conflicts)
{
    struct id id = id_random();

    CHECK(sql_note_add(a, (struct sql_note_add){ .id = id, .writer = 103, .no = 1 }) == OK);
    CHECK(sql_note_add(a, (struct sql_note_add){ .id = id, .writer = 103, .no = 2 }) == CONFLICT);
    CHECK(add_note(a, 103, 1) == CONFLICT);
    CHECK(sql_note_add(a, (struct sql_note_add){ .id = id_random(), .writer = 103, .no = 3,
                                                 .parent = { true, id_random() } }) == CONFLICT);
}

TEST(rows_that_a_write_returns_are_read)
{
    struct notes_drop_rows rows;

    CHECK(add_note(a, 104, 1) == OK && add_note(a, 104, 2) == OK);
    REQUIRE(sql_notes_drop(a, (struct sql_notes_drop){ 104 }, &rows) == OK);
    CHECK(rows.n == 2);
    REQUIRE(sql_notes_drop(b, (struct sql_notes_drop){ 104 }, &rows) == OK);
    CHECK(rows.n == 0);
}

TEST(a_transaction_sees_its_own_writes_and_nobody_else_does_before_the_commit)
{
    i64 before = count_notes(b);

    REQUIRE(tx_begin(a) == OK);
    CHECK(tx_open(a) && !tx_open(b));
    CHECK(add_note(a, 105, 1) == OK);
    CHECK(count_notes(a) == before + 1);
    CHECK(count_notes(b) == before);
    REQUIRE(tx_commit(a) == OK);
    CHECK(!tx_open(a));
    CHECK(count_notes(b) == before + 1);
}

TEST(a_rollback_leaves_nothing_and_may_be_said_twice)
{
    i64 before = count_notes(b);

    REQUIRE(tx_begin(a) == OK);
    CHECK(add_note(a, 106, 1) == OK);
    tx_rollback(a);
    tx_rollback(a);
    CHECK(count_notes(a) == before && count_notes(b) == before);
}

TEST(a_statement_that_failed_ends_its_transaction)
{
    i64 before = count_notes(b);
    struct notes_count_row row;

    REQUIRE(tx_begin(a) == OK);
    CHECK(add_note(a, 107, 1) == OK);
    CHECK(add_note(a, 107, 1) == CONFLICT);
    CHECK(add_note(a, 107, 2) == CONFLICT);
    CHECK(sql_notes_count(a, &row) == CONFLICT);
    CHECK(tx_commit(a) == CONFLICT);
    CHECK(!tx_open(a));
    CHECK(count_notes(b) == before);
    CHECK(add_note(a, 107, 3) == OK);
}

TEST(a_statement_that_never_ends_is_stopped_and_the_conn_works_on)
{
    struct forever_row row;

    CHECK(sql_forever(a, &row) == BUSY);
    CHECK(count_notes(a) >= 0);
    REQUIRE(tx_begin(a) == OK);
    CHECK(add_note(a, 108, 1) == OK);
    CHECK(sql_forever(a, &row) == BUSY);
    CHECK(tx_commit(a) == BUSY);
    CHECK(sql_notes_forever(a, (struct sql_notes_forever){ id_random() }) == BUSY);
    CHECK(add_note(a, 108, 1) == OK);
}

TEST(a_writer_that_keeps_a_row_makes_another_wait_no_longer_than_the_deadline)
{
    REQUIRE(tx_begin(a) == OK);
    CHECK(add_note(a, 109, 1) == OK);
    CHECK(add_note(b, 109, 1) == BUSY);
    CHECK(tx_commit(a) == OK);
    CHECK(add_note(b, 109, 1) == CONFLICT);
    CHECK(add_note(b, 109, 2) == OK);
}

/* -- rows one by one ---------------------------------------------------------------------------- */

struct seen {
    i64 n, sum, stop_at;
};

static status see(void *to, const void *row)
{
    struct seen *seen = to;
    i64 i = ((const struct numbers_each_row *)row)->i;

    seen->n++;
    seen->sum += i;
    if (i == seen->stop_at)
        return DENIED;
    return i % 1000 == 0 && count_notes(a) < 0 ? BROKEN : OK;
}

TEST(rows_one_by_one_have_no_maximum_and_other_statements_run_meanwhile)
{
    i64 n = 3 * DB_ROWS_MAX;
    struct seen seen = { 0 }, stopped = { .stop_at = 500 };
    size_t used = first.arena.used;

    CHECK(sql_numbers_each(a, (struct sql_numbers_each){ n }, see, &seen) == OK);
    CHECK(seen.n == n && seen.sum == n * (n + 1) / 2);
    CHECK(first.arena.used - used < (1 << 20));
    CHECK(sql_numbers_each(a, (struct sql_numbers_each){ n }, see, &stopped) == DENIED);
    CHECK(stopped.n == 500);
    REQUIRE(tx_begin(a) == OK);
    CHECK(sql_numbers_each(a, (struct sql_numbers_each){ n }, see, &stopped) == DENIED);
    CHECK(add_note(a, 110, 1) == OK);
    CHECK(tx_commit(a) == OK);
}

TEST(an_arena_that_is_full_jumps_out_and_a_rollback_cleans_up)
{
    struct arena small = arena_make(8192);
    jmp_buf over;
    struct numbers_rows rows;
    i64 before = count_notes(b);

    small.over = &over;
    conn_use(a, &small);
    if (setjmp(over) == 0) {
        REQUIRE(tx_begin(a) == OK);
        CHECK(add_note(a, 111, 1) == OK);
        CHECK(sql_numbers(a, (struct sql_numbers){ 5000 }, &rows) == OK);
        CHECK(!"the arena let 5000 rows in");
    }
    CHECK(tx_open(a));
    tx_rollback(a);
    conn_use(a, &first.arena);
    CHECK(count_notes(a) == before && add_note(a, 111, 1) == OK);
    arena_free(&small);
}

TEST(a_reading_transaction_sees_one_state_and_waits_for_no_writer)
{
    i64 before = count_notes(b);

    REQUIRE(tx_begin_read(a) == OK);
    CHECK(count_notes(a) == before);
    REQUIRE(tx_begin(b) == OK);
    CHECK(add_note(b, 114, 1) == OK);
    CHECK(count_notes(a) == before);
    CHECK(tx_commit(b) == OK);
    CHECK(count_notes(a) == before);
    tx_rollback(a);
    CHECK(count_notes(a) == before + 1);
}

/* -- logged tables: the statements that ledger/ runs -------------------------------------------- */

struct changed_file {
    struct files_row row;
    struct str mac_read;
};

TEST(a_logged_row_changes_only_where_its_mac_is_the_one_that_was_read)
{
    struct files_row row = { .id = id_random(), .default_ = 5, .name = STR("a"), .kgen = 1, .mac = STR("mac 1") }, got;
    struct changed_file change = { .row = row, .mac_read = STR("other") };
    i64 changed = -1;
    void *rows;
    size_t n;

    CHECK(offsetof(struct changed_file, mac_read) == table_files.row_size);
    CHECK(db_exec(a, table_files.insert, &row, NULL) == OK);
    CHECK(db_exec(a, table_files.insert, &row, NULL) == CONFLICT);
    change.row.name = STR("b");
    change.row.mac = STR("mac 2");
    CHECK(db_exec(a, table_files.update, &change, &changed) == OK && changed == 0);
    change.mac_read = STR("mac 1");
    CHECK(db_exec(a, table_files.update, &change, &changed) == OK && changed == 1);
    got = (struct files_row){ .id = row.id };
    REQUIRE(db_one(b, table_files.by_key, &got, &got) == OK);
    CHECK(db_rows(b, table_files.all, NULL, &rows, &n) == OK && n == 1);
    CHECK_STR(got.name, STR("b"));
    CHECK_STR(got.mac, STR("mac 2"));
    CHECK(got.default_ == 5 && !got.user.has);
    CHECK(db_exec(a, table_files.remove, &row, &changed) == OK && changed == 0);
    CHECK(db_exec(a, table_files.remove, &got, &changed) == OK && changed == 1);
    CHECK(db_one(b, table_files.by_key, &got, &got) == NOT_FOUND);
}

TEST(an_id_of_another_length_in_the_database_is_broken)
{
    struct notes_rows rows;

    CHECK(db_script(a, test_on_postgres() ? "INSERT INTO notes (id, writer, no) VALUES ('\\x00', 112, 1)"
                                          : "INSERT INTO notes (id, writer, no) VALUES (x'00', 112, 1)") == OK);
    CHECK(sql_notes_of(a, (struct sql_notes_of){ 112 }, &rows) == BROKEN);
    CHECK(db_script(a, "DELETE FROM notes WHERE writer = 112") == OK);
}

/* -- migrations --------------------------------------------------------------------------------- */

TEST(a_migration_is_applied_once_and_a_changed_or_newer_schema_is_refused)
{
    struct migration list[2] = { migrations[0],
        { 2, "0002_more.sql", "CREATE TABLE more (n BIGINT NOT NULL PRIMARY KEY);", "two" } };
    i64 newest;

    CHECK(db_migrate(db, list, 1) == OK);
    CHECK(db_migrate(db, list, 2) == OK);
    CHECK(db_migrate(db, list, 2) == OK);
    CHECK(db_script(a, "INSERT INTO more (n) VALUES (9223372036854775807)") == OK);
    CHECK(db_schema(db, &newest) == OK && newest == 2);
    CHECK(db_migrate(db, list, 1) == CONFLICT);
    CHECK(strstr(fail_message(), "newer") != NULL);
    list[1].sha256 = "changed";
    CHECK(db_migrate(db, list, 2) == CONFLICT);
    CHECK(strstr(fail_message(), "changed") != NULL);
    CHECK(db_script(a, "DROP TABLE more; DELETE FROM schema WHERE n = 2") == OK);
}

TEST(a_migration_that_fails_leaves_nothing_behind)
{
    struct migration list[2] = { migrations[0],
        { 2, "0002_bad.sql", "CREATE TABLE half (n BIGINT PRIMARY KEY); INSERT INTO nowhere VALUES (1);", "two" } };

    CHECK(db_migrate(db, list, 2) == BROKEN);
    CHECK(db_script(a, "SELECT n FROM half") == BROKEN);
    CHECK(db_migrate(db, list, 1) == OK);
}

TEST(a_statement_that_does_not_fit_the_schema_is_found)
{
    static int slot;
    static const struct sql_column i_column = { "i", SQL_BIGINT, false, 0 };
    static const struct stmt wrong = { .name = "wrong", .sql = { "SELECT a FROM nowhere", "SELECT a FROM nowhere" },
        .columns = &i_column, .n_columns = 1, .row_size = sizeof(i64), .slot = &slot };
    static const struct stmt *const list[] = { &wrong, NULL };

    db_register(db, list);
    CHECK(db_prepare_all(a) != OK);
    CHECK(strstr(fail_message(), "wrong") != NULL);
}

TEST(the_file_is_for_its_owner_alone)
{
    struct stat is;

    if (test_on_postgres())
        SKIP("PostgreSQL keeps its own files");
    REQUIRE(stat(test_address(), &is) == 0);
    CHECK((is.st_mode & 0777) == 0600);
}

TEST(a_database_opened_for_reading_is_read_and_not_written)
{
    struct db *reading = NULL;
    struct hand h;

    REQUIRE(db_open(&(struct db_config){ .address = test_address(), .read_only = true }, &reading) == OK);
    h = hand_open(reading);
    CHECK(count_notes(use(&h)) == count_notes(a));
    CHECK(add_note(h.conn, 113, 1) != OK);
    CHECK(tx_begin(h.conn) == BROKEN);
    hand_close(&h);
    db_close(reading);
}

TEST(all_closes)
{
    hand_close(&first);
    hand_close(&second);
    db_close(db);
}

TEST_MAIN
