/* What the pages of papers show: the tab of a case, a page to fill in, the whole paper to read and print, and what is asked. */
#pragma once

#include "../forms/views.h"

enum paper_look { PAPER_DRAFT, PAPER_DONE, PAPER_SUBMITTED, PAPER_APPROVED, PAPER_RETURNED, PAPER_GONE };

struct paper_row_view {
    struct url to;                  /* where it goes on, or is read */
    struct str title, version, when, who, decided;
    enum paper_look look;
    bool writing, draft;            /* it takes answers; something of the reader's own is not saved yet */
};
struct paper_list { struct paper_row_view *at; size_t n; };

struct paper_offer { struct str name, title, version; bool again; };       /* again: there is one already */
struct paper_offers { struct paper_offer *at; size_t n; };

/* /cases/ID/papers */
struct case_papers_view {
    struct staff_nav nav;
    struct case_head head;
    struct paper_list rows;
    struct paper_offers offers;
};

/* A flag that an answer speaks for: one button sets it. */
struct paper_flag { struct str code, name, question; };
struct paper_flags { struct paper_flag *at; size_t n; };

/* What all pages of one paper carry. */
struct paper_head {
    struct id case_id, id;
    struct str ref, title, version, saved, saved_by;
    struct str why_back, back_by;   /* sent back: why, and by whom; STR_NULL else */
    struct str unchecked;           /* what whoever finished it could not check, because I does not open for them */
    enum paper_look look;
    struct url here, list, read;
    struct paper_flags flags;
    bool closed;                    /* questions of I do not open for the reader */
    bool newer;                     /* content/ has a newer version of the form */
};

/* /cases/ID/papers/PAPER: one page of it. */
struct paper_fill_view {
    struct staff_nav nav;
    struct paper_head head;
    struct form_page_view page;
    i64 base;                       /* the revision that the answers come from */
    struct str tab, from;           /* this page's name; the draft that it shows */
    bool from_draft, behind;        /* shown is the reader's own draft; somebody saved since */
    struct url draft;               /* where a script keeps what is typed */
};

/* /cases/ID/papers/PAPER/read */
struct paper_answer { struct str label, value; int level; bool head, wide; };
struct paper_answers { struct paper_answer *at; size_t n; };
struct paper_button { struct url to; struct str name; bool asks, main; };       /* main: submits or approves it */
struct paper_buttons { struct paper_button *at; size_t n; };
struct paper_past { struct url to; i64 no; struct str when, who; bool now, altered; };
struct paper_pasts { struct paper_past *at; size_t n; };
struct paper_read_view {
    struct staff_nav nav;
    struct paper_head head;
    struct paper_answers answers;
    struct paper_buttons buttons;
    struct paper_pasts past;
    struct str begun, begun_by, finished, finished_by, decided, decided_by;
    i64 revision;                   /* shown, where it is not the newest; else 0 */
    bool own;                       /* waits for a decision that the reader may not make: they finished it */
    struct str computed, concluded, risk;       /* names of levels; STR_NULL: none */
    bool take_over;                 /* the conclusion is not the case's yet */
    struct url risk_to;
};

/* /cases/ID/papers/PAPER/merge: what two people changed. */
struct paper_clash { struct str path, label, theirs, mine; bool whole, mine_on; };
struct paper_clashes { struct paper_clash *at; size_t n; };
struct paper_merge_view {
    struct staff_nav nav;
    struct paper_head head;
    struct paper_clashes clashes;
    i64 newest;
    struct str tab;                 /* whose draft it is */
    struct str other;               /* who saved */
    bool own;                       /* that was the reader, in another window */
    bool error;                     /* one was not chosen */
};

/* What asks first: void, return, and what an act without questions confirms. */
struct paper_ask_view {
    struct staff_nav nav;
    struct paper_head head;
    struct url action;
    struct str title, say, words, words_error;
};

/* /cases/ID/papers/PAPER/move: what a newer version of the form changes. */
struct paper_change { struct str text; };
struct paper_changes { struct paper_change *at; size_t n; };
struct paper_move_view {
    struct staff_nav nav;
    struct paper_head head;
    struct str newer;
    struct paper_changes changes;
    struct paper_answers lost;
    i64 carried;
};

/* /cases/ID/papers/PAPER/risk: its conclusion becomes the case's. */
struct paper_risk_view {
    struct staff_nav nav;
    struct paper_head head;
    struct choices risks;
    struct str computed, now, words, lower, risk_error, words_error, lower_error;
    bool ask_lower;
};
