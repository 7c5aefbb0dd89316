/* Order of durability: write DIR/files/.tmp/ID, rename, fsync of the file and of its folder, then the row. A file without a row, whole or
   not, is an orphan of a crash and is swept; a row without a file cannot be. The rename comes first, so that a journal writes the file,
   both names and the times in one go. The file's time is the day: nothing finer is kept. */
#include "upload.h"

#include "../base/room.h"

#include "tables.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct str path_in(struct arena *a, const char *data_dir, struct id file)
{
    char text[ID_TEXT + 1];

    id_text(file, text);
    /* the last two characters: those of the first place are not evenly spread */
    return arena_f(a, "%s/files/%s/%s", data_dir, text + ID_TEXT - 2, text);
}

struct str upload_path(struct ctx *c, struct id file)
{
    return path_in(c->arena, c->app->data_dir, file);
}

static struct str parent_of(struct arena *a, struct str path)
{
    size_t n = path.n;

    while (n && path.at[n - 1] != '/')
        n--;
    return arena_copy(a, str_upto(path, n ? n - 1 : 0));
}

static struct str dir_of(struct ctx *c, struct str path)
{
    return parent_of(c->arena, path);
}

static void set_day(int fd, i64 now)
{
    struct timespec day = { .tv_sec = (time_t)(clock_local_day(now) / 1000) };

    (void)futimens(fd, (struct timespec[]){ day, day });
}

/* After an fsync that failed, what else the kernel forgot is unknown: the process ends, and the same is sent again. */
static status sync_failed(struct ctx *c, const char *what)
{
    status s = room_error(errno, BUSY);

    if (s == BUSY && c->app->db != NULL)
        db_disk_failed(c->app->db, what, errno);
    return fail(s, "fsync of %s failed: errno %d", what, errno);
}

/* The folder's own time would be that of the newest file in it. */
static status sync_dir(struct ctx *c, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    status s;

    if (fd < 0)
        return fail(BUSY, "a folder of files cannot be opened: errno %d", errno);
    set_day(fd, c->now);
    s = fsync(fd) == 0 ? OK : sync_failed(c, "a folder");
    close(fd);
    return s;
}

static status sink_fd(void *to, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n) {
        ssize_t put = write(*(int *)to, at, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(room_error(errno, BUSY), "writing a file failed: errno %d", errno);
        at += put;
        n -= (size_t)put;
    }
    return OK;
}

/* One file while it is written. */
struct upload {
    struct ctx *c;
    struct file_new *file;
    struct str temporary, path, now;    /* now: which of the two it bears */
    int fd;
};

/* What was made or taken away in a folder must not leave the moment as its time. */
static void set_dir_day(struct str dir, i64 now)
{
    struct timespec day = { .tv_sec = (time_t)(clock_local_day(now) / 1000) };

    (void)utimensat(AT_FDCWD, dir.at, (struct timespec[]){ day, day }, 0);
}

static void dir_set_day(struct ctx *c, struct str dir)
{
    set_dir_day(dir, c->now);
}

bool upload_remove(struct arena *a, const char *data_dir, struct id file, i64 now)
{
    struct str path = path_in(a, data_dir, file);
    bool gone = unlink(path.at) == 0 || errno == ENOENT;

    set_dir_day(parent_of(a, path), now);
    return gone;
}

static void file_remove(struct ctx *c, struct str path)
{
    (void)unlink(path.at);
    dir_set_day(c, dir_of(c, path));
}

/* A folder of files; its name is on the disk before anything is in it. */
static status make_dir(struct ctx *c, struct str dir)
{
    if (mkdir(dir.at, 0700) != 0)
        return errno == EEXIST ? OK : fail(room_error(errno, BUSY), "a folder of files cannot be made: errno %d", errno);
    return sync_dir(c, arena_f(c->arena, "%s/files", c->app->data_dir).at);
}

static status upload_open(struct upload *u)
{
    char text[ID_TEXT + 1];

    id_text(u->file->id, text);
    u->path = upload_path(u->c, u->file->id);
    u->temporary = arena_f(u->c->arena, "%s/files/.tmp/%s", u->c->app->data_dir, text);
    u->now = u->temporary;
    TRY(make_dir(u->c, dir_of(u->c, u->temporary)));
    TRY(make_dir(u->c, dir_of(u->c, u->path)));
    u->fd = open(u->temporary.at, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    return u->fd >= 0 ? OK : fail(room_error(errno, BUSY), "a file cannot be made: errno %d", errno);
}

static status upload_settle(struct upload *u)
{
    set_day(u->fd, u->c->now);
    if (rename(u->temporary.at, u->path.at) != 0)
        return fail(room_error(errno, BUSY), "a file cannot be moved: errno %d", errno);
    u->now = u->path;
    dir_set_day(u->c, dir_of(u->c, u->temporary));
    dir_set_day(u->c, dir_of(u->c, u->path));
    if (fsync(u->fd) != 0)
        return sync_failed(u->c, "a file");
    return sync_dir(u->c, dir_of(u->c, u->path).at);
}

typedef status pour_function(struct upload *u, const void *from, struct file_seal *seal);

static status upload_pour(struct upload *u, pour_function *pour, const void *from)
{
    struct file_seal *seal = file_seal_start(u->file->id, sink_fd, &u->fd);
    status s = pour(u, from, seal);

    u->file->fk = SECRET(u->c->ledger->secrets, struct key);
    if (s == OK)
        s = file_seal_finish(seal, &u->file->sealed, u->file->fk);
    file_seal_free(seal);
    return s == OK ? upload_settle(u) : s;
}

static status upload_one(struct ctx *c, struct file_new *file, pour_function *pour, const void *from)
{
    struct upload u = { .c = c, .file = file };
    status s;

    file->id = id_random();
    TRY(upload_open(&u));
    s = upload_pour(&u, pour, from);
    close(u.fd);
    if (s != OK)
        file_remove(c, u.now);
    return s;
}

static status pour_text(struct upload *u, const void *from, struct file_seal *seal)
{
    const struct str *text = from;

    (void)u;
    return file_seal_add(seal, text->at, text->n);
}

status upload_text(struct ctx *c, struct upload_text what, struct file_new *file)
{
    *file = (struct file_new){ .private = what.private, .name = what.name, .type = what.type };
    return upload_one(c, file, pour_text, &what.text);
}

static status sink_seal(void *to, const void *bytes, size_t n)
{
    return file_seal_add(to, bytes, n);
}

static status pour_form(struct upload *u, const void *from, struct file_seal *seal)
{
    return form_file_read(u->c, from, sink_seal, seal);
}

struct sent { const struct form_file *file; struct upload_also also; struct file_seal *seal; };

static status sink_both(void *to, const void *bytes, size_t n)
{
    const struct sent *sent = to;

    TRY(sent->also.sink(sent->also.to, bytes, n));
    return file_seal_add(sent->seal, bytes, n);
}

static status pour_sent(struct upload *u, const void *from, struct file_seal *seal)
{
    struct sent sent = *(const struct sent *)from;

    sent.seal = seal;
    return form_file_read(u->c, sent.file, sink_both, &sent);
}

status upload_sent(struct ctx *c, const struct form_file *sent, struct upload_also also, struct file_new *file)
{
    struct sent from = { .file = sent, .also = also };

    *file = (struct file_new){ .name = sent->name, .type = sent->type };
    return upload_one(c, file, pour_sent, &from);
}

static void refuse(struct refused *refused, size_t i)
{
    if (refused->n < COUNT_OF(refused->at))
        refused->at[refused->n++] = (int)i + 1;
}

/* FULL where the disk has no room for it: then the words go through without their files. */
static status upload_sent_by_form(struct ctx *c, const char *field, struct form_file *f, struct files_new *files, struct refused *refused)
{
    status s = refused->no_room ? FULL : OK;

    files->at[files->n] = (struct file_new){ .private = strcmp(field, "files_private") == 0, .name = f->name, .type = f->type };
    if (s == OK)
        s = upload_one(c, &files->at[files->n], pour_form, f);
    files->n += s == OK;
    refused->no_room |= s == FULL;
    return s;
}

static status upload_field(struct ctx *c, const char *field, struct files_new *files, struct refused *refused)
{
    struct form_files sent = form_files(c, field);

    for (size_t i = 0; i < sent.n; i++) {
        struct form_file *f = &sent.at[i];
        status s;

        if (f->size == 0 && f->name.n == 0)
            continue;       /* a file field that was left empty */
        s = f->too_large || files->n == FILES_MAX ? TOO_LARGE : upload_sent_by_form(c, field, f, files, refused);
        if (s == TOO_LARGE || s == FULL)
            refuse(refused, i);
        else
            TRY(s);
    }
    return OK;
}

status upload_files(struct ctx *c, struct files_new *files, struct refused *refused)
{
    status s;

    *files = (struct files_new){ .at = NEW_N(c->arena, struct file_new, FILES_MAX) };
    *refused = (struct refused){ .no_room = form_cut(c) == FULL || !room_for_file(c->app->data_dir, c->app->reserve, form_bytes(c)) };
    s = upload_field(c, "files", files, refused);
    if (s == OK)
        s = upload_field(c, "files_private", files, refused);
    if (s != OK)
        upload_undo(c, files);
    return s;
}

void upload_drop_private(struct ctx *c, struct files_new *files, struct refused *refused)
{
    size_t kept = 0;

    for (size_t i = 0; i < files->n; i++) {
        if (!files->at[i].private) {
            files->at[kept++] = files->at[i];
            continue;
        }
        file_remove(c, upload_path(c, files->at[i].id));
        refused->no_police = true;
    }
    files->n = kept;
}

void upload_undo(struct ctx *c, const struct files_new *files)
{
    for (size_t i = 0; i < files->n; i++)
        file_remove(c, upload_path(c, files->at[i].id));
}

/* -- what is written of it --------------------------------------------------------------------------------------- */

struct str file_json(struct arena *a, const struct file_new *file)
{
    struct out o = { .max = 64 << 10 };
    char id[ID_TEXT + 1];
    struct str text;

    id_text(file->id, id);
    out_f(&o, "{\"file\":\"%s\",\"name\":", id);
    out_json(&o, file->name);
    out_c(&o, ",\"type\":");
    out_json(&o, file->type);
    out_f(&o, ",\"size\":%lld,\"sha256\":\"", (long long)file->sealed.plain_size);
    out_hex(&o, file->sealed.plain_sha256, 32);
    out_c(&o, "\"}");
    text = arena_copy(a, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

struct key ctx_file_key(struct id comp, struct id file)
{
    return vault_ctx("file-key", PARTS(id_bytes(&comp), id_bytes(&file)));
}

struct files_row *file_row(struct arena *a, struct id comp, const struct key *dpk, const struct file_new *file)
{
    struct files_row *row = NEW(a, struct files_row);

    *row = (struct files_row){ .id = file->id, .comp = comp, .size = file->sealed.size };
    row->sha256 = arena_copy(a, str_of(file->sealed.sha256, 32));
    row->fk = vault_wrap(a, dpk, ctx_file_key(comp, file->id), file->fk);
    return row;
}
