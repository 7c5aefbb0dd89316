/* Finds addresses in running text: with a scheme, or a bare host such as bad.example/x. */
#ifndef DETECT_TEXT_LINKS_H
#define DETECT_TEXT_LINKS_H

#include <stddef.h>

struct link {
	size_t start, end;        /* bytes of the text; set both to 0 before the first call */
	size_t host, host_length;
};

/* Moves to the next one; 0 if there is none. */
int links_next(const char *text, size_t n, struct link *link);

#endif
