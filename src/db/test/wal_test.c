/* What is read of SQLite's log is the whole of it: a copy that the batches are applied to is the database. */
#include "fixture.h"

#include "base/content.h"
#include "db/wal.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char *const nothing[] = { NULL }, *const files_only[] = { "files", NULL };

struct copy {
    char path[128];
    struct arena arena;
    struct wal_place place;
    int batches, parts, patient;
};

static struct copy copy_begin(struct db *db, struct wal *wal)
{
    struct copy c = { .arena = arena_make((size_t)256 << 20) };

    snprintf(c.path, sizeof c.path, "%s/copy.db", test_temporary());
    (void)unlink(c.path);
    if (wal_begin(wal, &c.place) != OK || db_snapshot(db, c.path, nothing) != OK)
        bail_out();
    return c;
}

static void copy_apply(struct copy *c, const struct wal_batch *b)
{
    int fd = open(c->path, O_WRONLY);

    for (size_t i = 0; i < b->n; i++)
        CHECK(pwrite(fd, b->pages[i].at, (size_t)b->page_bytes, (b->pages[i].no - 1) * b->page_bytes) == b->page_bytes);
    if (b->whole)
        CHECK(ftruncate(fd, b->db_pages * b->page_bytes) == 0);
    close(fd);
    c->batches += b->n > 0;
    c->parts += b->n > 0 && !b->whole;
    c->patient += b->n > 0 && b->patient;
}

/* All that has come. */
static status copy_follow(struct copy *c, struct wal *wal)
{
    struct wal_batch b = { .left = 1 };

    while (b.left > 0) {
        arena_reset(&c->arena, false);
        TRY(wal_read(wal, &c->arena, &c->place, &b));
        copy_apply(c, &b);
        wal_passed(wal, &c->place, &b);
    }
    return OK;
}

struct keeping { struct copy *c; struct wal *wal; };

static status copy_keep(void *to, const struct wal_batch *b)
{
    struct keeping *k = to;

    copy_apply(k->c, b);
    wal_passed(k->wal, &k->c->place, b);
    return OK;
}

static status copy_checkpoint(struct copy *c, struct wal *wal)
{
    arena_reset(&c->arena, false);
    return wal_checkpoint(wal, &c->arena, &c->place, copy_keep, &(struct keeping){ c, wal });
}

static i64 copy_count(struct copy *c)
{
    struct db *db = NULL;
    struct hand h;
    i64 n;

    if (db_open(&(struct db_config){ .address = c->path }, &db) != OK)
        bail_out();
    db_register(db, test_sql);
    db_register(db, tables_sql);
    h = hand_open(db);
    n = count_notes(use(&h));
    hand_close(&h);
    db_close(db);
    return n;
}

static void copy_end(struct copy *c)
{
    arena_free(&c->arena);
}

static void add_notes(struct hand *h, i64 writer, int from, int to)
{
    for (int no = from; no < to; no++)
        CHECK(add_note(use(h), writer, no) == OK);
    arena_reset(&h->arena, false);
}

static struct wal *wal_of(struct db *db, const char *const *patient)
{
    struct wal *wal;

    if (wal_open(db, patient, &wal) != OK)
        bail_out();
    return wal;
}

TEST(a_copy_that_follows_the_log_is_the_database)
{
    struct db *db;
    struct hand h;
    struct wal *wal;
    struct copy c;

    if (test_on_postgres())
        SKIP("SQLite");
    db = fresh_db(LONG_MS);
    h = hand_open(db);
    add_notes(&h, 1, 0, 50);
    wal = wal_of(db, nothing);
    c = copy_begin(db, wal);
    add_notes(&h, 2, 0, 70);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK(c.batches == 1);
    add_notes(&h, 3, 0, 30);
    CHECK(copy_checkpoint(&c, wal) == OK);
    add_notes(&h, 4, 0, 20);            /* the log begins anew with these */
    CHECK(copy_follow(&c, wal) == OK);
    CHECK(c.place.frame < 200);
    CHECK_INT(copy_count(&c), 170);
    wal_close(wal);
    hand_close(&h);
    db_close(db);
    copy_end(&c);
}

TEST(the_log_does_not_begin_anew_before_it_was_read)
{
    struct db *db;
    struct hand h;
    struct wal *wal;
    struct copy c;

    if (test_on_postgres())
        SKIP("SQLite");
    db = fresh_db(LONG_MS);
    h = hand_open(db);
    wal = wal_of(db, nothing);
    c = copy_begin(db, wal);
    for (i64 i = 0; i < 60; i++)        /* far more than a checkpoint's pages */
        add_notes(&h, i, 0, 100);
    CHECK(c.place.frame < wal_frames(wal) && wal_frames(wal) > 6000);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK(wal_is_due(wal));
    CHECK(copy_checkpoint(&c, wal) == OK);
    add_notes(&h, 61, 0, 1);
    CHECK(wal_frames(wal) < 100);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK_INT(copy_count(&c), 6001);
    wal_close(wal);
    hand_close(&h);
    db_close(db);
    copy_end(&c);
}

TEST(a_transaction_that_is_too_large_for_one_batch_comes_in_parts)
{
    struct db *db;
    struct hand h;
    struct wal *wal;
    struct copy c;
    char *body = malloc(1 << 20);

    if (test_on_postgres()) {
        free(body);
        SKIP("SQLite");
    }
    db = fresh_db(LONG_MS);
    h = hand_open(db);
    wal = wal_of(db, nothing);
    c = copy_begin(db, wal);
    memset(body, 'x', 1 << 20);
    CHECK(tx_begin(use(&h)) == OK);
    for (i64 no = 0; no < 20; no++)
        CHECK(sql_note_add(h.conn, (struct sql_note_add){ .id = id_random(), .writer = 9, .no = no, .body = str_of(body, 1 << 20) }) == OK);
    CHECK(tx_commit(h.conn) == OK);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK(c.parts >= 2 && c.batches > c.parts);
    CHECK_INT(copy_count(&c), 20);
    wal_close(wal);
    hand_close(&h);
    db_close(db);
    copy_end(&c);
    free(body);
}

TEST(pages_of_patient_tables_alone_are_told_apart)
{
    struct db *db;
    struct hand h;
    struct wal *wal;
    struct copy c;

    if (test_on_postgres())
        SKIP("SQLite");
    db = fresh_db(LONG_MS);
    h = hand_open(db);
    wal = wal_of(db, files_only);
    c = copy_begin(db, wal);
    CHECK(db_script(use(&h), "INSERT INTO files VALUES (x'00', NULL, 1, 'a', 1, x'00')") == OK);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK(c.batches == 1 && c.patient == 1);
    add_notes(&h, 1, 0, 1);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK(c.batches == 2 && c.patient == 1);
    wal_close(wal);
    hand_close(&h);
    db_close(db);
    copy_end(&c);
}

/* Another process that writes and empties the log behind our back. */
static void write_elsewhere(i64 writer, bool empty)
{
    struct db *other = open_db(LONG_MS);
    struct hand h = hand_open(other);

    add_notes(&h, writer, 0, 3);
    if (empty)
        (void)!db_forget(use(&h), false);       /* BUSY where a pin holds it up */
    fail_clear();
    hand_close(&h);
    db_close(other);
}

TEST(commits_that_were_lost_are_missed)
{
    struct db *db;
    struct hand h;
    struct wal *wal;
    struct copy c;

    if (test_on_postgres())
        SKIP("SQLite");
    db = fresh_db(SHORT_MS);
    h = hand_open(db);
    wal = wal_of(db, nothing);
    c = copy_begin(db, wal);
    add_notes(&h, 1, 0, 5);
    write_elsewhere(2, true);           /* held up by the pin: nothing is lost */
    CHECK(copy_follow(&c, wal) == OK);
    CHECK_INT(copy_count(&c), 8);
    wal_let_go(wal);                    /* as if the pin had failed */
    write_elsewhere(3, true);
    write_elsewhere(4, true);
    CHECK(copy_follow(&c, wal) == CONFLICT);
    CHECK(wal_begin(wal, &c.place) == OK);
    add_notes(&h, 5, 0, 1);
    CHECK(copy_follow(&c, wal) == OK);
    wal_close(wal);
    hand_close(&h);
    db_close(db);
    copy_end(&c);
}

TEST(the_next_process_finds_the_place_unless_the_log_was_begun_anew)
{
    struct wal_place before;
    struct db *db;
    struct hand h;
    struct wal *wal;
    struct copy c;

    if (test_on_postgres())
        SKIP("SQLite");
    db = fresh_db(LONG_MS);
    h = hand_open(db);
    wal = wal_of(db, nothing);
    c = copy_begin(db, wal);
    add_notes(&h, 1, 0, 5);
    CHECK(copy_follow(&c, wal) == OK);
    add_notes(&h, 2, 0, 5);             /* committed, not read: the kill came before */
    wal_close(wal);
    hand_close(&h);
    db_close(db);

    db = open_db(LONG_MS);
    h = hand_open(db);
    add_notes(&h, 3, 0, 5);
    wal = wal_of(db, nothing);
    CHECK(wal_resume(wal, &c.place, false) == OK);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK_INT(copy_count(&c), 15);
    CHECK(copy_checkpoint(&c, wal) == OK);
    add_notes(&h, 6, 0, 5);             /* the log begins anew, and a kill comes before it was read */
    wal_close(wal);
    hand_close(&h);
    db_close(db);

    db = open_db(LONG_MS);
    h = hand_open(db);
    wal = wal_of(db, nothing);
    before = c.place;
    CHECK(wal_resume(wal, &before, false) == NOT_FOUND);
    CHECK(wal_resume(wal, &c.place, true) == OK);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK_INT(copy_count(&c), 20);
    wal_close(wal);
    hand_close(&h);
    db_close(db);

    db = open_db(LONG_MS);              /* a process that does not ship closes it as the last */
    db_close(db);
    db = open_db(LONG_MS);
    h = hand_open(db);
    add_notes(&h, 4, 0, 5);
    wal = wal_of(db, nothing);
    CHECK(wal_resume(wal, &c.place, true) == NOT_FOUND);
    wal_close(wal);
    hand_close(&h);
    db_close(db);
    copy_end(&c);
}

TEST(what_is_to_be_forgotten_leaves_the_log_once_it_was_read)
{
    struct db *db;
    struct hand h;
    struct wal *wal;
    struct copy c;
    struct stat st;
    char path[128];

    if (test_on_postgres())
        SKIP("SQLite");
    db = fresh_db(LONG_MS);
    h = hand_open(db);
    wal = wal_of(db, nothing);
    c = copy_begin(db, wal);
    add_notes(&h, 1, 0, 5);
    CHECK(db_forget(use(&h), false) == OK);
    CHECK(wal_is_due(wal));
    CHECK(copy_checkpoint(&c, wal) == OK);
    CHECK(!wal_is_due(wal));
    snprintf(path, sizeof path, "%s-wal", test_address());
    CHECK(stat(path, &st) == 0 && st.st_size == 0);
    CHECK_INT(copy_count(&c), 5);
    add_notes(&h, 2, 0, 5);
    CHECK(copy_follow(&c, wal) == OK);
    CHECK_INT(copy_count(&c), 10);
    wal_close(wal);
    hand_close(&h);
    db_close(db);
    copy_end(&c);
}

TEST_MAIN
