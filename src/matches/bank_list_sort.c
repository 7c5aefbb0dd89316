/* A list is kept in the order of its records' ids, which is that of the table: a step then writes neighbours, and a million records cost some
   thousand pages of the disk instead of a million. */
#include "bank_formats.h"

#include "../vault/vault.h"

#include <stdlib.h>

struct placed { struct id id; uint32_t n; size_t at; };
struct places { struct placed *at; size_t n, room; };

static void push(struct places *p, struct placed one)
{
    if (p->n == p->room) {
        size_t room = p->room * 2 + 1024;

        p->at = memory_grow(p->at, p->room * sizeof one, room * sizeof one);
        p->room = room;
    }
    p->at[p->n++] = one;
}

/* Those of one value stay in the order of the file: the last word counts. */
static int compare(const void *x, const void *y)
{
    const struct placed *a = x, *b = y;
    int way = memcmp(a->id.b, b->id.b, sizeof a->id.b);

    return way ? way : a->at < b->at ? -1 : a->at > b->at;
}

/* What ends records by their source's id comes last, behind those that the file itself brings. */
static struct id id_of(const struct hash_new *h)
{
    struct id last;

    if (h->kind)
        return hash_id(h->kind, h->kind == HASH_PDQ && h->family == FAMILY_NONE ? FAMILY_FULL : h->family, h->value);
    memset(&last, 0xff, sizeof last);
    return last;
}

static status place_lines(struct arena *a, struct str list, struct places *p)
{
    struct str rest = list, line;

    while (str_cut(&rest, '\n', &line)) {
        struct arena_mark mark = arena_mark(a);
        struct hash_new h;

        if (line.n == 0)
            continue;
        TRY(list_line_read(a, line, &h));
        push(p, (struct placed){ id_of(&h), (uint32_t)line.n + 1, (size_t)(line.at - list.at) });
        arena_back(a, mark);
    }
    return OK;
}

status list_sort(struct arena *a, struct str list, struct out *sorted)
{
    struct places p = { 0 };
    status s = place_lines(a, list, &p);

    if (s == OK && p.n > 1)
        qsort(p.at, p.n, sizeof *p.at, compare);
    for (size_t i = 0; s == OK && i < p.n; i++)
        out_str(sorted, str_of(list.at + p.at[i].at, p.at[i].n));
    memory_free(p.at);
    return s == OK && sorted->over ? fail(TOO_LARGE, "the list is larger than one import takes") : s;
}
