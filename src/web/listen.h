/* Listening sockets. */
#pragma once

#include "../base/status.h"
#include "../base/str.h"

enum { LISTEN_TEXT = 80 };

/* "127.0.0.1:8080", "[::1]:8080" or ":0". `shown` is the address with the port that was given. INVALID:
   no such address; BUSY: somebody else has it. */
status listen_open(const char *address, int *fd, char shown[LISTEN_TEXT]);

/* Lets the process have `want` descriptors, or as many as it may: gives how many. */
i64 listen_descriptors(i64 want);

/* A PEM file as text, for TLS. INVALID: cannot be read, or too large. listen_pem_free wipes it. */
status listen_pem(const char *path, char **text);
void listen_pem_free(char *text);               /* NULL is fine */
