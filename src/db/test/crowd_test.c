/* Many writers at once: nothing that was acknowledged is lost, and one transaction's failure is its own. */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

enum { WRITERS = 24, ROUNDS = 40, CLASH = 1000 };

struct writer {
    pthread_t thread;
    struct db *db;
    int number, rounds;
    int acks;               /* pipe to tell of every acknowledged row, or -1 */
    i64 kept, failed, wrong;
};

struct ack {
    i64 writer, no;
};

static bool is_there(struct conn *conn, i64 writer, i64 no)
{
    struct note_there_row row = { 0 };

    return sql_note_there(conn, (struct sql_note_there){ writer, no }, &row) == OK && row.n == 1;
}

/* Two rows in one transaction, so that half of one would be seen. */
static status write_pair(struct conn *conn, i64 writer, i64 no)
{
    TRY(tx_begin(conn));
    TRY(add_note(conn, writer, 2 * no));
    TRY(add_note(conn, writer, 2 * no + 1));
    return tx_commit(conn);
}

/* In every fifth round the work is thrown away; in every seventh it hits a key that all fight for. */
static void round_of(struct writer *w, struct conn *conn, i64 no)
{
    status s;

    if (no % 5 == 4) {
        if (tx_begin(conn) != OK || add_note(conn, w->number, 2 * no) != OK)
            w->wrong++;
        tx_rollback(conn);
        w->failed++;
    } else if (no % 7 == 6) {
        s = tx_begin(conn);
        if (s == OK && add_note(conn, w->number, 2 * no) == OK && add_note(conn, CLASH, 0) != CONFLICT)
            w->wrong++;
        tx_rollback(conn);
        w->failed++;
    } else {
        s = write_pair(conn, w->number, no);
        if (s != OK || !is_there(conn, w->number, 2 * no + 1))
            w->wrong++;
        w->kept++;
    }
}

static void *write_rounds(void *at)
{
    struct writer *w = at;
    struct hand h = hand_open(w->db);
    struct conn *conn = use(&h);

    for (i64 no = 0; no < w->rounds; no++) {
        round_of(w, conn, no);
        arena_reset(&h.arena, false);
    }
    hand_close(&h);
    return NULL;
}

static void run_all(struct db *db, struct writer *writers, int n, void *work(void *))
{
    for (int i = 0; i < n; i++) {
        writers[i].db = db;
        writers[i].number = i + 1;
        if (pthread_create(&writers[i].thread, NULL, work, &writers[i]) != 0)
            abort();
    }
}

static void join_all(struct writer *writers, int n)
{
    for (int i = 0; i < n; i++)
        pthread_join(writers[i].thread, NULL);
}

TEST(many_writers_lose_nothing_and_a_failed_one_takes_nobody_along)
{
    struct db *db = fresh_db(LONG_MS);
    struct writer writers[WRITERS] = { 0 };
    struct hand h = hand_open(db);
    i64 kept = 0, wrong = 0;

    CHECK(add_note(use(&h), CLASH, 0) == OK);
    for (int i = 0; i < WRITERS; i++)
        writers[i].rounds = ROUNDS;
    run_all(db, writers, WRITERS, write_rounds);
    join_all(writers, WRITERS);
    for (int i = 0; i < WRITERS; i++) {
        kept += writers[i].kept;
        wrong += writers[i].wrong;
    }
    CHECK(wrong == 0);
    CHECK(count_notes(h.conn) == 2 * kept + 1);
    hand_close(&h);
    db_close(db);
}

/* -- one that must be stopped in the midst of others -------------------------------------------- */

static void *write_forever(void *at)
{
    struct writer *w = at;
    struct hand h = hand_open(w->db);

    for (int i = 0; i < 2; i++)
        if (sql_notes_forever(use(&h), (struct sql_notes_forever){ id_random() }) != BUSY)
            w->wrong++;
    hand_close(&h);
    return NULL;
}

/* Others may be told BUSY; what they were told is kept must be there, and what they were told is not must not. */
static void *write_and_compare(void *at)
{
    struct writer *w = at;
    struct hand h = hand_open(w->db);
    struct conn *conn = use(&h);

    for (i64 no = 0; no < 30; no++) {
        status s = write_pair(conn, w->number, no);

        tx_rollback(conn);
        if ((s != OK && s != BUSY) || (s == OK) != is_there(conn, w->number, 2 * no + 1))
            w->wrong++;
        w->kept += s == OK;
    }
    hand_close(&h);
    return NULL;
}

TEST(a_write_that_is_stopped_may_delay_others_but_never_falsifies_an_answer)
{
    struct db *db = fresh_db(SHORT_MS);
    struct writer writers[8] = { 0 }, endless[1] = { 0 };
    struct hand h = hand_open(db);
    i64 kept = 0, wrong = 0;

    run_all(db, writers, 8, write_and_compare);
    run_all(db, endless, 1, write_forever);
    join_all(writers, 8);
    join_all(endless, 1);
    for (int i = 0; i < 8; i++) {
        kept += writers[i].kept;
        wrong += writers[i].wrong;
    }
    CHECK(wrong == 0);
    CHECK(endless[0].wrong == 0);
    CHECK(count_notes(use(&h)) == 2 * kept);
    hand_close(&h);
    db_close(db);
}

/* -- a process that dies ------------------------------------------------------------------------ */

static void *write_and_tell(void *at)
{
    struct writer *w = at;
    struct hand h = hand_open(w->db);
    struct conn *conn = use(&h);

    for (i64 no = 0; ; no++) {
        struct ack ack = { w->number, no };

        if (write_pair(conn, w->number, no) != OK || write(w->acks, &ack, sizeof ack) != sizeof ack)
            _exit(1);
        arena_reset(&h.arena, false);
    }
    return NULL;
}

static void child_writes(int acks)
{
    struct db *db = open_db(LONG_MS);
    struct writer writers[8] = { 0 };

    for (int i = 0; i < 8; i++)
        writers[i].acks = acks;
    run_all(db, writers, 8, write_and_tell);
    join_all(writers, 8);
}

/* Reads what the child said, kills it after `n` rows, reads what else it had said. */
static size_t read_acks(int fd, pid_t child, struct ack *acks, size_t n, size_t max)
{
    size_t got = 0;

    while (got < max && read(fd, &acks[got], sizeof *acks) == sizeof *acks)
        if (++got == n)
            kill(child, SIGKILL);
    return got;
}

TEST(a_process_killed_in_mid_write_keeps_every_row_that_it_acknowledged)
{
    static struct ack acks[20000];
    struct hand h;
    struct db *db = fresh_db(LONG_MS);
    int fds[2], lost = 0;
    size_t n;
    pid_t child;

    db_close(db);           /* before fork: SQLite's locks belong to a process */
    REQUIRE(pipe(fds) == 0);
    child = fork();
    if (child == 0) {
        close(fds[0]);
        child_writes(fds[1]);
        _exit(0);
    }
    close(fds[1]);
    n = read_acks(fds[0], child, acks, 500, COUNT_OF(acks));
    waitpid(child, NULL, 0);
    close(fds[0]);
    CHECK(n >= 500);
    db = open_db(LONG_MS);
    h = hand_open(db);
    for (size_t i = 0; i < n; i++) {
        for (i64 no = 2 * acks[i].no; no < 2 * acks[i].no + 2; no++)
            lost += !is_there(use(&h), acks[i].writer, no);
        arena_reset(&h.arena, false);
    }
    CHECK(lost == 0);
    CHECK(count_notes(h.conn) % 2 == 0);
    CHECK(add_note(h.conn, CLASH, 1) == OK);
    hand_close(&h);
    db_close(db);
}

TEST_MAIN
