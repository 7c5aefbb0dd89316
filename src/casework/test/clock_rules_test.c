/* Terms against a calendar that is walked day by day. */
#include "../clock_rules.h"

#include "../../base/content.h"

#include "test.h"

static struct arena memory;
static const struct holidays none;

static i64 at(const char *iso)
{
    i64 ms = 0;

    CHECK(clock_of_iso(str_c(iso), &ms));
    return ms;
}

static const struct holidays *shipped(void)
{
    static struct holidays h;
    struct str text;

    if (h.n)
        return &h;
    memory = arena_make(8 << 20);
    content_start(NULL);
    CHECK(content_read(&memory, "process/holidays-vn.txt", &text) == OK);
    CHECK(holidays_read(&memory, "process/holidays-vn.txt", text, &h) == OK);
    return &h;
}

/* Splitmix: the same walk each time. */
static uint64_t state = 20261129;
static i64 any(i64 n)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (i64)((z ^ z >> 31) % (uint64_t)n);
}

/* -- the oracle: text dates, one day at a time ---------------------------------------------------------------------------------- */

static void next_day(int *y, int *m, int *d)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = *y % 4 == 0 && (*y % 100 != 0 || *y % 400 == 0);

    if (++*d <= days[*m - 1] + (*m == 2 && leap))
        return;
    *d = 1;
    if (++*m > 12) {
        *m = 1;
        ++*y;
    }
}

/* Sakamoto's rule: 0 Sunday. */
static bool weekend(int y, int m, int d)
{
    static const int t[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
    int yy = y - (m < 3), w = (yy + yy / 4 - yy / 100 + yy / 400 + t[m - 1] + d) % 7;

    return w == 0 || w == 6;
}

static bool works(const struct holidays *h, int y, int m, int d)
{
    char iso[16];
    i64 ms = 0;

    snprintf(iso, sizeof iso, "%04d-%02d-%02d", y, m, d);
    CHECK(clock_of_iso(str_c(iso), &ms));
    for (size_t i = 0; i < h->n; i++)
        if (day_begins(h->at[i].day) == ms)
            return h->at[i].work;
    return !weekend(y, m, d);
}

static i64 oracle(const struct holidays *h, struct clock_term term, i64 start)
{
    struct clock_local is = clock_local(start);
    int y = is.year, m = is.month, d = is.day;
    char iso[16];
    i64 ms = 0;

    if (term.unit == CLOCK_HOURS)
        return start + term.n * 3600000;
    for (i64 left = term.n; left > 0;) {
        next_day(&y, &m, &d);
        left -= term.unit == CLOCK_DAYS || works(h, y, m, d);
    }
    next_day(&y, &m, &d);
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", y, m, d);
    CHECK(clock_of_iso(str_c(iso), &ms));
    return ms;
}

TEST(terms_agree_with_a_calendar_walked_day_by_day)
{
    for (int i = 0; i < 4000; i++) {
        i64 start = at("2024-12-01") + any(1200 * DAY_MS / 1000) * 1000;
        struct clock_term term = { (enum clock_unit)any(3), 1 + any(40) };
        i64 over = clock_over(shipped(), term, start);

        CHECK(over == oracle(shipped(), term, start) && over > start);
    }
}

TEST(terms_hold_in_leap_years_at_the_turn_of_2038_and_where_no_holiday_is_known)
{
    static const char *const starts[] = { "2028-02-28T23:59", "2028-02-29T00:00", "2100-02-28T12:00", "2038-01-18T10:00", "2037-12-31T23:30" };

    for (size_t i = 0; i < COUNT_OF(starts); i++)
        for (i64 n = 1; n < 30; n++)
            for (int unit = 0; unit < 3; unit++) {
                struct clock_term term = { (enum clock_unit)unit, n };

                CHECK_INT(clock_over(&none, term, at(starts[i])), oracle(&none, term, at(starts[i])));
            }
}

TEST(five_working_days_reach_across_tet)
{
    struct clock_term five = { CLOCK_WORKDAYS, 5 }, two = { CLOCK_WORKDAYS, 2 };

    /* Thursday 12 February 2026: 13 February is a day of work, 14 to 22 are free. */
    CHECK_INT(clock_over(shipped(), five, at("2026-02-12T15:40")), at("2026-02-27"));
    CHECK_INT(clock_over(shipped(), two, at("2026-02-13T09:00")), at("2026-02-25"));
    /* Friday 21 August 2026: Saturday 22 August is worked for 31 August. */
    CHECK_INT(clock_over(shipped(), two, at("2026-08-21T09:00")), at("2026-08-25"));
}

TEST(twelve_hours_run_through_the_night_and_through_holidays)
{
    CHECK_INT(clock_over(shipped(), (struct clock_term){ CLOCK_HOURS, 12 }, at("2026-02-16T22:00")), at("2026-02-17T10:00"));
}

TEST(a_pause_gives_back_what_it_took_and_never_shortens_a_term)
{
    for (int i = 0; i < 4000; i++) {
        i64 start = at("2025-01-01") + any(900 * DAY_MS / 1000) * 1000;
        struct clock_term term = { (enum clock_unit)any(3), 1 + any(20) };
        i64 due = clock_over(shipped(), term, start), from = start + any(due - start), to = from + any(30 * DAY_MS);
        i64 moved = clock_moved(shipped(), term, due, from, to), more = clock_moved(shipped(), term, due, from, to + DAY_MS);

        CHECK(moved >= due && more >= moved);
        CHECK(term.unit != CLOCK_HOURS || moved - due == to - from);
        if (to <= from)
            CHECK_INT(moved, due);
    }
    /* From Friday until Monday one working day was lost. */
    CHECK_INT(clock_moved(&none, (struct clock_term){ CLOCK_WORKDAYS, 5 }, at("2026-12-05"), at("2026-11-27T10:00"), at("2026-11-30T10:00")),
              at("2026-12-08"));
}

TEST(soon_is_the_last_third_and_rungs_come_in_their_order)
{
    struct process_clock k = { .rungs = { { RUNG_OWNER, 0 }, { RUNG_SUPERVISOR, 4 * HOUR_MS }, { RUNG_NEXT, 24 * HOUR_MS } }, .n_rungs = 3 };

    CHECK_INT(clock_soon(0, 12 * HOUR_MS, 1, 3), 8 * HOUR_MS);
    CHECK_INT(clock_soon(100, 100, 1, 3), 100);
    CHECK_INT(clock_next(&k, 1000, 0), 1000);
    CHECK_INT(clock_next(&k, 1000, 2), 1000 + 24 * HOUR_MS);
    CHECK_INT(clock_next(&k, 1000, 3), CLOCK_NEVER);
    CHECK_INT(clock_next(&k, 1000, -1), CLOCK_NEVER);
}

TEST(a_jump_of_more_than_two_days_stops_the_sweep_until_a_person_has_looked)
{
    i64 now = at("2026-11-29"), year = 365 * DAY_MS;

    CHECK(sweep_may(0, now, 0) == SWEEP_GO);
    CHECK(sweep_may(now - 48 * HOUR_MS, now, 0) == SWEEP_GO && sweep_may(now + 48 * HOUR_MS, now, 0) == SWEEP_GO);
    CHECK(sweep_may(now - 48 * HOUR_MS - 1, now, 0) == SWEEP_HOLD && sweep_may(now + year, now, 0) == SWEEP_HOLD);
    CHECK(sweep_may(now - year, now, now - HOUR_MS) == SWEEP_GO);
    CHECK(sweep_may(now - year, now, now - year / 2) == SWEEP_HOLD);       /* what was allowed is another jump ago */
}

TEST(days_are_the_calendars_of_the_zone)
{
    CHECK_INT(day_number(at("1970-01-01")), 0);
    CHECK_INT(day_number(at("2026-11-29T23:59")), day_number(at("2026-11-29")));
    CHECK_INT(day_begins(day_number(at("2026-11-29T00:00"))), at("2026-11-29"));
    CHECK_INT(day_weekday(day_number(at("2026-11-29"))), 6);
    CHECK_INT(day_weekday(day_number(at("1969-12-31"))), 2);
}

TEST(a_table_of_holidays_that_cannot_be_meant_is_refused_with_its_line)
{
    static const struct { const char *text, *says; } t[] = {
        { "[free]\nday: 2026-02-30\nname: x\nsource: y\n", "line 1: a day as" },
        { "[free]\nfrom: 2026-02-10\nto: 2026-02-01\nname: x\nsource: y\n", "a day as" },
        { "\n[work]\nday: 2026-11-27\nname: x\nsource: y\n", "line 2: only a Saturday or Sunday" },
        { "[free]\nday: 2026-02-10\nname: x\n", "needs name and source" },
        { "[free]\nday: 2026-02-10\nname: x\nsource: y\n[free]\nfrom: 2026-02-09\nto: 2026-02-11\nname: x\nsource: y\n", "twice: 2026-02-10" },
        { "[day]\nday: 2026-02-10\n", "[free] or [work] expected" },
    };

    for (size_t i = 0; i < COUNT_OF(t); i++) {
        struct holidays h;

        (void)shipped();
        CHECK_INT(holidays_read(&memory, "process/holidays-vn.txt", str_c(t[i].text), &h), INVALID);
        CHECK(strstr(fail_message(), t[i].says) != NULL);
    }
}

__attribute__((constructor)) static void in_viet_nam(void)
{
    clock_set_zone("Asia/Ho_Chi_Minh");
}

TEST_MAIN
