/* Requests that wait for a worker, each in its lane (SECURITY.md, "Load"). A request waits for its lane
   here and not on a worker, so staff signing in never hold up a child. */
#pragma once

#include "web.h"

struct queue;

/* For this many workers; places[lane] requests may wait in each lane. */
struct queue *queue_make(int workers, const int places[LANES]);
void queue_free(struct queue *q);               /* it must be empty */

bool queue_put(struct queue *q, enum lane lane, void *item);    /* false: the lane is full, or the queue is closed */
/* Waits for an item that may run now: the oldest whose lane has a place. NULL: closed and empty. */
void *queue_take(struct queue *q);
void *queue_try(struct queue *q);               /* the same without waiting: NULL if nothing may run now */
void *queue_next(struct queue *q, enum lane lane);              /* gives the place back and waits for the next item */
void queue_done(struct queue *q, enum lane lane);               /* gives the place back, and takes nothing more */
void queue_close(struct queue *q);              /* nothing new comes in; what waits is still taken */

struct queue_state { int waiting[LANES], running[LANES]; };
struct queue_state queue_look(struct queue *q);
