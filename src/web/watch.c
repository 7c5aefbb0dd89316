#include "watch.h"

#include "../base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { SWEEP_S = 1 };

struct watched {
    struct watched *next, **link;
    i64 until;                  /* monotonic ms */
    int fd;
};

struct watch {
    pthread_mutex_t lock;
    pthread_cond_t stopping;
    pthread_t thread;
    struct watched *first;
    i64 n, shut;
    bool stop;
};

static void sweep(struct watch *w, i64 now)
{
    for (struct watched *c = w->first; c != NULL; c = c->next)
        if (c->until <= now) {
            shutdown(c->fd, SHUT_RDWR);
            c->until = WATCH_FOREVER;
            w->shut++;
        }
}

static void *watch_run(void *arg)
{
    struct watch *w = arg;
    struct timespec at;

    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        clock_gettime(CLOCK_MONOTONIC, &at);
        at.tv_sec += SWEEP_S;
        pthread_cond_timedwait(&w->stopping, &w->lock, &at);
        sweep(w, clock_mono_ms());
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct watch *watch_start(void)
{
    struct watch *w = memory_new(sizeof *w);
    pthread_condattr_t attributes;
    int bad;

    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&w->stopping, &attributes);
    pthread_condattr_destroy(&attributes);
    bad = pthread_create(&w->thread, NULL, watch_run, w);
    assert(bad == 0);
    (void)bad;
    return w;
}

void watch_stop(struct watch *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->stopping);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    assert(w->first == NULL);
    pthread_cond_destroy(&w->stopping);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

struct watched *watch_add(struct watch *w, int fd, i64 ms)
{
    struct watched *c = memory_new(sizeof *c);

    *c = (struct watched){ .fd = fd, .until = clock_mono_ms() + ms };
    pthread_mutex_lock(&w->lock);
    c->next = w->first;
    c->link = &w->first;
    if (c->next != NULL)
        c->next->link = &c->next;
    w->first = c;
    w->n++;
    pthread_mutex_unlock(&w->lock);
    return c;
}

void watch_remove(struct watch *w, struct watched *c)
{
    pthread_mutex_lock(&w->lock);
    *c->link = c->next;
    if (c->next != NULL)
        c->next->link = c->link;
    w->n--;
    pthread_mutex_unlock(&w->lock);
    free(c);
}

void watch_for(struct watch *w, struct watched *c, i64 ms)
{
    pthread_mutex_lock(&w->lock);
    c->until = ms == WATCH_FOREVER ? WATCH_FOREVER : clock_mono_ms() + ms;
    pthread_mutex_unlock(&w->lock);
}

void watch_longer(struct watch *w, struct watched *c, i64 ms)
{
    pthread_mutex_lock(&w->lock);
    c->until += ms;
    pthread_mutex_unlock(&w->lock);
}

i64 watch_count(struct watch *w, i64 *shut)
{
    i64 n;

    pthread_mutex_lock(&w->lock);
    n = w->n;
    *shut = w->shut;
    pthread_mutex_unlock(&w->lock);
    return n;
}

void watch_shut_all(struct watch *w)
{
    pthread_mutex_lock(&w->lock);
    sweep(w, WATCH_FOREVER);
    pthread_mutex_unlock(&w->lock);
}
