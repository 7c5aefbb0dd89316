/* What /numbers/cases shows: counts, never children. Filled by stats_pages.c, read by pages/stats.html. */
#pragma once

#include "../people/views.h"

struct stats_line {
    struct str name, value;         /* value: "1.204", or the word for a covered cell */
    i64 bar;                        /* length, 0 to 100 */
    bool covered;
};
struct stats_lines { struct stats_line *at; size_t n; };

struct stats_part {
    const char *id;                 /* of the heading, and of the table in the CSV's address */
    int title, note;                /* T_STATS_*; note: 0 none */
    bool few;                       /* nothing of it can be shown */
    struct stats_lines lines;
    struct str rest;                /* of provinces: names of those that are covered, in place of their lines */
    struct url csv;
};
struct stats_parts { struct stats_part *at; size_t n; };

/* One province of the map, or a name on it. look: class of the shade, s0 to s5, or "hid". */
struct stats_shape { struct str d, words; const char *look; };
struct stats_shapes { struct stats_shape *at; size_t n; };
struct stats_label { struct str words; const char *look; i64 x, y; };
struct stats_labels { struct stats_label *at; size_t n; };
struct stats_key { const char *look; struct str words; };
struct stats_keys { struct stats_key *at; size_t n; };
/* covered: provinces have cases, and none of them may be shown. */
struct stats_map { bool covered; i64 left, top, width, height, name_size, line; struct stats_shapes shapes; struct stats_labels labels; struct stats_keys keys; };

struct stats_step_line {
    struct str name, source, term;
    struct str ended, share, median, ninetieth, over;
    i64 bar;
    bool covered;                   /* the share */
};
struct stats_step_lines { struct stats_step_line *at; size_t n; };

struct stats_measure { int name, what; struct str value; };
struct stats_measures { struct stats_measure *at; size_t n; };

struct stats_view {
    struct staff_nav nav;
    bool national;                  /* every organisation's */
    struct choices periods, areas;
    struct str place, counted;      /* counted: "14:20, 24/11/2026"; "" before the first count */
    struct str total, help, help_of;
    i64 help_bar;
    bool few, help_covered;
    struct stats_parts parts;       /* without the provinces */
    struct stats_part places;
    struct stats_map map;
    bool mapped;
    struct stats_step_lines steps;
    struct stats_measures measures;
    struct url steps_csv, measures_csv, reports;
};
