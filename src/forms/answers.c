#include "answers.h"

#include <stdio.h>

/* Values of people: not what is calculated, and not what the device says of itself. */
bool answers_asked(const struct xform_item *item)
{
    switch (item->type) {
    case XFORM_NOTE: case XFORM_CALCULATE: case XFORM_GROUP: case XFORM_REPEAT:
    case XFORM_START: case XFORM_END: case XFORM_TODAY: case XFORM_DEVICEID:
        return false;
    default:
        return true;
    }
}

/* -- out of a run -------------------------------------------------------------------------------------------------------------- */

struct walk { struct xform_run *run; struct arena *a; struct answers list; size_t room; };

static void add(struct walk *w, struct str path)
{
    if (w->list.n == w->room) {
        struct one_answer *more = NEW_N(w->a, struct one_answer, w->room * 2 + 64);

        if (w->list.n)
            memcpy(more, w->list.at, w->list.n * sizeof *more);
        w->list.at = more;
        w->room = w->room * 2 + 64;
    }
    w->list.at[w->list.n++] = (struct one_answer){ path, arena_copy(w->a, xform_run_get(w->run, path)) };
}

static struct str child_path(struct walk *w, struct str above, const struct xform_item *item)
{
    if (item->no_node)
        return above;
    return arena_f(w->a, "%.*s/%.*s", (int)above.n, above.at, (int)item->name.n, item->name.at);
}

static void walk_items(struct walk *w, int first, int end, struct str above);

static void walk_repeat(struct walk *w, int at, struct str path)
{
    const struct xform_item *item = &xform_run_form(w->run)->items[at];
    size_t n = xform_run_instances(w->run, path);

    for (size_t i = 1; i <= n; i++)
        walk_items(w, at + 1, item->end, arena_f(w->a, "%.*s[%zu]", (int)path.n, path.at, i));
}

static void walk_items(struct walk *w, int first, int end, struct str above)
{
    const struct xform *form = xform_run_form(w->run);

    for (int i = first; i < end; i = form->items[i].end) {
        struct str path = child_path(w, above, &form->items[i]);

        if (form->items[i].type == XFORM_REPEAT)
            walk_repeat(w, i, path);
        else if (form->items[i].type == XFORM_GROUP)
            walk_items(w, i + 1, form->items[i].end, path);
        else if (answers_asked(&form->items[i]))
            add(w, path);
    }
}

/* "/data" of "/data/child/name". */
static struct str root_of(const struct xform *form)
{
    struct str path = form->n_items ? form->items[0].path : STR("/data");
    size_t at = str_find_char(str_from(path, 1), '/');

    return str_upto(path, at + 1);
}

struct answers answers_of(struct xform_run *run, struct arena *a)
{
    struct walk w = { .run = run, .a = a };
    const struct xform *form = xform_run_form(run);

    walk_items(&w, 0, (int)form->n_items, arena_copy(a, root_of(form)));
    return w.list;
}

/* -- into a run ------------------------------------------------------------------------------------------------------------------ */

/* How many entries the list holds of a repeat, as the highest place of a path that begins with it. */
static size_t entries(struct answers answers, struct str repeat)
{
    size_t most = 0;

    for (size_t i = 0; i < answers.n; i++) {
        struct str rest = answers.at[i].path, place;
        i64 n;

        if (!str_starts(rest, repeat) || rest.n <= repeat.n || rest.at[repeat.n] != '[')
            continue;
        rest = str_from(rest, repeat.n + 1);
        place = str_upto(rest, str_find_char(rest, ']'));
        if (str_i64(place, &n) && n > 0 && (size_t)n > most)
            most = (size_t)n;
    }
    return most;
}

static status fit_repeat(struct xform_run *run, struct answers answers, struct str repeat)
{
    size_t want = entries(answers, repeat), n = xform_run_instances(run, repeat);
    char last[512];

    for (; n < want; n++)
        TRY(xform_run_add(run, repeat));
    for (; n > want; n--) {
        int length = snprintf(last, sizeof last, "%.*s[%zu]", (int)repeat.n, repeat.at, n);

        if (length < 0 || (size_t)length >= sizeof last)
            return fail(INVALID, "a path is too long");
        TRY(xform_run_remove(run, str_c(last)));
    }
    return OK;
}

/* Repeats around an answer from the outside in: "/data/a[1]/b[2]/c" fits /data/a, then /data/a[1]/b. */
static status fit_around(struct xform_run *run, struct answers answers, struct str path)
{
    for (size_t i = 0; i < path.n; i++)
        if (path.at[i] == '[')
            TRY(fit_repeat(run, answers, str_upto(path, i)));
    return OK;
}

/* A repeat that is empty in the list has no path there: the run's own paths name it. */
static status fit_all(struct xform_run *run, struct answers answers)
{
    const struct xform *form = xform_run_form(run);

    for (size_t i = 0; i < form->n_items; i++)
        if (form->items[i].type == XFORM_REPEAT && form->items[i].repeat < 0)
            TRY(fit_repeat(run, answers, form->items[i].path));
    for (size_t i = 0; i < answers.n; i++)
        TRY(fit_around(run, answers, answers.at[i].path));
    return OK;
}

status answers_put(struct xform_run *run, struct answers answers)
{
    TRY(fit_all(run, answers));
    for (size_t i = 0; i < answers.n; i++) {
        status s;

        if (str_eq(xform_run_get(run, answers.at[i].path), answers.at[i].value))
            continue;
        s = xform_run_set(run, answers.at[i].path, answers.at[i].value);
        if (s != OK && s != DENIED)         /* what is read-only is not for people to change */
            return s;
        fail_clear();
    }
    return OK;
}
