/* Runs a target on every file of its corpus: one TAP line, or an abort that names the file on stderr. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>

enum { INPUT_MAX = 4 * 1024 * 1024 };

static uint8_t input[INPUT_MAX];

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
    LLVMFuzzerTestOneInput(input, n);
    return 1;
}

int main(int argc, char **argv)
{
    DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
    const struct dirent *e;
    int n = 0;

    while (d != NULL && (e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            n += replay(argv[1], e->d_name);
    if (d != NULL)
        closedir(d);
    printf("%s 1 - the corpus of %d inputs runs\n1..1\n", n > 0 ? "ok" : "not ok", n);
    return n == 0;
}
