/* Numbers, the head, and the head kept beside the key. */
#include "world.h"
#include "test.h"

#include "ledger/look.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct numbers {
    i64 n;
    struct id last;
    bool sorted;
};

static status count_number(void *to, const void *row)
{
    const struct log_numbered_row *r = row;
    struct numbers *numbers = to;
    struct entry e;

    CHECK(r->seq == numbers->n);
    CHECK(entry_read(r->entry, &e) == OK);
    numbers->sorted &= memcmp(e.id.b, numbers->last.b, sizeof e.id.b) > 0;
    numbers->last = e.id;
    numbers->n++;
    return OK;
}

/* How many entries have numbers; each number from 0 must be there once. */
static struct numbers numbered(struct world *w)
{
    struct numbers n = { .sorted = true };

    CHECK(sql_log_numbered(w->ledger.db, (struct sql_log_numbered){ .after = -1 }, count_number, &n) == OK);
    return n;
}

static void note(struct world *w, struct act_info info, int n)
{
    for (int i = 0; i < n; i++)
        CHECK(act_note(&w->ledger, info) == OK);
}

TEST(entries_of_staff_are_numbered_at_once_and_only_once)
{
    struct world *w = world_new();

    CHECK(numbered(w).n == 0);
    CHECK(log_number(&w->ledger, NOON) == OK);
    CHECK(numbered(w).n == 1);
    note(w, staff_act("case.read", NOON + 1), 700);
    CHECK(log_number(&w->ledger, NOON + 2) == OK);
    CHECK(numbered(w).n == 701);
    CHECK(log_number(&w->ledger, NOON + 3) == OK);
    CHECK(numbered(w).n == 701);
    world_free(w);
}

TEST(a_long_backlog_is_numbered_in_little_memory_and_in_several_transactions)
{
    struct world *w = world_new();
    size_t used;

    note(w, staff_act("case.read", NOON), 1200);
    arena_reset(w->ledger.arena, false);
    CHECK(log_number(&w->ledger, NOON) == OK);
    used = w->ledger.arena->used;
    CHECK(numbered(w).n == 1201);
    CHECK(used < 512 * 1024);
    world_free(w);
}

TEST(V15_entries_of_anonymous_acts_wait_for_the_full_hour_and_come_in_the_order_of_random_ids)
{
    struct world *w = world_new();
    struct numbers n = { .sorted = true };

    CHECK(log_number(&w->ledger, NOON + 10) == OK);
    note(w, anonymous_act("report.new", NOON + 20), 1100);
    note(w, staff_act("case.read", NOON + 30), 1);
    CHECK(log_number(&w->ledger, NOON + HOUR_MS - 1) == OK);
    CHECK(numbered(w).n == 2);
    CHECK(log_number(&w->ledger, NOON + HOUR_MS) == OK);
    CHECK(sql_log_numbered(w->ledger.db, (struct sql_log_numbered){ .after = 1 }, count_number,
                           &(struct numbers){ .n = 2 }) == OK);
    n.n = 2;
    CHECK(sql_log_numbered(w->ledger.db, (struct sql_log_numbered){ .after = 1 }, count_number, &n) == OK);
    CHECK(n.n == 1102 && n.sorted);
    note(w, anonymous_act("report.new", NOON + HOUR_MS + 20), 1);
    CHECK(log_number(&w->ledger, NOON + HOUR_MS + 30) == OK);
    CHECK(numbered(w).n == 1102);
    world_free(w);
}

TEST(each_new_head_is_a_signed_checkpoint_of_the_tree)
{
    struct world *w = world_new();
    struct log_head_read_row head;
    struct checkpoint c;
    struct merkle tree;
    struct digest root;

    for (int i = 1; i <= 5; i++) {
        note(w, staff_act("case.read", NOON + i), i);
        CHECK(log_number(&w->ledger, NOON + i) == OK);
        REQUIRE(sql_log_head_read(w->ledger.db, &head) == OK);
        REQUIRE(checkpoint_read(head.signed_, house_now(w->ledger.house)->log_pk, &c) == OK);
        REQUIRE(merkle_of_edge(head.edge, head.size, &tree) == OK);
        root = merkle_root(&tree);
        CHECK(c.size == head.size && c.size == 1 + i * (i + 1) / 2);
        CHECK(memcmp(&root, &c.root, sizeof root) == 0);
        CHECK_STR(c.origin, STR("example.org/log"));
    }
    world_free(w);
}

TEST(an_altered_or_foreign_entry_is_never_signed)
{
    struct world *w = world_new();

    note(w, staff_act("case.read", NOON), 3);
    CHECK(db_script(w->ledger.db, "UPDATE log SET entry = mac "
                    "WHERE id = (SELECT id FROM log ORDER BY id LIMIT 1)") == OK);
    CHECK(log_number(&w->ledger, NOON + 1) == OK);
    CHECK(numbered(w).n == 3);
    world_free(w);
}

TEST(a_head_that_we_did_not_sign_is_not_built_upon)
{
    static const char *const changes[] = {
        "UPDATE log_head SET edge = (SELECT entry FROM log WHERE seq = 0)",
        "UPDATE log_head SET size = size + 1",
        "UPDATE log_head SET signed = 'example.org/log'",
        "UPDATE log_head SET edge = (SELECT mac FROM instance)",       /* as long as the right one */
    };

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct world *w = world_new();

        note(w, staff_act("case.read", NOON), 3);
        CHECK(log_number(&w->ledger, NOON + 1) == OK);
        CHECK(db_script(w->ledger.db, changes[i]) == OK);
        note(w, staff_act("case.read", NOON), 1);
        CHECK(log_number(&w->ledger, NOON + 2) == BROKEN);
        CHECK(numbered(w).n == 4);
        world_free(w);
    }
}

/* -- V20 ----------------------------------------------------------------------------------------------- */

enum { WORKERS = 4, ACTS = 150 };

static void *act_and_number(void *arg)
{
    struct world *w = arg;

    for (int i = 0; i < ACTS; i++) {
        status s;

        while ((s = act_note(&w->ledger, staff_act("case.read", NOON + i))) == BUSY)
            ;
        if (s != OK)
            return "act";
        s = log_number(&w->ledger, NOON + i);
        if (s != OK && s != CONFLICT && s != BUSY)
            return "number";
        arena_reset(w->ledger.arena, false);
    }
    return NULL;
}

static void check_numbered_once(struct world *w, i64 entries)
{
    struct audit audit;

    while (log_number(&w->ledger, NOON + 1000) == CONFLICT)
        ;
    CHECK(numbered(w).n == entries);
    CHECK(audit_verify(&w->ledger, tables, &audit) == OK);
    CHECK(audit.entries == entries && audit.waiting == 0);
}

TEST(V20_threads_that_number_at_the_same_time_give_each_entry_one_number)
{
    struct world *w = world_new(), *worlds[WORKERS];
    pthread_t threads[WORKERS];

    for (int i = 0; i < WORKERS; i++) {
        worlds[i] = world_beside(w, false);
        CHECK(pthread_create(&threads[i], NULL, act_and_number, worlds[i]) == 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        CHECK(failed == NULL);
        world_free(worlds[i]);
    }
    check_numbered_once(w, 1 + WORKERS * ACTS);
    world_free(w);
}

TEST(V20_processes_that_number_at_the_same_time_give_each_entry_one_number)
{
    struct world *w = world_new();
    pid_t children[2];

    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(act_and_number(world_beside(w, true)) == NULL ? 0 : 1);
    }
    for (int i = 0; i < 2; i++) {
        int code;

        CHECK(waitpid(children[i], &code, 0) == children[i] && code == 0);
    }
    check_numbered_once(w, 1 + 2 * ACTS);
    world_free(w);
}

/* -- the head beside the key --------------------------------------------------------------------------- */

static const char *head_file(void)
{
    static char path[64];

    snprintf(path, sizeof path, "lachan-head-%d", getpid());
    return path;
}

[[gnu::destructor]] static void remove_head_file(void)
{
    unlink(head_file());
}

TEST(a_log_that_grew_extends_the_kept_head)
{
    struct world *w = world_new();

    unlink(head_file());
    CHECK(log_check_head(&w->ledger, head_file()) == OK);
    CHECK(log_keep_head(&w->ledger, head_file()) == OK);
    for (int i = 1; i < 20; i++) {
        note(w, staff_act("case.read", NOON + i), i % 4);
        CHECK(log_number(&w->ledger, NOON + i) == OK);
        CHECK(log_check_head(&w->ledger, head_file()) == OK);
        if (i % 3 == 0)
            CHECK(log_keep_head(&w->ledger, head_file()) == OK);
    }
    world_free(w);
}

/* A log of n entries besides the first; the acts are the same in each, their ids are not. */
static struct world *log_of(int n)
{
    struct world *w = world_new();

    note(w, staff_act("case.read", NOON), n);
    CHECK(log_number(&w->ledger, NOON + 1) == OK);
    return w;
}

TEST(a_log_that_was_rolled_back_or_exchanged_does_not_extend_the_kept_head)
{
    struct world *ours = log_of(6), *shorter = log_of(4), *other = log_of(9);

    CHECK(log_keep_head(&ours->ledger, head_file()) == OK);
    CHECK(log_check_head(&ours->ledger, head_file()) == OK);
    CHECK(log_check_head(&shorter->ledger, head_file()) == BROKEN);
    CHECK(log_check_head(&other->ledger, head_file()) == BROKEN);
    CHECK(db_script(ours->ledger.db, "DELETE FROM log_head") == OK);
    CHECK(log_check_head(&ours->ledger, head_file()) == BROKEN);
    world_free(ours);
    world_free(shorter);
    world_free(other);
}

TEST(a_damaged_head_file_is_refused)
{
    struct world *w = log_of(6);
    char text[2048];
    size_t n;
    FILE *file;

    CHECK(log_keep_head(&w->ledger, head_file()) == OK);
    file = fopen(head_file(), "r");
    REQUIRE(file != NULL);
    n = fread(text, 1, sizeof text, file);
    fclose(file);
    for (size_t i = 0; i < n; i++) {
        text[i] ^= 1;
        file = fopen(head_file(), "w");
        fwrite(text, 1, n, file);
        fclose(file);
        text[i] ^= 1;
        CHECK(log_check_head(&w->ledger, head_file()) == BROKEN);
    }
    world_free(w);
}

/* The proof that pages of subtrees give, against the one over all leaves. */
TEST(a_log_of_any_size_is_proved_to_extend_every_older_one)
{
    static const i64 olds[] = { 1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 600, 639, 640, 768, 769, 770 };
    struct world *w = log_of(770);
    const struct digest *leaves;
    struct log_growth g;
    struct str bytes, oracle;

    CHECK(log_leaves(&w->ledger, 0, &bytes) == OK && bytes.n == 771 * sizeof(struct digest));
    leaves = (const struct digest *)(const void *)bytes.at;
    for (size_t i = 0; i < COUNT_OF(olds); i++) {
        CHECK(log_growth(&w->ledger, olds[i], &g) == OK && g.size == 771);
        CHECK(merkle_consistency(test_arena(), leaves, (size_t)olds[i], 771, &oracle) == OK);
        CHECK(str_eq(g.path, oracle));
    }
    CHECK(log_growth(&w->ledger, 771, &g) == OK && g.path.n == 0);
    CHECK(log_growth(&w->ledger, 9000, &g) == OK && g.path.n == 0 && g.size == 771);
    CHECK(log_growth(&w->ledger, -1, &g) == INVALID);
    CHECK(log_leaves(&w->ledger, 770, &bytes) == OK && bytes.n == sizeof(struct digest));
    CHECK(log_leaves(&w->ledger, 771, &bytes) == OK && bytes.n == 0);
    CHECK(log_leaves(&w->ledger, (i64)1 << 60, &bytes) == OK && bytes.n == 0);
    world_free(w);
}

TEST_MAIN
