#include "content.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static bool write_all(int fd, struct str text)
{
    while (text.n > 0) {
        ssize_t n = write(fd, text.at, text.n);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            text = str_from(text, (size_t)n);
    }
    return fsync(fd) == 0;
}

bool file_sync_folder(const char *path)
{
    char folder[PATH_BYTES];
    int fd;
    bool done;

    snprintf(folder, sizeof folder, "%s", path);
    fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

static bool set_time(int fd, i64 ms)
{
    const struct timespec at = { .tv_sec = (time_t)(ms / SECOND_MS), .tv_nsec = (long)(ms % SECOND_MS) * 1000000 };

    return futimens(fd, (struct timespec[]){ at, at }) == 0;
}

/* changed: the file's times; 0: as they come. */
static status replace(const char *path, struct str text, i64 changed)
{
    char beside[PATH_BYTES];
    int fd;
    bool done;

    if (snprintf(beside, sizeof beside, "%s.%d.tmp", path, getpid()) >= (int)sizeof beside)
        return fail(INVALID, "the path %s is too long", path);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(BROKEN, "%s: %m", beside);
    done = write_all(fd, text) && (changed == 0 || set_time(fd, changed));
    if (close(fd) != 0 || !done || rename(beside, path) != 0) {
        int why = errno;

        (void)unlink(beside);           /* it may hold a secret */
        return fail(BROKEN, "%s: %s", path, strerrordesc_np(why));
    }
    return file_sync_folder(path) ? OK : fail(BROKEN, "the folder of %s: %m", path);
}

status file_replace(const char *path, struct str text)
{
    return replace(path, text, 0);
}

status file_replace_of(const char *path, struct str text, i64 changed)
{
    return replace(path, text, changed);
}
