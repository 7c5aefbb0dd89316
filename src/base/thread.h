/* Threads beside the one that waits for the end. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

/* A thread that gets no signals, so that SIGTERM reaches whoever waits for it. False: there is none. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *to);
