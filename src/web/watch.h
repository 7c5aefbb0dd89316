/* Deadlines of connections. The HTTP library's own time-out is one of inactivity, so a drip-fed request
   would live for ever; here a thread looks once a second and shuts down whatever has passed its time. */
#pragma once

#include "../base/clock.h"

struct watch;               /* of one listener */
struct watched;             /* one connection */

struct watch *watch_start(void);
void watch_stop(struct watch *w);               /* all connections must be gone */

struct watched *watch_add(struct watch *w, int fd, i64 ms);     /* may live for `ms` from now until told otherwise */
void watch_remove(struct watch *w, struct watched *c);          /* before the descriptor is closed */
void watch_for(struct watch *w, struct watched *c, i64 ms);     /* `ms` from now; WATCH_FOREVER while we work on it */
void watch_longer(struct watch *w, struct watched *c, i64 ms);  /* `ms` more than it had */
i64 watch_count(struct watch *w, i64 *shut);                    /* connections now, and those shut down so far */
void watch_shut_all(struct watch *w);

#define WATCH_FOREVER ((i64)1 << 60)
