/* Listening sockets. */
#pragma once

#include "../base/status.h"
#include "../base/str.h"

enum { LISTEN_TEXT = 80 };

/* "127.0.0.1:8080", "[::1]:8080" or ":0". `shown` is the address with the port that was given. INVALID:
   no such address; BUSY: somebody else has it. */
status listen_open(const char *address, int *fd, char shown[LISTEN_TEXT]);

/* How many connections a listener may hold: 15,000, or as many as the system lets this process have descriptors for. */
unsigned listen_connections(void);

/* A PEM file as text, for TLS: give it to memory_free. INVALID: cannot be read, or too large. */
status listen_pem(const char *path, char **text);
