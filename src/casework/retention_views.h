/* What the pages of kept cases show: clear columns alone. */
#pragma once

#include "words.h"

struct kept_line { struct id id; struct str ref, class, closed, due, asked_by; bool over, held, asked, own; };
struct kept_lines { struct kept_line *at; size_t n; };
struct kept_stone { struct str class, why, day, asked_by, erased_by; i64 records, files; };
struct kept_stones { struct kept_stone *at; size_t n; };

struct kept_list_view {
    struct staff_nav nav;
    struct kept_lines rows;
    struct url next;
    i64 over, waiting;              /* whose time is over; that came long ago and are open still */
    struct kept_stones stones;
    bool jumped;
};

struct kept_view {
    struct staff_nav nav;
    struct id id;
    struct str ref, class, source, closed, due, hold, hold_since, asked_by, asked, why;
    bool file, checked, over, held, release_asked, release_own, is_asked, own, lead;     /* lead: the reader may be the second person, and set the class */
    int block;                      /* text that says what stops it; 0: nothing */
    struct url case_page;
    struct choices classes, holds, whys;
    struct str words, words_error, hold_error, class_error, why_error;
};
