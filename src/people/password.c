/* Which passwords are refused: too short, too long, on the shipped list, or like the person's own name. */
#include "people.h"

#include "../base/content.h"
#include "../base/text.h"

#include <stdlib.h>

enum { PASSWORD_CHARS_MIN = 15, PASSWORD_BYTES_MAX = 1024, LIST_BYTES = 16 << 20, LIST_MAX = 200000 };

static struct arena memory;
static struct strs list;        /* folded and sorted */

static int order(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Lower case, marks off, and the blanks that people put between words left out. */
static struct str fold(struct arena *a, struct str password)
{
    struct str key = text_search_key(a, password);
    char *at = arena_alloc(a, key.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < key.n; i++)
        if (strchr(" ._-", key.at[i]) == NULL)
            at[n++] = key.at[i];
    return str_of(at, n);
}

status password_list_load(void)
{
    struct str text, line;

    if (memory.first == NULL)
        memory = arena_make(LIST_BYTES);
    TRY(content_read(&memory, "passwords-weak.txt", &text));
    list = (struct strs){ .at = NEW_N(&memory, struct str, LIST_MAX) };
    while (str_cut(&text, '\n', &line) && list.n < LIST_MAX) {
        line = str_trim(line);
        if (line.n && !str_starts(line, STR("# ")) && !str_is(line, "#"))
            list.at[list.n++] = line;
    }
    qsort(list.at, list.n, sizeof *list.at, order);
    return OK;
}

size_t password_list_size(void)
{
    return list.n;
}

/* The name or the login, with at most a few characters around it. */
static bool like(struct arena *a, struct str folded, struct str name)
{
    struct str key = fold(a, name);

    return key.n >= 4 && str_find(folded, key) < folded.n && folded.n - key.n < 8;
}

/* One or two characters again and again. */
static bool repeats(struct str folded)
{
    for (size_t period = 1; period <= 3; period++) {
        size_t i = period;

        while (i < folded.n && folded.at[i] == folded.at[i - period])
            i++;
        if (i >= folded.n)
            return true;
    }
    return false;
}

enum password_fault password_check(struct arena *a, struct str password, struct str login, struct str name)
{
    struct str folded;

    if (text_length(password) < PASSWORD_CHARS_MIN)
        return PASSWORD_SHORT;
    if (password.n > PASSWORD_BYTES_MAX)
        return PASSWORD_LONG;
    folded = fold(a, password);
    if (repeats(folded) || bsearch(&folded, list.at, list.n, sizeof *list.at, order) != NULL)
        return PASSWORD_WEAK;
    return like(a, folded, login) || like(a, folded, name) ? PASSWORD_LIKE_NAME : PASSWORD_FINE;
}
