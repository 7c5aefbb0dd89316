/* Dates of ODK: days since 1970-01-01 in the instance's zone, with the time as part of a day. */
#include "run.h"

#include "../base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct civil { int year, month, day; };

/* Days and dates of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
static i64 days_of(struct civil c)
{
    i64 y = c.year - (c.month <= 2), era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    i64 doy = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static struct civil civil_of(i64 days)
{
    i64 z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    i64 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);

    return (struct civil){ (int)(yoe + era * 400 + (month <= 2)), month, (int)(doy - (153 * mp + 2) / 5 + 1) };
}

static bool is_date(struct civil c)
{
    static const int lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = c.year % 4 == 0 && (c.year % 100 != 0 || c.year % 400 == 0);

    return c.year >= 1 && c.year <= 9999 && c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= lengths[c.month - 1] &&
           (c.month != 2 || c.day <= 28 + leap);
}

/* Exactly n digits at `at`; -1 where they are not. */
static int digits(struct str s, size_t at, size_t n)
{
    int value = 0;

    if (at + n > s.n)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        value = value * 10 + (s.at[i] - '0');
    }
    return value;
}

/* "14:20", "14:20:30", "14:20:30.000", then nothing, Z or +07:00. `offset` is INT64_MIN where none is written; ms of the day. */
static bool read_time(struct str s, i64 *ms, i64 *offset)
{
    int hour = digits(s, 0, 2), minute = digits(s, 3, 2), second = 0, sign;
    size_t at = 5;

    *offset = INT64_MIN;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || s.at[2] != ':')
        return false;
    if (at < s.n && s.at[at] == ':') {
        second = digits(s, 6, 2);
        at = 8;
    }
    if (second < 0 || second > 59)
        return false;
    *ms = ((i64)hour * 60 + minute) * MINUTE_MS + second * SECOND_MS;
    if (at < s.n && s.at[at] == '.')
        for (at++; at < s.n && s.at[at] >= '0' && s.at[at] <= '9';)
            at++;
    if (at == s.n)
        return true;
    if (s.at[at] == 'Z' && at + 1 == s.n) {
        *offset = 0;
        return true;
    }
    sign = s.at[at] == '+' ? 1 : s.at[at] == '-' ? -1 : 0;
    if (sign == 0 || at + 6 != s.n || s.at[at + 3] != ':' || digits(s, at + 1, 2) < 0 || digits(s, at + 4, 2) < 0)
        return false;
    *offset = sign * (digits(s, at + 1, 2) * (i64)HOUR_MS + digits(s, at + 4, 2) * (i64)MINUTE_MS);
    return true;
}

bool date_of(struct str s, double *days)
{
    struct civil c = { digits(s, 0, 4), digits(s, 5, 2), digits(s, 8, 2) };
    i64 ms = 0, offset = INT64_MIN, day;

    if (s.n >= 5 && s.at[2] == ':' && read_time(s, &ms, &offset)) {
        *days = (double)ms / (double)DAY_MS;
        return true;
    }
    if (s.n < 10 || s.at[4] != '-' || s.at[7] != '-' || !is_date(c))
        return false;
    if (s.n > 10 && (s.at[10] != 'T' || s.n < 16 || !read_time(str_from(s, 11), &ms, &offset)))
        return false;
    day = days_of(c);
    if (offset != INT64_MIN) {
        i64 utc = day * DAY_MS + ms - offset, local = utc + clock_offset(utc);

        *days = (double)local / (double)DAY_MS;
        return true;
    }
    *days = (double)day + (double)ms / (double)DAY_MS;
    return true;
}

static bool in_range(double days)
{
    return isfinite(days) && days > -719163 && days < 2932897;      /* years 1 to 9999 */
}

void date_text(struct out *o, double days)
{
    struct civil c;

    if (!in_range(days))
        return;
    c = civil_of((i64)floor(days));
    out_f(o, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* Local ms of the day, kept below a whole one. */
static i64 ms_of_day(double days)
{
    i64 ms = llround((days - floor(days)) * (double)DAY_MS);

    return ms >= DAY_MS ? DAY_MS - 1 : ms;
}

void date_time_text(struct out *o, double days)
{
    i64 ms, offset, minutes;

    if (!in_range(days))
        return;
    ms = ms_of_day(days);
    offset = clock_offset((i64)floor(days) * DAY_MS + ms);
    offset = clock_offset((i64)floor(days) * DAY_MS + ms - offset);
    minutes = llabs(offset) / MINUTE_MS;
    date_text(o, days);
    out_f(o, "T%02d:%02d:%02d.%03d%c%02d:%02d", (int)(ms / HOUR_MS), (int)(ms / MINUTE_MS % 60), (int)(ms / SECOND_MS % 60), (int)(ms % 1000),
          offset < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}

double date_now(i64 now)
{
    return (double)(now + clock_offset(now)) / (double)DAY_MS;
}

static void put_name(struct out *o, int lang_vi, char what, struct civil c, i64 day)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    static const char *const weekdays[2][7] = { { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" },
                                                { "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật" } };
    i64 weekday = ((day + 3) % 7 + 7) % 7;          /* 1970-01-01 was a Thursday */

    if (what == 'a')
        out_c(o, weekdays[lang_vi != 0][weekday]);
    else if (lang_vi)
        out_f(o, "tháng %d", c.month);
    else
        out_c(o, months[c.month - 1]);
}

void date_format(struct out *o, int lang_vi, double days, struct str format)
{
    struct civil c;
    i64 ms;

    if (!in_range(days))
        return;
    c = civil_of((i64)floor(days));
    ms = ms_of_day(days);
    for (size_t i = 0; i < format.n; i++) {
        char what = format.at[i] == '%' && i + 1 < format.n ? format.at[++i] : '\0';

        switch (what) {
        case 'Y': out_f(o, "%04d", c.year); break;
        case 'y': out_f(o, "%02d", c.year % 100); break;
        case 'm': out_f(o, "%02d", c.month); break;
        case 'n': out_f(o, "%d", c.month); break;
        case 'd': out_f(o, "%02d", c.day); break;
        case 'e': out_f(o, "%d", c.day); break;
        case 'H': out_f(o, "%02d", (int)(ms / HOUR_MS)); break;
        case 'h': out_f(o, "%d", (int)(ms / HOUR_MS)); break;
        case 'M': out_f(o, "%02d", (int)(ms / MINUTE_MS % 60)); break;
        case 'S': out_f(o, "%02d", (int)(ms / SECOND_MS % 60)); break;
        case '3': out_f(o, "%03d", (int)(ms % 1000)); break;
        case 'a': case 'b': put_name(o, lang_vi, what, c, (i64)floor(days)); break;
        default: out_char(o, format.at[i]); break;
        }
    }
}

/* Up to three numbers with one kind of sign between. */
static int numbers(struct str s, const char *signs, int at[3], size_t lengths[3])
{
    int n = 0;

    for (size_t i = 0; i < s.n && n < 3; n++) {
        size_t from = i;

        for (at[n] = 0; i < s.n && s.at[i] >= '0' && s.at[i] <= '9' && i - from < 5; i++)
            at[n] = at[n] * 10 + (s.at[i] - '0');
        lengths[n] = i - from;
        if (lengths[n] == 0 || (i < s.n && !strchr(signs, s.at[i])))
            return -1;
        if (i < s.n && ++i == s.n)
            return -1;
        if (n == 2 && i < s.n)
            return -1;
    }
    return n;
}

bool date_typed(struct str typed, char iso[11])
{
    size_t lengths[3];
    int at[3];
    struct civil c;

    typed = str_trim(typed);
    if (numbers(typed, "/-. ", at, lengths) != 3)
        return false;
    c = lengths[0] == 4 ? (struct civil){ at[0], at[1], at[2] } : (struct civil){ at[2], at[1], at[0] };
    if (!is_date(c) || (lengths[0] != 4 && lengths[2] != 4))
        return false;
    snprintf(iso, 11, "%04u-%02u-%02u", (unsigned)c.year % 10000, (unsigned)c.month % 100, (unsigned)c.day % 100);
    return true;
}

bool time_typed(struct str typed, char iso[9])
{
    size_t lengths[3];
    int at[3] = { 0 }, n;

    typed = str_trim(typed);
    n = numbers(typed, ":hg.", at, lengths);
    if (n < 2 || at[0] > 23 || at[1] > 59 || (n == 3 && at[2] > 59))
        return false;
    snprintf(iso, 9, "%02u:%02u:%02u", (unsigned)at[0] % 100, (unsigned)at[1] % 100, n == 3 ? (unsigned)at[2] % 100 : 0);
    return true;
}
