/* Room that is kept for words, on the disk that the tests run on: it has plenty, so that a full one is played by a reserve that is
   larger than all of it. Drill D5 fills a real one. */
#include "../../../test/test.h"
#include "../room.h"

#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MB = 1 << 20 };

static i64 held(const char *dir)
{
    char path[256];
    struct stat st;

    snprintf(path, sizeof path, "%s/reserve", dir);
    return stat(path, &st) == 0 ? (i64)st.st_blocks * 512 : 0;
}

static void drop(const char *dir)
{
    char path[256];

    snprintf(path, sizeof path, "%s/reserve", dir);
    unlink(path);
    rmdir(dir);
}

TEST(the_reserve_is_taken_and_files_may_come_while_there_is_plenty)
{
    char dir[] = "/tmp/lachan-room-XXXXXX";

    REQUIRE(mkdtemp(dir) != NULL);
    CHECK(!room_for_file(dir, 2 * MB, 0));
    room_tend(dir, 2 * MB);
    CHECK(held(dir) >= 2 * MB);
    CHECK(room_for_file(dir, 2 * MB, 1000));
    CHECK(!room_for_file(dir, 2 * MB, (i64)1 << 60));
    drop(dir);
}

TEST(where_less_is_free_than_it_needs_the_reserve_is_given_back_and_files_are_refused)
{
    char dir[] = "/tmp/lachan-room-XXXXXX";
    i64 more_than_all = (i64)1 << 60;

    REQUIRE(mkdtemp(dir) != NULL);
    room_tend(dir, 2 * MB);
    REQUIRE(held(dir) >= 2 * MB);
    room_tend(dir, more_than_all);
    CHECK(held(dir) == 0);
    CHECK(!room_for_file(dir, more_than_all, 0));
    room_tend(dir, 2 * MB);
    CHECK(held(dir) >= 2 * MB);
    drop(dir);
}

TEST(a_copy_that_can_wait_leaves_the_room_that_files_stop_at)
{
    CHECK(room_for_copy("/tmp", 0, 0));
    CHECK(room_for_copy("/tmp", 2 * MB, 1000));
    CHECK(!room_for_copy("/tmp", 2 * MB, (i64)1 << 60));
    CHECK(!room_for_copy("/tmp", (i64)1 << 60, 1000));
}

TEST(without_a_reserve_nothing_is_kept_and_nothing_refused)
{
    CHECK(room_for_file("/nowhere", 0, (i64)1 << 60));
    room_tend("/nowhere", 0);
}

TEST(no_room_and_a_used_up_quota_are_full_and_all_else_is_not)
{
    CHECK(room_error(ENOSPC, BUSY) == FULL);
    CHECK(room_error(EDQUOT, BUSY) == FULL);
    CHECK(room_error(EIO, BUSY) == BUSY);
}

TEST_MAIN
