/* What the pages of exports show. */
#pragma once

#include "../people/views.h"

enum export_look { EXPORT_WAITS, EXPORT_READY, EXPORT_OVER };
struct export_line {
    struct url open;
    struct str ref, unit, by, when;
    int state, format;              /* T_EXPORT_STATE_*, T_EXPORT_FORMAT_* */
    enum export_look look;
    bool names, mine;               /* mine: waits for the reader */
};
struct export_lines { struct export_line *at; size_t n; };

/* /cases/export */
struct exports_view {
    struct staff_nav nav;
    bool can_ask;
    struct export_lines lines;
    struct url start, next;
};

/* /cases/export/new */
struct export_new_view {
    struct staff_nav nav;
    struct choices units, formats, scopes, facts, identity, forms;
    struct str since, until, words, units_error, fields_error, since_error, until_error, words_error;
    bool names, errors, justified;
};

/* /cases/export/ID */
struct export_view {
    struct staff_nav nav;
    struct id id;
    struct export_line line;
    struct str since, until, reason, answer, decided_by, decided, fetch_until, words, words_error;
    struct str fields;
    int scope;
    i64 cases, now_cases;           /* in the file that was fetched; what it would hold now */
    bool can_decide, can_fetch, can_withdraw, fetched, own_waits;
};
