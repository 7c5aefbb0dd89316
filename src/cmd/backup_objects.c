/* Objects of a repository by their names, in a folder or in a store elsewhere; and snapshots, which are some of them. */
#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, OBJECT_BYTES = 256 << 20, NAMES_MAX = 4 << 20 };
static const char ending[] = ".backup";

static status add_bytes(void *to, struct str bytes)
{
    struct out *o = to;

    out_str(o, bytes);
    return o->over ? fail(TOO_LARGE, "it is larger than it should be") : OK;
}

status s3_object(const struct store *s, struct arena *a, const char *name, size_t most, struct str *bytes)
{
    struct out o = { .max = most };
    status done = s3_get(s->s3, name, add_bytes, &o);

    if (done == OK)
        *bytes = arena_copy(a, out_done(&o));
    out_free(&o);
    return done;
}

/* -- names and objects ---------------------------------------------------------------------------------------------------------- */

struct listing { struct arena *a; struct names *list; size_t room; };

static int by_name(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static status add_name(void *to, struct str name, i64 written)
{
    struct listing *l = to;

    (void)written;
    if (l->list->n == NAMES_MAX)
        return fail(TOO_LARGE, "more than %d objects in one folder", NAMES_MAX);
    if (l->list->n == l->room) {
        struct str *at = NEW_N(l->a, struct str, 2 * l->room + 1024);

        if (l->list->n > 0)
            memcpy(at, l->list->at, l->list->n * sizeof *at);
        l->list->at = at;
        l->room = 2 * l->room + 1024;
    }
    l->list->at[l->list->n++] = arena_copy(l->a, name);
    return OK;
}

static status names_of_folder(const struct store *s, const char *folder, struct listing *l)
{
    char path[PATH_BYTES];
    struct dirent *e;
    status done = OK;
    DIR *dir;

    snprintf(path, sizeof path, "%s/%s", s->path, folder);
    dir = opendir(path);
    if (dir == NULL)
        return errno == ENOENT || errno == ENOTDIR ? fail(NOT_FOUND, "%s is no folder of backups", s->path) : fail(NOT_FOUND, "%s: %m", path);
    while (done == OK && (e = readdir(dir)) != NULL)
        if (e->d_name[0] != '.' && !str_ends(str_c(e->d_name), STR(".tmp")))
            done = add_name(l, str_c(e->d_name), 0);
    closedir(dir);
    return done;
}

status store_names(const struct store *s, struct arena *a, const char *folder, struct names *list)
{
    struct listing l = { .a = a, .list = list };

    *list = (struct names){ 0 };
    TRY(s->s3 != NULL ? s3_list(s->s3, folder, add_name, &l) : names_of_folder(s, folder, &l));
    if (list->n > 0)
        qsort(list->at, list->n, sizeof list->at[0], by_name);
    return OK;
}

status store_put_object(const struct store *s, const char *name, struct str bytes)
{
    char path[PATH_BYTES];

    if (s->s3 != NULL)
        return s3_put(s->s3, name, bytes);
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    TRY(file_replace_of(path, bytes, clock_hour_floor(clock_now_ms())));
    store_set_hour(path);
    return OK;
}

static status taken(const char *name)
{
    return fail(CONFLICT, "%s was put there by somebody else: another server ships into this repository", name);
}

/* Durable, with its time rounded. */
static bool write_rounded(int fd, struct str bytes)
{
    const struct timespec hour = { .tv_sec = (time_t)(clock_hour_floor(clock_now_ms()) / SECOND_MS) };

    return file_write(fd, bytes) && futimens(fd, (struct timespec[]){ hour, hour }) == 0 && fsync(fd) == 0;
}

static status write_beside(const char *beside, struct str bytes)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write_rounded(fd, bytes);
    status s = done ? OK : fail(BROKEN, "%s: %m", beside);

    if (fd >= 0)
        close(fd);
    if (!done)
        (void)unlink(beside);
    return s;
}

/* A file that gets its name only when it is whole, so that a kill leaves nothing whose time tells when. False: not on this file system. */
static bool make_unnamed(const char *path, struct str bytes, status *s)
{
    char folder[PATH_BYTES], self[64];
    int fd;

    snprintf(folder, sizeof folder, "%s", path);
    fd = open(dirname(folder), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (!write_rounded(fd, bytes))
        *s = fail(BROKEN, "%s: %m", path);
    else if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
        *s = OK;
    else
        *s = errno == EEXIST ? taken(path) : fail(BROKEN, "%s: %m", path);
    close(fd);
    return true;
}

/* Nothing may come between the look and the writing, so the name is made by link. File systems that have none are looked at before. */
static status make_new(const struct store *s, const char *name, struct str bytes)
{
    char path[PATH_BYTES], beside[PATH_BYTES];
    status made;
    int error;

    snprintf(path, sizeof path, "%s/%s", s->path, name);
    if (make_unnamed(path, bytes, &made)) {
        TRY(made);
        store_set_hour(path);
        return file_sync_folder(path) ? OK : fail(BROKEN, "the folder of %s: %m", path);
    }
    if (snprintf(beside, sizeof beside, "%s.%u.tmp", path, s->mark) >= (int)sizeof beside)
        return fail(INVALID, "the path %s is too long", path);
    TRY(write_beside(beside, bytes));
    error = link(beside, path) == 0 ? 0 : errno;
    (void)unlink(beside);
    if (error == EEXIST)
        return taken(name);
    if (error != 0)
        return store_put_object(s, name, bytes);
    store_set_hour(path);
    return file_sync_folder(path) ? OK : fail(BROKEN, "the folder of %s: %m", path);
}

status store_put_new(const struct store *s, struct arena *a, const char *name, struct str bytes)
{
    struct arena_mark mark = arena_mark(a);
    struct str there;
    status got = store_object(s, a, name, &there);
    bool ours = got == OK && str_eq(there, bytes);

    arena_back(a, mark);
    if (got == OK)
        return ours ? OK : taken(name);
    if (got != NOT_FOUND)
        return got;
    fail_clear();
    return s->s3 != NULL ? s3_put(s->s3, name, bytes) : make_new(s, name, bytes);
}

status store_object(const struct store *s, struct arena *a, const char *name, struct str *bytes)
{
    char path[PATH_BYTES];

    if (s->s3 != NULL)
        return s3_object(s, a, name, OBJECT_BYTES, bytes);
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    return file_read(a, path, OBJECT_BYTES, bytes);
}

status store_drop_object(const struct store *s, const char *name)
{
    char path[PATH_BYTES];

    if (s->s3 != NULL)
        return s3_drop(s->s3, name);
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    return unlink(path) == 0 || errno == ENOENT ? OK : fail(BROKEN, "%s: %m", path);
}

/* -- snapshots ----------------------------------------------------------------------------------------------------------------- */

void snapshot_object(struct str name, char object[SNAPSHOT_NAME])
{
    snprintf(object, SNAPSHOT_NAME, "snapshots/%.*s%s", (int)(name.n < 100 ? name.n : 100), name.at, ending);
}

status store_snapshots(const struct store *s, struct arena *a, struct names *list)
{
    size_t n = 0;

    TRY(store_names(s, a, "snapshots", list));
    for (size_t i = 0; i < list->n; i++)
        if (str_ends(list->at[i], str_c(ending)))
            list->at[n++] = str_upto(list->at[i], list->at[i].n - sizeof ending + 1);
    list->n = n;
    return OK;
}

status store_put_snapshot(const struct store *s, struct str name, struct str text)
{
    char object[SNAPSHOT_NAME];

    snapshot_object(name, object);
    return store_put_object(s, object, text);
}

status store_snapshot(const struct store *s, struct arena *a, struct str name, struct str *found, struct str *text)
{
    char object[SNAPSHOT_NAME];
    struct names list;
    status got;

    TRY(store_snapshots(s, a, &list));
    *found = name.n ? name : list.n ? list.at[list.n - 1] : STR("");
    if (found->n == 0)
        return fail(NOT_FOUND, "%s holds no backup", s->path);
    if (str_find_char(*found, '/') < found->n)
        return fail(NOT_FOUND, "that is no name of a backup");
    snapshot_object(*found, object);
    got = store_object(s, a, object, text);
    return got == OK || got == BUSY || got == DENIED ? got : fail(NOT_FOUND, "%s holds no backup %.*s", s->path, (int)found->n, found->at);
}
