#include "clock_rules.h"

#include "../base/content.h"

#include <stdlib.h>

enum { HOLIDAY_BYTES = 1 << 20, HOLIDAYS_MAX = 2000, TERM_DAYS_MAX = 20000 };

static struct arena memory;
static struct holidays here;

/* -- the calendar ----------------------------------------------------------------------------------------------------------------- */

i64 day_number(i64 ms)
{
    i64 local = ms + clock_offset(ms);

    return local >= 0 ? local / DAY_MS : (local + 1) / DAY_MS - 1;
}

/* Twice with the offset of the place that the first try found: zones may change their offset in between. */
i64 day_begins(i64 day)
{
    i64 ms = day * DAY_MS - clock_offset(day * DAY_MS);

    return day * DAY_MS - clock_offset(ms);
}

int day_weekday(i64 day)
{
    i64 d = (day + 3) % 7;          /* 1970-01-01 was a Thursday */

    return (int)(d < 0 ? d + 7 : d);
}

static int by_day(const void *a, const void *b)
{
    const struct swapped *x = a, *y = b;

    return x->day < y->day ? -1 : x->day > y->day;
}

bool day_works(const struct holidays *h, i64 day)
{
    struct swapped wanted = { .day = day };
    const struct swapped *found = h->n ? bsearch(&wanted, h->at, h->n, sizeof *h->at, by_day) : NULL;

    return found ? found->work : day_weekday(day) < 5;
}

/* -- the file ------------------------------------------------------------------------------------------------------------------------ */

static bool day_of(struct str text, i64 *day)
{
    i64 ms;

    if (text.n != 10 || !clock_of_iso(text, &ms))
        return false;
    *day = day_number(ms);
    return true;
}

static void widen(struct holidays *h, struct str day)
{
    i64 year = 0;

    (void)str_i64(str_upto(day, 4), &year);
    h->first_year = h->first_year && h->first_year < year ? h->first_year : year;
    h->last_year = h->last_year > year ? h->last_year : year;
}

static status read_days(const char *file, const struct block *b, struct holidays *h)
{
    struct str one = block_get(b, "day"), from = one.n ? one : block_get(b, "from"), to = one.n ? one : block_get(b, "to");
    bool work = str_is(b->kind, "work");
    i64 first, last;

    if (!day_of(from, &first) || !day_of(to, &last) || last < first || last - first > 60)
        return process_wrong(file, b->line, "a day as 2026-02-16 is needed, or from and to", STR(""));
    if (block_get(b, "name").n == 0 || block_get(b, "source").n == 0)
        return process_wrong(file, b->line, "a day needs name and source", STR(""));
    for (i64 d = first; d <= last; d++) {
        if (h->n == HOLIDAYS_MAX)
            return process_wrong(file, b->line, "more than 2000 days", STR(""));
        if (work && day_weekday(d) < 5)
            return process_wrong(file, b->line, "only a Saturday or Sunday can be swapped for another day: ", one);
        h->at[h->n++] = (struct swapped){ d, work };
    }
    widen(h, from);
    widen(h, to);
    return OK;
}

status holidays_read(struct arena *a, const char *file, struct str text, struct holidays *h)
{
    struct blocks blocks;

    TRY(blocks_read(a, file, text, &blocks));
    *h = (struct holidays){ .at = NEW_N(a, struct swapped, HOLIDAYS_MAX) };
    for (size_t i = 0; i < blocks.n; i++) {
        if (!str_is(blocks.at[i].kind, "free") && !str_is(blocks.at[i].kind, "work"))
            return process_wrong(file, blocks.at[i].line, "[free] or [work] expected, not ", blocks.at[i].kind);
        TRY(read_days(file, &blocks.at[i], h));
    }
    if (h->n)
        qsort(h->at, h->n, sizeof *h->at, by_day);
    for (size_t i = 1; i < h->n; i++)
        if (h->at[i].day == h->at[i - 1].day) {
            char day[CLOCK_TEXT];

            clock_day_iso(day_begins(h->at[i].day), day);
            return process_wrong(file, 1, "this day stands here twice: ", str_c(day));
        }
    return OK;
}

status holidays_load(void)
{
    struct str text;

    if (memory.first == NULL)
        memory = arena_make(HOLIDAY_BYTES);
    TRY(content_read(&memory, "process/holidays-vn.txt", &text));
    return holidays_read(&memory, "process/holidays-vn.txt", text, &here);
}

const struct holidays *holidays_here(void)
{
    return &here;
}

/* -- terms ----------------------------------------------------------------------------------------------------------------------------- */

/* The n-th working day after this one. */
static i64 workdays_on(const struct holidays *h, i64 day, i64 n)
{
    for (i64 looked = 0; n > 0 && looked < TERM_DAYS_MAX; looked++)
        n -= day_works(h, ++day);
    return day;
}

i64 clock_over(const struct holidays *h, struct clock_term term, i64 start)
{
    i64 day = day_number(start);

    switch (term.unit) {
    case CLOCK_HOURS:
        return start + term.n * HOUR_MS;
    case CLOCK_DAYS:
        return day_begins(day + term.n + 1);
    case CLOCK_WORKDAYS:
        return day_begins(workdays_on(h, day, term.n) + 1);
    }
    return start;
}

/* Working days that began and ended in the pause: it counts as one only where no work was possible on any hour of it. */
static i64 workdays_between(const struct holidays *h, i64 from, i64 to)
{
    i64 n = 0;

    for (i64 day = from + 1; day <= to && day - from < TERM_DAYS_MAX; day++)
        n += day_works(h, day);
    return n;
}

i64 clock_moved(const struct holidays *h, struct clock_term term, i64 due, i64 from, i64 to)
{
    i64 last = day_number(due - 1);             /* the day that counts whole */

    if (to <= from)
        return due;
    switch (term.unit) {
    case CLOCK_HOURS:
        return due + (to - from);
    case CLOCK_DAYS:
        return day_begins(last + day_number(to) - day_number(from) + 1);
    case CLOCK_WORKDAYS:
        return day_begins(workdays_on(h, last, workdays_between(h, day_number(from), day_number(to))) + 1);
    }
    return due;
}

i64 clock_soon(i64 start, i64 due, i64 part, i64 of)
{
    i64 term = due > start ? due - start : 0;

    return due - term / of * part;
}

/* -- the ladder -------------------------------------------------------------------------------------------------------------------------- */

i64 clock_next(const struct process_clock *k, i64 due, i64 climbed)
{
    return climbed >= 0 && climbed < (i64)k->n_rungs ? due + k->rungs[climbed].after_ms : CLOCK_NEVER;
}

enum sweep_now sweep_may(i64 last, i64 now, i64 allowed)
{
    const i64 jump = (i64)SWEEP_JUMP_HOURS * HOUR_MS;
    i64 from_last = now > last ? now - last : last - now, from_allowed = now > allowed ? now - allowed : allowed - now;

    if (last == 0 || from_last <= jump)
        return SWEEP_GO;
    return allowed && from_allowed <= jump ? SWEEP_GO : SWEEP_HOLD;
}
