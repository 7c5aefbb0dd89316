/* tidy: the house style as a program. `tidy [--worst N] ARCHITECTURE.md FILE...`
   Fails on: an include that the table in ARCHITECTURE.md does not allow, a banned call, SQL or markup out of place, #ifdef
   outside base and detect. Lists, without failing: the longest functions, files and lines. */
#include "tool.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODULES = 32, FUNCTIONS = 8192 };

/* -- the include table ------------------------------------------------------------------------------------------------- */

struct module { struct str name, may; };       /* may: names with blanks between */
static struct module modules[MODULES];
static size_t n_modules;
static int failures;

static void complain(const char *file, int line, const char *what, struct str about)
{
    printf("%s:%d: %s: %.*s\n", file, line, what, (int)about.n, about.at);
    failures++;
}

/* Rows look like "| `web` | `base` `vault` `db` `ledger` | why |" under a heading with the word Includes. */
static void read_table(const char *path)
{
    struct str text = file_text(path, (struct place){ "tidy", 0 }), line, cell;
    bool inside = false;

    while (str_cut(&text, '\n', &line)) {
        struct str rest = line;

        if (str_starts(line, STR("#")))
            inside = str_find(line, STR("Includes")) < line.n;
        if (!inside || !str_starts(line, STR("| `")) || n_modules == MODULES)
            continue;
        str_cut(&rest, '|', &cell);
        str_cut(&rest, '|', &modules[n_modules].name);
        str_cut(&rest, '|', &modules[n_modules].may);
        modules[n_modules].name = str_trim(modules[n_modules].name);
        n_modules++;
    }
    if (n_modules == 0)
        stop_at((struct place){ path, 1 }, "no table of includes under a heading with the word \"Includes\"");
}

static const struct module *module_of(struct str name)
{
    for (size_t i = 0; i < n_modules; i++) {
        struct str quoted = modules[i].name;

        if (quoted.n == name.n + 2 && memcmp(quoted.at + 1, name.at, name.n) == 0)
            return &modules[i];
    }
    return NULL;
}

/* Folder below src/ of a path: "speakup" of "src/speakup/pages.c"; "" outside, and for app.c and main.c. */
static struct str folder_of(struct str path)
{
    struct str rest = path, part;

    if (!str_starts(path, STR("src/")))
        return STR("");
    rest = str_from(path, 4);
    if (!str_cut(&rest, '/', &part) || rest.at == NULL)
        return STR("");
    return part;
}

/* #include "../web/web.h": the folder that is meant, "" for the own one and for generated headers. */
static struct str included(struct str line)
{
    struct str rest = line, name, part;

    str_cut(&rest, '"', &part);
    if (!str_cut(&rest, '"', &name) || !str_starts(name, STR("../")))
        return STR("");
    rest = str_from(name, 3);
    str_cut(&rest, '/', &part);
    return rest.at != NULL ? part : STR("");
}

static void check_include(const char *file, int number, struct str line)
{
    struct str from = folder_of(str_c(file)), to = included(line);
    const struct module *m = module_of(from);
    char quoted[64];

    if (to.n == 0 || from.n == 0 || str_eq(from, to) || str_is(to, ".."))
        return;
    if (m == NULL) {
        complain(file, number, "folder is not in the table of includes", from);
        return;
    }
    snprintf(quoted, sizeof quoted, "`%.*s`", (int)to.n, to.at);
    if (str_find(m->may, str_c(quoted)) == m->may.n)
        complain(file, number, "this folder may not include that one", line);
}

/* -- banned words ------------------------------------------------------------------------------------------------------------ */

static const char *const banned[] = {
    "sprintf", "strcpy", "strcat", "strtok", "atoi", "localtime", "system", "rand", "alloca", "gets", "PQexec",
    "MHD_create_post_processor",
};

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void check_banned(const char *file, int number, struct str line)
{
    for (size_t i = 0; i < COUNT_OF(banned); i++) {
        size_t at = str_find(line, str_c(banned[i])), n = strlen(banned[i]);

        if (at + n < line.n && line.at[at + n] == '(' && (at == 0 || !word_char(line.at[at - 1])))
            complain(file, number, "banned call", str_c(banned[i]));
    }
}

/* Words that only SQL starts a string with. */
static void check_sql(const char *file, int number, struct str line)
{
    static const char *const starts[] = { "\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "\"CREATE TABLE " };

    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (str_find(line, str_c(starts[i])) < line.n)
            complain(file, number, "SQL belongs into a .sql file", str_trim(line));
}

static void check_markup(const char *file, int number, struct str line)
{
    static const char *const tags[] = { "\"<p", "\"<div", "\"<a ", "\"<html", "\"<form", "\"<table", "\"<svg" };

    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (str_find(line, str_c(tags[i])) < line.n)
            complain(file, number, "markup belongs into a template", str_trim(line));
}

static bool may_have_sql(struct str path)
{
    return str_starts(path, STR("src/db/")) || str_starts(path, STR("tools/")) || str_find(path, STR("/test/")) < path.n ||
           str_starts(path, STR("test/")) || str_starts(path, STR("bench/"));
}

static bool may_have_markup(struct str path)
{
    return str_starts(path, STR("src/web/html")) || !str_starts(path, STR("src/")) || str_find(path, STR("/test/")) < path.n;
}

static bool may_have_ifdef(struct str path)
{
    return !str_starts(path, STR("src/")) || str_starts(path, STR("src/base/"));
}

/* -- sizes --------------------------------------------------------------------------------------------------------------------- */

struct size { const char *file; int line, n; char name[64]; };
static struct size functions[FUNCTIONS];
static size_t n_functions;

/* Name before the first '(' of a line that begins in column one. */
static void name_of(struct str line, char name[64])
{
    size_t end = str_find_char(line, '('), start = end;

    while (start && word_char(line.at[start - 1]))
        start--;
    snprintf(name, 64, "%.*s", (int)(end - start), line.at + start);
}

struct walk { const char *file; struct str head; int head_line, body_line; };

/* A function is a line in column one with '(', then '{' alone, then '}' alone. */
static void count_function(struct walk *w, int number, struct str line)
{
    if (str_is(line, "{")) {
        w->body_line = number;
    } else if (str_is(line, "}") && w->body_line && n_functions < FUNCTIONS) {
        struct size *s = &functions[n_functions++];

        *s = (struct size){ .file = w->file, .line = w->head_line, .n = number - w->body_line - 1 };
        name_of(w->head, s->name);
        w->body_line = 0;
    } else if (line.n && isalpha((unsigned char)line.at[0]) && str_find_char(line, '(') < line.n) {
        w->head = line;
        w->head_line = number;
    }
}

static int longest_first(const void *a, const void *b)
{
    return ((const struct size *)b)->n - ((const struct size *)a)->n;
}

static void show_sizes(int worst)
{
    size_t over = 0;

    qsort(functions, n_functions, sizeof *functions, longest_first);
    for (size_t i = 0; i < n_functions; i++)
        over += functions[i].n > 45;
    if (worst == 0 || n_functions == 0)
        return;
    printf("%zu functions, median %d lines, %zu over 45\n", n_functions, functions[n_functions / 2].n, over);
    for (size_t i = 0; i < n_functions && i < (size_t)worst; i++)
        printf("  %4d  %s:%d %s\n", functions[i].n, functions[i].file, functions[i].line, functions[i].name);
}

/* -- files ----------------------------------------------------------------------------------------------------------------------- */

static void check_line(const char *file, int number, struct str line)
{
    struct str path = str_c(file);

    if (str_starts(line, STR("#include \"")))
        check_include(file, number, line);
    check_banned(file, number, line);
    if (!may_have_sql(path))
        check_sql(file, number, line);
    if (!may_have_markup(path))
        check_markup(file, number, line);
    if (!may_have_ifdef(path) && (str_starts(line, STR("#ifdef")) || str_starts(line, STR("#ifndef"))))
        complain(file, number, "#ifdef outside base", line);
    if (line.n && (line.at[line.n - 1] == ' ' || line.at[line.n - 1] == '\t'))
        complain(file, number, "blanks at the end of a line", STR(""));
}

static void check_file(const char *file)
{
    struct str text = file_text(file, (struct place){ "tidy", 0 }), line;
    struct walk w = { .file = file };

    for (int number = 1; str_cut(&text, '\n', &line); number++) {
        check_line(file, number, line);
        count_function(&w, number, line);
    }
}

/* Two migrations of one number would run in an order that nobody chose. */
static void check_migration(const char *file)
{
    static char seen[256][8];
    static size_t n;
    const char *slash = strrchr(file, '/');

    for (size_t i = 0; i < n; i++)
        if (strncmp(seen[i], slash + 1, 4) == 0)
            complain(file, 1, "two migrations have this number", str_of(slash + 1, 4));
    if (n < COUNT_OF(seen))
        snprintf(seen[n++], sizeof seen[0], "%.4s", slash + 1);
}

int main(int argc, char **argv)
{
    int worst = 0, i = 1;

    if (argc > 2 && strcmp(argv[1], "--worst") == 0) {
        i64 n = 0;

        (void)str_i64(str_c(argv[2]), &n);
        worst = (int)n;
        i = 3;
    }
    if (argc < i + 1) {
        fprintf(stderr, "usage: tidy [--worst N] ARCHITECTURE.md FILE...\n");
        return 2;
    }
    read_table(argv[i++]);
    for (; i < argc; i++)
        if (str_starts(str_c(argv[i]), STR("migrations/")))
            check_migration(argv[i]);
        else
            check_file(argv[i]);
    show_sizes(worst);
    printf("tidy: %d complaints\n", failures);
    return failures != 0;
}
