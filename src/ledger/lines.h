/* Lines of the texts that proofs travel in: a word, a blank, and base64 or a number. */
#pragma once

#include "look.h"

void line_write(struct out *o, struct arena *a, const char *what, struct str bytes);
/* "path BASE64" for each hash, and "end". */
void line_path_write(struct out *o, struct arena *a, struct str path);

/* Each takes a line off the text, if it begins with the word. line_number: not below 0. line_path: to the end of the text. */
bool line_bytes(struct arena *a, struct str *text, const char *word, struct str *bytes);
bool line_number(struct str *text, const char *word, i64 *n);
bool line_path(struct arena *a, struct str *text, struct str *path);
