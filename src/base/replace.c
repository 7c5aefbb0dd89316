#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
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

status file_replace(const char *path, struct str text)
{
    char beside[PATH_BYTES];
    int fd;
    bool done;

    if (snprintf(beside, sizeof beside, "%s.%d.tmp", path, getpid()) >= (int)sizeof beside)
        return fail(INVALID, "the path %s is too long", path);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(BROKEN, "%s: %m", beside);
    done = write_all(fd, text);
    if (close(fd) != 0 || !done || rename(beside, path) != 0)
        return fail(BROKEN, "%s: %m", path);
    return file_sync_folder(path) ? OK : fail(BROKEN, "the folder of %s: %m", path);
}
