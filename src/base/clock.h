/* Time: milliseconds since 1970, UTC, read once a request; deadlines use the monotonic clock. Shown in one zone. */
#pragma once

#include "str.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS ((i64)24 * HOUR_MS)

i64 clock_now_ms(void);
i64 clock_mono_ms(void);
i64 clock_mono_us(void);
i64 clock_thread_us(void);          /* processor time of this thread: what a busy neighbour does not lengthen */

/* The instance's zone, e.g. "Asia/Ho_Chi_Minh". Call once at start, before any thread. */
void clock_set_zone(const char *zone);

struct clock_local {
    int year, month, day;           /* month and day from 1 */
    int hour, minute, weekday;      /* weekday: 0 Monday .. 6 Sunday */
};

struct clock_local clock_local(i64 ms);
i64 clock_hour_floor(i64 ms);
i64 clock_hour_ceil(i64 ms);
i64 clock_local_day(i64 ms);        /* the instant at which the local day of ms began: all that is kept of an anonymous act */

enum { CLOCK_TEXT = 32 };
void clock_day_iso(i64 ms, char text[CLOCK_TEXT]);      /* 2026-11-24, local */
void clock_day_vi(i64 ms, char text[CLOCK_TEXT]);       /* 24/11/2026, local */
void clock_time(i64 ms, char text[CLOCK_TEXT]);         /* 14:20, local */
void clock_utc_iso(i64 ms, char text[CLOCK_TEXT]);      /* 2026-11-24T07:20:00Z */
/* The instant of "2026-11-24" (its local midnight) or "2026-11-24T14:20" (what date inputs send); false if it is neither. */
bool clock_of_iso(struct str text, i64 *ms);
/* For an operator who types it back: "2026-11-24T14:00+07:00". Read also without an offset, then in the zone, and with Z or seconds of
   zero: "2026-11-24T07:00:00Z". */
void clock_zoned_iso(i64 ms, char text[CLOCK_TEXT]);
bool clock_of_zoned_iso(struct str text, i64 *ms);
i64 clock_offset(i64 ms);           /* what the zone adds to UTC at that instant, ms */
