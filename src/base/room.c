#include "room.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, BLOCK = 512 };

static i64 free_bytes(const char *dir)
{
    struct statvfs fs;

    return statvfs(dir, &fs) == 0 ? (i64)fs.f_bavail * (i64)fs.f_frsize : 0;
}

static int reserve_open(const char *dir, int flags)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/reserve", dir);
    return open(path, flags | O_CLOEXEC, 0600);
}

/* What it really takes up: a size alone may be a hole. */
static i64 held_bytes(const char *dir)
{
    char path[PATH_BYTES];
    struct stat st;

    snprintf(path, sizeof path, "%s/reserve", dir);
    return stat(path, &st) == 0 ? (i64)st.st_blocks * BLOCK : 0;
}

/* Files alone never bring the disk below what gives the reserve back: they stop at twice as much. */
static i64 stop_files(i64 reserve)
{
    return reserve / 4;
}

static i64 stop_all(i64 reserve)
{
    return reserve / 8;
}

bool room_for_file(const char *dir, i64 reserve, i64 bytes)
{
    return reserve == 0 || (held_bytes(dir) >= reserve && free_bytes(dir) - bytes >= stop_files(reserve));
}

bool room_for_copy(const char *dir, i64 reserve, i64 bytes)
{
    return free_bytes(dir) - bytes >= stop_files(reserve);
}

/* Emptied and not removed: two processes that do the same at once do it once. */
static void give_back(const char *dir)
{
    int fd = reserve_open(dir, O_WRONLY);

    if (fd < 0 || ftruncate(fd, 0) != 0)
        log_error("room", "the disk is nearly full and its reserve cannot be given back: errno %d", errno);
    else
        log_error("room", "the disk is nearly full: files are refused, words are taken in the reserve. Make room");
    if (fd >= 0)
        close(fd);
}

static void take(const char *dir, i64 reserve)
{
    int fd = reserve_open(dir, O_RDWR | O_CREAT);
    int bad = fd < 0 ? errno : posix_fallocate(fd, 0, reserve);

    if (bad)
        log_error("room", "the reserve cannot be taken: errno %d", bad);
    else
        log_info("room", "reserve=%lld", (long long)reserve);
    if (fd >= 0)
        close(fd);
}

void room_tend(const char *dir, i64 reserve)
{
    i64 held, left;

    if (reserve == 0)
        return;
    held = held_bytes(dir);
    left = free_bytes(dir);
    if (held > 0 && left < stop_all(reserve))
        give_back(dir);
    else if (held < reserve && left + held >= reserve + 2 * stop_files(reserve))
        take(dir, reserve);
}

status room_error(int error, status otherwise)
{
    return error == ENOSPC || error == EDQUOT ? FULL : otherwise;
}
