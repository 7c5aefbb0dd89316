/* Bringing a restored base forward by the segments that were shipped behind it. */
#include "ship.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Enough to apply nothing that is not whole: a transaction that was cut by the end of the world never was. */
static status note_files(struct replay *r, const struct segment *s)
{
    for (size_t i = 0; i < s->n_files; i++) {
        if (r->n_files == r->room) {
            size_t room = r->room ? 2 * r->room : 256;
            struct backup_file *at = reallocarray(r->files, room, sizeof *at);

            if (at == NULL)
                return fail(BUSY, "no memory for the list of files");
            r->files = at;
            r->room = room;
        }
        r->files[r->n_files++] = s->files[i];
    }
    return OK;
}

/* NOT_FOUND ends the walk: what comes is later than what is wanted. */
static status look(void *to, struct arena *a, const struct segment *s)
{
    struct replay *r = to;

    (void)a;
    if (s->made >= r->until || s->no > r->most)
        return fail(NOT_FOUND, "later");
    if (s->whole) {
        r->last = s->no;
        r->made = s->made;
    }
    return note_files(r, s);
}

static struct walk walk_of(struct replay *r, status (*each)(void *to, struct arena *a, const struct segment *s))
{
    return (struct walk){ .store = r->store, .line = r->m->line, .from = r->m->after + 1, .most = r->most == INT64_MAX ? 0 : r->most, .origin = r->m->origin, .keys = r->keys,
                          .n_keys = r->n_keys, .each = each, .to = r };
}

status replay_check(struct replay *r, struct arena *a)
{
    struct walk w = walk_of(r, look);
    status s = shipped_walk(&w, a);

    if ((s == NOT_FOUND || r->most < r->m->needs) && r->last < r->m->needs)
        return fail(NOT_FOUND, "that base of line %s is whole from segment %lld on, and that came later: name an earlier one by --snapshot",
                    r->m->line, (long long)r->m->needs);
    if (s == NOT_FOUND)
        s = OK;
    TRY(s);
    if (r->last < r->m->needs)
        return fail(BROKEN, "segment %lld of line %s is missing: the base needs all up to %lld", (long long)(r->last ? r->last : r->m->after) + 1,
                    r->m->line, (long long)r->m->needs);
    return OK;
}

static status write_page(const struct replay *r, const struct wal_page *p, i64 bytes)
{
    if (lseek(r->fd, (p->no - 1) * bytes, SEEK_SET) >= 0 && file_write(r->fd, str_of(p->at, (size_t)bytes)))
        return OK;
    return fail(BROKEN, "writing the database: %m");
}

static status apply(void *to, struct arena *a, const struct segment *s)
{
    struct replay *r = to;
    struct wal_page *pages;

    if (s->no > r->last)
        return fail(NOT_FOUND, "later");
    TRY(segment_open(a, r->pair, s, &pages));
    for (i64 i = 0; i < s->n_pages; i++)
        TRY(write_page(r, &pages[i], s->page_bytes));
    if (s->whole && s->n_pages > 0)
        r->pages = s->db_pages * s->page_bytes;
    return OK;
}

status replay_apply(struct replay *r, struct arena *a, const char *path)
{
    struct walk w = walk_of(r, apply);
    status s;

    r->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (r->fd < 0)
        return fail(BROKEN, "%s: %m", path);
    s = shipped_walk(&w, a);
    if (s == NOT_FOUND)
        s = OK;
    if (s == OK && ((r->pages > 0 && ftruncate(r->fd, r->pages) != 0) || fsync(r->fd) != 0))
        s = fail(BROKEN, "%s: %m", path);
    close(r->fd);
    return s;
}
