/* The key file as a file: made, and changed line by line. Its format is one line "kgen hex" for each key, the last one current. */
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_HEX = 2 * KEY_BYTES, TEXT_MAX = 4096, PATH_MAX_BYTES = 4096, LINE_MAX_BYTES = KEY_HEX + 24 };

/* A new name is durable only when its folder is. */
static bool sync_folder(const char *path)
{
    char copy[PATH_MAX_BYTES];
    int fd;
    bool done;

    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
        return false;
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

/* "kgen hex\n" of a key that nobody knows. */
static size_t draw_line(i64 kgen, char line[LINE_MAX_BYTES])
{
    char hex[KEY_HEX + 1];
    struct key k_inst;
    int n;

    vault_key_new(&k_inst);
    sodium_bin2hex(hex, sizeof hex, k_inst.b, sizeof k_inst.b);
    n = snprintf(line, LINE_MAX_BYTES, "%lld %s\n", (long long)kgen, hex);
    sodium_memzero(&k_inst, sizeof k_inst);
    sodium_memzero(hex, sizeof hex);
    return (size_t)n;
}

static bool write_key_line(int fd)
{
    char line[LINE_MAX_BYTES];
    size_t n = draw_line(1, line);
    bool done = write(fd, line, n) == (ssize_t)n && fsync(fd) == 0;

    sodium_memzero(line, sizeof line);
    return done;
}

status house_create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    bool done;

    if (fd < 0)
        return fail(errno == EEXIST ? CONFLICT : INVALID, "key file %s: %m", path);
    done = write_key_line(fd);
    if (close(fd) != 0 || !done || !sync_folder(path)) {
        unlink(path);
        return fail(BROKEN, "key file %s cannot be written: %m", path);
    }
    return OK;
}

/* -- changing a line --------------------------------------------------------------------------------------------------------------- */

/* What becomes of the lines: `first` goes before them, the line of kgen behind them where it is to be the last, or nowhere. */
struct edit {
    const char *path;
    i64 kgen;
    bool keep;                          /* the line of kgen: to the end, or out */
    char first[LINE_MAX_BYTES];
    size_t n_first;
};

struct file_text {                      /* in sodium_malloc */
    char old[TEXT_MAX], now[TEXT_MAX];
    size_t n_old, n_now;
    struct stat was;
};

static status read_old(const char *path, struct file_text *t)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n;

    if (fd < 0 || fstat(fd, &t->was) != 0) {
        if (fd >= 0)
            close(fd);
        return fail(INVALID, "key file %s: %m", path);
    }
    n = read(fd, t->old, sizeof t->old);
    close(fd);
    if (n < 0 || n == sizeof t->old)
        return fail(INVALID, "%s cannot be read, or is too long for a key file", path);
    t->n_old = (size_t)n;
    return OK;
}

static void put(struct file_text *t, struct str line, const char *end)
{
    int n = snprintf(t->now + t->n_now, sizeof t->now - t->n_now, "%.*s%s", (int)line.n, line.at, end);

    t->n_now += (size_t)n;              /* every line was in the old text, or is LINE_MAX_BYTES at most: checked before */
}

static bool is_of(struct str line, i64 kgen)
{
    struct str number;
    i64 n;

    return str_cut(&line, ' ', &number) && str_i64(number, &n) && n == kgen;
}

static status edit_text(const struct edit *e, struct file_text *t)
{
    struct str rest = str_of(t->old, t->n_old), line, moved = STR_NULL;
    size_t left = 0;

    if (t->n_old + e->n_first + 2 > sizeof t->now)
        return fail(TOO_LARGE, "%s has too many lines", e->path);
    put(t, str_of(e->first, e->n_first), "");
    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.n == 0)
            continue;
        if (e->n_first == 0 && is_of(line, e->kgen)) {
            moved = line;
            continue;
        }
        put(t, line, "\n");
        left++;
    }
    if (e->n_first == 0 && moved.n == 0)
        return fail(NOT_FOUND, "%s has no line %lld", e->path, (long long)e->kgen);
    if (e->n_first == 0 && e->keep)
        put(t, moved, "\n");
    return left || e->keep ? OK : fail(CONFLICT, "%s has no other line than %lld", e->path, (long long)e->kgen);
}

/* A file beside it takes its name: nobody ever reads half of one. */
static status replace(const char *path, const struct file_text *t)
{
    char beside[PATH_MAX_BYTES];
    int fd;
    bool done;

    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        return fail(INVALID, "the path of the key file is too long");
    unlink(beside);                     /* of a try that was broken off */
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0)
        return fail(INVALID, "no file can be made beside %s: %m", path);
    done = write(fd, t->now, t->n_now) == (ssize_t)t->n_now && (geteuid() != 0 || fchown(fd, t->was.st_uid, t->was.st_gid) == 0) &&
        fsync(fd) == 0;
    if (close(fd) != 0 || !done || rename(beside, path) != 0) {
        unlink(beside);
        return fail(BROKEN, "%s cannot be replaced: %m", path);
    }
    return sync_folder(path) ? OK : fail(BROKEN, "the folder of %s cannot be written: %m", path);
}

static status edit(struct edit *e)
{
    struct file_text *t = sodium_malloc(sizeof *t);
    char *path = realpath(e->path, NULL);       /* the file that a link names, not the link */
    status s;

    if (t == NULL || path == NULL) {
        sodium_free(t);
        free(path);
        return fail(INVALID, "key file %s: %m", e->path);
    }
    sodium_memzero(t, sizeof *t);
    s = read_old(path, t);
    if (s == OK)
        s = edit_text(e, t);
    if (s == OK)
        s = replace(path, t);
    sodium_free(t);
    free(path);
    sodium_memzero(e, sizeof *e);
    return s;
}

status house_line_new(const char *path, i64 kgen)
{
    struct edit e = { .path = path, .kgen = kgen, .keep = true };

    e.n_first = draw_line(kgen, e.first);
    return edit(&e);
}

status house_line_last(const char *path, i64 kgen)
{
    return edit(&(struct edit){ .path = path, .kgen = kgen, .keep = true });
}

status house_line_drop(const char *path, i64 kgen)
{
    struct house *h;
    bool last;

    TRY(house_load(path, &h));
    last = house_now(h)->kgen == kgen;
    house_free(h);
    return last ? fail(CONFLICT, "line %lld is the current one", (long long)kgen)
                : edit(&(struct edit){ .path = path, .kgen = kgen });
}
