/* What the pages of platforms/ show. */
#pragma once

#include "../people/views.h"

enum platform_look { PLATFORM_WAITS, PLATFORM_ASKED, PLATFORM_CASE, PLATFORM_TRACK, PLATFORM_SET_ASIDE };

struct platform_line {
    struct id id, bundle;
    struct str no, org, files, on;
    int kind, state;
    enum platform_look look;
    bool urgent;
    i64 in_bundle;                  /* reports of its bundle; 1: it stands alone */
};
struct platform_lines { struct platform_line *at; size_t n; };
struct platform_list_view {
    struct staff_nav nav;
    i64 waiting, urgent, asked;
    struct url asked_url, back;
    struct choices states;
    struct platform_lines rows;
    bool in_one_bundle, sharing;    /* the list of a bundle; of those that share something with one report */
    i64 bundle_n;
    struct str first, newest, of;   /* of: the number of that report */
    int shared;                     /* what is shared */
    struct url next, start;
    bool nobody;                    /* none of the reader's units takes such reports */
};

struct platform_fact { int name; struct str raw, text; };       /* raw: name of an element without words of its own */
struct platform_facts { struct platform_fact *at; size_t n; };
struct platform_block { int title; i64 no; struct platform_facts facts; };     /* no: of several of its kind; 0: there is one */
struct platform_blocks { struct platform_block *at; size_t n; };
struct platform_hit { struct str bank, class, kind, distance; bool live; };
struct platform_hits { struct platform_hit *at; size_t n; };
struct platform_file {
    struct str name, size, type, sha256, md5, pdq, class;
    int look;                       /* why nothing was looked for in the picture; 0 */
    bool known, unsure;
    struct platform_hits hits;
    struct platform_facts said;
};
struct platform_files_list { struct platform_file *at; size_t n; };
struct platform_shared { int kind; struct str n; struct url to; };
struct platform_shareds { struct platform_shared *at; size_t n; };
struct platform_item { struct str value, text, kind; bool on; };
struct platform_items { struct platform_item *at; size_t n; };

struct platform_view {
    struct staff_nav nav;
    struct id id;
    struct str no, org, on, opened, incident, urgency, document, via;
    int kind, state;
    enum platform_look look;
    bool urgent;
    i64 in_bundle;
    struct str first, newest;
    struct url bundle, case_url;
    struct platform_shareds shared;
    struct platform_blocks blocks;
    struct platform_files_list files;
    i64 known;
    /* acts */
    bool can_case, can_track, can_ask, can_agree, can_withdraw, can_reopen;
    struct choices ages, provinces, classes, decisions, answers;
    struct platform_items items;
    struct str asked_by, asked_on, asked_of, reason, answer, answered;
    int asked;                      /* what was asked for; 0 */
    struct form_faults faults;
    struct typed words, of, decision, class, back_words;
};

/* /partner/reports */
struct sent_report { struct str no, files, opened, finished; int state, answer, kind; };
struct sent_reports { struct sent_report *at; size_t n; };
struct sent_reports_view { struct staff_nav nav; bool sandbox; struct sent_reports rows; struct url next, start, other; };
