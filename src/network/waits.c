/* How long reports waited to be read. In memory alone: beside the exact time of a claim, a kept figure would tell when a child
   wrote (V15). After a restart nothing is known until enough reports were read, and then nothing is shown. */
#include "rules.h"

#include <pthread.h>
#include <stdlib.h>

enum { WAITS = 512 };

static struct wait { struct id unit; i64 at, step; } waits[WAITS];
static size_t next;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void network_wait_add(struct id unit, i64 now, i64 minutes)
{
    pthread_mutex_lock(&lock);
    waits[next++ % WAITS] = (struct wait){ unit, now, minutes < 0 ? 0 : minutes / WAIT_STEP_MINUTES };
    pthread_mutex_unlock(&lock);
}

static int shortest_first(const void *a, const void *b)
{
    const struct wait_step *x = a, *y = b;

    return x->step < y->step ? -1 : x->step > y->step;
}

i64 network_wait_usual(struct id unit, i64 now)
{
    struct wait_step steps[WAITS];
    size_t n = 0;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < WAITS && i < next; i++)
        if (id_eq(waits[i].unit, unit) && waits[i].at > now - 7 * DAY_MS)
            steps[n++] = (struct wait_step){ waits[i].step, 1 };
    pthread_mutex_unlock(&lock);
    qsort(steps, n, sizeof *steps, shortest_first);
    return wait_usual(steps, n);
}
