#include "body.h"

#include "spool.h"

#include <stdatomic.h>
#include <stdlib.h>

/* All bodies in memory together: beyond it even a small body goes to a spool, so that 15,000 slow senders
   cannot fill the machine. */
static const i64 memory_budget = (i64)256 * 1024 * 1024;
static _Atomic i64 memory_used;

struct body {
    const char *spool_dir;
    bool no_room;
    struct out memory;
    struct spool *spool;
    i64 came;
    status cut;
};

struct body *body_make(const char *spool_dir)
{
    struct body *b = memory_new(sizeof *b);

    b->spool_dir = spool_dir;
    b->memory.max = BODY_MEMORY_MAX;
    return b;
}

void body_without_room(struct body *b)
{
    b->no_room = true;
}

static void leave_memory(struct body *b)
{
    memory_used -= (i64)b->memory.n;
    out_wipe(&b->memory);
    out_free(&b->memory);
}

void body_free(struct body *b)
{
    if (b == NULL)
        return;
    leave_memory(b);
    spool_free(b->spool);
    free(b);
}

static status move_to_spool(struct body *b)
{
    struct spool *spool;
    status added;

    if (b->spool_dir == NULL)
        return TOO_LARGE;
    if (b->no_room)
        return fail(FULL, "a body needs a file, and there is no room for files");
    TRY(spool_make(b->spool_dir, &spool));
    added = spool_add(spool, b->memory.at, b->memory.n);
    if (added != OK) {
        spool_free(spool);
        return added;
    }
    b->spool = spool;
    leave_memory(b);
    return OK;
}

static status keep(struct body *b, const void *bytes, size_t n)
{
    if ((i64)n > BODY_MAX - body_size(b))
        return TOO_LARGE;
    if (b->spool == NULL && (b->memory.n + n > BODY_MEMORY_MAX || memory_used + (i64)n > memory_budget))
        TRY(move_to_spool(b));
    if (b->spool != NULL)
        return spool_add(b->spool, bytes, n);
    memory_used += (i64)n;
    out_bytes(&b->memory, bytes, n);
    return OK;
}

void body_add(struct body *b, const void *bytes, size_t n)
{
    b->came += (i64)n;
    if (b->cut == OK)
        b->cut = keep(b, bytes, n);
}

void body_end(struct body *b)
{
    status ended = b->spool != NULL ? spool_end(b->spool) : OK;

    if (b->cut == OK)
        b->cut = ended;
}

status body_cut(const struct body *b)
{
    return b->cut;
}

i64 body_size(const struct body *b)
{
    return b->spool != NULL ? spool_size(b->spool) : (i64)b->memory.n;
}

i64 body_came(const struct body *b)
{
    return b->came;
}

struct str body_text(const struct body *b)
{
    return b->spool != NULL ? STR_NULL : out_done(&b->memory);
}

status body_piece(struct body *b, i64 at, struct str *piece)
{
    if (b->spool != NULL)
        return spool_piece(b->spool, at, piece);
    *piece = str_from(out_done(&b->memory), (size_t)at);
    return OK;
}

status body_whole(struct body *b, size_t max, struct arena *a, struct str *text)
{
    struct out all = { .max = max };
    struct str piece = STR("");

    *text = STR("");
    if (b == NULL)
        return OK;
    TRY(body_cut(b));
    if (body_size(b) > (i64)max)
        return TOO_LARGE;
    for (i64 at = 0; at < body_size(b); at += (i64)piece.n) {
        TRY(body_piece(b, at, &piece));
        out_str(&all, piece);
    }
    *text = arena_copy(a, out_done(&all));
    out_wipe(&all);
    out_free(&all);
    return OK;
}
