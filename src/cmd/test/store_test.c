/* A repository that a stranger's hand is in: pieces go, and something else lies in their place. */
#include <test.h>

#include "../backup.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/lachan-store-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static int turn;

    snprintf(paths[turn = (turn + 1) % 4], sizeof paths[0], "%s/%s", folder, name);
    return paths[turn];
}

static const char *path_of(const struct blob *b)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/repo/blobs/%.2s/%s", folder, b->name, b->name);
    return path;
}

static void open_store(struct store *s)
{
    static char repo[64];

    snprintf(repo, sizeof repo, "%s/repo", folder);
    REQUIRE(store_open(s, repo, NULL, true) == OK);
}

/* What was put and has no name yet. */
static void drop_new(const struct store *s, const struct blob *b)
{
    char path[300];

    snprintf(path, sizeof path, "%s.%u.new", path_of(b), s->mark);
    CHECK(unlink(path) == 0);
}

TEST(a_piece_that_vanished_before_it_had_its_name_holds_up_no_later_one)
{
    struct blob lost, other;
    struct store s;

    open_store(&s);
    CHECK(store_put(&s, STR("one"), &lost) == OK && store_put(&s, STR("two"), &other) == OK);
    drop_new(&s, &lost);
    CHECK(store_settle(&s) == BROKEN);
    CHECK(!store_has(&s, &lost) && store_has(&s, &other));
    CHECK(store_settle(&s) == OK);
    CHECK(store_put(&s, STR("one"), &lost) == OK && store_settle(&s) == OK);
    CHECK(store_check(&s, &lost) == OK && store_check(&s, &other) == OK);
    store_close(&s);
}

TEST(two_pieces_alike_settle_as_one)
{
    struct blob a, b;
    struct store s;

    open_store(&s);
    CHECK(store_put(&s, STR("alike"), &a) == OK && store_put(&s, STR("alike"), &b) == OK);
    CHECK(store_settle(&s) == OK && store_check(&s, &a) == OK);
    store_close(&s);
}

TEST(what_is_no_file_is_no_piece_and_nobody_waits_for_it)
{
    struct arena a = arena_make(1 << 20);
    struct blob b;
    struct store s;
    struct str bytes;

    open_store(&s);
    CHECK(store_put(&s, STR("pipe"), &b) == OK && store_settle(&s) == OK);
    REQUIRE(unlink(path_of(&b)) == 0 && mkfifo(path_of(&b), 0600) == 0);
    alarm(20);
    CHECK(store_check(&s, &b) == BROKEN);
    CHECK(store_get(&s, &a, &b, &bytes) == BROKEN);
    CHECK(store_get_file(&s, &b, in_folder("out")) == BROKEN);
    alarm(0);
    store_close(&s);
    arena_free(&a);
}

/* -- where a repository may lie ---------------------------------------------------------------------------------------------------------- */

TEST(a_repository_lies_apart_from_what_it_saves)
{
    static const char *const within[] = { "data", "data/", "data/new/deep", "data/../data/x", "link", "link/x", "far", "far/repo" };
    static const char *const apart[] = { "repo", "data-2", "other/new", "dat", "data/../elsewhere" };
    struct arena a = arena_make(1 << 20);

    REQUIRE(mkdir(in_folder("data"), 0700) == 0 && mkdir(in_folder("far"), 0700) == 0 && symlink(in_folder("data"), in_folder("link")) == 0);
    REQUIRE(symlink(in_folder("far"), in_folder("data/files")) == 0);         /* evidence on another disk */
    for (size_t i = 0; i < COUNT_OF(within); i++)
        CHECK(backup_apart(&a, in_folder("data"), in_folder(within[i])) == INVALID);
    for (size_t i = 0; i < COUNT_OF(apart); i++)
        CHECK(backup_apart(&a, in_folder("data"), in_folder(apart[i])) == OK);
    CHECK(backup_apart(&a, in_folder("data"), "s3:https://host/bucket/data") == OK);
    arena_free(&a);
}

TEST(a_key_with_a_typing_error_is_no_key_and_is_not_repeated)
{
    struct key key;

    CHECK(backup_key_read("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", &key) == OK);
    CHECK(backup_key_read("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", &key) == INVALID);
    CHECK(strstr(fail_message(), "43 characters") != NULL && strstr(fail_message(), "AAAA") == NULL);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int main(int argc, char **argv)
{
    int bad;

    if (mkdtemp(folder) == NULL)
        return 1;
    vault_start();
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ? bad : 1;
}
