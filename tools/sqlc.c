#include "sqlc.h"

#include <stdio.h>

enum { CODE_MAX = 8 << 20 };

struct arena *sqlc_arena(void)
{
    static struct arena arena;

    if (arena.first == NULL)
        arena = arena_make((size_t)256 << 20);
    return &arena;
}

int line_of(struct str text, size_t offset)
{
    int line = 1;

    for (size_t i = 0; i < offset && i < text.n; i++)
        line += text.at[i] == '\n';
    return line;
}

static int tables(int argc, char **argv)
{
    struct out header = { .max = CODE_MAX }, source = { .max = CODE_MAX };
    struct schema s = schema_load(argv + 2, (size_t)argc - 2);

    emit_tables_header(&s, &header);
    emit_tables_source(&s, &source);
    file_write(argv[0], &header);
    file_write(argv[1], &source);
    return 0;
}

static int module(int argc, char **argv)
{
    struct out header = { .max = CODE_MAX }, source = { .max = CODE_MAX };
    struct schema s = schema_load(argv + 3, (size_t)argc - 3);
    struct module m = module_read(&s, argv[0]);

    module_check(&s, &m);
    emit_module_header(&m, &header);
    emit_module_source(&m, &source);
    file_write(argv[1], &header);
    file_write(argv[2], &source);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "tables") == 0)
        return tables(argc - 2, argv + 2);
    if (argc >= 6 && strcmp(argv[1], "module") == 0)
        return module(argc - 2, argv + 2);
    fputs("usage: sqlc tables OUT.h OUT.c MIGRATION...\n"
          "       sqlc module STORE.sql OUT.h OUT.c MIGRATION...\n", stderr);
    return 2;
}
