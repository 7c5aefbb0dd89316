#include "fixture.h"
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static const char *path_of(const char *name)
{
    static char path[128];

    test_arena();
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "%s", "lachan-house-XXXXXX");
        if (mkdtemp(folder) == NULL)
            abort();
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *text, mode_t mode)
{
    const char *path = path_of("typed.key");
    int fd;

    unlink(path);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode) != 0)
        abort();
    close(fd);
    return path;
}

[[gnu::destructor]] static void clean_up(void)
{
    if (folder[0]) {
        unlink(path_of("typed.key"));
        unlink(path_of("new.key"));
        rmdir(folder);
    }
}

#define HEX_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_B "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

TEST(a_new_key_file_is_ours_alone_loads_and_is_never_written_over)
{
    const char *path = path_of("new.key");
    struct house *h, *again;
    struct stat st;

    REQUIRE(house_create(path) == OK);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0400);
    CHECK(house_create(path) == CONFLICT);
    REQUIRE(house_load(path, &h) == OK);
    REQUIRE(house_load(path, &again) == OK);
    CHECK(h->n == 1 && house_now(h)->kgen == 1);
    CHECK(memcmp(h, again, sizeof *h) == 0);
    CHECK(!vault_same(&house_now(h)->pep, &house_now(h)->mac, KEY_BYTES));
    house_free(h);
    house_free(again);
}

TEST(the_last_line_is_current_and_the_older_ones_stay_known)
{
    struct key b = key_no(1);
    struct house *h, *want = house_of_seed(7, &b);

    REQUIRE(house_load(write_file("3 " HEX_A "\n\n7 " HEX_B "\n", 0400), &h) == OK);
    CHECK(h->n == 2 && house_now(h)->kgen == 7);
    CHECK(house_at(h, 3) == &h->gen[0] && house_at(h, 7) == house_now(h) && house_at(h, 4) == NULL);
    CHECK(vault_same(&house_now(h)->mac, &house_now(want)->mac, KEY_BYTES));
    house_free(h);
    house_free(want);
}

TEST(a_key_file_that_is_wrong_is_refused_with_its_line)
{
    static const struct { const char *text, *line; } rows[] = {
        { "", "empty" }, { "\n\n", "empty" }, { HEX_A "\n", "line 1" }, { "1 " HEX_A "\n2 00\n", "line 2" },
        { "1 " HEX_A "\n1 " HEX_B "\n", "line 2" }, { "0 " HEX_A, "line 1" }, { "x " HEX_A, "line 1" },
        { "1 " HEX_A "0", "line 1" },
    };
    struct house *h;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(house_load(write_file(rows[i].text, 0400), &h) == INVALID);
        CHECK(strstr(fail_message(), rows[i].line) != NULL);
        CHECK(strstr(fail_message(), "0001") == NULL);
    }
}

TEST(a_key_file_that_others_can_read_or_that_is_missing_is_refused)
{
    struct house *h;

    CHECK(house_load(write_file("1 " HEX_A "\n", 0440), &h) == INVALID);
    CHECK(house_load(write_file("1 " HEX_A "\n", 0404), &h) == INVALID);
    CHECK(house_load(path_of("none.key"), &h) == NOT_FOUND);
    CHECK(house_load(folder, &h) == INVALID);
}

TEST(what_is_no_key_file_is_refused_and_a_new_one_needs_its_folder)
{
    char text[9 * 80], blank[1200] = "", *at = text;
    struct house *h;

    for (int kgen = 1; kgen <= HOUSE_GENERATIONS + 1; kgen++)
        at += snprintf(at, 80, "%d " HEX_A "\n", kgen);
    CHECK(house_load(write_file(text, 0400), &h) == INVALID);              /* one key too many */
    REQUIRE(house_load(write_file(text + 2 + 64 + 1, 0400), &h) == OK);
    CHECK(h->n == HOUSE_GENERATIONS);
    house_free(h);
    memset(blank, '\n', sizeof blank - 1);
    memcpy(blank, "1 " HEX_A, 2 + 64);
    CHECK(house_load(write_file(blank, 0400), &h) == INVALID && strstr(fail_message(), "too long") != NULL);
    CHECK(house_load(write_file("x " HEX_A "\n", 0400), &h) == INVALID);
    CHECK(house_load(write_file("0 " HEX_A "\n", 0400), &h) == INVALID);
    CHECK(house_load(write_file(HEX_A "\n", 0400), &h) == INVALID);
    CHECK(house_load(folder, &h) == INVALID);
    CHECK(house_load(path_of("typed.key/below"), &h) == INVALID);
    CHECK(house_load(path_of("none.key"), &h) == NOT_FOUND);
    CHECK(house_create(path_of("none/new.key")) == INVALID);
    CHECK(access(path_of("none/new.key"), F_OK) != 0);
}

TEST_MAIN
