#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, COPY_BYTES = 1 << 20 };

static bool store_is_away(const char *path)
{
    return strncmp(path, "s3:", 3) == 0;
}

/* -- objects of a store elsewhere ---------------------------------------------------------------------------------------------------- */

static void blob_object(const struct blob *b, char name[PATH_BYTES])
{
    snprintf(name, PATH_BYTES, "blobs/%.2s/%s", b->name, b->name);
}

struct passing { struct vault_sha256_run run; int to; i64 size; };

static status pass_bytes(void *to, struct str bytes)
{
    struct passing *p = to;

    vault_sha256_add(&p->run, bytes.at, bytes.n);
    p->size += (i64)bytes.n;
    return p->to < 0 || file_write(p->to, bytes) ? OK : fail(BROKEN, "writing: %m");
}

static void hex_of(const uint8_t hash[32], char name[HASH_HEX + 1]);
static bool same_blob(const struct blob *a, const struct blob *b);

/* Reads an object to its end, into `to` unless that is -1, and says what it was. */
static status object_pass(const struct store *s, const struct blob *b, int to, struct blob *found)
{
    struct passing p = { .to = to };
    char name[PATH_BYTES];
    uint8_t hash[32];
    status done;

    blob_object(b, name);
    vault_sha256_begin(&p.run);
    done = s3_get(s->s3, name, pass_bytes, &p);
    vault_sha256_end(&p.run, hash);
    hex_of(hash, found->name);
    found->size = p.size;
    return done == NOT_FOUND ? fail(BROKEN, "piece %s is missing", b->name) : done;
}

/* -- folders --------------------------------------------------------------------------------------------------------------------------- */

/* -1 where it is no file: opening a pipe would wait for its writer for ever. */
static int open_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

static status make_dir(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? OK : fail(BROKEN, "%s cannot be made: %m", path);
}

static void blob_path(const struct store *s, const struct blob *b, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/blobs/%.2s/%s", s->path, b->name, b->name);
}

status store_make(const struct store *s)
{
    static const char *const folders[] = { "", "/blobs", "/ship", "/snapshots" };
    char below[PATH_BYTES];

    for (size_t i = 0; i < COUNT_OF(folders) && s->s3 == NULL; i++) {
        snprintf(below, sizeof below, "%s%s", s->path, folders[i]);
        TRY(make_dir(below));
    }
    return OK;
}

status store_open(struct store *s, const char *path, const char *s3_key, bool make)
{
    char below[PATH_BYTES];
    struct stat st;

    *s = (struct store){ .path = path, .mark = random_below(1 << 30) };
    if (store_is_away(path))
        return s3_open(path + 3, s3_key, &s->s3);
    if (make)
        return store_make(s);
    snprintf(below, sizeof below, "%s/snapshots", path);
    if (stat(below, &st) == 0)
        return OK;
    return errno == ENOENT || errno == ENOTDIR ? fail(NOT_FOUND, "%s is no folder of backups", path) : fail(NOT_FOUND, "%s: %m", below);
}

/* A backup reads no piece that lies there already: a damaged one would be part of the next, too. */
static status damaged(const struct blob *b)
{
    return fail(BROKEN, "piece %s is damaged: take blobs/%.2s/%s away, and the next backup puts it there anew", b->name, b->name, b->name);
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
    i64 size;

    if (s->s3 != NULL) {
        blob_object(b, path);
        if (s3_size(s->s3, path, &size) == OK)
            return size == b->size;
        fail_clear();
        return false;
    }
    blob_path(s, b, path);
    return stat(path, &st) == 0 && st.st_size == b->size && utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

static status blob_folder(const struct store *s, const struct blob *b)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/blobs/%.2s", s->path, b->name);
    return make_dir(path);
}

static void fresh_path(const struct store *s, const struct blob *b, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/blobs/%.2s/%s.%u.new", s->path, b->name, b->name, s->mark);
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
    struct timespec hour = { .tv_sec = (time_t)(clock_hour_floor(clock_now_ms()) / SECOND_MS) };
    bool done = fd >= 0 && file_write(fd, bytes) && futimens(fd, (struct timespec[]){ hour, hour }) == 0;

    if (fd >= 0)
        done = close(fd) == 0 && done;
    return done ? OK : fail(BROKEN, "%s: %m", path);
}

/* What a child sent is here a moment later: the file's time must not tell when. */
void store_set_hour(const char *path)
{
    struct timespec hour = { .tv_sec = (time_t)(clock_hour_floor(clock_now_ms()) / SECOND_MS) };
    char folder[PATH_BYTES];

    snprintf(folder, sizeof folder, "%s", path);
    (void)utimensat(AT_FDCWD, path, (struct timespec[]){ hour, hour }, 0);
    (void)utimensat(AT_FDCWD, dirname(folder), (struct timespec[]){ hour, hour }, 0);
}

static status sync_all(const struct store *s)
{
    int fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && syncfs(fd) == 0;

    if (fd >= 0)
        close(fd);
    return done ? OK : fail(BROKEN, "%s: %m", s->path);
}

/* Two pieces alike: the second is renamed already. The one that is left there: another program cleaned up, or the repository was exchanged
   under us; then its name must be dropped, or nothing would ever settle again, and whoever put it hears of it and puts it anew. */
static status settle_one(struct store *s, const struct blob *b, size_t *vanished)
{
    char from[PATH_BYTES], to[PATH_BYTES];
    int error;

    fresh_path(s, b, from);
    blob_path(s, b, to);
    error = rename(from, to) == 0 ? 0 : errno;
    if (error != 0 && !store_has(s, b)) {
        if (error != ENOENT)
            return fail(BROKEN, "%s: %s", from, strerrordesc_np(error));
        ++*vanished;
        return OK;
    }
    store_set_hour(to);
    return OK;
}

status store_settle(struct store *s)
{
    size_t vanished = 0;

    if (s->s3 != NULL)
        return OK;
    TRY(sync_all(s));
    for (size_t i = 0; i < s->n_fresh; i++)
        TRY(settle_one(s, &s->fresh[i], &vanished));
    s->n_fresh = 0;
    TRY(sync_all(s));
    return vanished == 0 ? OK : fail(BROKEN, "%zu pieces vanished from %s before they had their name: another program takes files away there, or it was exchanged", vanished, s->path);
}

void store_close(struct store *s)
{
    s3_close(s->s3);
    free(s->fresh);
    *s = (struct store){ 0 };
}

/* Always put anew: what prune spares is what is young, and asking costs as much. */
static status put_object(struct store *s, struct str bytes, const struct blob *b)
{
    char name[PATH_BYTES];

    blob_object(b, name);
    TRY(s3_put(s->s3, name, bytes));
    s->written++;
    s->written_bytes += b->size;
    return OK;
}

status store_put(struct store *s, struct str bytes, struct blob *b)
{
    char path[PATH_BYTES];

    *b = blob_name(bytes);
    if (s->s3 != NULL)
        return put_object(s, bytes, b);
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
        fine = to < 0 || file_write(to, str_of(buffer, (size_t)n));
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

/* The store elsewhere checks what it gets against the name, which stands in the signed header. */
static status put_file_object(struct store *s, int fd, const struct blob *b)
{
    char name[PATH_BYTES];
    struct blob found;

    if (!pass(fd, -1, &found) || !same_blob(&found, b) || lseek(fd, 0, SEEK_SET) != 0)
        return fail(INVALID, "is damaged: its bytes are not those that were sealed");
    blob_object(b, name);
    TRY(s3_put_file(s->s3, name, fd, b->size, b->name));
    s->written++;
    s->written_bytes += b->size;
    return OK;
}

status file_blob(const char *path, struct blob *b)
{
    int fd = open_file(path);
    bool done = fd >= 0 && pass(fd, -1, b);

    if (fd >= 0)
        close(fd);
    return done ? OK : fail(INVALID, "%s: %m", path);
}

status store_put_file(struct store *s, const char *from, const struct blob *b)
{
    char path[PATH_BYTES];
    int fd;
    status st;

    if (store_has(s, b))
        return OK;
    fd = open_file(from);
    if (fd < 0)
        return fail(INVALID, "is gone: %m");
    if (s->s3 != NULL) {
        st = put_file_object(s, fd, b);
        close(fd);
        return st;
    }
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
    status got;

    if (s->s3 != NULL)
        blob_object(b, path);
    else
        blob_path(s, b, path);
    got = s->s3 != NULL ? s3_object(s, a, path, (size_t)b->size + 1, bytes) : file_read(a, path, (size_t)b->size + 1, bytes);
    if (got == BUSY || got == DENIED)
        return got;
    if (got != OK)
        return fail(BROKEN, "piece %s is missing", b->name);
    found = blob_name(*bytes);
    return found.size == b->size && memcmp(found.name, b->name, HASH_HEX) == 0 ? OK : damaged(b);
}

static status get_file_object(const struct store *s, const struct blob *b, const char *path)
{
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct blob found;
    status done;

    if (to < 0)
        return fail(BROKEN, "%s: %m", path);
    done = object_pass(s, b, to, &found);
    if (close(to) != 0 && done == OK)
        done = fail(BROKEN, "%s: %m", path);
    if (done == OK && !same_blob(&found, b))
        done = damaged(b);
    return done;
}

status store_get_file(const struct store *s, const struct blob *b, const char *to)
{
    char path[PATH_BYTES];
    int fd;
    status st;

    if (s->s3 != NULL)
        return get_file_object(s, b, to);
    blob_path(s, b, path);
    fd = open_file(path);
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

    if (s->s3 != NULL) {
        TRY(object_pass(s, b, -1, &found));
        return same_blob(&found, b) ? OK : damaged(b);
    }
    blob_path(s, b, path);
    fd = open_file(path);
    if (fd < 0)
        return fail(BROKEN, "piece %s is missing", b->name);
    read_all = pass(fd, -1, &found);
    close(fd);
    return read_all && same_blob(&found, b) ? OK : damaged(b);
}
