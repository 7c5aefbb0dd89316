/* Reading what was shipped: names, and lines from one segment to the next. */
#include "ship.h"

#include <stdio.h>

enum { NUMBER = 10, LOOK_BACK = 200 };

/* "LINE-N" or "LINE-N-M". */
static bool read_name(struct str name, struct shipped *s)
{
    struct str line;

    *s = (struct shipped){ 0 };
    if (!str_cut(&name, '-', &line) || line.n != LINE_CHARS || !str_i64(str_upto(name, NUMBER), &s->first))
        return false;
    memcpy(s->line, line.at, LINE_CHARS);
    s->last = s->first;
    if (name.n == NUMBER)
        return true;
    return name.n == 2 * NUMBER + 1 && name.at[NUMBER] == '-' && str_i64(str_from(name, NUMBER + 1), &s->last) && s->last > s->first;
}

status shipped_list(const struct store *s, struct arena *a, struct shipped **list, size_t *n)
{
    struct names names;

    TRY(store_names(s, a, "ship", &names));
    *list = NEW_N(a, struct shipped, names.n + 1);
    *n = 0;
    for (size_t i = 0; i < names.n; i++)
        if (read_name(names.at[i], &(*list)[*n]))
            ++*n;
    return OK;
}

/* -- one line -------------------------------------------------------------------------------------------------------------------------- */

struct walking {
    const struct walk *w;
    i64 next;                           /* number that must come now; 0: any */
    char hash[HASH_HEX + 1];            /* of the segment before; "": not known */
};

static bool is_beyond(const struct walk *w, i64 no)
{
    return w->most != 0 && no > w->most;
}

static status wrong(const struct walk *w, i64 no, const char *what)
{
    return fail(BROKEN, "segment %lld of line %s %s", (long long)no, w->line, what);
}

static bool signed_by_any(const struct walk *w, const struct segment *s)
{
    for (size_t i = 0; i < w->n_keys; i++)
        if (signed_note_is_of(s->note, s->origin, w->keys[i]))
            return true;
    return w->n_keys == 0;
}

/* Altered, or of another log; but the key file may also be a print from before the last turn of the key, and then nothing is wrong with it. */
static const char *unsigned_how(const struct walk *w, const struct segment *s)
{
    for (size_t i = 0; i < w->n_keys; i++)
        if (signed_note_names(s->note, s->origin, w->keys[i]))
            return "is not signed by that log: foreign, or altered";
    if (w->origin.n && !str_eq(w->origin, s->origin))
        return "is not signed by that log: foreign, or altered";
    return "is signed by a key that was not given: a newer line of the key file may be missing (each turn of the key adds one, and "
           "prints it), or its key in --log-key; only if none is missing, it is foreign";
}

static status check_one(const struct walking *k, const struct segment *s, i64 expected)
{
    const struct walk *w = k->w;

    if (!signed_by_any(w, s) || (w->origin.n && !str_eq(w->origin, s->origin)))
        return wrong(w, expected, unsigned_how(w, s));
    if (strcmp(s->line, w->line) != 0)
        return wrong(w, expected, "belongs to another line: it was moved");
    if (s->no != expected)
        return fail(BROKEN, "segment %lld of line %s lies in the place of %lld", (long long)s->no, w->line, (long long)expected);
    if (k->hash[0] != '\0' && strcmp(k->hash, s->previous) != 0)
        return wrong(w, expected, "does not follow the one before it: one of them was exchanged");
    return OK;
}

static status walk_object(struct walking *k, struct arena *a, const struct shipped *at)
{
    struct str rest;
    char name[SEGMENT_NAME];
    status got;

    segment_object(at->line, at->first, at->last, name);
    got = store_object(k->w->store, a, name, &rest);
    if (got != OK)
        return got == BUSY || got == DENIED ? got : wrong(k->w, at->first, "cannot be read");
    for (i64 no = at->first; no <= at->last; no++) {
        struct segment s;

        if (is_beyond(k->w, no))
            return OK;
        if (segment_read(a, &rest, &s) != OK) {
            char why[128];

            snprintf(why, sizeof why, "is damaged: %s", fail_message());
            return wrong(k->w, no, why);
        }
        TRY(check_one(k, &s, no));
        memcpy(k->hash, s.hash, sizeof k->hash);
        if (no >= k->next && k->w->each != NULL)
            TRY(k->w->each(k->w->to, a, &s));
    }
    k->next = at->last + 1;
    return rest.n == 0 ? OK : wrong(k->w, at->last, "has something behind it");
}

/* A pack and its parts may lie side by side for a moment: what was passed already is passed over. */
static status walk_list(struct walking *k, struct arena *a, const struct shipped *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena_mark mark = arena_mark(a);
        status s;

        if (strcmp(list[i].line, k->w->line) != 0 || list[i].last < k->next || is_beyond(k->w, list[i].first))
            continue;
        if (i + 1 < n && list[i + 1].first == list[i].first && list[i + 1].last > list[i].last && strcmp(list[i].line, list[i + 1].line) == 0)
            continue;           /* the pack that begins with it comes next */
        if (k->next != 0 && list[i].first > k->next)
            return wrong(k->w, k->next, "is missing");
        s = walk_object(k, a, &list[i]);
        arena_back(a, mark);
        TRY(s);
    }
    return OK;
}

status shipped_walk(const struct walk *w, struct arena *a)
{
    struct walking k = { .w = w, .next = w->from };
    struct shipped *list;
    size_t n;

    TRY(shipped_list(w->store, a, &list, &n));
    return walk_list(&k, a, list, n);
}

status shipped_last(const struct store *s, struct arena *a, struct segment *last)
{
    struct shipped *list;
    char name[SEGMENT_NAME];
    struct str rest;
    size_t n, at;

    TRY(shipped_list(s, a, &list, &n));
    if (n == 0)
        return fail(NOT_FOUND, "nothing was shipped");
    at = n - 1;
    for (size_t i = n; i-- > 0 && strcmp(list[i].line, list[n - 1].line) == 0;)
        if (list[i].last > list[at].last)
            at = i;
    segment_object(list[at].line, list[at].first, list[at].last, name);
    TRY(store_object(s, a, name, &rest));
    do
        TRY(segment_read(a, &rest, last));
    while (rest.n > 0);
    return OK;
}

status shipped_base(const struct store *s, struct arena *a, const char *line, struct manifest *m)
{
    struct names list;

    TRY(store_snapshots(s, a, &list));
    for (size_t i = list.n; i-- > 0 && list.n - i <= LOOK_BACK;) {
        struct str name, text;

        TRY(store_snapshot(s, a, list.at[i], &name, &text));
        TRY(manifest_read(a, text, m));
        if (strcmp(m->line, line) == 0)
            return OK;
    }
    return fail(NOT_FOUND, "line %s has no base", line);
}

/* -- which backup leads furthest --------------------------------------------------------------------------------------------------------- */

/* The newest backup of before `until`, and the newest that a line goes on from. Names without a byte: there is none. */
static status look_back(const struct store *s, struct arena *a, i64 until, struct chosen *plain, struct chosen *base)
{
    struct names list;

    TRY(store_snapshots(s, a, &list));
    for (size_t i = list.n; i-- > 0 && base->name.n == 0;) {
        struct chosen c = { .passed = STR("") };

        TRY(store_snapshot(s, a, list.at[i], &c.name, &c.text));
        if (manifest_read(a, c.text, &c.m) != OK)
            return fail(BROKEN, "snapshot %.*s: %s; --snapshot names an earlier one (\"lachan backup list\")", (int)c.name.n, c.name.at,
                        arena_f(a, "%s", fail_message()).at);
        if (c.m.made > until)
            continue;
        if (c.m.line[0] != '\0')
            *base = c;
        else if (plain->name.n == 0)
            *plain = c;
    }
    if (plain->name.n || base->name.n)
        return OK;
    return fail(NOT_FOUND, until == INT64_MAX ? "there is no backup here" : "there is no backup of that time, or of before");
}

/* Segments tell the hour alone; but a server that ships does so every few seconds, so a line that reaches into the backup's hour is
   taken to reach beyond it. */
static bool reaches_beyond(const struct store *s, struct arena *a, const struct chosen *base, const struct chosen *plain)
{
    struct segment last;

    if (shipped_last(s, a, &last) != OK) {
        fail_clear();
        return false;
    }
    return strcmp(last.line, base->m.line) == 0 && last.made + HOUR_MS > plain->m.made;
}

status shipped_choose(const struct store *s, struct arena *a, i64 until, struct chosen *c)
{
    struct chosen plain = { .name = STR("") }, base = { .name = STR("") };

    TRY(look_back(s, a, until, &plain, &base));
    if (base.name.n == 0 || (plain.name.n && until == INT64_MAX && !reaches_beyond(s, a, &base, &plain))) {
        *c = plain;
        return OK;
    }
    *c = base;
    if (until == INT64_MAX)
        c->passed = plain.name;
    return OK;
}
