/* Patterns of made-up stories: words with choices, told several times with another place, age, day and person. No clock and no
   chance: two instances tell the same. */
#include "demo.h"

enum { TIMES_MAX = 16, DAY_LINES = 2 };

static struct str choice_of(struct str choices, size_t n)
{
    struct str rest = choices, piece = STR("");
    size_t count = 1;

    for (size_t i = 0; i < choices.n; i++)
        count += choices.at[i] == '|';
    for (size_t i = 0; i <= n % count; i++)
        str_cut(&rest, '|', &piece);
    return piece;
}

status demo_choose(struct arena *a, struct str pattern, size_t n, struct str *text)
{
    struct out o = { .max = 64 << 10 };
    status s = OK;

    while (pattern.n && s == OK) {
        size_t open = str_find_char(pattern, '{'), close = str_find_char(pattern, '}');

        out_str(&o, str_upto(pattern, open));
        if (close < open || (open < pattern.n && close == pattern.n))
            s = fail(INVALID, "a brace stands alone: %.*s", (int)pattern.n, pattern.at);
        else if (open < pattern.n)
            out_str(&o, choice_of(str_upto(str_from(pattern, open + 1), close - open - 1), n));
        pattern = str_from(pattern, open == pattern.n ? pattern.n : close + 1);
    }
    *text = str_trim(arena_copy(a, out_done(&o)));
    out_free(&o);
    return s;
}

/* -- one telling ------------------------------------------------------------------------------------------------------------------ */

struct drawing {
    struct arena *a;
    const struct block *story;
    const struct blocks *courses;
    struct block *out;
    size_t n, told;             /* the choice of this telling; tellings of all stories before it */
    i64 day;                    /* days ago of the line that comes next */
};

static void put(struct drawing *d, const char *key, struct str value)
{
    d->out->at[d->out->n++] = (struct block_line){ str_c(key), value, d->story->line };
}

static status get_choice(struct drawing *d, const char *key, struct str *value)
{
    return demo_choose(d->a, block_get(d->story, key), d->n, value);
}

const struct block *demo_course(const struct blocks *courses, struct str code)
{
    for (size_t i = 0; i < courses->n; i++)
        if (str_eq(block_get(&courses->at[i], "code"), code))
            return &courses->at[i];
    return NULL;
}

/* Who waits has told lately; what is closed is old. A case is as old as its course is long, and up to six days more. */
static status draw_day(struct drawing *d, struct str state, struct str course)
{
    const struct block *b = demo_course(d->courses, course);
    i64 told = (i64)d->told, ago = 0;

    if (course.n && !str_is(course, "-") && (b == NULL || !str_i64(block_get(b, "ago"), &ago)))
        return fail(INVALID, "content/demo line %d: no course is called %.*s", d->story->line, (int)course.n, course.at);
    if (b != NULL)
        d->day = ago + told % (ago < 7 ? 2 : 7);
    else if (str_is(state, "new"))
        d->day = told % 4;
    else if (str_is(state, "claimed"))
        d->day = 1 + told % 4;
    else
        d->day = str_is(state, "closed") ? 25 + told * 7 % 50 : 2 + told * 5 % 34;
    put(d, "day", arena_f(d->a, "%lld", (long long)d->day));
    put(d, "hours", arena_f(d->a, "%lld", (long long)(5 + told % 9)));
    return OK;
}

/* Nothing below the story happens to one that still waits; one that was only taken has notes alone. */
static bool left_out(struct str key, struct str state, bool is_case)
{
    bool answer = str_is(key, "staff") || str_is(key, "child");

    if (str_is(key, "times") || str_is(key, "state") || str_is(key, "course"))
        return true;
    if (is_case)
        return false;
    return str_is(state, "new") ? answer || str_is(key, "note") : str_is(state, "claimed") && answer;
}

static status draw_line(struct drawing *d, const struct block_line *line)
{
    struct str value;

    TRY(demo_choose(d->a, line->value, d->n, &value));
    if (value.n == 0)
        return OK;
    if (str_is(line->key, "child") && d->day > 0)
        put(d, "day", arena_f(d->a, "%lld", (long long)--d->day));
    put(d, arena_copy(d->a, line->key).at, value);
    return OK;
}

static status draw(struct drawing *d)
{
    struct provinces places = network_provinces();
    struct str state, course;

    TRY(get_choice(d, "state", &state));
    TRY(get_choice(d, "course", &course));
    TRY(draw_day(d, state, course));
    put(d, "state", state);
    put(d, "course", course);
    put(d, "province", places.at[(d->told * 11 + 3) % places.n].code);      /* 11 and 34 share no divisor: all are reached */
    put(d, "by", d->told % 2 ? STR("thao.mau") : STR("hanh.mau"));
    for (size_t i = 0; i < d->story->n; i++)
        if (!left_out(d->story->at[i].key, state, course.n && !str_is(course, "-")))
            TRY(draw_line(d, &d->story->at[i]));
    return OK;
}

status demo_tellings(struct arena *a, const struct block *story, const struct blocks *courses, size_t *told,
                     struct blocks *reports)
{
    i64 times;

    if (!str_i64(block_get(story, "times"), &times) || times < 1 || times > TIMES_MAX)
        return fail(INVALID, "content/demo line %d: times is not a number from 1 to %d", story->line, TIMES_MAX);
    *reports = (struct blocks){ .at = NEW_N(a, struct block, (size_t)times) };
    for (size_t n = 0; n < (size_t)times; n++) {
        struct block *out = &reports->at[reports->n++];
        struct drawing d = { .a = a, .story = story, .courses = courses, .out = out, .n = n, .told = (*told)++ };

        *out = (struct block){ .kind = STR("report"), .line = story->line,
                               .at = NEW_N(a, struct block_line, DAY_LINES * story->n + 8) };
        TRY(draw(&d));
    }
    return OK;
}
