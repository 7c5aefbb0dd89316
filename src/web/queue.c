#include "queue.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { REPORT_TURNS = 3, ALL_TURNS = 4 };      /* of four turns, three are a new report's when both lanes wait */

struct place { void *item; uint64_t number; };

struct ring {
    struct place *at;
    int size, first, n;
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct ring lanes[LANES];
    int running[LANES], half, quarter, turn;
    int idle;                   /* workers asleep */
    uint64_t number;            /* order of arrival over all lanes */
    bool closed;
};

struct queue *queue_make(int workers, const int places[LANES])
{
    struct queue *q = memory_new(sizeof *q);

    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->changed, NULL);
    q->half = workers > 1 ? workers / 2 : 1;
    q->quarter = workers > 3 ? workers / 4 : 1;
    for (int lane = 0; lane < LANES; lane++) {
        q->lanes[lane].size = places[lane];
        q->lanes[lane].at = memory_new((size_t)places[lane] * sizeof(struct place));
    }
    return q;
}

void queue_free(struct queue *q)
{
    for (int lane = 0; lane < LANES; lane++) {
        assert(q->lanes[lane].n == 0);
        free(q->lanes[lane].at);
    }
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

static bool may_run(const struct queue *q, enum lane lane);

/* Wakes nobody for what may not run yet: whoever gives the lane's place back takes it (queue_next). */
bool queue_put(struct queue *q, enum lane lane, void *item)
{
    struct ring *r = &q->lanes[lane];
    bool room, wake;

    pthread_mutex_lock(&q->lock);
    room = !q->closed && r->n < r->size;
    if (room)
        r->at[(r->first + r->n++) % r->size] = (struct place){ item, q->number++ };
    wake = room && q->idle > 0 && may_run(q, lane);
    pthread_mutex_unlock(&q->lock);
    if (wake)
        pthread_cond_signal(&q->changed);
    return room;
}

/* The anonymous lane whose turn it is, as far as it waits. */
static enum lane anonymous_lane(const struct queue *q)
{
    bool report = q->lanes[LANE_REPORT].n > 0, back = q->lanes[LANE_RETURN].n > 0;

    if (report && back)
        return q->turn < REPORT_TURNS ? LANE_REPORT : LANE_RETURN;
    return report ? LANE_REPORT : LANE_RETURN;
}

static bool may_run(const struct queue *q, enum lane lane)
{
    if (q->lanes[lane].n == 0)
        return false;
    if (lane == LANE_STAFF)
        return q->running[LANE_STAFF] == 0;
    if (lane == LANE_REPORT || lane == LANE_RETURN)
        return q->running[LANE_REPORT] + q->running[LANE_RETURN] < q->half;
    return lane != LANE_PARTNER || q->running[LANE_PARTNER] < q->quarter;
}

static uint64_t oldest(const struct queue *q, enum lane lane)
{
    return q->lanes[lane].at[q->lanes[lane].first].number;
}

static void *take_from(struct queue *q, enum lane lane)
{
    struct ring *r = &q->lanes[lane];
    void *item = r->at[r->first].item;

    if (q->lanes[LANE_REPORT].n && q->lanes[LANE_RETURN].n && (lane == LANE_REPORT || lane == LANE_RETURN))
        q->turn = (q->turn + 1) % ALL_TURNS;
    r->first = (r->first + 1) % r->size;
    r->n--;
    q->running[lane]++;
    return item;
}

static void *pick(struct queue *q)
{
    const enum lane candidates[] = { LANE_NONE, anonymous_lane(q), LANE_STAFF, LANE_PARTNER };
    enum lane best = LANES;

    for (size_t i = 0; i < COUNT_OF(candidates); i++)
        if (may_run(q, candidates[i]) && (best == LANES || oldest(q, candidates[i]) < oldest(q, best)))
            best = candidates[i];
    return best == LANES ? NULL : take_from(q, best);
}

void *queue_try(struct queue *q)
{
    void *item;

    pthread_mutex_lock(&q->lock);
    item = pick(q);
    pthread_mutex_unlock(&q->lock);
    return item;
}

static bool empty(const struct queue *q)
{
    for (int lane = 0; lane < LANES; lane++)
        if (q->lanes[lane].n > 0)
            return false;
    return true;
}

static bool any_may_run(const struct queue *q)
{
    for (int lane = 0; lane < LANES; lane++)
        if (may_run(q, (enum lane)lane))
            return true;
    return false;
}

/* With the lock held, which it gives back. Each worker that takes something wakes the next if more may run, so that nobody
   is woken for nothing: sixteen workers that wake at every request cost more than most requests do. */
static void *take(struct queue *q)
{
    void *item;
    bool more, last;

    while ((item = pick(q)) == NULL && !(q->closed && empty(q))) {
        q->idle++;
        pthread_cond_wait(&q->changed, &q->lock);
        q->idle--;
    }
    more = q->idle > 0 && any_may_run(q);
    last = q->closed && empty(q);
    pthread_mutex_unlock(&q->lock);
    if (last)
        pthread_cond_broadcast(&q->changed);
    else if (more)
        pthread_cond_signal(&q->changed);
    return item;
}

void *queue_take(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    return take(q);
}

void *queue_next(struct queue *q, enum lane lane)
{
    pthread_mutex_lock(&q->lock);
    q->running[lane]--;
    return take(q);
}

void queue_done(struct queue *q, enum lane lane)
{
    pthread_mutex_lock(&q->lock);
    q->running[lane]--;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

struct queue_state queue_look(struct queue *q)
{
    struct queue_state s = { 0 };

    pthread_mutex_lock(&q->lock);
    for (int lane = 0; lane < LANES; lane++) {
        s.waiting[lane] = q->lanes[lane].n;
        s.running[lane] = q->running[lane];
    }
    pthread_mutex_unlock(&q->lock);
    return s;
}
