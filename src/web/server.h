/* The server: sockets, threads, limits. The only part that knows the HTTP library. */
#pragma once

#include "handle.h"

struct server_config {
    const struct app *app;
    const char *address;                /* "127.0.0.1:8080"; port 0: any */
    const char *manage;                 /* a second address for /metrics, or NULL */
    const char *tls_cert, *tls_key;     /* PEM files, or NULL */
    int workers;                        /* 0: a default */
    i64 header_ms, body_ms;             /* how long a head and a body may take; 0: 10 s and 30 s */
    const int *places;                  /* [LANES]: how many may wait; NULL: a default */
};

struct server;

/* Serves on threads of its own. Blocks SIGTERM and SIGINT in the caller, so that server_wait sees them.
   INVALID, BUSY. */
status server_start(const struct server_config *config, struct server **s);
const char *server_address(const struct server *s);             /* "127.0.0.1:8080", as it came to be */
const char *server_manage_address(const struct server *s);      /* "" if there is none */
void server_wait(struct server *s);     /* until SIGTERM or SIGINT */
/* Takes nothing new, finishes what waits, sends what is answered (at most 10 s), ends all threads. */
void server_stop(struct server *s);
