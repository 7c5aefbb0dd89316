/* What the generators share: whole files, and errors that name file and line the way compilers do. */
#pragma once

#include "../src/base/str.h"

struct place {
    const char *file;
    int line;
};

/* Writes "file:line: error: message" and ends the program. */
[[gnu::noreturn, gnu::format(printf, 2, 3)]] void stop_at(struct place at, const char *format, ...);

/* The whole file, kept for the life of the program. `from` is where it was asked for, for the error. */
struct str file_text(const char *path, struct place from);
bool file_is(const char *path);
void file_write(const char *path, const struct out *text);

/* A C string that lives as long as the program. */
[[gnu::format(printf, 1, 2)]] const char *text_f(const char *format, ...);

/* Writes text as a C string literal with its quotes. */
void out_c_literal(struct out *o, struct str s);
