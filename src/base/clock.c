#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static i64 read_clock(clockid_t which, i64 per_second)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (i64)t.tv_sec * per_second + t.tv_nsec / (1000000000 / per_second);
}

i64 clock_now_ms(void)
{
    return read_clock(CLOCK_REALTIME, 1000);
}

i64 clock_mono_ms(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000);
}

i64 clock_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000000);
}

void clock_set_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static struct tm local_of(i64 ms)
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;

    localtime_r(&t, &tm);
    return tm;
}

struct clock_local clock_local(i64 ms)
{
    struct tm tm = local_of(ms);

    return (struct clock_local){
        .year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday,
        .hour = tm.tm_hour, .minute = tm.tm_min, .weekday = (tm.tm_wday + 6) % 7,
    };
}

i64 clock_hour_floor(i64 ms)
{
    return ms - ms % HOUR_MS;
}

i64 clock_hour_ceil(i64 ms)
{
    return clock_hour_floor(ms + HOUR_MS - 1);
}

i64 clock_local_day(i64 ms)
{
    struct tm tm = local_of(ms);

    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    return (i64)mktime(&tm) * 1000;
}

void clock_day_iso(i64 ms, char text[CLOCK_TEXT])
{
    struct tm tm = local_of(ms);

    strftime(text, CLOCK_TEXT, "%Y-%m-%d", &tm);
}

void clock_day_vi(i64 ms, char text[CLOCK_TEXT])
{
    struct tm tm = local_of(ms);

    strftime(text, CLOCK_TEXT, "%d/%m/%Y", &tm);
}

void clock_time(i64 ms, char text[CLOCK_TEXT])
{
    struct tm tm = local_of(ms);

    strftime(text, CLOCK_TEXT, "%H:%M", &tm);
}

void clock_utc_iso(i64 ms, char text[CLOCK_TEXT])
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

i64 clock_offset(i64 ms)
{
    return (i64)local_of(ms).tm_gmtoff * 1000;
}
