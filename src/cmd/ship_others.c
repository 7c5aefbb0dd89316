/* Another server that ships into the same repository: a clone of the machine, or a house that was restored while the old one still runs.
   Each goes on in a line of its own and nothing is lost, but a restore takes the newest base, which may be the other one's. */
#include "ship.h"

/* The newest line that is not `ours`, and how far it reaches. False: there is none. */
static bool newest_other(const struct shipped *list, size_t n, const char *ours, struct shipped *other)
{
    bool found = false;

    for (size_t i = 0; i < n; i++) {
        int order = found ? strcmp(list[i].line, other->line) : 1;

        if (strcmp(list[i].line, ours) == 0 || order < 0 || (order == 0 && list[i].last <= other->last))
            continue;
        *other = list[i];
        found = true;
    }
    return found;
}

/* A first look knows only what lies there: a line of ours that ended looks like another's. */
bool ship_others_alive(struct ship_others *o, const struct shipped *list, size_t n, const char *ours)
{
    struct shipped other;
    bool first = strcmp(o->ours, ours) != 0, alive;

    memmove(o->ours, ours, strlen(ours) + 1);
    if (!newest_other(list, n, ours, &other)) {
        o->line[0] = '\0';
        return false;
    }
    alive = !first && (strcmp(o->line, other.line) != 0 || other.last > o->last);
    memcpy(o->line, other.line, sizeof o->line);
    o->last = other.last;
    return alive;
}

status shipped_beside(const struct store *s, struct arena *a, const char *line, struct shipped *other, bool *beside)
{
    struct shipped *list;
    struct segment last;
    char name[SEGMENT_NAME];
    struct str rest;
    size_t n;
    i64 began;

    *beside = false;
    TRY(shipped_list(s, a, &list, &n));
    if (!newest_other(list, n, line, other) || !str_i64(str_c(line), &began))
        return OK;
    segment_object(other->line, other->first, other->last, name);
    TRY(store_object(s, a, name, &rest));
    do
        TRY(segment_read(a, &rest, &last));
    while (rest.n > 0);
    *beside = strcmp(other->line, line) > 0 || last.made > clock_hour_floor(began);
    return OK;
}
