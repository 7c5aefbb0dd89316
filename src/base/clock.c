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

i64 clock_thread_us(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID, 1000000);
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

static bool two_digits(const char *at, int *value)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *value = (at[0] - '0') * 10 + at[1] - '0';
    return true;
}

/* The date and time that are written, as if they were UTC. */
static bool written_time(struct str text, i64 *as_utc)
{
    struct tm tm = { 0 }, made;
    int century, year;

    if ((text.n != 10 && text.n != 16) || !two_digits(text.at, &century) || !two_digits(text.at + 2, &year) ||
        !two_digits(text.at + 5, &tm.tm_mon) || !two_digits(text.at + 8, &tm.tm_mday) || text.at[4] != '-' || text.at[7] != '-')
        return false;
    if (text.n == 16 && (text.at[10] != 'T' || text.at[13] != ':' || !two_digits(text.at + 11, &tm.tm_hour) ||
                         !two_digits(text.at + 14, &tm.tm_min)))
        return false;
    tm.tm_year = century * 100 + year - 1900;
    tm.tm_mon--;
    made = tm;
    *as_utc = (i64)timegm(&made) * SECOND_MS;
    return made.tm_mon == tm.tm_mon && made.tm_mday == tm.tm_mday && made.tm_hour == tm.tm_hour && made.tm_min == tm.tm_min;  /* no 30 February */
}

bool clock_of_iso(struct str text, i64 *ms)
{
    i64 as_utc;

    if (!written_time(text, &as_utc))
        return false;
    *ms = as_utc;
    for (int step = 0; step < 2; step++)        /* the second time with the offset of the place that the first one found */
        *ms = as_utc - clock_offset(*ms);
    return true;
}

void clock_zoned_iso(i64 ms, char text[CLOCK_TEXT])
{
    struct tm tm = local_of(ms);
    size_t n = strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M", &tm);
    long minutes = labs(tm.tm_gmtoff) / 60;

    snprintf(text + n, CLOCK_TEXT - n, "%c%02ld:%02ld", tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60 % 24, minutes % 60);
}

/* "Z", or "+07:00". */
static bool zone_offset(struct str zone, i64 *offset)
{
    int hours, minutes;

    *offset = 0;
    if (str_is(zone, "Z"))
        return true;
    if (zone.n != 6 || (zone.at[0] != '+' && zone.at[0] != '-') || zone.at[3] != ':' || !two_digits(zone.at + 1, &hours) ||
        !two_digits(zone.at + 4, &minutes) || hours > 14 || minutes > 59)
        return false;
    *offset = (zone.at[0] == '-' ? -1 : 1) * (hours * (i64)HOUR_MS + minutes * (i64)MINUTE_MS);
    return true;
}

bool clock_of_zoned_iso(struct str text, i64 *ms)
{
    struct str zone = str_from(text, 16);
    i64 as_utc, offset;

    text = str_upto(text, 16);
    if (str_starts(zone, STR(":00")))
        zone = str_from(zone, 3);
    if (zone.n == 0)
        return clock_of_iso(text, ms);
    if (!zone_offset(zone, &offset) || !written_time(text, &as_utc))
        return false;
    *ms = as_utc - offset;
    return true;
}
