/* Rows that decide who may enter must be what the newest log entry says, not only bear a right mark: an older state of the
   row bears one too. Asked at every use; what agreed lately is remembered by its mark, so that a page does not pay for it. */
#include "row.h"

#include "../base/clock.h"

#include <pthread.h>

enum { REMEMBERED = 8192, MARK = 16 };

static struct { uint8_t mark[MARK]; i64 at; } lately[REMEMBERED];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t slot_of(const uint8_t mark[MARK])
{
    uint32_t n;

    memcpy(&n, mark, sizeof n);
    return n % REMEMBERED;
}

static bool known(const uint8_t mark[MARK], i64 now)
{
    size_t i = slot_of(mark);
    bool same;

    pthread_mutex_lock(&lock);
    same = memcmp(lately[i].mark, mark, MARK) == 0 && now >= lately[i].at && now - lately[i].at < AGREES_MS;
    pthread_mutex_unlock(&lock);
    return same;
}

static void remember(const uint8_t mark[MARK], i64 now)
{
    size_t i = slot_of(mark);

    pthread_mutex_lock(&lock);
    memcpy(lately[i].mark, mark, MARK);
    lately[i].at = now;
    pthread_mutex_unlock(&lock);
}

/* Somebody changed the row between our two reads: neither is wrong, so the caller tries again later. */
static bool changed_meanwhile(struct ledger *l, const struct table *t, const void *row, struct str mac)
{
    void *present = arena_alloc(l->arena, t->row_size);

    return db_one(l->db, t->by_key, row, present) != OK || !str_eq(*row_mac(t, present), mac);
}

status row_agrees_lately(struct ledger *l, const struct table *t, const void *row, i64 now)
{
    struct str mac = *row_mac(t, (void *)row);
    status s;

    if (l->act != NULL)         /* its own entry is not written yet */
        return OK;
    if (mac.n < MARK)
        return fail(BROKEN, "a row of %s has no mark", t->name);
    if (known((const uint8_t *)mac.at, now))
        return OK;
    s = row_agrees_with_log(l, t, row);
    if (s == OK)
        remember((const uint8_t *)mac.at, now);
    return s == BROKEN && changed_meanwhile(l, t, row, mac) ? fail(BUSY, "a row of %s is being changed", t->name) : s;
}
