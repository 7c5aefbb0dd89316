/* Shipping evidence: a file is put into the repository soon after it lies in DIR/files, beside the segments and never in their way,
   because one film may take longer than a thousand reports. */
#include "ship.h"

#include "../base/log.h"
#include "../web/metrics.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { SCAN_MS = 250, FOLDERS = 32 * 32 + 2, PATH_BYTES = 4096, TOGETHER = 64, LATE_MS = 10 * SECOND_MS, FILES_ARENA = 1 << 30 };

/* Times of evidence and its folders say no more than the day (casework/upload.c): that something came, the inode's own time tells. */
struct folder { char name[3]; struct timespec changed; };
struct ship_files {
    struct ship *ship;
    struct store store;
    pthread_t thread;
    struct folder folders[FOLDERS];     /* as they were when they were read last */
    size_t n_folders;
    struct id *seen;                    /* a hash table; its room is a power of two */
    size_t n_seen, room;
    struct backup_file fresh[TOGETHER]; /* put, but not on the disk for certain */
    size_t n_fresh;
    i64 failed_ms, told_ms;             /* 0: all goes well */
    bool again;                         /* something could not be sent: look everywhere */
};

/* -- what was sent ---------------------------------------------------------------------------------------------------------------- */

static struct id *place_of(const struct ship_files *f, struct id id)
{
    uint64_t at;

    memcpy(&at, id.b, sizeof at);
    while (!id_is_zero(f->seen[at & (f->room - 1)]) && !id_eq(f->seen[at & (f->room - 1)], id))
        at++;
    return &f->seen[at & (f->room - 1)];
}

static void add_seen(struct ship_files *f, struct id id)
{
    struct id *old = f->seen;
    size_t room = f->room;

    if (2 * f->n_seen >= f->room) {
        f->room = room ? 2 * room : 1024;
        f->seen = memory_new(f->room * sizeof *f->seen);
        for (size_t i = 0; i < room; i++)
            if (!id_is_zero(old[i]))
                *place_of(f, old[i]) = old[i];
        free(old);
    }
    *place_of(f, id) = id;
    f->n_seen++;
}

static bool was_sent(const struct ship_files *f, struct id id)
{
    return f->room > 0 && !id_is_zero(*place_of(f, id));
}

/* -- one file ------------------------------------------------------------------------------------------------------------------------ */

/* One wait for the disk serves many files. */
static status settle(struct ship_files *f)
{
    if (f->n_fresh == 0)
        return OK;
    if (store_settle(&f->store) != OK) {
        f->n_fresh = 0;         /* not seen yet, so they are put again */
        return BROKEN;
    }
    for (size_t i = 0; i < f->n_fresh; i++) {
        ship_add_file(f->ship, &f->fresh[i]);
        add_seen(f, f->fresh[i].id);
    }
    f->n_fresh = 0;
    return OK;
}

static status send_file(struct ship_files *f, struct id id, const char *path)
{
    struct backup_file *file = &f->fresh[f->n_fresh];

    *file = (struct backup_file){ .id = id };
    TRY(file_blob(path, &file->blob));
    TRY(store_put_file(&f->store, path, &file->blob));
    f->n_fresh++;
    return f->n_fresh == TOGETHER ? settle(f) : OK;
}

static void try_later(struct ship_files *f)
{
    i64 now = clock_mono_ms();

    if (f->failed_ms == 0)
        f->failed_ms = now;
    metrics_shipped_files((now - f->failed_ms) / 1000 + 1);
    if (now - f->told_ms >= LATE_MS) {
        log_error("ship", "ALARM evidence waits since %lld s: %s", (long long)((now - f->failed_ms) / 1000), fail_message());
        f->told_ms = now;
    }
    fail_clear();
    f->again = true;
}

static void look_at(struct ship_files *f, const char *folder, const char *name)
{
    char path[PATH_BYTES];
    struct id id;

    if (strlen(name) != ID_TEXT || !id_of_text(str_c(name), &id) || was_sent(f, id))
        return;
    snprintf(path, sizeof path, "%s/files/%s/%s", ship_facts(f->ship)->v->dir, folder, name);
    if (send_file(f, id, path) != OK)
        try_later(f);
}

/* -- folders -------------------------------------------------------------------------------------------------------------------------- */

static struct folder *known(struct ship_files *f, const char *name)
{
    for (size_t i = 0; i < f->n_folders; i++)
        if (strcmp(f->folders[i].name, name) == 0)
            return &f->folders[i];
    if (f->n_folders == FOLDERS)
        return NULL;
    snprintf(f->folders[f->n_folders].name, sizeof f->folders[0].name, "%.2s", name);
    return &f->folders[f->n_folders++];
}

/* A folder that changed in this very moment is read again: its time may not change with the next file. */
static void read_folder(struct ship_files *f, const char *name, void (*each)(struct ship_files *f, const char *folder, const char *name), bool all)
{
    char path[PATH_BYTES];
    struct folder *folder = known(f, name);
    struct timespec now;
    struct dirent *e;
    struct stat st;
    DIR *dir;

    snprintf(path, sizeof path, "%s/files/%s", ship_facts(f->ship)->v->dir, name);
    clock_gettime(CLOCK_REALTIME, &now);
    if (folder == NULL || stat(path, &st) != 0 ||
        (!all && folder->changed.tv_sec == st.st_ctim.tv_sec && folder->changed.tv_nsec == st.st_ctim.tv_nsec))
        return;
    dir = opendir(path);
    while (dir != NULL && (e = readdir(dir)) != NULL)
        each(f, name, e->d_name);
    if (dir != NULL)
        closedir(dir);
    folder->changed = now.tv_sec - st.st_ctim.tv_sec > 2 ? st.st_ctim : (struct timespec){ 0 };
}

static void read_all(struct ship_files *f, void (*each)(struct ship_files *f, const char *folder, const char *name), bool all)
{
    char path[PATH_BYTES];
    struct dirent *e;
    DIR *dir;

    snprintf(path, sizeof path, "%s/files", ship_facts(f->ship)->v->dir);
    dir = opendir(path);
    while (dir != NULL && (e = readdir(dir)) != NULL)
        if (strlen(e->d_name) == 2 && e->d_name[0] != '.')
            read_folder(f, e->d_name, each, all);
    if (dir != NULL)
        closedir(dir);
}

static void scan(struct ship_files *f)
{
    bool all = f->again;

    f->again = false;
    read_all(f, look_at, all);
    if (settle(f) != OK)
        try_later(f);
    if (f->again || f->failed_ms == 0)
        return;
    log_info("ship", "evidence goes on after %lld s", (long long)((clock_mono_ms() - f->failed_ms) / 1000));
    f->failed_ms = f->told_ms = 0;
    metrics_shipped_files(0);
}

/* -- what an earlier process sent ---------------------------------------------------------------------------------------------------- */

static status segment_seen(void *to, struct arena *a, const struct segment *s)
{
    struct ship_files *f = to;

    (void)a;
    for (size_t i = 0; i < s->n_files; i++)
        if (!was_sent(f, s->files[i].id))
            add_seen(f, s->files[i].id);
    return OK;
}

static status base_seen(struct ship_files *f, struct arena *a, const struct manifest *m)
{
    for (size_t i = 0; i < m->n_files; i++)
        if (!was_sent(f, m->files[i].id))
            add_seen(f, m->files[i].id);
    return shipped_walk(&(struct walk){ .store = &f->store, .line = m->line, .from = m->after + 1, .each = segment_seen, .to = f }, a);
}

static void file_seen(struct ship_files *f, const char *folder, const char *name)
{
    struct id id;

    (void)folder;
    if (strlen(name) == ID_TEXT && id_of_text(str_c(name), &id) && !was_sent(f, id))
        add_seen(f, id);
}

/* Where a line goes on that has a base: what that and its segments name. Else all that lies here now will be in the base that is
   still to be made, for nobody writes yet. */
static void look_back(struct ship_files *f)
{
    struct arena a = arena_make(FILES_ARENA);
    struct manifest m;
    char line[LINE_CHARS + 1];
    i64 no;

    if (!ship_at(f->ship, line, &no) || shipped_base(&f->store, &a, line, &m) != OK || base_seen(f, &a, &m) != OK)
        read_all(f, file_seen, true);
    for (size_t i = 0; i < f->n_folders; i++)
        f->folders[i].changed = (struct timespec){ 0 };
    fail_clear();
    arena_free(&a);
}

static void *run(void *to)
{
    struct ship_files *f = to;

    do
        scan(f);
    while (!ship_stops(f->ship, f->again ? SECOND_MS : SCAN_MS));
    scan(f);
    return NULL;
}

status ship_files_start(struct ship *ship, struct ship_files **files)
{
    const struct ship_facts *facts = ship_facts(ship);
    struct ship_files *f = memory_new(sizeof *f);
    status done;

    f->ship = ship;
    done = store_open(&f->store, facts->to, facts->s3_key, true);
    if (done != INVALID)        /* a folder that is not there now may come */
        done = OK;
    if (done == OK)
        look_back(f);
    if (done == OK && !thread_start(&f->thread, run, f))
        done = fail(BROKEN, "no thread for shipping evidence");
    if (done == OK)
        *files = f;
    else
        free(f);
    return done;
}

void ship_files_stop(struct ship_files *f)
{
    pthread_join(f->thread, NULL);
    store_close(&f->store);
    free(f->seen);
    free(f);
}
