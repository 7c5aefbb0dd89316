/* Writing JSON strings. */
#ifndef CMD_JSON_OUT_H
#define CMD_JSON_OUT_H

#include <stddef.h>
#include <stdio.h>

/* A quoted string; letters stay as they are, bytes that are not UTF-8 become U+FFFD. */
void json_string(FILE *to, const char *text, size_t n);

#endif
