#include "merge.h"

static const struct one_answer *find(struct answers answers, struct str path)
{
    for (size_t i = 0; i < answers.n; i++)
        if (str_eq(answers.at[i].path, path))
            return &answers.at[i];
    return NULL;
}

bool answers_same(struct answers one, struct answers other)
{
    if (one.n != other.n)
        return false;
    for (size_t i = 0; i < one.n; i++)
        if (!str_eq(one.at[i].path, other.at[i].path) || !str_eq(one.at[i].value, other.at[i].value))
            return false;
    return true;
}

struct str answers_value(struct answers answers, struct str path)
{
    const struct one_answer *found = find(answers, path);

    return found ? found->value : STR("");
}

/* -- repeats ---------------------------------------------------------------------------------------------------------------- */

/* "goals" of "goals[2]/steps[1]/who": the outermost repeat. STR_NULL where the path is in none. */
static struct str repeat_of(struct str path)
{
    size_t at = str_find_char(path, '[');

    return at < path.n ? str_upto(path, at) : STR_NULL;
}

static bool in_repeat(struct str path, struct str repeat)
{
    return path.n > repeat.n && str_starts(path, repeat) && path.at[repeat.n] == '[';
}

/* The entries of a repeat at any depth, as the places of their first answers tell: "[1][2]/steps[1]". Two lists with the same
   shape have the same entries. */
static bool same_shape(struct answers one, struct answers other, struct str repeat)
{
    for (size_t i = 0; i < one.n; i++) {
        struct str path = one.at[i].path;
        size_t end = path.n;

        if (!in_repeat(path, repeat))
            continue;
        while (path.at[end - 1] != ']')
            end--;
        for (size_t k = 0; ; k++) {
            if (k == other.n)
                return false;
            if (str_starts(other.at[k].path, str_upto(path, end)))
                break;
        }
    }
    return true;
}

static bool same_entries(struct answers one, struct answers other, struct str repeat)
{
    return same_shape(one, other, repeat) && same_shape(other, one, repeat);
}

static bool same_within(struct answers one, struct answers other, struct str repeat)
{
    for (size_t i = 0; i < one.n; i++)
        if (in_repeat(one.at[i].path, repeat) && !str_eq(one.at[i].value, answers_value(other, one.at[i].path)))
            return false;
    return same_entries(one, other, repeat);
}

static bool same_repeat(struct answers one, struct answers other, struct str repeat)
{
    return same_within(one, other, repeat) && same_within(other, one, repeat);
}

/* All that a repeat says, for a person who has to choose: one answer in a line. */
static struct str whole_text(struct arena *a, struct answers answers, struct str repeat)
{
    struct out o = { .max = 1 << 20 };
    struct str text;

    for (size_t i = 0; i < answers.n; i++) {
        if (!in_repeat(answers.at[i].path, repeat) || answers.at[i].value.n == 0)
            continue;
        out_str(&o, str_from(answers.at[i].path, repeat.n));
        out_c(&o, ": ");
        out_str(&o, answers.at[i].value);
        out_char(&o, '\n');
    }
    text = arena_copy(a, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

void answers_take(struct arena *a, struct answers *answers, struct str path, struct answers from)
{
    struct answers made = { .at = NEW_N(a, struct one_answer, answers->n + from.n + 1) };

    for (size_t i = 0; i < answers->n; i++)
        if (!str_eq(answers->at[i].path, path) && !in_repeat(answers->at[i].path, path))
            made.at[made.n++] = answers->at[i];
    for (size_t i = 0; i < from.n; i++)
        if (str_eq(from.at[i].path, path) || in_repeat(from.at[i].path, path))
            made.at[made.n++] = from.at[i];
    *answers = made;
}

/* -- merging ------------------------------------------------------------------------------------------------------------------ */

struct sides { struct answers base, theirs, mine; };

static void add_clash(struct merged *m, struct clash clash)
{
    m->clashes.at[m->clashes.n++] = clash;
}

/* A repeat whose entries are not the same three times is one thing. */
static void merge_whole(struct arena *a, const struct sides *s, struct str repeat, struct merged *m)
{
    if (same_repeat(s->mine, s->base, repeat) || same_repeat(s->mine, s->theirs, repeat))
        return;
    if (same_repeat(s->theirs, s->base, repeat))
        answers_take(a, &m->answers, repeat, s->mine);
    else
        add_clash(m, (struct clash){ repeat, whole_text(a, s->theirs, repeat), whole_text(a, s->mine, repeat), true });
}

static void merge_one(struct arena *a, const struct sides *s, struct str path, struct merged *m)
{
    struct str base = answers_value(s->base, path), theirs = answers_value(s->theirs, path), mine = answers_value(s->mine, path);

    if (str_eq(mine, base) || str_eq(mine, theirs))
        return;
    if (str_eq(theirs, base))
        answers_take(a, &m->answers, path, s->mine);
    else
        add_clash(m, (struct clash){ path, theirs, mine, false });
}

static bool is_whole(const struct sides *s, struct str repeat)
{
    return !same_entries(s->base, s->theirs, repeat) || !same_entries(s->base, s->mine, repeat);
}

/* A repeat is looked at once: at the first answer that any list has of it. */
static bool seen_before(struct answers list, size_t i, struct str repeat)
{
    for (size_t k = 0; k < i; k++)
        if (in_repeat(list.at[k].path, repeat))
            return true;
    return false;
}

void answers_merge(struct arena *a, struct answers base, struct answers theirs, struct answers mine, struct merged *m)
{
    struct sides s = { base, theirs, mine };
    struct answers all = { .at = NEW_N(a, struct one_answer, mine.n + theirs.n + base.n + 1) };

    /* What I took out is in base or theirs alone, so the walk is over all three. */
    for (size_t i = 0; i < mine.n; i++)
        all.at[all.n++] = mine.at[i];
    for (size_t i = 0; i < theirs.n; i++)
        if (find(all, theirs.at[i].path) == NULL)
            all.at[all.n++] = theirs.at[i];
    for (size_t i = 0; i < base.n; i++)
        if (find(all, base.at[i].path) == NULL)
            all.at[all.n++] = base.at[i];
    *m = (struct merged){ .answers = theirs, .clashes.at = NEW_N(a, struct clash, all.n + 1) };
    for (size_t i = 0; i < all.n; i++) {
        struct str repeat = repeat_of(all.at[i].path);

        if (repeat.n == 0 || !is_whole(&s, repeat))
            merge_one(a, &s, all.at[i].path, m);
        else if (!seen_before(all, i, repeat))
            merge_whole(a, &s, repeat, m);
    }
}
