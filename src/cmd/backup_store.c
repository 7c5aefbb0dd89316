#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, COPY_BYTES = 1 << 20, SNAPSHOT_BYTES = 256 << 20, SNAPSHOTS_MAX = 10000, BLOBS_MAX = 1 << 24 };
static const char ending[] = ".backup";

static status make_dir(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? OK : fail(BROKEN, "%s cannot be made: %m", path);
}

static void blob_path(const struct store *s, const struct blob *b, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/blobs/%.2s/%s", s->path, b->name, b->name);
}

status store_open(struct store *s, const char *path, bool make)
{
    char below[PATH_BYTES];
    struct stat st;

    *s = (struct store){ .path = path };
    if (make) {
        TRY(make_dir(path));
        snprintf(below, sizeof below, "%s/blobs", path);
        TRY(make_dir(below));
        snprintf(below, sizeof below, "%s/snapshots", path);
        return make_dir(below);
    }
    snprintf(below, sizeof below, "%s/snapshots", path);
    return stat(below, &st) == 0 ? OK : fail(NOT_FOUND, "%s is no folder of backups", path);
}

static void hex_of(const uint8_t hash[32], char name[HASH_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < 32; i++) {
        name[2 * i] = digits[hash[i] >> 4];
        name[2 * i + 1] = digits[hash[i] & 15];
    }
    name[HASH_HEX] = '\0';
}

struct blob blob_name(struct str bytes)
{
    struct blob b = { .size = (i64)bytes.n };
    uint8_t hash[32];

    vault_sha256(hash, PARTS(bytes));
    hex_of(hash, b.name);
    return b;
}

bool store_has(const struct store *s, const struct blob *b)
{
    char path[PATH_BYTES];
    struct stat st;

    blob_path(s, b, path);
    return stat(path, &st) == 0 && st.st_size == b->size;
}

static status blob_folder(const struct store *s, const struct blob *b)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/blobs/%.2s", s->path, b->name);
    return make_dir(path);
}

static void fresh_path(const struct store *s, const struct blob *b, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/blobs/%.2s/%s.new", s->path, b->name, b->name);
}

static status add_fresh(struct store *s, const struct blob *b)
{
    if (s->n_fresh == s->room) {
        size_t room = s->room ? 2 * s->room : 1024;
        struct blob *at = reallocarray(s->fresh, room, sizeof *at);

        if (at == NULL)
            return fail(BUSY, "no memory for the names of pieces");
        s->fresh = at;
        s->room = room;
    }
    s->fresh[s->n_fresh++] = *b;
    s->written++;
    s->written_bytes += b->size;
    return OK;
}

static status write_fresh(const char *path, struct str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, bytes.at, bytes.n) == (ssize_t)bytes.n;

    if (fd >= 0)
        done = close(fd) == 0 && done;
    return done ? OK : fail(BROKEN, "%s: %m", path);
}

static status sync_all(const struct store *s)
{
    int fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && syncfs(fd) == 0;

    if (fd >= 0)
        close(fd);
    return done ? OK : fail(BROKEN, "%s: %m", s->path);
}

status store_settle(struct store *s)
{
    TRY(sync_all(s));
    for (size_t i = 0; i < s->n_fresh; i++) {
        char from[PATH_BYTES], to[PATH_BYTES];

        fresh_path(s, &s->fresh[i], from);
        blob_path(s, &s->fresh[i], to);
        if (rename(from, to) != 0 && !store_has(s, &s->fresh[i]))       /* two pieces alike: the second is renamed already */
            return fail(BROKEN, "%s: %m", from);
    }
    s->n_fresh = 0;
    return sync_all(s);
}

void store_close(struct store *s)
{
    free(s->fresh);
    *s = (struct store){ 0 };
}

status store_put(struct store *s, struct str bytes, struct blob *b)
{
    char path[PATH_BYTES];

    *b = blob_name(bytes);
    if (store_has(s, b))
        return OK;
    TRY(blob_folder(s, b));
    fresh_path(s, b, path);
    TRY(write_fresh(path, bytes));
    return add_fresh(s, b);
}

/* Reads fd to its end, into `to` unless that is -1, and says what it was. */
static bool pass(int fd, int to, struct blob *found)
{
    char *buffer = malloc(COPY_BYTES);
    struct vault_sha256_run run;
    uint8_t hash[32];
    bool fine = buffer != NULL;
    ssize_t n = 0;

    *found = (struct blob){ 0 };
    vault_sha256_begin(&run);
    while (fine && (n = read(fd, buffer, COPY_BYTES)) > 0) {
        vault_sha256_add(&run, buffer, (size_t)n);
        fine = to < 0 || write(to, buffer, (size_t)n) == n;
        found->size += n;
    }
    vault_sha256_end(&run, hash);
    hex_of(hash, found->name);
    free(buffer);
    return fine && n == 0;
}

static bool same_blob(const struct blob *a, const struct blob *b)
{
    return a->size == b->size && memcmp(a->name, b->name, HASH_HEX) == 0;
}

/* Copies fd to a new file, which stays only if it is what it should be. */
static status copy_checked(int fd, const char *path, const struct blob *b, status wrong)
{
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct blob found;
    bool done;

    if (to < 0)
        return fail(BROKEN, "%s: %m", path);
    done = pass(fd, to, &found);
    done = close(to) == 0 && done;
    if (done && same_blob(&found, b))
        return OK;
    (void)unlink(path);
    return done ? fail(wrong, "is damaged: its bytes are not those that were sealed") : fail(BROKEN, "%s: %m", path);
}

status store_put_file(struct store *s, const char *from, const struct blob *b)
{
    char path[PATH_BYTES];
    int fd;
    status st;

    if (store_has(s, b))
        return OK;
    fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(INVALID, "is gone: %m");
    st = blob_folder(s, b);
    fresh_path(s, b, path);
    if (st == OK)
        st = copy_checked(fd, path, b, INVALID);
    close(fd);
    TRY(st);
    return add_fresh(s, b);
}

status store_get(const struct store *s, struct arena *a, const struct blob *b, struct str *bytes)
{
    char path[PATH_BYTES];
    struct blob found;

    blob_path(s, b, path);
    if (file_read(a, path, (size_t)b->size + 1, bytes) != OK)
        return fail(BROKEN, "piece %s is missing", b->name);
    found = blob_name(*bytes);
    return found.size == b->size && memcmp(found.name, b->name, HASH_HEX) == 0 ? OK : fail(BROKEN, "piece %s is damaged", b->name);
}

status store_get_file(const struct store *s, const struct blob *b, const char *to)
{
    char path[PATH_BYTES];
    int fd;
    status st;

    blob_path(s, b, path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(BROKEN, "piece %s is missing", b->name);
    st = copy_checked(fd, to, b, BROKEN);
    close(fd);
    return st;
}

status store_check(const struct store *s, const struct blob *b)
{
    char path[PATH_BYTES];
    struct blob found;
    bool read_all;
    int fd;

    blob_path(s, b, path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(BROKEN, "piece %s is missing", b->name);
    read_all = pass(fd, -1, &found);
    close(fd);
    return read_all && same_blob(&found, b) ? OK : fail(BROKEN, "piece %s is damaged", b->name);
}

/* -- snapshots ----------------------------------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

status store_snapshots(const struct store *s, struct arena *a, struct snapshots *list)
{
    char path[PATH_BYTES];
    struct dirent *e;
    DIR *dir;

    snprintf(path, sizeof path, "%s/snapshots", s->path);
    dir = opendir(path);
    if (dir == NULL)
        return fail(NOT_FOUND, "%s is no folder of backups", s->path);
    *list = (struct snapshots){ .at = NEW_N(a, struct str, SNAPSHOTS_MAX) };
    while ((e = readdir(dir)) != NULL && list->n < SNAPSHOTS_MAX) {
        struct str name = str_c(e->d_name);

        if (str_ends(name, str_c(ending)))
            list->at[list->n++] = arena_copy(a, str_upto(name, name.n - sizeof ending + 1));
    }
    closedir(dir);
    if (list->n > 0)
        qsort(list->at, list->n, sizeof list->at[0], by_name);
    return OK;
}

static void snapshot_path(const struct store *s, struct str name, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/snapshots/%.*s%s", s->path, (int)name.n, name.at, ending);
}

status store_put_snapshot(const struct store *s, struct str name, struct str text)
{
    char path[PATH_BYTES];

    snapshot_path(s, name, path);
    return file_replace(path, text);
}

status store_snapshot(const struct store *s, struct arena *a, struct str name, struct str *found, struct str *text)
{
    struct snapshots list;
    char path[PATH_BYTES];

    TRY(store_snapshots(s, a, &list));
    *found = name.n ? name : list.n ? list.at[list.n - 1] : STR("");
    if (found->n == 0)
        return fail(NOT_FOUND, "%s holds no backup", s->path);
    if (str_find_char(*found, '/') < found->n)
        return fail(NOT_FOUND, "that is no name of a backup");
    snapshot_path(s, *found, path);
    return file_read(a, path, SNAPSHOT_BYTES, text) == OK
               ? OK : fail(NOT_FOUND, "%s holds no backup %.*s", s->path, (int)found->n, found->at);
}

/* -- what is old ----------------------------------------------------------------------------------------------------------------- */

struct names { char (*at)[HASH_HEX + 1]; size_t n, room; };

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, HASH_HEX);
}

static status add_name(struct names *names, const struct blob *b)
{
    if (names->n == names->room) {
        size_t room = names->room ? 2 * names->room : 4096;
        char (*at)[HASH_HEX + 1] = reallocarray(names->at, room, sizeof *at);

        if (at == NULL)
            return fail(BUSY, "no memory for the names of pieces");
        names->at = at;
        names->room = room;
    }
    memcpy(names->at[names->n++], b->name, HASH_HEX + 1);
    return OK;
}

static status add_names(struct names *names, const struct manifest *m)
{
    for (size_t i = 0; i < m->n_pieces; i++)
        TRY(add_name(names, &m->pieces[i]));
    for (size_t i = 0; i < m->n_files; i++)
        TRY(add_name(names, &m->files[i].blob));
    return add_name(names, &m->keys);
}

static status sweep_folder(const struct names *keep, const char *path, i64 *gone)
{
    DIR *dir = opendir(path);
    struct dirent *e;

    while (dir != NULL && (e = readdir(dir)) != NULL) {
        char file[PATH_BYTES];

        if (strlen(e->d_name) < HASH_HEX || (strlen(e->d_name) == HASH_HEX && keep->n && bsearch(e->d_name, keep->at, keep->n, sizeof keep->at[0], by_hash) != NULL))
            continue;
        if (snprintf(file, sizeof file, "%s/%s", path, e->d_name) < (int)sizeof file && unlink(file) == 0)
            ++*gone;
    }
    if (dir != NULL)
        closedir(dir);
    return OK;
}

static status sweep(const struct store *s, struct names *keep, i64 *gone)
{
    if (keep->n > 0)
        qsort(keep->at, keep->n, sizeof keep->at[0], by_hash);
    for (int i = 0; i < 256; i++) {
        char path[PATH_BYTES];

        snprintf(path, sizeof path, "%s/blobs/%02x", s->path, i);
        TRY(sweep_folder(keep, path, gone));
    }
    return OK;
}

/* A snapshot that cannot be read stops all: nobody knows which pieces it needs. */
static status keep_of(const struct store *s, struct arena *a, struct str name, i64 before, bool newest, struct names *keep)
{
    struct manifest m;
    struct str found, text;
    char path[PATH_BYTES];

    TRY(store_snapshot(s, a, name, &found, &text));
    TRY(manifest_read(a, text, &m));
    if (newest || m.made >= before)
        return add_names(keep, &m);
    snapshot_path(s, name, path);
    return unlink(path) == 0 ? OK : fail(BROKEN, "%s: %m", path);
}

status store_prune(struct store *s, struct arena *a, i64 before, i64 *gone)
{
    struct names keep = { 0 };
    struct snapshots list;
    status st;

    *gone = 0;
    st = store_snapshots(s, a, &list);
    for (size_t i = 0; i < list.n && st == OK; i++)
        st = keep_of(s, a, list.at[i], before, i + 1 == list.n, &keep);
    if (st == OK)
        st = sweep(s, &keep, gone);
    free(keep.at);
    return st;
}
