/* What the pages of files show. Filled by evidence_pages.c, read by pages/evidence-*.html. */
#pragma once

#include "words.h"

/* A file, covered: nothing of its picture is in a page before somebody gave a reason. */
struct evidence_tile {
    struct id id;
    int kind;                       /* T_DESK_FILE_* */
    struct str size, by;            /* by: member of staff who added it; STR_NULL: the reporter */
    bool sealed;                    /* in P */
    struct url page, seal;          /* page that asks for the reason; page that seals. STR_NULL: not for the reader */
    struct str class, hash, pdq;    /* of a sealed file, shortened; STR_NULL: not known */
    struct str quality;             /* of pdq */
    struct str asked_by;            /* who asked that it go to the police; STR_NULL: nobody */
};
struct evidence_tiles { struct evidence_tile *at; size_t n; };

/* What the pages of one case's files have in common. */
struct evidence_head {
    struct id id;                   /* of report and case */
    struct str ref;
    struct url back;                /* to the case or the report */
    bool carer_unsafe;              /* as in struct case_head */
    bool grey, over;                /* the reader wants pictures in grey; has looked for longer than is good today */
    struct str seen;                /* minutes of viewing in the clear today; STR_NULL: none */
};

/* /desk/sealed: reports of other units with files that the reader's units alone may open. */
struct sealed_row { struct id id; struct str ref, day, place; struct desk_words harms; bool altered; };
struct sealed_rows { struct sealed_row *at; size_t n; };
struct sealed_view {
    struct staff_nav nav;
    struct sealed_rows rows;
    struct url start, next;
};

/* /desk/ID/files */
struct evidence_list_view {
    struct staff_nav nav;
    struct evidence_head head;
    struct evidence_tiles files;
    bool can_add, can_seal;
    struct str words, files_error;
};

/* /desk/ID/files/FILE: why it is to be opened. */
struct evidence_open_view {
    struct staff_nav nav;
    struct evidence_head head;
    struct evidence_tile file;
    struct choices reasons;
    struct str words, reason_error;
};

/* /desk/ID/files/FILE/view */
enum evidence_look { LOOK_BLURRED, LOOK_CLEAR, LOOK_TEXT, LOOK_NONE };
struct evidence_look_view {
    struct staff_nav nav;
    struct evidence_head head;
    struct evidence_tile file;
    struct str until;               /* 14:30 */
    enum evidence_look look;
    int why;                        /* LOOK_NONE: T_EVIDENCE_FAULT_* */
    struct url picture;
    i64 width, height;
    bool film, damaged, cut;        /* one frame of a film; parts are corrupt; the text goes on */
    struct str text;
    bool can_download;
};

/* What stands between a file and the police. */
enum seal_road {
    SEAL_FREE,              /* nothing */
    SEAL_NOBODY,            /* no police unit is fit to receive */
    SEAL_ASK,               /* the reporter left police out: a first person asks ... */
    SEAL_CONFIRM,           /* ... another one, a supervisor, does it */
    SEAL_WAIT               /* asked by the reader, or the reader is no supervisor */
};
/* /desk/ID/files/FILE/police and /desk/ID/police */
struct evidence_seal_view {
    struct staff_nav nav;
    struct evidence_head head;
    struct evidence_tiles files;
    struct url action;
    bool all, more;                 /* all files; more than one act takes */
    enum seal_road road;
    struct str asked_by;            /* STR_NULL: nobody */
    struct choices classes;
    struct str words, class_error, words_error;
};
