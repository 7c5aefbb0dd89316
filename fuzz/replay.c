/* Runs a target on every file of its corpus, and on COUNT inputs made of them by a generator with a fixed seed: two TAP lines, or an
   abort whose last line on stderr names the input. replay FOLDER [COUNT] */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { INPUT_MAX = 4 * 1024 * 1024, KEPT_MAX = 64 * 1024, KEPT = 512, CHANGES_MAX = 5 };

static uint8_t input[INPUT_MAX];
static struct { uint8_t *at; size_t n; } kept[KEPT];
static size_t n_kept;

static void keep(size_t n)
{
    if (n_kept == KEPT || n > KEPT_MAX || (kept[n_kept].at = malloc(n + 1)) == NULL)
        return;
    memcpy(kept[n_kept].at, input, n);
    kept[n_kept++].n = n;
}

static int replay(const char *folder, const char *name)
{
    char path[1024];
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    n = fread(input, 1, sizeof input, f);
    fclose(f);
    fprintf(stderr, "# %s\n", name);
    keep(n);
    LLVMFuzzerTestOneInput(input, n);
    return 1;
}

/* -- inputs that nobody has written ------------------------------------------------------------------------- */

static uint64_t state = 0x9e3779b97f4a7c15;

static size_t below(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n ? (size_t)(state >> 11) % n : 0;
}

static size_t cut(size_t n, size_t at, size_t span)
{
    memmove(input + at, input + at + span, n - at - span);
    return n - span;
}

static size_t insert(size_t n, size_t at, const void *from, size_t span)
{
    memmove(input + at + span, input + at, n - at);
    memcpy(input + at, from, span);
    return n + span;
}

/* What parsers stumble over, beside bytes of the input's own. */
static size_t change(size_t n)
{
    static const char *const words[] = { "\r\n", "\n", "\"", "\\", "{", "}", "[", "]", "<", ">", "&", "=", "%", "%00", ";", ":", ",", ".", "..", "/", "--",
                                         "0", "-1", "99999999999999999999", "\xff", "\xc3\xa1", "\xed\xa0\x80", " ", "\t", "''", "#", "null", "true" };
    size_t at = below(n + 1), left = n - at, span = below(left < 40 ? left + 1 : 40);
    const char *word = words[below(sizeof words / sizeof *words)];
    size_t other = below(n_kept), from = below(kept[other].n);
    uint8_t again[40];

    switch (below(6)) {
    case 0:
        if (left)
            input[at] = (uint8_t)below(256);
        return n;
    case 1:
        return cut(n, at, span);
    case 2:
        memcpy(again, input + at, span);
        return insert(n, at, again, span);
    case 3:
        return insert(n, at, word, strlen(word));
    case 4:
        span = below(kept[other].n - from + 1);
        return insert(n, at, kept[other].at + from, span);
    default:
        return at;
    }
}

static void try_made(int i)
{
    size_t which = below(n_kept), n = kept[which].n;

    memcpy(input, kept[which].at, n);
    for (size_t changes = 1 + below(CHANGES_MAX); changes > 0; changes--)
        n = change(n);
    fprintf(stderr, "\r# made %d", i);
    LLVMFuzzerTestOneInput(input, n);
}

int main(int argc, char **argv)
{
    struct dirent **list = NULL;
    int found = argc >= 2 ? scandir(argv[1], &list, NULL, alphasort) : 0, n = 0, made = argc >= 3 ? atoi(argv[2]) : 0;

    for (int i = 0; i < found; i++) {
        if (list[i]->d_name[0] != '.')
            n += replay(argv[1], list[i]->d_name);
        free(list[i]);
    }
    free(list);
    for (int i = 0; i < made && n_kept > 0; i++)
        try_made(i);
    printf("%s 1 - the corpus of %d inputs runs\nok 2 - so do %d made of them\n1..2\n", n > 0 ? "ok" : "not ok", n, made);
    return n == 0;
}
