/* Pure decisions of the directory: opening hours, and how a measured wait is put into one honest figure. */
#include "network.h"

#include "rules.h"

static int weekday_of(struct str name)
{
    static const char *const days[] = { "mo", "tu", "we", "th", "fr", "sa", "su" };

    for (int i = 0; i < 7; i++)
        if (str_eq_nocase(name, str_c(days[i])))
            return i;
    return -1;
}

/* "hh:mm" as minutes, or -1. 24:00 is the end of the day. */
static int minutes_of(struct str text)
{
    i64 hour, minute;

    if (text.n != 5 || text.at[2] != ':' || !str_i64(str_upto(text, 2), &hour) || !str_i64(str_from(text, 3), &minute))
        return -1;
    if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60)
        return -1;
    return (int)(hour * 60 + minute);
}

/* One entry "mo-fr 07:30-17:00". */
static bool span_read(struct str entry, struct span *span)
{
    struct str rest = str_trim(entry), days, from, hours, first;

    if (!str_cut(&rest, ' ', &days) || rest.at == NULL)
        return false;
    hours = str_trim(rest);
    if (!str_cut(&days, '-', &first) || !str_cut(&hours, '-', &from) || hours.at == NULL)
        return false;
    span->first_day = weekday_of(first);
    span->last_day = days.at ? weekday_of(days) : span->first_day;
    span->from = minutes_of(from);
    span->to = minutes_of(str_trim(hours));
    return span->first_day >= 0 && span->last_day >= span->first_day && span->from >= 0 && span->to > span->from;
}

bool hours_read(struct str text, struct hours *hours)
{
    struct str entry;

    *hours = (struct hours){ 0 };
    if (str_is(str_trim(text), "always")) {
        hours->always = true;
        return true;
    }
    while (str_cut(&text, ';', &entry))
        if (hours->n == HOURS_MAX || !span_read(entry, &hours->at[hours->n++]))
            return false;
    return hours->n > 0;
}

static bool covers(const struct hours *hours, int weekday, int minute)
{
    for (size_t i = 0; i < hours->n; i++) {
        const struct span *s = &hours->at[i];

        if (weekday >= s->first_day && weekday <= s->last_day && minute >= s->from && minute < s->to)
            return true;
    }
    return false;
}

struct opening opening_at(struct str text, i64 now)
{
    i64 start = now - now % MINUTE_MS, offset = clock_offset(now);
    struct opening opening = { 0 };
    struct hours hours;

    opening.known = hours_read(text, &hours);
    opening.always = opening.known && hours.always;
    if (!opening.known || opening.always) {
        opening.open = opening.always;
        return opening;
    }
    /* A week of minutes is walked at most: simple, and 10,080 comparisons are 20 microseconds. */
    for (i64 t = start; t < start + 8 * DAY_MS; t += MINUTE_MS) {
        i64 local = t + offset;
        bool open = covers(&hours, (int)((local / DAY_MS + 3) % 7), (int)(local % DAY_MS / MINUTE_MS));

        if (t == start)
            opening.open = open;
        if (open != opening.open) {
            opening.changes = t;
            break;
        }
    }
    return opening;
}

i64 wait_usual(const struct wait_step *steps, size_t n)
{
    i64 all = 0, seen = 0;

    for (size_t i = 0; i < n; i++)
        all += steps[i].n;
    if (all < WAIT_LEAST_REPORTS)
        return 0;
    for (size_t i = 0; i < n; i++) {
        seen += steps[i].n;
        if (3 * seen >= 2 * all)
            return (steps[i].step + 1) * WAIT_STEP_MINUTES;
    }
    return 0;
}
