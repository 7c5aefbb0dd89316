#include "tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20 };

void stop_at(struct place at, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: error: ", at.file, at.line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

bool file_is(const char *path)
{
    return access(path, R_OK) == 0;
}

struct str file_text(const char *path, struct place from)
{
    struct out text = { .max = FILE_MAX };
    FILE *file = fopen(path, "rb");
    char piece[4096];
    size_t n;

    if (file == NULL)
        stop_at(from, "cannot read %s", path);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        out_bytes(&text, piece, n);
    if (ferror(file) || text.over)
        stop_at(from, "cannot read all of %s", path);
    fclose(file);
    return out_done(&text);
}

void file_write(const char *path, const struct out *text)
{
    FILE *file = fopen(path, "wb");
    struct str all = out_done(text);
    bool ok = file != NULL && !text->over && fwrite(all.at, 1, all.n, file) == all.n;

    if (file == NULL || fclose(file) != 0 || !ok)
        stop_at((struct place){ path, 1 }, "cannot write");
}

const char *text_f(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int n;

    va_start(args, format);
    n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        abort();
    return text;
}

void out_c_literal(struct out *o, struct str s)
{
    out_char(o, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if (c == '"' || c == '\\')
            out_f(o, "\\%c", c);
        else if (c == '\n')
            out_c(o, "\\n");
        else if (c < 0x20 || c == 0x7f)
            out_f(o, "\\%03o", c);
        else
            out_char(o, (char)c);
    }
    out_char(o, '"');
}
