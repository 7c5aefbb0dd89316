/* What a page of a form shows: lines in order, each a heading or a question. Filled by render.c; the templates that show it,
   _form_lines.html and _form_faults.html, lie in src/web/pages/, because pages of other modules use them. */
#pragma once

#include "../web/web.h"

enum line_look {
    LINE_GROUP,                     /* a heading */
    LINE_ENTRY,                     /* heading of one entry of a repeat, with a button that takes it out */
    LINE_ADD,                       /* behind the last entry: the button that adds one */
    LINE_NOTE, LINE_VALUE,          /* words alone; an answer that stands and cannot be changed here */
    LINE_TEXT, LINE_LONG, LINE_NUMBER, LINE_DATE, LINE_TIME, LINE_DATETIME,
    LINE_ONE, LINE_MANY, LINE_MENU, LINE_RANK, LINE_YES,        /* radios, ticks, a select, places in an order, one tick */
    LINE_NOT_SHOWN                  /* a kind of question that no web page asks */
};

struct form_place { i64 no; struct choices options; };          /* of a rank: its select */
struct form_places { struct form_place *at; size_t n; };

struct form_line {
    enum line_look look;
    i64 no;                         /* of the line on its page: its control is "q" and this */
    struct str path;                /* its field is "q." and this */
    struct str label, hint, more, value, error;         /* more: guidance, folded away */
    struct choices options;
    struct form_places places;
    int level;                      /* of a heading: 2 or 3; of a question: how deep it lies */
    bool required, row, none;       /* row: options side by side; none: "no answer" is an option */
    bool scale;                     /* options are high, medium, low: a grid of rated rows */
    bool hidden;                    /* not asked now: a script may show it at once */
    struct str go;                  /* LINE_ENTRY, LINE_ADD: what its button sends; STR_NULL: it has none */
};
struct form_lines { struct form_line *at; size_t n; };

struct line_fault { struct url to; struct str label, text; };
struct line_faults { struct line_fault *at; size_t n; };

/* One in the list of pages: a button. */
struct form_step { i64 no; struct str title, go; bool now, wrong; };
struct form_steps { struct form_step *at; size_t n; };

struct form_page_view {
    struct str title;               /* of this page */
    i64 no, count;                  /* "Trang 2 / 5": of those that are shown */
    i64 page;                       /* place of it among all, as it is sent back */
    bool first, last;
    struct form_lines lines;
    struct line_faults faults;      /* of this page, or of all pages where all were checked */
    struct form_steps steps;
};

/* `lachan form render`: a page alone, to look at. */
struct form_alone_view {
    struct str form, version;
    struct form_page_view page;
};
