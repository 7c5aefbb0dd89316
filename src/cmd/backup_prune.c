/* What is old in a repository: snapshots, shipped segments, and the blobs that nothing names any more. */
#include "ship.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A blob is put before what names it: the young are spared. */
enum { PATH_BYTES = 4096 };
#define YOUNG_MS (2 * DAY_MS)

/* -- names of blobs that stay ------------------------------------------------------------------------------------------------------ */

struct kept { char (*at)[HASH_HEX + 1]; size_t n, room; };

/* From which segment on a line is needed. */
struct needed { char line[LINE_CHARS + 1]; i64 after; };

struct pruning {
    struct store *s;
    struct kept keep;
    struct needed *lines;
    size_t n_lines;
    i64 *gone, stuck;                   /* stuck: what should have gone, and did not */
};

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, HASH_HEX);
}

static status add_name(struct kept *keep, const struct blob *b)
{
    if (keep->n == keep->room) {
        size_t room = keep->room ? 2 * keep->room : 4096;
        char (*at)[HASH_HEX + 1] = reallocarray(keep->at, room, sizeof *at);

        if (at == NULL)
            return fail(BUSY, "no memory for the names of pieces");
        keep->at = at;
        keep->room = room;
    }
    memcpy(keep->at[keep->n++], b->name, HASH_HEX + 1);
    return OK;
}

static status add_names(struct kept *keep, const struct manifest *m)
{
    for (size_t i = 0; i < m->n_pieces; i++)
        TRY(add_name(keep, &m->pieces[i]));
    for (size_t i = 0; i < m->n_files; i++)
        TRY(add_name(keep, &m->files[i].blob));
    return add_name(keep, &m->keys);
}

/* -- blobs ---------------------------------------------------------------------------------------------------------------------------- */

static bool is_kept(const struct kept *keep, const char *name)
{
    return keep->n > 0 && strlen(name) == HASH_HEX && bsearch(name, keep->at, keep->n, sizeof keep->at[0], by_hash) != NULL;
}

/* The first that cannot go is told, the others are counted: a disk that is only read has thousands. */
static void sweep_file(struct pruning *p, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || clock_now_ms() - (i64)st.st_mtim.tv_sec * SECOND_MS <= YOUNG_MS)
        return;
    if (unlink(path) == 0)
        ++*p->gone;
    else if (errno != ENOENT && p->stuck++ == 0)
        fprintf(stderr, "lachan backup: %s cannot be taken away: %m\n", path);
}

/* NULL where there is none: nothing was put into it yet. */
static DIR *open_folder(struct pruning *p, const char *path)
{
    DIR *dir = opendir(path);

    if (dir == NULL && errno != ENOENT && p->stuck++ == 0)
        fprintf(stderr, "lachan backup: %s cannot be read: %m\n", path);
    return dir;
}

static void sweep_folder(struct pruning *p, const char *path)
{
    DIR *dir = open_folder(p, path);
    struct dirent *e;

    while (dir != NULL && (e = readdir(dir)) != NULL) {
        char file[PATH_BYTES];

        if (strlen(e->d_name) < HASH_HEX || is_kept(&p->keep, e->d_name))
            continue;
        if (snprintf(file, sizeof file, "%s/%s", path, e->d_name) < (int)sizeof file)
            sweep_file(p, file);
    }
    if (dir != NULL)
        closedir(dir);
}

/* What a kill left half-written. */
static void sweep_cut(struct pruning *p, const char *below)
{
    char path[PATH_BYTES], file[PATH_BYTES];
    struct dirent *e;
    DIR *dir;

    snprintf(path, sizeof path, "%s/%s", p->s->path, below);
    dir = open_folder(p, path);
    while (dir != NULL && (e = readdir(dir)) != NULL)
        if (str_ends(str_c(e->d_name), STR(".tmp")) && snprintf(file, sizeof file, "%s/%s", path, e->d_name) < (int)sizeof file)
            sweep_file(p, file);
    if (dir != NULL)
        closedir(dir);
}

/* Of a store elsewhere; name: "ab/SHA256". */
static status sweep_object(void *to, struct str name, i64 written)
{
    struct pruning *p = to;
    char object[PATH_BYTES];

    snprintf(object, sizeof object, "blobs/%.*s", (int)name.n, name.at);
    if (name.n <= 3 || is_kept(&p->keep, object + 9) || clock_now_ms() - written <= YOUNG_MS)
        return OK;
    ++*p->gone;
    return store_drop_object(p->s, object);
}

static status sweep(struct pruning *p)
{
    if (p->keep.n > 0)
        qsort(p->keep.at, p->keep.n, sizeof p->keep.at[0], by_hash);
    if (p->s->s3 != NULL)
        return s3_list(p->s->s3, "blobs", sweep_object, p);
    sweep_cut(p, "ship");
    sweep_cut(p, "snapshots");
    for (int i = 0; i < 256; i++) {
        char path[PATH_BYTES];

        snprintf(path, sizeof path, "%s/blobs/%02x", p->s->path, i);
        sweep_folder(p, path);
    }
    return OK;
}

/* -- snapshots ------------------------------------------------------------------------------------------------------------------------ */

static void need_line(struct pruning *p, const struct manifest *m)
{
    for (size_t i = 0; i < p->n_lines; i++)
        if (strcmp(p->lines[i].line, m->line) == 0) {
            if (m->after < p->lines[i].after)
                p->lines[i].after = m->after;
            return;
        }
    memcpy(p->lines[p->n_lines].line, m->line, sizeof m->line);
    p->lines[p->n_lines++].after = m->after;
}

/* A snapshot that cannot be read stops all: nobody knows which pieces it needs. */
static status keep_of(struct pruning *p, struct arena *a, struct str name, i64 before, bool newest)
{
    struct manifest m;
    struct str found, text;
    char object[SNAPSHOT_NAME];

    TRY(store_snapshot(p->s, a, name, &found, &text));
    if (manifest_read(a, text, &m) != OK)
        return fail(BROKEN, "snapshot %.*s: %s", (int)found.n, found.at, arena_f(a, "%s", fail_message()).at);
    if (newest || m.made >= before) {
        if (m.line[0] != '\0')
            need_line(p, &m);
        return add_names(&p->keep, &m);
    }
    snapshot_object(name, object);
    return store_drop_object(p->s, object);
}

/* -- segments ------------------------------------------------------------------------------------------------------------------------- */

static status keep_files(void *to, struct arena *a, const struct segment *s)
{
    struct pruning *p = to;

    (void)a;
    for (size_t i = 0; i < s->n_files; i++)
        TRY(add_name(&p->keep, &s->files[i].blob));
    return OK;
}

/* The newest line may wait for its base: all of it stays. */
static bool is_needed(const struct pruning *p, const struct shipped *at, const char *newest)
{
    for (size_t i = 0; i < p->n_lines; i++)
        if (strcmp(p->lines[i].line, at->line) == 0)
            return at->last > p->lines[i].after;
    return strcmp(at->line, newest) == 0;
}

/* What is damaged among those that stay, is told by verify; here only the names of evidence are wanted, so it stops. */
static status prune_segments(struct pruning *p, struct arena *a)
{
    struct shipped *list;
    const char *walked = "";
    size_t n;

    TRY(shipped_list(p->s, a, &list, &n));
    for (size_t i = 0; i < n; i++) {
        char name[SEGMENT_NAME];

        if (is_needed(p, &list[i], list[n - 1].line))
            continue;
        segment_object(list[i].line, list[i].first, list[i].last, name);
        TRY(store_drop_object(p->s, name));
        ++*p->gone;
    }
    for (size_t i = 0; i < n; i++)
        if (is_needed(p, &list[i], list[n - 1].line) && strcmp(walked, list[i].line) != 0) {
            walked = list[i].line;
            TRY(shipped_walk(&(struct walk){ .store = p->s, .line = walked, .each = keep_files, .to = p }, a));
        }
    return OK;
}

status store_prune(struct store *s, struct arena *a, i64 before, i64 *gone)
{
    struct pruning p = { .s = s, .gone = gone };
    struct names list;
    status done;

    *gone = 0;
    done = store_snapshots(s, a, &list);
    p.lines = NEW_N(a, struct needed, list.n + 1);
    for (size_t i = 0; i < list.n && done == OK; i++)
        done = keep_of(&p, a, list.at[i], before, i + 1 == list.n);
    if (done == OK)
        done = prune_segments(&p, a);
    if (done == OK)
        done = sweep(&p);
    free(p.keep.at);
    if (done == OK && p.stuck > 0)
        return fail(BROKEN, "%lld that should have gone are still there; %lld are gone", (long long)p.stuck, (long long)*gone);
    return done;
}
