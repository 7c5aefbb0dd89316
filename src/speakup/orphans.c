/* A file without a row is what a crash left between the file and its transaction. After a day nobody can still be writing it. */
#include "speakup.h"

#include "../base/log.h"

#include "speakup.sql.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct sweep { struct ledger *l; i64 now; int removed; };

/* The file's time is the day it came, so two days back is certainly more than one ago. */
static bool is_old(int dir, const char *name, i64 now)
{
    struct stat st;

    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           (i64)st.st_mtim.tv_sec * 1000 < now - 2 * DAY_MS;
}

static status look_at(struct sweep *s, int dir, const char *name)
{
    struct file_known_row known;
    struct id id;

    if (!is_old(dir, name, s->now))
        return OK;
    if (id_of_text(str_c(name), &id)) {
        TRY(sql_file_known(s->l->db, (struct sql_file_known){ .id = id }, &known));
        if (known.n)
            return OK;
    }
    s->removed += unlinkat(dir, name, 0) == 0;
    return OK;
}

static status sweep_dir(struct sweep *s, const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    status result = OK;

    while (d != NULL && result == OK && (e = readdir(d)) != NULL)
        result = look_at(s, dirfd(d), e->d_name);
    if (d != NULL)
        closedir(d);
    return result;
}

status upload_orphans(struct ledger *l, const struct app *app, i64 now)
{
    struct sweep s = { .l = l, .now = now };
    struct str root = arena_f(l->arena, "%s/files", app->data_dir);
    DIR *d = opendir(root.at);
    struct dirent *e;
    status result = OK;

    while (d != NULL && result == OK && (e = readdir(d)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            result = sweep_dir(&s, arena_f(l->arena, "%s/%s", root.at, e->d_name).at);
    if (d != NULL)
        closedir(d);
    if (s.removed)
        log_info("orphans", "removed=%d", s.removed);
    return result;
}
