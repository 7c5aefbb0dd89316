/* The key file while it is changed: line by line, whole or not at all; and what a process that runs makes of what it finds there. */
#include "fixture.h"
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_B "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

static char folder[] = "lachan-house-file-XXXXXX";
static bool made;

static const char *path_of(const char *name)
{
    static char path[4][128];
    static int next;
    char *at = path[next++ % 4];

    test_arena();
    if (!made && mkdtemp(folder) == NULL)
        abort();
    made = true;
    snprintf(at, sizeof path[0], "%s/%s", folder, name);
    return at;
}

static const char *write_file(const char *text)
{
    const char *path = path_of("typed.key");
    int fd;

    unlink(path);
    fd = open(path, O_CREAT | O_WRONLY, 0400);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        abort();
    close(fd);
    return path;
}

static const char *text_now(const char *path)
{
    static char text[8192];
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
    return text;
}

[[gnu::destructor]] static void clean_up(void)
{
    static const char *const names[] = { "typed.key", "typed.key.new", "link.key", "other.key" };

    for (size_t i = 0; made && i < COUNT_OF(names); i++)
        unlink(path_of(names[i]));
    if (made)
        rmdir(folder);
}

TEST(a_new_line_goes_in_front_known_and_not_current_until_it_is_made_the_last)
{
    const char *path = write_file("1 " HEX_A "\n");
    struct house *h;
    struct stat st;

    REQUIRE(house_line_new(path, 2) == OK);
    REQUIRE(house_load(path, &h) == OK);
    CHECK(h->n == 2 && house_now(h)->kgen == 1 && house_at(h, 2) != NULL);
    house_free(h);
    CHECK(strstr(text_now(path), "\n1 " HEX_A "\n") != NULL);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0400);
    CHECK(access(path_of("typed.key.new"), F_OK) != 0);
    REQUIRE(house_line_last(path, 2) == OK);
    REQUIRE(house_load(path, &h) == OK);
    CHECK(h->n == 2 && house_now(h)->kgen == 2 && house_at(h, 1) != NULL);
    house_free(h);
    CHECK(house_line_drop(path, 2) == CONFLICT);                            /* the current one stays */
    REQUIRE(house_line_drop(path, 1) == OK);
    CHECK(strstr(text_now(path), HEX_A) == NULL && text_now(path)[0] == '2');
    CHECK(house_line_drop(path, 2) == CONFLICT);
}

TEST(what_the_file_does_not_have_changes_nothing_in_it)
{
    static const char *const text = "3 " HEX_A "\n\n 7 " HEX_B "\n";
    const char *path = write_file(text);

    CHECK(house_line_last(path, 4) == NOT_FOUND);
    CHECK(house_line_drop(path, 4) == NOT_FOUND);
    CHECK(strcmp(text_now(path), text) == 0);
    CHECK(strstr(fail_message(), "0001") == NULL);
    CHECK(house_line_drop(path, 3) == OK);
    CHECK(strcmp(text_now(path), "7 " HEX_B "\n") == 0);                     /* and blanks are put right */
}

TEST(a_damaged_key_file_is_named_and_left_as_it_is)
{
    static const char *const texts[] = { "", "7\n", "7 " HEX_A "\nseven\n", "7 0001\n", "\x80\x81 \n" };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const char *path = write_file(texts[i]);

        CHECK(house_line_drop(path, 3) == INVALID);
        CHECK(house_line_last(path, 3) == NOT_FOUND);
        CHECK(strcmp(text_now(path), texts[i]) == 0);
        CHECK(access(path_of("typed.key.new"), F_OK) != 0);
    }
}

TEST(a_key_file_of_too_many_bytes_is_refused_before_anything_is_written)
{
    static char text[4200];
    const char *path;

    memset(text, '\n', sizeof text - 1);
    memcpy(text, "1 " HEX_A, 2 + 64);
    path = write_file(text);
    CHECK(house_line_new(path, 2) == INVALID);
    CHECK(house_line_last(path, 1) == INVALID);
    text[4090] = '\0';                                                       /* read whole, and no room for a line more */
    path = write_file(text);
    CHECK(house_line_new(path, 2) == TOO_LARGE);
    CHECK(strcmp(text_now(path), text) == 0);
}

TEST(what_is_missing_or_no_file_is_refused)
{
    CHECK(house_line_new(path_of("none.key"), 2) == INVALID);
    CHECK(house_line_last(path_of("none.key"), 2) == INVALID);
    CHECK(house_line_drop(path_of("none.key"), 2) == NOT_FOUND);
    CHECK(house_line_new(folder, 2) == INVALID);
    CHECK(house_line_last(folder, 2) == INVALID);
    CHECK(house_line_drop(folder, 2) == INVALID);
}

TEST(a_link_to_the_key_file_stays_a_link)
{
    const char *path = write_file("1 " HEX_A "\n"), *link = path_of("link.key");
    struct stat st;

    REQUIRE(symlink("typed.key", link) == 0);
    CHECK(house_line_new(link, 2) == OK);
    CHECK(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(text_now(path)[0] == '2');
}

/* A folder of the name that the new text needs first: nothing can be put there. */
TEST(where_no_file_can_be_put_beside_it_the_old_one_stays)
{
    const char *path = write_file("1 " HEX_A "\n"), *beside = path_of("typed.key.new");

    REQUIRE(mkdir(beside, 0700) == 0);
    CHECK(house_line_new(path, 2) == INVALID);
    CHECK(strcmp(text_now(path), "1 " HEX_A "\n") == 0);
    rmdir(beside);
    REQUIRE(symlink("none/below", beside) == 0);                             /* what a broken-off try left is put away */
    CHECK(house_line_new(path, 2) == OK);
    CHECK(access(beside, F_OK) != 0);
}

/* -- while the process runs ------------------------------------------------------------------------------------------------------- */

TEST(a_process_takes_what_was_added_and_forgets_no_line_that_went)
{
    const char *path = write_file("1 " HEX_A "\n");
    struct house_file was = house_file_now(path), now;
    bool changed = true;
    struct house *h;

    REQUIRE(house_load(path, &h) == OK);
    CHECK(house_refresh(h, path, &changed) == OK && !changed);
    REQUIRE(house_line_new(path, 2) == OK);
    now = house_file_now(path);
    CHECK(now.inode != was.inode && now.size > was.size);
    CHECK(house_refresh(h, path, &changed) == OK && changed);
    CHECK(h->n == 2 && house_now(h)->kgen == 1);
    REQUIRE(house_line_last(path, 2) == OK);
    CHECK(house_refresh(h, path, &changed) == OK && changed && house_now(h)->kgen == 2);
    REQUIRE(house_line_drop(path, 1) == OK);
    CHECK(house_refresh(h, path, &changed) == OK && !changed);
    CHECK(h->n == 2 && house_at(h, 1) != NULL);                             /* rows of before are read until it ends */
    house_free(h);
    CHECK(house_file_now(path_of("none.key")).inode == 0);
}

TEST(a_process_goes_on_with_its_keys_where_the_file_is_gone_or_damaged_or_another_houses)
{
    const char *path = write_file("1 " HEX_A "\n");
    bool changed = true;
    struct house *h;

    REQUIRE(house_load(path, &h) == OK);
    write_file("1 " HEX_B "\n");
    CHECK(house_refresh(h, path, &changed) == INVALID && !changed);
    CHECK(strstr(fail_message(), "generation 1") != NULL);
    write_file("1 " HEX_A "\n2 00\n");
    CHECK(house_refresh(h, path, &changed) == INVALID && !changed);
    unlink(path);
    CHECK(house_refresh(h, path, &changed) == NOT_FOUND && !changed);
    CHECK(h->n == 1 && house_now(h)->kgen == 1);
    house_free(h);
}

TEST(a_process_that_has_known_as_many_keys_as_it_can_says_start_it_anew)
{
    const char *path = write_file("1 " HEX_A "\n");
    struct key k = key_no(9);
    bool changed;
    struct house *h;

    REQUIRE(house_load(path, &h) == OK);
    for (int kgen = 11; h->n < HOUSE_GENERATIONS; kgen++)
        house_add_seed(h, kgen, &k, false);
    REQUIRE(house_line_new(path, 2) == OK);
    CHECK(house_refresh(h, path, &changed) == TOO_LARGE && !changed);
    CHECK(house_now(h)->kgen == 1 && house_at(h, 2) == NULL);
    house_free(h);
}

TEST_MAIN
